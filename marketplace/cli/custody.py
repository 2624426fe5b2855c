"""flask custody: what hand-offs prove, checked on demand."""

import click
from flask import current_app
from flask.cli import AppGroup

from marketplace.custody import queries

group = AppGroup("custody", help="Hand-offs and what they prove.")
_BATCH = 1000


@group.command("verify")
def verify() -> None:
    """Hold every hand-off against its proved bytes; fails when one differs."""
    count, changed, after = 0, 0, 0
    with current_app.extensions["sessions"]() as session:
        while True:
            checked = queries.verify(session, after_id=after, limit=_BATCH)
            count += checked.count
            changed += len(checked.changed)
            for record in checked.changed:
                click.echo(f"{record.number} differs from what was proved")
            if checked.last_id is None:
                break
            after = checked.last_id
            session.expunge_all()
    click.echo(f"{count} hand-offs, {changed} differences")
    if changed:
        raise SystemExit(1)
