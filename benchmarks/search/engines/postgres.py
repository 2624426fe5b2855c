"""PostgreSQL: the tokens in a weighted tsvector under GIN, attributes beside them, facets by grouping sets.

The match stands in a materialised table: else the planner walks the index of a sort for words that are rare.
"""

import time
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import psycopg

from benchmarks.search.corpus import Corpus
from benchmarks.search.engines import sql
from benchmarks.search.engines.base import LINKS, Answer
from benchmarks.search.engines.fts5 import link_rows, product_rows
from benchmarks.search.engines.sql import NUMBERS, PAGE, TOTAL, Statement
from benchmarks.search.requests import Ask
from marketplace.adapters import embedded_postgres
from marketplace.search.port import Clause
from marketplace.search.types import Facet, Sort

_DATABASE = "rival"
_TABLE = f"""
    CREATE TABLE product (
        slot integer PRIMARY KEY, {", ".join(f"{facet.value} smallint NOT NULL" for facet in NUMBERS)},
        price_fen bigint NOT NULL, price_up bigint NOT NULL, sold bigint NOT NULL, created bigint NOT NULL,
        certification smallint[] NOT NULL, cooperative smallint[] NOT NULL, words tsvector NOT NULL
    )
"""
_INDEXES = (
    "CREATE INDEX ON product USING gin (words) WITH (fastupdate = off)",
    *(f"CREATE INDEX ON product USING gin ({facet.value}) WITH (fastupdate = off)" for facet in LINKS),
    *(f"CREATE INDEX ON product ({facet.value})" for facet in NUMBERS),
    "CREATE INDEX ON product (in_stock DESC, sold DESC, slot)",
    "CREATE INDEX ON product (in_stock DESC, price_up, slot)",
    "CREATE INDEX ON product (in_stock DESC, price_fen DESC, slot)",
    "CREATE INDEX ON product (in_stock DESC, created DESC, slot)",
    "CREATE INDEX ON product (price_fen)",
)
_SESSION = """
    SET work_mem = '256MB'; SET maintenance_work_mem = '1GB'; SET jit = off; SET random_page_cost = 1.1;
    SET effective_cache_size = '4GB'; SET max_parallel_workers_per_gather = 0;
    SET max_parallel_maintenance_workers = 0
"""


class Postgres:
    name = "PostgreSQL"

    def build(self, of: Corpus, directory: Path) -> float:
        self._connect(directory, fresh=True)
        began, used = self.cpu_ns(), 0
        self._connection.execute(_TABLE.encode())
        used += self.cpu_ns() - began
        links = {facet: _by_slot(pairs, of.size) for facet, pairs in link_rows(of).items()}
        with self._connection.cursor() as cursor:
            for slots in of.chunks():
                text = _lines(of, slots, links)
                began = self.cpu_ns()
                with cursor.copy("COPY product FROM STDIN") as copy:
                    copy.write(text)
                used += self.cpu_ns() - began
        began = self.cpu_ns()
        for statement in _INDEXES:
            self._connection.execute(statement.encode())
        self._connection.execute("VACUUM ANALYZE product")
        used += self.cpu_ns() - began
        self.close()
        return used / 1e9

    def open(self, of: Corpus, directory: Path) -> None:
        self._of = of
        self._connect(directory, fresh=False)

    def ask(self, ask: Ask) -> Any:
        if not ask.facets:
            return self._list(ask)
        out = Statement("%s")
        score = self._score(ask, out)
        flags = [
            f"{sql.condition(self._of, ask, facet, out, _linked)} AS pass_{facet.value}"
            for facet in ask.filtered
        ]
        columns = ", ".join([*(facet.value for facet in (*NUMBERS, *LINKS)), "price_fen", "price_up", "sold"])
        hits = ", ".join([f"SELECT slot, created, {columns}", score, *flags])
        hits += f" FROM product {self._matching(ask, out)}"
        # A product that two filters refuse is in no count.
        missing = " + ".join(f"pass_{facet.value}::int" for facet in ask.filtered)
        useful = f"WHERE {missing} >= {len(ask.filtered) - 1}" if len(ask.filtered) > 1 else ""
        arms = [sql.page(ask, "hit", sql.but(ask.filtered))]
        arms.append(f"SELECT '{TOTAL}', 0, count(*) FROM hit WHERE {sql.but(ask.filtered)}")
        together = [facet for facet in NUMBERS if facet not in ask.filtered]
        names = " ".join(f"WHEN {facet.value} IS NOT NULL THEN '{facet.value}'" for facet in together)
        code = ", ".join(facet.value for facet in together)
        sets = ", ".join(f"({facet.value})" for facet in together)
        arms.append(
            f"SELECT CASE {names} END, coalesce({code}), count(*) FROM hit "
            f"WHERE {sql.but(ask.filtered)} GROUP BY GROUPING SETS ({sets})"
        )
        arms += [
            f"SELECT '{facet.value}', {facet.value}, count(*) FROM hit "
            f"WHERE {sql.but(ask.filtered, facet)} GROUP BY {facet.value}"
            for facet in NUMBERS
            if facet in ask.filtered
        ]
        arms += [
            f"SELECT '{facet.value}', code, count(*) FROM hit, unnest(hit.{facet.value}) AS code "
            f"WHERE {sql.but(ask.filtered, facet)} GROUP BY code"
            for facet in LINKS
        ]
        statement = (
            f"WITH wide AS MATERIALIZED ({hits}), hit AS MATERIALIZED (SELECT * FROM wide {useful}) "
            if useful
            else f"WITH hit AS MATERIALIZED ({hits}) "
        )
        rows = self._fetch(statement + " UNION ALL ".join(arms), out)
        slots = [row[1] for row in rows if row[0] == PAGE]
        total = next(row[2] for row in rows if row[0] == TOTAL)
        return total, slots, [row for row in rows if row[0] not in {PAGE, TOTAL}]

    def read(self, raw: Any) -> Answer:
        return sql.read(self._of, raw)

    def cpu_ns(self) -> int:
        """Count this process and the server process that works for it."""
        ran = Path(f"/proc/{self._server_pid}/schedstat").read_text().split(" ", 1)[0]
        return time.process_time_ns() + int(ran)

    def close(self) -> None:
        self._connection.close()
        self._cluster.stop()

    def _list(self, ask: Ask) -> Any:
        out = Statement("%s")
        if ask.clauses:
            score = self._score(ask, out)
            rows = self._fetch(
                f"WITH hit AS MATERIALIZED (SELECT slot, in_stock, sold, {score} FROM product "
                f"{self._matching(ask, out)}) SELECT slot, (SELECT count(*) FROM hit) FROM hit "
                f"ORDER BY {sql.ORDERS[ask.sort]} LIMIT 24",
                out,
            )
            return (rows[0][1] if rows else 0), [row[0] for row in rows], None
        where = " AND ".join(sql.condition(self._of, ask, facet, out, _linked) for facet in ask.filtered)
        where = f"WHERE {where}" if where else ""
        total = self._fetch(f"SELECT count(*) FROM product {where}", out)[0][0]
        order = sql.ORDERS[ask.sort]
        rows = self._fetch(f"SELECT slot FROM product {where} ORDER BY {order} LIMIT 24", out)
        return total, [row[0] for row in rows], None

    def _fetch(self, statement: str, out: Statement) -> list[tuple[Any, ...]]:
        return self._connection.execute(statement.encode(), out.values).fetchall()

    @staticmethod
    def _score(ask: Ask, out: Statement) -> str:
        if ask.sort is not Sort.RELEVANCE:
            return "0 AS score"
        return f"ts_rank(words, {out.bind(_query(ask))}::tsquery) AS score"

    @staticmethod
    def _matching(ask: Ask, out: Statement) -> str:
        return f"WHERE words @@ {out.bind(_query(ask))}::tsquery" if ask.clauses else ""

    def _connect(self, directory: Path, *, fresh: bool) -> None:
        self._cluster = embedded_postgres.start(directory / "postgres", durable=False)
        if fresh:
            with self._cluster.connect() as connection:
                connection.execute("ALTER SYSTEM SET shared_buffers = '1GB'")
                connection.execute("ALTER SYSTEM SET max_wal_size = '8GB'")
            self._cluster.stop()
            self._cluster = embedded_postgres.start(directory / "postgres", durable=False)
            self._cluster.drop_database(_DATABASE)
            self._cluster.create_database(_DATABASE)
        self._connection: psycopg.Connection[tuple[Any, ...]] = self._cluster.connect(_DATABASE)
        self._connection.execute(_SESSION)
        self._server_pid = self._connection.info.backend_pid


def _query(ask: Ask) -> str:
    return " & ".join(_clause(clause) for clause in ask.clauses)


def _clause(clause: Clause) -> str:
    return f"({' | '.join(_quoted(token) for token, _ in clause.tokens)})"


def _quoted(token: str) -> str:
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"


def _linked(facet: Facet, marks: str) -> str:
    return f"{facet.value} && ARRAY[{marks}]::smallint[]"


def _by_slot(pairs: list[tuple[int, int]], size: int) -> list[str]:
    """Write what may be several of each product as an array."""
    slots = np.array([slot for slot, _ in pairs], np.int64)
    bounds = np.searchsorted(slots, np.arange(size + 1)).tolist()
    return [
        "{" + ",".join(str(code) for _, code in pairs[bounds[slot] : bounds[slot + 1]]) + "}"
        for slot in range(size)
    ]


def _lines(of: Corpus, slots: range, links: dict[Facet, list[str]]) -> str:
    """Write rows as COPY takes them; the weightiest third of a product's words is A, the least D."""
    out = StringIO()
    for row in product_rows(of, slots):
        slot, tokens = row[0], of.tokens_of(row[0])
        levels = sorted(set(tokens.values()))
        letters = {level: "DCBA"[place * 3 // max(1, len(levels) - 1)] for place, level in enumerate(levels)}
        words = " ".join(f"{_quoted(token)}:1{letters[level]}" for token, level in tokens.items())
        values = (*row, *(links[facet][slot] for facet in LINKS), words.replace("\\", "\\\\"))
        out.write("\t".join(map(str, values)) + "\n")
    return out.getvalue()
