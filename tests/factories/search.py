"""Search documents for tests that need no database."""

from datetime import UTC, datetime
from typing import Any

from marketplace.catalogue.types import ProductId
from marketplace.kernel.message import Name
from marketplace.search.port import Clause, TextEngine
from marketplace.search.types import SearchDocument
from marketplace.search.vocabulary import Vocabulary

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


def make_vocabulary(text: TextEngine) -> Vocabulary:
    """Return the vocabulary of an index."""
    return Vocabulary(text.vocabulary(), lambda token: len(text.match((Clause(((token, 1.0),)),)).scores))
