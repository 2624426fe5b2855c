"""What search reads of the rooms below: documents of listed products, and what changed since."""

from collections.abc import Collection, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import OfferId, ProductId, ProductSource
from marketplace.kernel import changes
from marketplace.kernel.changes import Position
from marketplace.parties import queries as parties
from marketplace.search.models import PositionRow, SoldRow
from marketplace.search.types import SearchDocument, Validity
from marketplace.stock import queries as stock

_TEXT_TOPICS = frozenset({"product", "offer", "certificate"})
_OTHER_TOPICS = frozenset({"stock", "sales"})
_SUBJECT = {"stock": "offer", "sales": "product"}
_CHANGES = 5000
_BATCH = 1000


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


def touched(session: Session, position: Position) -> tuple[frozenset[ProductId], Position]:
    """Return products of which anything changed after a position, and the position behind them."""
    return _touched(session, position, _TEXT_TOPICS | _OTHER_TOPICS)


def touched_texts(session: Session, position: Position) -> tuple[frozenset[ProductId], Position]:
    """Return products whose words may have changed after a position, and the position behind them."""
    return _touched(session, position, _TEXT_TOPICS)


def _touched(
    session: Session, position: Position, topics: frozenset[str]
) -> tuple[frozenset[ProductId], Position]:
    found = changes.since(session, position, limit=_CHANGES)
    by_topic: dict[str, set[int]] = {}
    for change in found:
        if change.topic in topics:
            by_topic.setdefault(_SUBJECT.get(change.topic, change.topic), set()).add(change.subject_id)
    products: frozenset[ProductId] = frozenset()
    for topic, subjects in by_topic.items():
        products |= catalogue.products_touched(session, topic, subjects)
    return products, found[-1].position if found else position


def position_of(session: Session, index_name: str) -> Position | None:
    """Return how far an index has read, None where it never has."""
    row = session.get(PositionRow, index_name, populate_existing=True)
    return Position(row.transaction_id, row.change_id) if row else None


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
    certificates = catalogue.certificates_ever(session, ids)
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
            certificate_numbers=tuple(one.number for one in certificates[product.id]),
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
                    scheme_code=found.scheme_code, from_at=found.period.from_at, to_at=found.period.to_at
                )
                for found in source.certified
            ),
            price_fen=source.min_price_fen,
            available=sum(available.get(offer.id, 0) for offer in offers[product.id]),
            sold=sold.get(int(product.id), 0),
            created_at=product.created_at,
        )
