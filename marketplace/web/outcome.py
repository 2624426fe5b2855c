"""One tap, one use case, one sentence: what a working page's button did, or why it did not."""

from collections.abc import Callable

from flask import flash
from sqlalchemy.orm import Session

from marketplace.kernel.refusals import NotFound, Refusal
from marketplace.web.database import write
from marketplace.web.language import render


def done(use_case: Callable[[Session], object], said: str) -> bool:
    """Run a use case and say so on the next page; a refusal is said there too, and False returned.

    What does not exist, or is somebody else's, stays a page of its own (404).
    """
    try:
        write(use_case)
    except NotFound:
        raise
    except Refusal as refusal:
        flash(render(refusal.message), "stop")
        return False
    flash(said, "good")
    return True
