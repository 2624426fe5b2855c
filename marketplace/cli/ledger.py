"""flask ledger: the money ledger, proven on the command line."""

import sys

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.orm import Session

from marketplace.kernel.money import format_yuan
from marketplace.settlement import queries
from marketplace.settlement.verification import verify as differences_of

group = AppGroup("ledger", help="The money ledger.")


@group.command("verify")
@with_appcontext
def verify() -> None:
    """Prove that ledger, processor and orders agree and all balances add up; exits 1 where they differ."""
    with _snapshot() as session, click.progressbar(length=0, label="orders", file=sys.stderr) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        found = differences_of(session, progress=progress)
    for one in found:
        click.echo(
            f"{one.kind}  {one.subject}  expected {format_yuan(one.expected_fen)}"
            f"  found {format_yuan(one.found_fen)}"
        )
    click.echo(f"{len(found)} differences")
    if found:
        raise SystemExit(1)


@group.command("balances")
@with_appcontext
def balances() -> None:
    """Print what every account stands at; positive is debit."""
    with _snapshot() as session:
        for account, amount_fen in queries.balances(session).items():
            click.echo(f"{account}\t{format_yuan(amount_fen)}")


def _snapshot() -> Session:
    session: Session = current_app.extensions["sessions"]()
    session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    return session
