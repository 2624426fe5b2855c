"""A small index for the tests of finding: eight specialities and what two of them say of themselves."""

from dataclasses import dataclass

import pytest

from marketplace.adapters.whoosh_text import WhooshText
from marketplace.kernel.message import Name
from marketplace.search.language import Language
from marketplace.search.lexicon import make_language
from marketplace.search.port import Written
from marketplace.search.relaxation import Found, find
from marketplace.search.typed import Understood
from marketplace.search.types import SearchDocument
from marketplace.search.understanding import understand
from marketplace.search.vocabulary import Vocabulary
from tests.factories.search import make_document, make_indexed, make_vocabulary

KEYWORDS = {
    0: {"keywords": ("奇异果", "猕猴桃", "红阳"), "keywords_en": ("kiwi", "red kiwi")},
    1: {"keywords": ("奇异果", "猕猴桃"), "keywords_en": ("kiwi",)},
    2: {"keywords": ("绿茶", "茶叶", "毛尖"), "keywords_en": ("green tea",)},
    3: {"keywords": ("绿茶", "茶叶"), "keywords_en": ("green tea",)},
    4: {"keywords": ("刺梨汁", "果汁"), "description": "冰镇后配火锅解腻。"},
    5: {"keywords": ("竹荪", "竹笙"), "description": "泡发后煮鸡汤、下火锅都好。"},
    6: {"keywords": ("土豆", "马铃薯", "洋芋")},
    7: {"keywords": ("绿壳蛋",), "keywords_en": ("green eggs", "eggs")},
}
COOPERATIVE = Name("水城山果合作社（演示）", "", "Shuicheng hill fruit cooperative (demonstration)")


@dataclass(frozen=True, slots=True)
class Shelf:
    """Eight products that can be searched."""

    language: Language
    text: WhooshText
    vocabulary: Vocabulary
    names: dict[int, str]

    def understand(self, query: str) -> Understood:
        return understand(query, self.language, self.vocabulary)

    def find(self, query: str) -> Found:
        return find(self.understand(query), self.text.match, self.vocabulary.count)

    def shown(self, query: str) -> list[str]:
        """Return names of what is found, the best first."""
        matches = self.find(query).matches
        if matches is None:
            return []
        best_first = sorted(
            zip(-matches.scores, matches.slots, strict=True), key=lambda one: (one[0], one[1])
        )
        return [self.names[int(slot)] for _, slot in best_first]


def documents() -> list[SearchDocument]:
    made = [make_document(number, **KEYWORDS[number]) for number in range(8)]
    first = make_document(
        0, **KEYWORDS[0], cooperative_names=(COOPERATIVE,), certificate_numbers=("DEMO-ZP-000101",)
    )
    return [first, *made[1:]]


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    made = documents()
    language = make_language()[0]
    text = WhooshText(tmp_path_factory.mktemp("shelf"))
    products = [make_indexed(document, language) for document in made]
    text.rebuild(products, Written("s", 1))
    names = dict(enumerate(document.name.hans for document in made))
    return Shelf(language, text, make_vocabulary(products), names)
