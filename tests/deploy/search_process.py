"""A process that keeps the search's index, so that a test can kill it: follows, and builds anew now and then.

``die-before-word`` kills itself between Whoosh's commit and the word of it in ``state.json``.
"""

import os
import signal
import sys

from marketplace.adapters.whoosh_text import engine as whoosh_engine
from marketplace.factory import create_app

BEGAN = "keeping began"


def die(*_arguments: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    app = create_app()
    indexer = app.extensions["ports"].search.indexer
    sessions = app.extensions["sessions"]
    if "die-before-word" in sys.argv:
        whoosh_engine.finish = die  # type: ignore[assignment]  # dies in its place
    sys.stdout.write(BEGAN + "\n")
    sys.stdout.flush()
    turn = 0
    while True:
        turn += 1
        if "rebuild" in sys.argv and turn % 7 == 0:
            indexer.rebuild(sessions)
        indexer.follow(sessions)
