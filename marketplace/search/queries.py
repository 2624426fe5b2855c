"""What search reads: documents of products from the rooms below, and its own rows, tokens and words."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import OfferId, ProductId, ProductSource
from marketplace.kernel import changes
from marketplace.kernel.changes import Position
from marketplace.parties import queries as parties
from marketplace.search.kept import Heard, KeptProduct, State
from marketplace.search.language import number_key
from marketplace.search.models import ProductRow, SoldRow, StateRow, TokensRow, WordRow
from marketplace.search.port import IndexedProduct
from marketplace.search.types import SearchDocument, SearchRow, Validity
from marketplace.stock import queries as stock

_TOPICS = frozenset({"product", "offer", "party", "certificate", "stock", "sales"})
_SUBJECT = {"stock": "offer", "sales": "product"}
_CHANGES = 5000
_BATCH = 1000
_PIECE = 20_000
_TEXTS_PIECE = 2_000  # each has a hundred words
# Read whole by every process as it starts: without a word to SQLAlchemy's types, which look at each value.
_COLUMNS = """
    product_id, slot, version, is_listed, aisle_code, industry_code, county_code, prefecture_code, storage,
    is_key_county, months, cooperative_codes, scheme_codes, valid_from, valid_to, certificate_numbers,
    price_fen, available, sold, created_at
"""
_ROWS = text(f"SELECT {_COLUMNS} FROM search_product WHERE version > :after ORDER BY slot")  # noqa: S608 - constant
_KEPT = text(
    f"SELECT text_digest, {_COLUMNS} FROM search_product "  # noqa: S608 - as above
    "WHERE is_listed AND product_id = ANY(:products)"
)
_WORDS = text("SELECT token, documents FROM search_word WHERE version > :after ORDER BY token")
_TEXTS = text(
    """
    SELECT product.slot, found.lexemes, found.levels
    FROM search_product product
    LEFT JOIN search_tokens kept ON kept.slot = product.slot
    LEFT JOIN LATERAL (
        SELECT array_agg(lexeme) AS lexemes, array_agg(positions[1]) AS levels FROM unnest(kept.tokens)
    ) found ON true
    WHERE product.text_version > :after
    ORDER BY product.slot
    """
)
_MISCOUNTED = text(
    """
    SELECT COALESCE(kept.token, found.word) AS token, COALESCE(kept.documents, 0) AS counted,
        COALESCE(found.ndoc, 0) AS carried
    FROM search_word kept
    FULL JOIN ts_stat('SELECT tokens FROM search_tokens') found ON found.word = kept.token
    WHERE COALESCE(kept.documents, 0) <> COALESCE(found.ndoc, 0)
    ORDER BY 1
    """
)
_LEVELS = text(
    """
    SELECT lexeme, positions[1] AS level FROM search_tokens, unnest(tokens)
    WHERE slot = :slot AND lexeme = ANY(:tokens)
    """
)


def documents(session: Session, product_ids: Collection[ProductId] | None = None) -> Iterator[SearchDocument]:
    """Yield the documents of listed products, all or the named ones, a thousand at a time."""
    batch: list[ProductSource] = []
    for source in catalogue.documents_source(session, product_ids):
        batch.append(source)
        if len(batch) == _BATCH:
            yield from _documents(session, batch)
            batch = []
    if batch:
        yield from _documents(session, batch)


def heard(session: Session, position: Position, known: Collection[Position] = ()) -> Heard:
    """Return what changed after a position, without the changes known already.

    All that this transaction can see is in it, settled or not: none of its products is newer than another.
    """
    settled = changes.since(session, position, limit=_CHANGES)
    early = changes.early(session) if len(settled) < _CHANGES else []
    by_topic: dict[str, set[int]] = {}
    for change in (*settled, *early):
        if change.topic in _TOPICS and change.position not in known:
            by_topic.setdefault(_SUBJECT.get(change.topic, change.topic), set()).add(change.subject_id)
    products: frozenset[ProductId] = frozenset()
    for topic, subjects in by_topic.items():
        products |= catalogue.products_touched(session, topic, subjects)
    return Heard(
        products=products,
        position=settled[-1].position if settled else position,
        early=frozenset(change.position for change in early),
    )


def state(session: Session) -> State:
    """Return how far the indexer has come."""
    row = session.execute(select(StateRow).execution_options(populate_existing=True)).scalar_one()
    return State(
        version=row.version,
        epoch=row.epoch,
        signature=row.signature,
        position=Position(row.transaction_id, row.change_id),
    )


def rows(session: Session, after: int) -> Iterator[list[SearchRow]]:
    """Yield what side tables need of every product that changed after a version, in pieces."""
    found = session.execute(_ROWS, {"after": after}, execution_options={"yield_per": _PIECE})
    for piece in found.partitions(_PIECE):
        yield [_row(row) for row in piece]


def words(session: Session, after: int) -> Iterator[tuple[str, int]]:
    """Yield the tokens whose counts changed after a version, in the order of their code points."""
    found = session.execute(_WORDS, {"after": after}, execution_options={"yield_per": _PIECE})
    for piece in found.partitions(_PIECE):
        yield from map(tuple, piece)


def counts_of(session: Session, tokens: Collection[str]) -> Mapping[str, int]:
    """Return how many products carry each of some tokens; what nobody knows is left out."""
    statement = select(WordRow.token, WordRow.documents).where(WordRow.token.in_(tokens))
    return {row.token: row.documents for row in session.execute(statement)}


def indexed_count(session: Session) -> int:
    """Return how many products have tokens."""
    return session.scalar(select(func.count()).select_from(TokensRow)) or 0


def texts(session: Session, after: int = 0) -> Iterator[IndexedProduct]:
    """Yield the tokens of products whose text changed after a version; one without any is gone."""
    for row in session.execute(_TEXTS, {"after": after}, execution_options={"yield_per": _TEXTS_PIECE}):
        yield IndexedProduct(
            row.slot, {} if row.lexemes is None else dict(zip(row.lexemes, row.levels, strict=True))
        )


def has_newer_texts(session: Session, after: int) -> bool:
    """Return whether the text of any product changed after a version."""
    newer = select(ProductRow.slot).where(ProductRow.text_version > after).limit(1)
    return session.scalar(newer) is not None


def kept_products(session: Session, product_ids: Collection[ProductId]) -> dict[ProductId, KeptProduct]:
    """Return what is kept of those products that search has as listed: to be held against the catalogue."""
    found = session.execute(_KEPT, {"products": list(product_ids)})
    kept = (KeptProduct(_row(row), digest) for digest, *row in found)
    return {one.row.product_id: one for one in kept}


def miscounted_words(session: Session) -> Iterator[tuple[str, int, int]]:
    """Yield words with the number that is kept of them where another number of products carries them."""
    for row in session.execute(_MISCOUNTED):
        yield row.token, row.counted, row.carried


def levels_of(session: Session, slot: int, tokens: Collection[str]) -> Mapping[str, int]:
    """Return which of some tokens a product carries, with their levels."""
    found = session.execute(_LEVELS, {"slot": slot, "tokens": list(tokens)})
    return {row.lexeme: row.level for row in found}


def known_products(session: Session) -> frozenset[ProductId]:
    """Return the products that search keeps as listed."""
    return frozenset(
        map(ProductId, session.scalars(select(ProductRow.product_id).where(ProductRow.is_listed)))
    )


def slots_of(session: Session, product_ids: Collection[ProductId]) -> Mapping[ProductId, int]:
    """Return the slots of products that search has heard of."""
    statement = select(ProductRow.product_id, ProductRow.slot).where(ProductRow.product_id.in_(product_ids))
    return {ProductId(row.product_id): row.slot for row in session.execute(statement)}


def _row(row: Any) -> SearchRow:
    *plain, codes, schemes, valid_from, valid_to, numbers, price_fen, available, sold, created_at = row
    periods = tuple(map(Validity, schemes, valid_from, valid_to, numbers)) if schemes else ()
    return SearchRow._make((*plain, tuple(codes), periods, price_fen, available, sold, created_at))


def _documents(session: Session, batch: list[ProductSource]) -> Iterator[SearchDocument]:
    ids = [source.product.id for source in batch]
    offers = catalogue.offers_of(session, ids)
    offer_ids: list[OfferId] = [offer.id for found in offers.values() for offer in found]
    available = stock.available(session, offer_ids)
    sold = dict(
        session.execute(select(SoldRow.product_id, SoldRow.packs).where(SoldRow.product_id.in_(ids)))
        .tuples()
        .all()
    )
    sellers = parties.parties_by_id(session, {party for source in batch for party, _ in source.cooperatives})
    schemes = catalogue.reference(session).schemes
    for source in batch:
        product = source.product
        yield SearchDocument(
            product_id=product.id,
            slug=product.slug,
            name=product.name,
            name_pinyin=product.pinyin,
            keywords=product.keywords,
            keywords_en=product.keywords_en,
            description=product.description.hans,
            place_names=(
                source.county.name,
                source.county.short_name,
                source.prefecture.name,
                source.prefecture.short_name,
            ),
            group_names=(source.aisle.name, *((source.industry.name,) if source.industry else ())),
            cooperative_names=tuple(name for _, name in source.cooperatives),
            certificate_numbers=source.certificate_numbers,
            scheme_names=tuple(
                schemes[code].short_name
                for code in sorted({period.scheme_code for period in source.certified})
            ),
            aisle_code=product.aisle_code,
            industry_code=product.industry_code,
            county_code=product.county_code,
            prefecture_code=source.prefecture.code,
            storage=product.storage_kind,
            is_key_county=source.county.key_county,
            sale_months=source.season_months,
            cooperative_codes=tuple(sellers[party].code for party, _ in source.cooperatives),
            validities=tuple(
                Validity(
                    scheme_code=found.scheme_code,
                    from_at=found.period.from_at,
                    to_at=found.period.to_at,
                    number=number_key(found.number),
                )
                for found in source.certified
            ),
            price_fen=source.min_price_fen,
            available=sum(available.get(offer.id, 0) for offer in offers[product.id]),
            sold=sold.get(int(product.id), 0),
            created_at=product.created_at,
        )
