"""The text engine on PostgreSQL: the same tokens in a tsvector with GIN, for when there is no index file."""

import json
import threading
import time
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.kernel import unit_of_work
from marketplace.search.models import TokensRow, TokensStateRow
from marketplace.search.port import Clause, IndexedProduct, Matches

_CHECK_SECONDS = 0.5
_BATCH = 500
_SATURATION = 1.2


class PostgresText:
    """Tokens in the marketplace's own database; every process sees a change with its commit."""

    def __init__(self, sessions: Callable[[], Session]) -> None:
        self._sessions = sessions
        self._lock = threading.Lock()
        self._checked = 0.0
        self._state: tuple[int, str] | None = None
        self._words: tuple[int, tuple[str, ...]] = (-1, ())

    def match(self, clauses: Sequence[Clause]) -> Matches:
        """Return products that carry a token of every clause, scored by rarity and weight."""
        if not clauses or any(not clause.tokens for clause in clauses):
            return Matches(np.zeros(0, np.int64), np.zeros(0, np.float32))
        query = " & ".join(
            "(" + " | ".join(_quoted(token) for token, _ in clause.tokens) + ")" for clause in clauses
        )
        factors = {token: factor for clause in clauses for token, factor in clause.tokens}
        with self._sessions() as session:
            rows = session.execute(
                text(
                    """
                    SELECT product_id, COALESCE((
                        SELECT sum((asked.value)::float * 2.2 * weight::float / (weight::float + :saturation))
                        FROM jsonb_each_text(CAST(:factors AS jsonb)) AS asked
                        CROSS JOIN LATERAL (SELECT weights ->> asked.key AS weight) AS found
                        WHERE weight IS NOT NULL
                    ), 0)
                    FROM search_tokens WHERE tokens @@ CAST(:query AS tsquery) ORDER BY product_id
                    """
                ),
                {"query": query, "factors": _json(factors), "saturation": _SATURATION},
            ).all()
        return Matches(
            np.array([row[0] for row in rows], np.int64), np.array([row[1] for row in rows], np.float32)
        )

    def vocabulary(self) -> Sequence[str]:
        generation = self.generation()
        if self._words[0] != generation:
            with self._sessions() as session:
                rows = session.execute(text("SELECT word FROM ts_stat('SELECT tokens FROM search_tokens')"))
                self._words = (generation, tuple(sorted(row[0] for row in rows)))
        return self._words[1]

    def generation(self) -> int:
        state = self._read_state()
        return state[0] if state else 0

    def signature(self) -> str | None:
        state = self._read_state()
        return state[1] if state else None

    def apply(self, changed: Iterable[IndexedProduct], removed: Iterable[int]) -> None:
        with self._sessions() as session:
            unit_of_work.commit(session, lambda s: self._write(s, changed, removed, None))
        self._checked = 0.0

    def rebuild(self, products: Iterable[IndexedProduct], *, signature: str) -> None:
        def write(session: Session) -> None:
            session.execute(delete(TokensRow))
            self._write(session, products, (), signature)

        with self._sessions() as session:
            unit_of_work.commit(session, write)
        self._checked = 0.0

    def _write(
        self,
        session: Session,
        changed: Iterable[IndexedProduct],
        removed: Iterable[int],
        signature: str | None,
    ) -> None:
        session.execute(delete(TokensRow).where(TokensRow.product_id.in_(list(removed))))
        batch: list[dict[str, object]] = []
        for product in changed:
            batch.append(
                {
                    "product_id": product.product_id,
                    "tokens": func.array_to_tsvector(sorted(product.tokens)),
                    "weights": dict(product.tokens),
                }
            )
            if len(batch) == _BATCH:
                _upsert(session, batch)
                batch = []
        if batch:
            _upsert(session, batch)
        state = insert(TokensStateRow).values(id=1, signature=signature or "", generation=1)
        following: dict[str, object] = {"generation": TokensStateRow.generation + 1}
        if signature is not None:
            following["signature"] = signature
        session.execute(state.on_conflict_do_update(index_elements=[TokensStateRow.id], set_=following))

    def _read_state(self) -> tuple[int, str] | None:
        with self._lock:
            if time.monotonic() - self._checked < _CHECK_SECONDS:
                return self._state
            with self._sessions() as session:
                row = session.execute(select(TokensStateRow.generation, TokensStateRow.signature)).first()
            self._state = (row[0], row[1]) if row else None
            self._checked = time.monotonic()
            return self._state


def _upsert(session: Session, batch: list[dict[str, object]]) -> None:
    statement = insert(TokensRow).values(batch)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[TokensRow.product_id],
            set_={"tokens": statement.excluded.tokens, "weights": statement.excluded.weights},
        )
    )


def _quoted(token: str) -> str:
    """Write a token as one lexeme of a tsquery, whatever characters it has."""
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"


def _json(factors: dict[str, float]) -> str:
    return json.dumps(factors, ensure_ascii=False)
