"""SQLite's FTS5: tokens between spaces in a contentless table, attributes in an ordinary one beside it.

No positions are kept and the words are joined to the attributes once a request, in a materialised table.
"""

import sqlite3
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.search.corpus import Corpus
from benchmarks.search.engines import sql
from benchmarks.search.engines.base import LINKS, Answer
from benchmarks.search.engines.sql import FAR, NUMBERS, PAGE, TOTAL, Statement
from benchmarks.search.requests import Ask
from marketplace.search.port import Clause
from marketplace.search.types import Facet, Sort

_FILE = "products.sqlite"
_SETTINGS = """
    PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -262144;
    PRAGMA mmap_size = 4294967296; PRAGMA temp_store = MEMORY;
"""
_TABLES = f"""
    CREATE VIRTUAL TABLE words USING fts5(
        t, content = '', detail = none, tokenize = "unicode61 remove_diacritics 0 tokenchars ':._-'''"
    );
    CREATE TABLE product (
        slot INTEGER PRIMARY KEY, {", ".join(f"{facet.value} INTEGER" for facet in NUMBERS)},
        price_fen INTEGER, price_up INTEGER, sold INTEGER, created INTEGER
    );
    CREATE TABLE certification (slot INTEGER, code INTEGER, PRIMARY KEY (slot, code)) WITHOUT ROWID;
    CREATE TABLE cooperative (slot INTEGER, code INTEGER, PRIMARY KEY (slot, code)) WITHOUT ROWID;
"""
_INDEXES = "".join(
    [
        *(f"CREATE INDEX by_{facet.value} ON product ({facet.value});" for facet in NUMBERS),
        *(f"CREATE INDEX of_{facet.value} ON {facet.value} (code, slot);" for facet in LINKS),
        "CREATE INDEX by_sold ON product (in_stock DESC, sold DESC, slot);",
        "CREATE INDEX by_price_up ON product (in_stock DESC, price_up, slot);",
        "CREATE INDEX by_price_down ON product (in_stock DESC, price_fen DESC, slot);",
        "CREATE INDEX by_created ON product (in_stock DESC, created DESC, slot);",
        "CREATE INDEX by_fen ON product (price_fen);",
    ]
)


class Fts5:
    name = "FTS5"

    def build(self, of: Corpus, directory: Path) -> float:
        directory.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(directory / _FILE, isolation_level=None)
        began, used = time.process_time(), 0.0
        self._connection.executescript(_SETTINGS + _TABLES)
        self._connection.execute("BEGIN")
        used += time.process_time() - began
        for slots in of.chunks():
            texts = [(slot, " ".join(of.tokens_of(slot))) for slot in slots]
            rows = product_rows(of, slots)
            began = time.process_time()
            self._connection.executemany("INSERT INTO words (rowid, t) VALUES (?, ?)", texts)
            marks = ", ".join("?" * len(rows[0]))
            self._connection.executemany(f"INSERT INTO product VALUES ({marks})", rows)
            used += time.process_time() - began
        for facet, pairs in link_rows(of).items():
            began = time.process_time()
            self._connection.executemany(f"INSERT INTO {facet.value} VALUES (?, ?)", pairs)
            used += time.process_time() - began
        began = time.process_time()
        self._connection.execute("INSERT INTO words (words) VALUES ('optimize')")
        self._connection.execute("COMMIT")
        self._connection.executescript(_INDEXES + "ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)")
        used += time.process_time() - began
        self._connection.close()
        return used

    def open(self, of: Corpus, directory: Path) -> None:
        self._of = of
        self._connection = sqlite3.connect(directory / _FILE, isolation_level=None)
        self._connection.executescript(_SETTINGS)

    def ask(self, ask: Ask) -> Any:
        if not ask.facets:
            return self._list(ask)
        out = Statement("?")
        flags = [
            f"{sql.condition(self._of, ask, facet, out, self._linked)} AS pass_{facet.value}"
            for facet in ask.filtered
        ]
        source = f"{self._words(ask, out)} CROSS JOIN product USING (slot)" if ask.clauses else "product"
        # A product that two filters refuse is in no count.
        missing = " + ".join(f"pass_{facet.value}" for facet in ask.filtered)
        useful = f"WHERE {missing} >= {len(ask.filtered) - 1}" if len(ask.filtered) > 1 else ""
        hits = f"SELECT {', '.join(['*', *flags])} FROM {source} {useful}"
        arms = [sql.page(ask, "hit", sql.but(ask.filtered))]
        arms.append(f"SELECT '{TOTAL}', 0, count(*) FROM hit WHERE {sql.but(ask.filtered)}")
        for facet in NUMBERS:
            where = sql.but(ask.filtered, facet)
            arms.append(
                f"SELECT '{facet.value}', {facet.value}, count(*) FROM hit "
                f"WHERE {where} GROUP BY {facet.value}"
            )
        for facet in LINKS:
            where = sql.but(ask.filtered, facet)
            arms.append(
                f"SELECT '{facet.value}', code, count(*) FROM hit CROSS JOIN {facet.value} AS link "
                f"ON link.slot = hit.slot WHERE {where} GROUP BY code"
            )
        rows = self._connection.execute(
            f"WITH hit AS MATERIALIZED ({hits}) {' UNION ALL '.join(arms)}", out.values
        ).fetchall()
        slots = [row[1] for row in rows if row[0] == PAGE]
        total = next(row[2] for row in rows if row[0] == TOTAL)
        return total, slots, [row for row in rows if row[0] not in {PAGE, TOTAL}]

    def read(self, raw: Any) -> Answer:
        return sql.read(self._of, raw)

    def cpu_ns(self) -> int:
        return time.process_time_ns()

    def close(self) -> None:
        self._connection.close()

    def _list(self, ask: Ask) -> Any:
        """Answer without facets: words alone need no attributes, attributes alone have their indexes."""
        out = Statement("?")
        if ask.clauses:
            rows = self._connection.execute(
                f"WITH hit AS MATERIALIZED (SELECT * FROM {self._words(ask, out)}) "
                "SELECT slot, (SELECT count(*) FROM hit) FROM hit ORDER BY score DESC, slot LIMIT 24",
                out.values,
            ).fetchall()
            return (rows[0][1] if rows else 0), [row[0] for row in rows], None
        where = " AND ".join(sql.condition(self._of, ask, facet, out, self._linked) for facet in ask.filtered)
        where = f"WHERE {where}" if where else ""
        total = self._connection.execute(f"SELECT count(*) FROM product {where}", out.values).fetchone()[0]
        rows = self._connection.execute(
            f"SELECT slot FROM product {where} ORDER BY {sql.ORDERS[ask.sort]} LIMIT 24", out.values
        ).fetchall()
        return total, [row[0] for row in rows], None

    def _words(self, ask: Ask, out: Statement) -> str:
        score = "-bm25(words)" if ask.sort is Sort.RELEVANCE else "0"
        match = " AND ".join(_clause(clause) for clause in ask.clauses)
        return f"(SELECT rowid AS slot, {score} AS score FROM words WHERE words MATCH {out.bind(match)})"

    @staticmethod
    def _linked(facet: Facet, marks: str) -> str:
        return f"slot IN (SELECT slot FROM {facet.value} WHERE code IN ({marks}))"


def _clause(clause: Clause) -> str:
    quoted = ['"' + token.replace('"', '""') + '"' for token, _ in clause.tokens]
    return f"({' OR '.join(quoted)})"


def product_rows(of: Corpus, slots: range) -> list[tuple[int, ...]]:
    """Return rows of the table of attributes."""
    part = slice(slots.start, slots.stop)
    price = of.columns["price_fen"][part]
    columns = [
        list(slots),
        *(of.columns[facet.value][part].astype(np.int64).tolist() for facet in NUMBERS),
        price.tolist(),
        np.where(price < 0, FAR, price).tolist(),
        of.columns["sold"][part].tolist(),
        of.columns["created"][part].tolist(),
    ]
    return list(zip(*columns, strict=True))


def link_rows(of: Corpus) -> dict[Facet, list[tuple[int, int]]]:
    """Return pairs of slot and code of what may be several."""
    rows, held = of.valid_certificates()
    owners, sellers = of.columns["cooperative_rows"], of.columns["cooperative_codes"]
    return {
        Facet.CERTIFICATION: list(zip(rows.tolist(), held.tolist(), strict=True)),
        Facet.COOPERATIVE: list(zip(owners.tolist(), sellers.tolist(), strict=True)),
    }
