"""The command an operator runs, on a database that really commits, and the nightly job."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from marketplace.catalogue import queries
from marketplace.catalogue.models import ProductRow
from marketplace.catalogue.types import CertificateState
from marketplace.cli import catalogue as commands
from marketplace.jobs.registry import JobContext, all_jobs
from marketplace.kernel.time import FixedClock
from tests.factories.catalogue import make_certificate, make_offer, make_reference
from tests.factories.parties import make_party
from tests.unit.catalogue.test_reading import data, put

__all__ = ["data"]


@pytest.fixture
def runner(engine: Engine) -> FlaskCliRunner:
    app = Flask("commands")
    app.extensions["sessions"] = sessionmaker(engine, expire_on_commit=False)
    app.cli.add_command(commands.group)
    return app.test_cli_runner()


@pytest.fixture
def opened(engine: Engine) -> Iterator[Session]:
    with Session(engine) as session:
        yield session


def test_load_shows_progress_and_says_when_nothing_changed(
    runner: FlaskCliRunner, opened: Session, data: Path
) -> None:
    first = runner.invoke(args=["catalogue", "load"])
    assert first.exit_code == 0, first.output
    assert "［14/17］商品：213行，改动213行" in first.output
    assert "目录数据已导入，共改动" in first.output
    second = runner.invoke(args=["catalogue", "load"])
    assert second.output.splitlines()[-1] == "目录数据与数据库一致，没有任何改动。"
    put(data, "products.csv", 2, "aisle_code", "nowhere")
    put(data, "aisles.csv", 2, "name_en", "")
    put(data, "variants.csv", 2, "price_low_fen", "1")
    broken = runner.invoke(args=["catalogue", "load", "--from", str(data)])
    assert broken.exit_code == 1
    assert broken.stderr.splitlines() == [
        "aisles.csv 第2行 name_en：不能为空",
        "products.csv 第2行 aisle_code：aisles.csv中没有“nowhere”",
        "目录数据有2处错误，没有导入任何内容。",
    ]
    assert opened.scalar(select(func.count()).select_from(ProductRow)) == 213
    pack = queries.find_variant_by_code(opened, "duyun-maojian-250g")
    assert pack is not None
    assert pack.price_low_fen > 1


def test_nightly_job_marks_what_expired(engine: Engine, opened: Session, clock: FixedClock) -> None:
    make_reference(opened)
    holder = make_party(opened)
    offer = make_offer(opened, cooperative=holder)
    certificate = make_certificate(
        opened, holder, "zhenpin", (offer.product_id,), valid_to=date(2026, 11, 23)
    )
    opened.commit()
    clock.instant = datetime(2026, 11, 23, 16, 1, tzinfo=UTC)
    context = JobContext(sessions=sessionmaker(engine), ports=None, settings=None)  # type: ignore[arg-type]  # unused
    all_jobs()["catalogue.lapse_certificates"].run(context)
    opened.expire_all()
    assert queries.get_certificate(opened, certificate.id).state is CertificateState.LAPSED
