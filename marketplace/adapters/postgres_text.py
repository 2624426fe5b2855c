"""The text engine on PostgreSQL: the same tokens in a tsvector with GIN, for when there is no index file.

It answers while an index is built, and where many machines share one database and none keeps files.
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any

import numpy as np
from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, REAL
from sqlalchemy.orm import Session

from marketplace.search import queries, ranking
from marketplace.search.port import NOTHING, Clause, Matches, TextReading, Written
from marketplace.search.service import LETTERS

_STRONGEST = 2.2
"""What no strength reaches: PostgreSQL wants weights up to 1."""
_RANK_SIZE = 1.64493406685 * _STRONGEST
"""What ts_rank divides a single occurrence by: the sum of the inverse squares."""
_STRENGTHS = [float(ranking.STRENGTHS[LETTERS.get(letter, 10)]) / _STRONGEST for letter in "DCBA"]


class PostgresText:
    """Tokens in the marketplace's own database; every process sees a change with its commit.

    It reads what is there now, where an index stands still. One answer is whole all the same: total, facets
    and page are counted from the same matches, and what the side tables do not know yet is left out of them.
    """

    def __init__(self, sessions: Callable[[], Session]) -> None:
        self._sessions = sessions
        self._lock = threading.Lock()
        self._reading = TextReading(None, self.match)
        self._documents = 0

    def match(self, clauses: Sequence[Clause]) -> Matches:
        """Return products that carry a token of every clause, scored by rarity and level."""
        if not clauses or any(not clause.tokens for clause in clauses):
            return NOTHING
        with self._sessions() as session:
            counts = queries.counts_of(session, {token for clause in clauses for token, _ in clause.tokens})
            known = [_known(clause, counts) for clause in clauses]
            if not all(clause.tokens for clause in known):
                return NOTHING
            statement, values = _statement(known, counts, self._documents)
            found = session.execute(text(statement).bindparams(*_TYPES), values).all()
        return Matches(
            np.array([row[0] for row in found], np.int32), np.array([row[1] for row in found], np.float32)
        )

    def refresh(self) -> bool:
        with self._lock, self._sessions() as session:
            state = queries.state(session)
            written = None
            if state.signature is not None:
                written = Written(state.signature, state.version, state.epoch)
            if written == self._reading.written:
                return False
            self._documents = queries.indexed_count(session)
            self._reading = TextReading(written, self.match)
            return True

    def now(self) -> TextReading:
        return self._reading

    def written(self) -> Written | None:
        if self._reading.written is None:
            self.refresh()
        return self._reading.written


_TYPES = (bindparam("strengths", type_=ARRAY(REAL)),)


def _known(clause: Clause, counts: Mapping[str, int]) -> Clause:
    return Clause(tuple((token, factor) for token, factor in clause.tokens if counts.get(token)))


def _statement(
    clauses: Sequence[Clause], counts: Mapping[str, int], documents: int
) -> tuple[str, dict[str, Any]]:
    """Write the query: what matches first, its score from the tokens of each row after.

    Tokens of a clause that are worth the same share a term; in a clause the best term counts.
    """
    values: dict[str, Any] = {"strengths": _STRENGTHS}
    numbers = count()
    clause_scores = []
    for clause in clauses:
        by_worth: defaultdict[float, list[str]] = defaultdict(list)
        for token, factor in clause.tokens:
            worth = factor * ranking.rarity(documents, counts[token])
            by_worth[round(worth, 2)].append(token)
        terms = []
        for worth, tokens in by_worth.items():
            number = next(numbers)
            values[f"q{number}"] = " | ".join(map(quoted, tokens))
            values[f"w{number}"] = worth * _RANK_SIZE * len(tokens)
            terms.append(f":w{number} * ts_rank(:strengths, tokens, CAST(:q{number} AS tsquery))")
        clause_scores.append(f"GREATEST({', '.join(terms)})")
    values["query"] = " & ".join(
        "(" + " | ".join(quoted(token) for token, _ in clause.tokens) + ")" for clause in clauses
    )
    score = " + ".join(clause_scores)
    matching = "FROM search_tokens WHERE tokens @@ CAST(:query AS tsquery) ORDER BY slot"
    return f"SELECT slot, {score} {matching}", values


def quoted(token: str) -> str:
    """Write a token as one lexeme of a tsquery, whatever characters it has."""
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"
