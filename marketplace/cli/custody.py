"""flask custody: what hand-offs prove, checked on demand."""

import click
from flask import current_app
from flask.cli import AppGroup

from marketplace.custody import queries

group = AppGroup("custody", help="Hand-offs and what they prove.")


@group.command("verify")
def verify() -> None:
    """Hold every hand-off, split and merger against its proved bytes; fails when one differs."""
    count = changed = 0
    with current_app.extensions["sessions"]() as session:
        for checked in queries.verify_all(session):
            count += checked.count
            changed += len(checked.changed)
            for record in checked.changed:
                click.echo(f"{record.number} differs from what was proved")
    click.echo(f"{count} records, {changed} differences")
    if changed:
        raise SystemExit(1)
