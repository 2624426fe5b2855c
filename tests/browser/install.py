"""Chromium and a Chinese font for the browser tests: found, or installed by apt where that is allowed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

# Without the windows that nobody sees a page costs a third less.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
_PACKAGES = ("chromium-headless-shell", "chromium")
_FONT = "fonts-noto-cjk"
_FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts")
_HINT = (
    "The browser tests need Chromium and a Chinese font. As root with apt this command installs them; "
    "elsewhere install the packages chromium and fonts-noto-cjk, or name the browser in CHROMIUM."
)


def find_chromium() -> str | None:
    """Return the browser's path, the one named in the environment first."""
    named = os.environ.get("CHROMIUM")
    return named or next((found for name in NAMES if (found := shutil.which(name))), None)


def has_chinese_font() -> bool:
    wanted = ("NotoSansCJK", "NotoSerifCJK", "wqy", "NotoSansSC", "SourceHanSans")
    return any(
        name in path.name
        for folder in _FONT_FOLDERS
        if folder.is_dir()
        for path in folder.rglob("*")
        for name in wanted
    )


def main() -> int:
    if find_chromium() and has_chinese_font():
        return 0
    if os.name != "posix" or os.geteuid() != 0 or shutil.which("apt-get") is None:
        sys.stderr.write(_HINT + "\n")
        return 1
    sys.stdout.write("Installing Chromium and a Chinese font ...\n")
    quiet = {"env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL}
    subprocess.run(["apt-get", "update", "-q"], check=False, **quiet)
    for package in _PACKAGES:
        install = ["apt-get", "install", "-yq", "--no-install-recommends", package, _FONT]
        if subprocess.run(install, check=False, **quiet).returncode == 0 and find_chromium():
            return 0
    sys.stderr.write(_HINT + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
