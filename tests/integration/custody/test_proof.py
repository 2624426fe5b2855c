"""Whoever owns the tables can change them; nobody can do so unseen."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session, sessionmaker
from structlog.testing import capture_logs

from marketplace.adapters import embedded_postgres
from marketplace.custody import queries
from marketplace.flow import regroup_loads
from marketplace.flow.ports import Ports
from marketplace.jobs.registry import JobContext, all_jobs
from marketplace.kernel import time, unit_of_work
from marketplace.kernel.time import FixedClock
from marketplace.transparency import queries as log
from marketplace.transparency import rules
from marketplace.transparency import service as sequencer
from tests.factories.custody import (
    everything_of,
    holder,
    make_carrier,
    make_load,
    make_warehouse,
    pass_on,
    signed_by,
)
from tests.factories.orders import make_ground


@dataclass
class Installation:
    """The one thing that the log's jobs ask of the settings: where the secrets lie."""

    data_dir: Path


@pytest.mark.usefixtures("clock")
def test_a_changed_byte_is_found(engine: Engine, cluster: embedded_postgres.Cluster) -> None:
    def road(session: Session) -> None:
        make_ground(session)
        load = make_load(session)
        pass_on(session, load, make_carrier(session))
        pass_on(session, load, make_warehouse(session), seal_number="FQ-1", packages=1)
        sequencer.sequence(session)

    with Session(engine) as session:
        unit_of_work.commit(session, road)
        assert queries.verify(session).changed == ()
        leaves = session.execute(text("SELECT leaf_id FROM custody_hand_off")).scalars().all()
        assert all(rules.is_included(log.prove_inclusion(session, leaf)) for leaf in leaves)
    owner = create_engine(cluster.url(embedded_postgres.OWNER, str(engine.url.database)))
    hand_off = "UPDATE custody_hand_off SET"
    changes = (
        f"{hand_off} surface_max_milli_c = surface_max_milli_c - 1 WHERE previous_id IS NULL",
        f"{hand_off} seal_number = 'FQ-2' WHERE previous_id IS NOT NULL",
        f"{hand_off} canonical = canonical || '\\x20' WHERE previous_id IS NULL",
        f'{hand_off} giver_signature = giver_signature || \'{{"name": "换人"}}\' WHERE previous_id IS NULL',
        "UPDATE custody_quantity SET received = 0, lost = 1 WHERE hand_off_id % 2 = 0",
    )
    for change in changes:
        with owner.connect() as connection:
            for table in ("custody_hand_off", "custody_quantity"):
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
            connection.execute(text(change))
            with Session(connection) as session:
                assert len(queries.verify(session).changed) == 1, change
            connection.rollback()
    owner.dispose()


@pytest.mark.usefixtures("clock")
def test_a_changed_split_is_found_and_the_nightly_look_says_so(
    engine: Engine, cluster: embedded_postgres.Cluster, tmp_path: Path
) -> None:
    def road(session: Session) -> None:
        make_ground(session)
        load, warehouse = make_load(session, quantity=3), make_warehouse(session)
        pass_on(session, load, warehouse)
        regroup_loads.split(
            session, load.id, [{next(iter(everything_of(load))): 1}], signed_by(holder(warehouse))
        )

    with Session(engine) as session:
        unit_of_work.commit(session, road)
        assert queries.verify_regroupings(session).changed == ()
    context = JobContext(sessionmaker(engine), cast("Ports", None), Installation(tmp_path))
    with capture_logs() as said:
        all_jobs()["custody.verify"].run(context)
    assert said == []
    owner = create_engine(cluster.url(embedded_postgres.OWNER, str(engine.url.database)))
    with owner.begin() as connection:
        connection.execute(text("ALTER TABLE custody_moved DISABLE TRIGGER USER"))
        connection.execute(text("UPDATE custody_moved SET quantity = 2"))
    owner.dispose()
    with capture_logs() as said:
        all_jobs()["custody.verify"].run(context)
    assert [one["event"] for one in said] == ["custody_record_changed"]


def test_the_log_is_numbered_and_its_head_signed_by_jobs(
    engine: Engine, clock: FixedClock, tmp_path: Path
) -> None:
    with Session(engine) as session:
        unit_of_work.commit(session, lambda session: sequencer.append_leaf(session, b"x" * 32))
    context = JobContext(sessionmaker(engine), cast("Ports", None), Installation(tmp_path))
    all_jobs()["transparency.sign_head"].run(context)
    with Session(engine) as session:
        head = log.latest_head(session)
    assert head is not None
    assert (head.size, head.day) == (1, time.business_day(clock.instant) - timedelta(days=1))
    assert rules.is_signed(head)
