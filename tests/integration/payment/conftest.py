"""A market that really commits: its own database, the sandbox as its processor, jobs run by hand."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from marketplace.adapters.demo_inbox import DemoInbox
from marketplace.adapters.payments import Payments, make_payments
from marketplace.adapters.postgres_text import PostgresText
from marketplace.adapters.spreadsheets import SpreadsheetFiles
from marketplace.flow.ports import Ports
from marketplace.flow.start_payment import start_payment
from marketplace.jobs.registry import JobContext, all_jobs
from marketplace.kernel import time, unit_of_work
from marketplace.kernel.settings import Mode, Settings
from marketplace.kernel.storage import DirectoryStore
from marketplace.kernel.time import FixedClock
from marketplace.orders import queries as orders
from marketplace.orders.types import Order, OrderId
from marketplace.payment import queries as payments
from marketplace.payment import service as payment
from marketplace.payment.port import EventSource, PaymentPort
from marketplace.payment.types import Attempt, AttemptId, Processor, Redirect
from marketplace.search.engine import SearchEngine
from tests.factories.orders import make_ground, make_placed

T = TypeVar("T")


@dataclass
class Market:
    """The edges' view of a running marketplace, without a web server."""

    sessions: Callable[[], Session]
    payments: Payments
    context: JobContext
    deliveries: list[tuple[bytes, str]] = field(default_factory=list)
    lose_deliveries: bool = False

    def write(self, use_case: Callable[[Session], T]) -> T:
        with self.sessions() as session:
            return unit_of_work.commit(session, use_case)

    @property
    def processors(self) -> dict[str, PaymentPort]:
        return dict(self.payments.ports)

    def place(self, **wishes: object) -> tuple[Order, Attempt]:
        placed = self.write(lambda session: make_placed(session, **wishes))
        return placed.order, placed.attempt

    def start(self, attempt: Attempt) -> str:
        """Open the pay page; returns the processor's reference."""
        answer = start_payment(self.write, self.processors, attempt.id)
        assert isinstance(answer, Redirect)
        return answer.reference

    def pay(self, reference: str) -> None:
        """Press the button on the sandbox's page."""
        assert self.payments.sandbox is not None
        page = self.payments.sandbox.pay(reference)
        assert page is not None

    def deliver(self, body: bytes, signature: str) -> int:
        """What the webhook does, and what it answers."""
        self.deliveries.append((body, signature))
        if self.lose_deliveries:
            return 502
        source = self.processors[Processor.SANDBOX]
        assert isinstance(source, EventSource)
        event = source.read_event(body, signature)
        self.write(lambda session: payment.record_event(session, event))
        return 200

    def run_jobs(self) -> list[str]:
        """Run what the queue holds and is due, until nothing is; returns the names."""
        ran: list[str] = []
        while found := self.write(_take_job):
            name, arguments = found
            if name.startswith("payment."):
                all_jobs()[name].run(self.context, **arguments)
                ran.append(name)
        return ran

    def forget_jobs(self) -> None:
        """Lose whatever the queue holds."""
        self.write(lambda session: session.execute(text("DELETE FROM procrastinate_jobs")))

    def order(self, order_id: OrderId) -> Order:
        return self.write(lambda session: orders.get_order(session, order_id))

    def attempt(self, attempt_id: AttemptId) -> Attempt:
        return self.write(lambda session: payments.get_attempt(session, attempt_id))


def _take_job(session: Session) -> tuple[str, dict[str, int]] | None:
    row = session.execute(
        text(
            "UPDATE procrastinate_jobs SET status = 'doing' WHERE id = (SELECT id FROM procrastinate_jobs "
            "WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= :now) ORDER BY id LIMIT 1) "
            "RETURNING task_name, args"
        ),
        {"now": time.now()},
    ).first()
    return (row.task_name, row.args) if row else None


@pytest.fixture
def settings(tmp_path: Path, engine: Engine) -> Settings:
    url = engine.url.render_as_string(hide_password=False)
    return Settings(
        mode=Mode.TEST,
        secret_key="tests-only",
        data_dir=tmp_path,
        port=8000,
        database_url=url,
        owner_database_url=url,
        public_url="http://localhost",
        rate_limits=False,
        sandbox_secret="tests-only",
        stripe_key="",
        stripe_webhook_secrets=(),
        stripe_api_base="",
        redis_url="",
        page_cache=False,
        log_level="WARNING",
    )


@pytest.fixture
def market(settings: Settings, engine: Engine, clock: FixedClock, tmp_path: Path) -> Market:
    """A market at noon with places, reference rows and freight; goods come with each order."""
    sessions = sessionmaker(engine, expire_on_commit=False)
    made: list[Market] = []

    def deliver(body: bytes, signature: str) -> int:
        return made[0].deliver(body, signature)

    offered = make_payments(settings, sessions, deliver=deliver)
    ports = Ports(
        notices=DemoInbox(tmp_path / "mail"),
        payments=offered.ports,
        search=SearchEngine(PostgresText(sessions)),
        files=DirectoryStore(tmp_path / "files"),
        spreadsheets=SpreadsheetFiles(),
    )
    made.append(Market(sessions, offered, JobContext(sessions, ports, settings)))
    made[0].write(make_ground)
    return made[0]
