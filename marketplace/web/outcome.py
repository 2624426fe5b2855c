"""One tap, one use case, one sentence: what a working page's button did, or why it did not."""

from collections.abc import Callable

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.kernel.refusals import NotFound, Refusal
from marketplace.web.database import write
from marketplace.web.forms import Form, M, parse
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


def decide(
    wanted: type[M],
    act: Callable[[Session, M], object],
    said: str,
    *,
    again: Callable[[Form[M]], str],
    onward: str,
) -> ResponseReturnValue:
    """Do what a form asks, say so and go on; a form with faults is shown again with them."""
    form = parse(wanted, request.form)
    sent = form.model
    if sent is None:
        return again(form), 422
    done(lambda session: act(session, sent), said)
    return redirect(onward, code=303)
