"""What buyers type finds what they mean: in every script, by sound, by synonym, with a slip of the finger."""

import numpy as np
import pytest

from marketplace.adapters.whoosh_text import WhooshText
from marketplace.search.language import Language
from marketplace.search.lexicon import make_language
from marketplace.search.port import Written
from marketplace.search.relaxation import find as find_loosely
from marketplace.search.understanding import understand
from tests.factories.search import make_document, make_indexed, make_vocabulary

DOCUMENTS = [make_document(number) for number in range(8)]
NAMES = [document.name.hans for document in DOCUMENTS]


@pytest.fixture(scope="module")
def language() -> Language:
    return make_language()[0]


@pytest.fixture(scope="module")
def text(language: Language, tmp_path_factory: pytest.TempPathFactory) -> WhooshText:
    engine = WhooshText(tmp_path_factory.mktemp("index"))
    engine.rebuild((make_indexed(document, language) for document in DOCUMENTS), Written("s", 1))
    return engine


def find(query: str, language: Language, text: WhooshText) -> set[str]:
    """Return what matches all that was typed, or what is shown where nothing does."""
    vocabulary = make_vocabulary(make_indexed(document, language) for document in DOCUMENTS)
    found = find_loosely(understand(query, language, vocabulary), text.match, vocabulary.count)
    if found.matches is None:
        return set()
    best_first = np.argsort(-found.matches.scores, kind="stable")
    shown = found.matches.slots[best_first[: found.full or None]]
    return {NAMES[int(slot)] for slot in shown}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("猕猴桃", {"水城红心猕猴桃", "修文猕猴桃"}),
        ("獼猴桃", {"水城红心猕猴桃", "修文猕猴桃"}),
        ("奇異果", {"水城红心猕猴桃", "修文猕猴桃"}),
        ("mihoutao", {"水城红心猕猴桃", "修文猕猴桃"}),
        ("mht", {"水城红心猕猴桃", "修文猕猴桃"}),
        ("mihuotao", {"水城红心猕猴桃", "修文猕猴桃"}),
        ("都勻毛尖", {"都匀毛尖"}),
        ("dymj", {"都匀毛尖"}),
        ("duyunmaojian", {"都匀毛尖"}),
        ("DuYun", {"都匀毛尖"}),
        ("maojian", {"都匀毛尖"}),
        ("土豆", {"威宁洋芋"}),
        ("potato", {"威宁洋芋"}),
        ("刺梨", {"盘州刺梨汁"}),
        ("changshun", {"长顺绿壳鸡蛋"}),
        ("毕节 竹荪", {"织金竹荪"}),
        ("六盘水 猕猴桃", {"水城红心猕猴桃"}),
        ("green tea", {"都匀毛尖", "湄潭翠芽"}),
        ("都匀毛尖茶", {"都匀毛尖"}),
    ],
)
def test_typed_words_find_the_goods(
    query: str, expected: set[str], language: Language, text: WhooshText
) -> None:
    assert find(query, language, text) == expected


@pytest.mark.parametrize(
    "query", ["", "   ", "()[]{}", "zzzzqqq", "\x00\x01", "\u202e\u200f", "'\"&|!:*", "😀"]
)
def test_noise_matches_nothing_and_harms_nothing(query: str, language: Language, text: WhooshText) -> None:
    assert find(query, language, text) == set()


def test_ten_thousand_characters_are_read_only_as_far_as_a_person_types(language: Language) -> None:
    assert len(language.parts("猕猴桃 " * 3000)) <= 12
