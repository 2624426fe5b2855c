"""flask demo: a year of invented trade through the real use cases, marked 演示, to fill every page."""

import time as wall
from datetime import datetime

import click
from flask import current_app
from flask.cli import AppGroup

from marketplace.cli.demo.accounts import write_accounts
from marketplace.cli.demo.scale import scale as multiply
from marketplace.cli.demo.stage import Stage, has_demo, open_stage
from marketplace.cli.demo.year import play
from marketplace.cli.schema import migrate, unmake
from marketplace.kernel.settings import Mode, Settings

group = AppGroup("demo", help="The demonstration: a year of invented trade.")

DEFAULT_SEED = 2022  # the year of the policy it serves
ORDERS = 100


@group.command("seed")
@click.option("--seed", default=DEFAULT_SEED, show_default=True, help="The same seed and day, the same year.")
@click.option("--months", default=12, show_default=True, type=click.IntRange(1, 24))
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day of the history; today if absent.")
@click.option(
    "--orders", default=ORDERS, show_default=True, type=click.IntRange(1, 5000), help="About how many."
)
def seed_command(seed: int, months: int, until: datetime | None, orders: int) -> None:
    """Fill an empty marketplace with a demonstration year."""
    last = until.date() if until else None
    with open_stage(current_app, seed=seed, months=months, until=last) as stage:
        if has_demo(stage):
            raise click.ClickException("there is a demonstration already; flask demo reset starts over")
        fill(stage, orders)


@group.command("reset")
@click.confirmation_option(prompt="Delete everything in this marketplace's database?")
def reset() -> None:
    """Delete all tables and build them anew, empty. Refused in production."""
    settings: Settings = current_app.config["SETTINGS"]
    if settings.mode is Mode.PRODUCTION:
        raise click.ClickException("refused in production")
    current_app.extensions["sqlalchemy"].engine.dispose()
    # Not by dropping the schema: the ordinary role's rights would go with it.
    unmake(settings)
    (settings.data_dir / "demo-accounts.json").unlink(missing_ok=True)
    migrate(settings)
    click.echo("empty; flask catalogue load and flask demo seed fill it again")


@group.command("scale")
@click.option("--products", default=10_000, show_default=True, type=click.IntRange(1, 200_000))
def scale_command(products: int) -> None:
    """Multiply the catalogue to so many products, with offers and stock, for measurements."""
    with open_stage(current_app, seed=DEFAULT_SEED, months=1, until=None) as stage:
        multiply(stage, products)


def prepare() -> None:
    """Fill an empty demonstration; what is there stays as it is."""
    with open_stage(current_app, seed=DEFAULT_SEED, months=12, until=None) as stage:
        if not has_demo(stage):
            fill(stage, ORDERS)


def fill(stage: Stage, orders: int) -> None:
    began = wall.monotonic()
    people = play(stage, orders, show=click.echo)
    write_accounts(stage, people)
    click.echo(f"演示数据 demonstration: {wall.monotonic() - began:.0f} s")
