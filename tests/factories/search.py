"""Search documents for tests that need no database."""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from marketplace.catalogue.types import ProductId
from marketplace.kernel.message import Name
from marketplace.search.documents import indexed
from marketplace.search.engine import SearchEngine
from marketplace.search.language import Language
from marketplace.search.port import IndexedProduct
from marketplace.search.types import SearchDocument, SearchRow
from marketplace.search.vocabulary import Vocabulary, pack

_NAMES = (
    ("水城红心猕猴桃", "Shuicheng red-heart kiwifruit", "水城区", "六盘水市", "fruit"),
    ("修文猕猴桃", "Xiuwen kiwifruit", "修文县", "贵阳市", "fruit"),
    ("都匀毛尖", "Duyun Maojian green tea", "都匀市", "黔南布依族苗族自治州", "tea"),
    ("湄潭翠芽", "Meitan Cuiya green tea", "湄潭县", "遵义市", "tea"),
    ("盘州刺梨汁", "Panzhou cili juice", "盘州市", "六盘水市", "snack"),
    ("织金竹荪", "Zhijin bamboo fungus", "织金县", "毕节市", "fungi_dry"),
    ("威宁洋芋", "Weining potato", "威宁彝族回族苗族自治县", "毕节市", "vegetable"),
    ("长顺绿壳鸡蛋", "Changshun green-shell eggs", "长顺县", "黔南布依族苗族自治州", "meat_egg"),
)


def make_document(number: int = 0, **changes: Any) -> SearchDocument:
    """Return a document of one of eight real specialities; numbers beyond them repeat with a new id."""
    hans, english, county, prefecture, aisle = _NAMES[number % len(_NAMES)]
    values: dict[str, Any] = {
        "product_id": ProductId(number + 1),
        "slug": f"product-{number + 1}",
        "name": Name(hans, hans, english),
        "name_pinyin": "",
        "keywords": (),
        "keywords_en": (),
        "description": "",
        "place_names": (Name(county, county, county), Name(prefecture, prefecture, prefecture)),
        "group_names": (),
        "cooperative_names": (),
        "certificate_numbers": (),
        "scheme_names": (),
        "aisle_code": aisle,
        "industry_code": None,
        "county_code": f"52{number % len(_NAMES):04d}",
        "prefecture_code": prefecture,
        "storage": "ambient",
        "is_key_county": False,
        "sale_months": tuple(range(1, 13)),
        "cooperative_codes": (),
        "validities": (),
        "price_fen": 1000 * (number + 1),
        "available": 5,
        "sold": 0,
        "created_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    return SearchDocument(**(values | changes))


def make_row(document: SearchDocument, *, slot: int | None = None, version: int = 1) -> SearchRow:
    """Return the side tables' row of a document; a product's slot is its number unless another is given."""
    return SearchRow(
        product_id=document.product_id,
        slot=int(document.product_id) - 1 if slot is None else slot,
        version=version,
        is_listed=True,
        aisle_code=document.aisle_code,
        industry_code=document.industry_code,
        county_code=document.county_code,
        prefecture_code=document.prefecture_code,
        storage=document.storage,
        is_key_county=document.is_key_county,
        months=sum(1 << (month - 1) for month in document.sale_months),
        cooperative_codes=document.cooperative_codes,
        validities=document.validities,
        price_fen=document.price_fen,
        available=document.available,
        sold=document.sold,
        created_at=document.created_at,
    )


def make_indexed(document: SearchDocument, language: Language) -> IndexedProduct:
    """Return a document's tokens at the slot of ``make_row``."""
    return IndexedProduct(int(document.product_id) - 1, indexed(document, language))


def make_vocabulary(products: Iterable[IndexedProduct]) -> Vocabulary:
    """Return the vocabulary of some products."""
    return pack(Counter(token for product in products for token in product.tokens))


# A change is handed out once every older transaction of the cluster has ended: those of other tests too.
_UNREAD = text(
    """
    SELECT EXISTS (
        SELECT FROM kernel_change, search_state
        WHERE (kernel_change.transaction_id, kernel_change.id)
            > (search_state.transaction_id, search_state.change_id)
    )
    """
)


def follow_changes(engine: SearchEngine, sessions: Callable[[], Session]) -> None:
    """Bring the index and an engine up to everything that was committed, as worker and follower do."""
    deadline = time.monotonic() + 20
    while True:
        engine.indexer.follow(sessions)
        with sessions() as session:
            if not session.scalar(_UNREAD) or time.monotonic() > deadline:
                engine.refresh(session)
                return
        time.sleep(0.02)
