"""Whoever owns the tables can change them; nobody can do so unseen."""

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from marketplace.adapters import embedded_postgres
from marketplace.custody import queries
from marketplace.kernel import unit_of_work
from marketplace.transparency import queries as log
from marketplace.transparency import rules
from marketplace.transparency import service as sequencer
from tests.factories.custody import make_carrier, make_load, make_warehouse, pass_on
from tests.factories.orders import make_ground


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
