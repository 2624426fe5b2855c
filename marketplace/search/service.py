"""Writes of the search room: what was sold and asked, and what search knows of every product."""

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from itertools import count
from typing import Any

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.catalogue.types import ProductId
from marketplace.kernel import changes
from marketplace.kernel.changes import Position
from marketplace.search.models import AskedRow, ProductRow, SaleRow, SoldRow, StateRow, TokensRow, WordRow
from marketplace.search.types import AskedKey, SearchDocument, SearchRow

LETTERS = {"A": 120, "B": 80, "C": 30}
"""The least level that PostgreSQL ranks under a letter; what is below is D."""


def record_sales(session: Session, packs: Mapping[ProductId, int]) -> None:
    """Append what was sold; the folder adds it up."""
    session.add_all(SaleRow(product_id=int(product), packs=count) for product, count in sorted(packs.items()))


def fold_sales(session: Session) -> int:
    """Fold appended sales into the totals that sort results; returns how many products changed."""
    taken = (
        delete(SaleRow)
        .where(
            SaleRow.id.in_(
                select(SaleRow.id).order_by(SaleRow.id).limit(10_000).with_for_update(skip_locked=True)
            )
        )
        .returning(SaleRow.product_id, SaleRow.packs)
        .cte("taken")
    )
    summed = session.execute(
        select(taken.c.product_id, func.sum(taken.c.packs))
        .group_by(taken.c.product_id)
        .order_by(taken.c.product_id)
    ).all()
    for product_id, packs in summed:
        statement = insert(SoldRow).values(product_id=product_id, packs=packs)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=[SoldRow.product_id], set_={"packs": SoldRow.packs + statement.excluded.packs}
            )
        )
    changes.record(session, "sales", [product_id for product_id, _ in summed])
    return len(summed)


def count_asked(session: Session, counts: Mapping[AskedKey, int]) -> None:
    """Add what was asked to the days' counts, in one statement."""
    if not counts:
        return
    # In one order for all processes: two that write the same rows never wait for each other in a ring.
    rows = [
        {"on": key.on, "outcome": key.outcome, "query": key.query, "language": key.language, "times": times}
        for key, times in sorted(
            counts.items(), key=lambda one: (one[0].on, one[0].outcome, one[0].query, one[0].language)
        )
    ]
    statement = insert(AskedRow).values(rows)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[AskedRow.on, AskedRow.outcome, AskedRow.query, AskedRow.language],
            set_={"times": AskedRow.times + statement.excluded.times},
        )
    )


def forget_asked(session: Session, before: date) -> int:
    """Delete the counts of days before a day; returns how many rows."""
    gone = session.execute(delete(AskedRow).where(AskedRow.on < before).returning(AskedRow.on))
    return len(gone.all())


def lock_state(session: Session) -> StateRow:
    """Take the state for writing: whoever else would write waits for this transaction."""
    statement = select(StateRow).with_for_update().execution_options(populate_existing=True)
    return session.execute(statement).scalar_one()


def keep_products(
    session: Session, version: int, found: Sequence[SearchDocument], gone: Collection[ProductId]
) -> Mapping[ProductId, tuple[int, bytes | None]]:
    """Write the rows of products, take others from the shelf; returns each one's slot and text digest.

    A slot is given once and stays the product's own, on the shelf or not. Slots have no gaps, since the side
    tables have a row for each: a sequence would spend one with every change.
    """
    if gone:
        session.execute(
            update(ProductRow)
            .where(ProductRow.product_id.in_(gone))
            .values(is_listed=False, available=0, version=version)
        )
    if found:
        slots = _slots(session, [document.product_id for document in found])
        statement = insert(ProductRow)
        kept = {"product_id", "slot", "text_version", "text_digest"}
        # One statement many times, not one with a parameter for each value: that takes longer to compile.
        session.connection().execute(
            statement.on_conflict_do_update(
                index_elements=[ProductRow.product_id],
                set_={column.name: column for column in statement.excluded if column.name not in kept},
            ),
            [
                {
                    "product_id": document.product_id,
                    "slot": slots[document.product_id],
                    "version": version,
                    "text_version": 0,
                    "is_listed": True,
                }
                | columns_of(document)
                for document in found
            ],
        )
    ids = [*(document.product_id for document in found), *gone]
    rows = session.execute(
        select(ProductRow.product_id, ProductRow.slot, ProductRow.text_digest).where(
            ProductRow.product_id.in_(ids)
        )
    )
    return {ProductId(row.product_id): (row.slot, row.text_digest) for row in rows}


def _slots(session: Session, product_ids: Sequence[ProductId]) -> Mapping[ProductId, int]:
    """Return the slot of each product; the next ones for those that have none. Only one writer asks."""
    statement = select(ProductRow.product_id, ProductRow.slot).where(ProductRow.product_id.in_(product_ids))
    known = {ProductId(row.product_id): row.slot for row in session.execute(statement)}
    first = session.scalar(select(func.coalesce(func.max(ProductRow.slot) + 1, 0))) or 0
    return known | dict(zip((one for one in product_ids if one not in known), count(first), strict=False))


def keep_texts(session: Session, version: int, texts: Mapping[int, Mapping[str, int] | None]) -> Counter[str]:
    """Write the tokens of slots, None where there are none any more; returns how words' counts moved."""
    moved: Counter[str] = Counter()
    before = select(TokensRow.slot, func.tsvector_to_array(TokensRow.tokens)).where(TokensRow.slot.in_(texts))
    for _slot, tokens in session.execute(before):
        moved.subtract(tokens)
    gone = [slot for slot, tokens in texts.items() if not tokens]
    session.execute(delete(TokensRow).where(TokensRow.slot.in_(gone)))
    written = [(slot, tokens) for slot, tokens in texts.items() if tokens]
    for _slot, tokens in written:
        moved.update(tokens.keys())
    if written:
        session.execute(_KEEP_TOKENS, [{"slot": slot, "tokens": _vector(tokens)} for slot, tokens in written])
    digests = [
        {"slot": slot, "digest": digest(tokens) if tokens else None, "version": version}
        for slot, tokens in texts.items()
    ]
    session.execute(_KEEP_DIGEST, digests)
    return Counter({token: count for token, count in moved.items() if count})


def move_words(session: Session, version: int, moved: Mapping[str, int]) -> None:
    """Add to the counts of words, in the order of their code points."""
    if moved:
        session.execute(
            _MOVE_WORDS,
            [{"token": token, "count": count, "version": version} for token, count in sorted(moved.items())],
        )


def forget_strays(session: Session) -> None:
    """Delete tokens of slots that no listed product has: nothing else would ever take them away."""
    listed = select(ProductRow.slot).where(ProductRow.slot == TokensRow.slot, ProductRow.is_listed)
    session.execute(delete(TokensRow).where(~listed.exists()))


def count_words(session: Session, version: int) -> None:
    """Count all words anew."""
    session.execute(delete(WordRow))
    session.execute(_COUNT_WORDS, {"version": version})


def begin_epoch(session: Session, epoch: int) -> None:
    """Say that indexes built before are not of this state any more."""
    row = lock_state(session)
    row.epoch = epoch


def keep_position(session: Session, position: Position) -> None:
    """Say how far the change rows are read."""
    session.execute(
        update(StateRow).values(transaction_id=position.transaction_id, change_id=position.change_id)
    )


def digest(tokens: Mapping[str, int]) -> bytes:
    """Return a short name for a product's tokens: the same tokens need not be written again."""
    return hashlib.blake2b(repr(sorted(tokens.items())).encode(), digest_size=16).digest()


_KEEP_TOKENS = text(
    """
    INSERT INTO search_tokens (slot, tokens) VALUES (:slot, CAST(:tokens AS tsvector))
    ON CONFLICT (slot) DO UPDATE SET tokens = excluded.tokens
    """
)
# The same tokens written once more are no change to an index.
_KEEP_DIGEST = text(
    """
    UPDATE search_product SET text_digest = :digest, text_version = :version
    WHERE slot = :slot AND text_digest IS DISTINCT FROM CAST(:digest AS bytea)
    """
)
_MOVE_WORDS = text(
    """
    INSERT INTO search_word (token, documents, version) VALUES (:token, :count, :version)
    ON CONFLICT (token) DO UPDATE
        SET documents = search_word.documents + excluded.documents, version = excluded.version
    """
)
_COUNT_WORDS = text(
    """
    INSERT INTO search_word (token, documents, version)
    SELECT word, ndoc, :version FROM ts_stat('SELECT tokens FROM search_tokens')
    """
)


def _vector(tokens: Mapping[str, int]) -> str:
    """Write tokens as a tsvector, whatever characters they have: a level is a position, roughly a letter."""
    return " ".join(
        "'" + token.replace("\\", "\\\\").replace("'", "''") + f"':{level}{_letter(level)}"
        for token, level in tokens.items()
    )


def _letter(level: int) -> str:
    return next((letter for letter, least in LETTERS.items() if level >= least), "D")


def columns_of(product: SearchDocument | SearchRow) -> dict[str, Any]:
    """Return what the side tables keep of a product, by column."""
    months = product.months if isinstance(product, SearchRow) else _months(product.sale_months)
    periods = sorted(product.validities, key=lambda one: (one.scheme_code, one.from_at, one.number))
    return {
        "aisle_code": product.aisle_code,
        "industry_code": product.industry_code,
        "county_code": product.county_code,
        "prefecture_code": product.prefecture_code,
        "storage": product.storage,
        "is_key_county": product.is_key_county,
        "months": months,
        "cooperative_codes": list(product.cooperative_codes),
        "scheme_codes": [one.scheme_code for one in periods],
        "valid_from": [one.from_at for one in periods],
        "valid_to": [one.to_at for one in periods],
        "certificate_numbers": [one.number for one in periods],
        "price_fen": product.price_fen,
        "available": product.available,
        "sold": product.sold,
        "created_at": product.created_at,
    }


def _months(sale_months: Collection[int]) -> int:
    """Return months as bits, a January lowest."""
    return sum(1 << (month - 1) for month in sale_months)
