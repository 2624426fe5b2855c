"""flask assistance: the record of consumption assistance, proven and read on the command line."""

import sys

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.orm import Session

from marketplace.assistance import queries, rules, service
from marketplace.assistance.types import Dimension
from marketplace.assistance.verification import verify as differences_of
from marketplace.kernel import time, unit_of_work
from marketplace.kernel.money import format_yuan
from marketplace.kernel.refusals import Refusal

group = AppGroup("assistance", help="The record of consumption assistance.")

_WIDTH = 16


@group.command("verify")
@with_appcontext
def verify() -> None:
    """Recompute every entry and roll-up from orders and refunds; exits 1 where anything differs."""
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


@group.command("totals")
@click.option("--period", default=None, help="2026, 2026-H1, 2026-Q4, 2026-11 or 2026-01..2026-11.")
@click.option("--by", default=Dimension.PAIRING.value, type=click.Choice([str(one) for one in Dimension]))
@click.option("--rule", default=None, help="Counting rule, for example platform_paid-1.0.")
@with_appcontext
def totals(period: str | None, by: str, rule: str | None) -> None:
    """Print ordered, paid, completed and counted of a period, split by one dimension."""
    try:
        meant = rules.parse_period(period or str(time.today().year))
        with _snapshot() as session:
            table = queries.totals(session, Dimension(by), meant, rule=queries.find_rule(rule))
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(f"{table.period.text}  {table.rule.key}  {table.as_of.isoformat(timespec='seconds')}")
    click.echo("key\tlabel\tordered\tpaid\tcompleted\tcounted")
    rows = [("total", "", table.total)]
    rows += [(row.key, str(row.label), row.amounts) for row in (*table.states, *table.rows)]
    for key, label, amounts in rows:
        figures = (amounts.ordered_fen, amounts.paid_fen, amounts.completed_fen, amounts.counted_fen)
        click.echo("\t".join((key, label, *(f"{format_yuan(one):>{_WIDTH}}" for one in figures))))


@group.command("fold")
@with_appcontext
def fold() -> None:
    """Fold what waits into the roll-ups now, as the job does every second."""
    with current_app.extensions["sessions"]() as session:
        click.echo(f"{unit_of_work.commit(session, service.fold)} entries folded")


def _snapshot() -> Session:
    """Open a session in which every statement sees the same moment."""
    session: Session = current_app.extensions["sessions"]()
    session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    return session
