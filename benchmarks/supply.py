"""The supply side at two sizes: what its lists and edits ask of the database, and the time they take.

``python -m benchmarks --only supply``. The same pages of a shop with 2,000 products and 20,000 lots and of
one with a hundred times as many, asked in turns in one process: whatever the machine does strikes both alike.
"""

import gc
import os
import re
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from benchmarks.bulk import FIRST
from benchmarks.installation import DIRECTORY, ROOT, Installation
from benchmarks.stocking import stock
from benchmarks.supply_pages import EDITS, LISTS, Edit, Listed
from marketplace.adapters import embedded_postgres
from marketplace.factory import create_app
from marketplace.kernel.settings import from_environment
from marketplace.parties import queries as parties

SMALL, LARGE = 2_000, 200_000
GOAL = 1.5
"""A page of the large shop takes so many times as long as one of the small shop at most."""

ROUNDS = 9
_WARM = 2
_ORDERS, _MONTHS = "40", "6"  # of the demonstration whose rows are multiplied: its size does not matter
# What a transaction itself needs is no question of the page.
_FRAME = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET CONSTRAINTS")
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')

Found = dict[str, Any]


@dataclass(slots=True)
class Shop:
    """An application on a shop of one size, with a browser for each of its readers."""

    size: int
    app: Flask
    browsers: dict[str, FlaskClient] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    asked: int = 0

    def browser(self, who: str) -> FlaskClient:
        if who not in self.browsers:
            self.browsers[who] = self._signed_in(who)
        return self.browsers[who]

    def get(self, page: Listed) -> None:
        answer = self.browser(page.who).get(page.path)
        if answer.status_code != 200:
            raise SystemExit(f"{page.path} answered {answer.status_code}")
        answer.get_data()
        answer.close()

    def post(self, edit: Edit, number: int) -> None:
        token = self.tokens.get(edit.who) or self._token(edit)
        sent = {"csrf_token": token} | {key: value.format(n=number) for key, value in edit.fields.items()}
        answer = self.browser(edit.who).post(edit.address(number), data=sent)
        if answer.status_code != 303:
            raise SystemExit(f"{edit.address(number)} answered {answer.status_code}")
        answer.close()

    def _signed_in(self, who: str) -> FlaskClient:
        browser = self.app.test_client()
        if who == "public":
            return browser
        with self.app.extensions["sessions"]() as session:
            person = _person(session, who)
            epoch = parties.session_epoch(session, person)
        with browser.session_transaction() as kept:
            kept["_user_id"] = f"{person}.{epoch}"
            kept["_fresh"] = True
        return browser

    def _token(self, edit: Edit) -> str:
        page = self.browser(edit.who).get(edit.form)
        found = _TOKEN.search(page.text)
        if found is None:
            raise SystemExit(f"{edit.form} has no form ({page.status_code})")
        return self.tokens.setdefault(edit.who, found.group(1))


def run(*, rounds: int, large: int = LARGE) -> Found:
    """Measure every list and edit in turns; make the shops first where they are not there."""
    directory = DIRECTORY / "supply"
    cluster = embedded_postgres.start(directory / "postgres")
    try:
        shops = [_shop(cluster, size) for size in (SMALL, large)]
        lists = {one.name: _measure(shops, one.name, rounds, [one] * (rounds + _WARM)) for one in LISTS}
        edits = {one.name: _measure(shops, one.name, rounds, one) for one in EDITS}
        return {"products": [SMALL, large], "goal": GOAL, "lists": lists, "edits": edits}
    finally:
        cluster.stop()


def reached(found: Found) -> list[bool]:
    return [one["reached"] for kind in ("lists", "edits") for one in found[kind].values()]


def table(found: Found) -> list[str]:
    """Return a line for each list and edit: statements and milliseconds at both sizes, and the goal."""
    small, large = found["products"]
    lines = [f"{'':<46} {small:>9,} {large:>12,} products, goal {found['goal']:.2f} and equal statements"]
    for kind in ("lists", "edits"):
        for name, one in found[kind].items():
            verdict = "reached" if one["reached"] else "MISSED"
            lines.append(
                f"{name:<46} {one['small_ms']:6.1f} ms {one['large_ms']:6.1f} ms  {one['ratio']:5.2f}  "
                f"{one['small_statements']:>2} and {one['large_statements']:>2} statements  {verdict}"
            )
    missed = reached(found).count(False)
    return [*lines, f"{len(reached(found)) - missed} reached, {missed} missed"]


def _measure(shops: Sequence[Shop], name: str, rounds: int, asked: Sequence[Listed] | Edit) -> Found:
    times: list[list[float]] = [[], []]
    counts: list[list[int]] = [[], []]
    gc.collect()
    gc.disable()
    try:
        for number in range(rounds + _WARM):
            turns = list(enumerate(shops))
            for at, shop in turns if number % 2 else turns[::-1]:
                before, began = shop.asked, time.perf_counter()
                if isinstance(asked, Edit):
                    shop.post(asked, number)
                else:
                    shop.get(asked[number])
                if number >= _WARM:
                    times[at].append(time.perf_counter() - began)
                    counts[at].append(shop.asked - before)
    finally:
        gc.enable()
    small, large = (statistics.median(one) * 1000 for one in times)
    ratio = statistics.median(b / a for a, b in zip(*times, strict=True))
    # What is kept between requests is looked at every half minute: that is not the page's own question.
    few, many = (min(one) for one in counts)
    found = {
        "small_ms": round(small, 2),
        "large_ms": round(large, 2),
        "ratio": round(ratio, 3),
        "small_statements": few,
        "large_statements": many,
        "reached": ratio <= GOAL and few == many,
    }
    print(f"  {name:<46} {small:6.1f} {large:6.1f} ms  {ratio:5.2f}  {few} {many}", flush=True)
    return found


def _shop(cluster: embedded_postgres.Cluster, size: int) -> Shop:
    """Open a copy of the shop of a size, since edits use it up; one is made where there is none."""
    name, copied = f"supply_{size}", f"supply_{size}_copy"
    if not cluster.has_database(name):
        _demonstration(cluster)
        building = f"{name}_building"
        cluster.drop_database(building)
        cluster.create_database(building, embedded_postgres.DATABASE)
        print(f"making the shop of {size:,} products", flush=True)
        began = time.monotonic()
        with cluster.connect(building) as connection:
            stock(connection, size)
        with cluster.connect() as connection:
            connection.execute(f"ALTER DATABASE {building} RENAME TO {name}".encode())
        print(f"made in {time.monotonic() - began:.0f} s", flush=True)
    made = _installation(cluster, name)
    made.flask("schema", "upgrade")
    cluster.drop_database(copied)
    cluster.create_database(copied, name)
    made = _installation(cluster, copied)
    app = create_app(from_environment(made.environment))
    shop = Shop(size, app)

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        shop.asked += not statement.lstrip().upper().startswith(_FRAME)

    with app.app_context():
        event.listen(app.extensions["sqlalchemy"].engine, "before_cursor_execute", note)
    return shop


def _demonstration(cluster: embedded_postgres.Cluster) -> None:
    """Seed a small demonstration once: each size begins as a copy of it."""
    cluster.ensure_database(embedded_postgres.DATABASE)
    made = _installation(cluster, embedded_postgres.DATABASE)
    made.flask("schema", "upgrade")
    if not (made.directory / "demo-accounts.json").exists():
        made.flask("catalogue", "load")
        made.flask("demo", "seed", "--orders", _ORDERS, "--months", _MONTHS)


def _installation(cluster: embedded_postgres.Cluster, database: str) -> Installation:
    directory = DIRECTORY / "supply" / database
    directory.mkdir(parents=True, exist_ok=True)
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "FLASK_APP": "marketplace.factory",
        "DATA_DIR": str(directory),
        "DATABASE_URL": cluster.url(embedded_postgres.APP, database),
        "OWNER_DATABASE_URL": cluster.url(embedded_postgres.OWNER, database),
        "RATE_LIMITS": "off",
        "PAGE_CACHE": "off",
        "LOG_LEVEL": "WARNING",
    }
    return Installation(environment, int(cluster.server.get_pid()), directory)


def _person(session: Any, who: str) -> int:
    """Return whose browser it is: of the big or a small cooperative, of the operator, or an official."""
    if who in {"big", "little"}:
        return FIRST + (1 if who == "big" else 2)
    wanted = {
        "operator": "role = 'operator'",
        "province": "role = 'official' AND scope_division_code = '520000'",
    }[who]
    found = session.connection().exec_driver_sql(
        f"SELECT person_id FROM parties_membership WHERE {wanted} AND ended_at IS NULL ORDER BY id"
    )
    return int(found.scalars().first())
