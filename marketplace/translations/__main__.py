"""python -m marketplace.translations: bring the English file up to the code, and list what is missing."""

import sys

from marketplace.translations import ENGLISH, read_english
from marketplace.translations.extraction import missing, update


def main() -> int:
    added, dropped = update(ENGLISH)
    open_entries = missing(read_english())
    sys.stdout.write(f"{added} new, {dropped} gone, {len(open_entries)} without English\n")
    for text in open_entries:
        sys.stdout.write(f"  {text}\n")
    return 1 if open_entries else 0


if __name__ == "__main__":
    sys.exit(main())
