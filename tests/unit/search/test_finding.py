"""What buyers type finds what they mean: in every script, by sound, by synonym, with a slip of the finger."""

from pathlib import Path

import pytest

from marketplace.adapters.whoosh_text import WhooshText
from marketplace.search.documents import indexed
from marketplace.search.language import Language
from marketplace.search.lexicon import make_language
from marketplace.search.port import Clause
from marketplace.search.relaxation import find as find_loosely
from marketplace.search.understanding import understand
from tests.factories.search import make_document, make_vocabulary

DOCUMENTS = [make_document(number) for number in range(8)]
NAME_OF = {int(document.product_id): document.name.hans for document in DOCUMENTS}


@pytest.fixture(scope="module")
def language() -> Language:
    return make_language(DOCUMENTS)[0]


@pytest.fixture(scope="module")
def text(language: Language, tmp_path_factory: pytest.TempPathFactory) -> WhooshText:
    engine = WhooshText(tmp_path_factory.mktemp("index"))
    engine.rebuild((indexed(document, language) for document in DOCUMENTS), signature="s")
    return engine


def find(query: str, language: Language, text: WhooshText) -> set[str]:
    vocabulary = make_vocabulary(text)
    found = find_loosely(understand(query, language, vocabulary), text.match, vocabulary.count).matches
    return set() if found is None else {NAME_OF[int(product)] for product in found.product_ids}


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


def test_a_changed_product_is_found_by_its_new_name_only(language: Language, tmp_path: Path) -> None:
    engine = WhooshText(tmp_path)
    engine.rebuild((indexed(document, language) for document in DOCUMENTS), signature="s")
    before = engine.generation()
    renamed = make_document(5, name=make_document(0).name)
    engine.apply([indexed(renamed, language)], removed=[1])
    assert find("水城红心猕猴桃", language, engine) == {NAME_OF[6]}
    assert engine.generation() > before


def test_many_small_changes_keep_one_document_a_product(language: Language, tmp_path: Path) -> None:
    engine = WhooshText(tmp_path)
    engine.rebuild((indexed(document, language) for document in DOCUMENTS), signature="s")
    for _ in range(12):
        engine.apply([indexed(DOCUMENTS[2], language)], removed=[])
    found = engine.match((Clause((("毛尖", 1.0),)),))
    assert [int(product) for product in found.product_ids] == [3]


# Whoosh leaves the torn file open behind its own exception.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_torn_index_is_no_index(language: Language, tmp_path: Path) -> None:
    engine = WhooshText(tmp_path)
    engine.rebuild((indexed(document, language) for document in DOCUMENTS), signature="s")
    for file in (tmp_path / "current").resolve().glob("*.toc"):
        file.write_bytes(b"torn")
    assert WhooshText(tmp_path).signature() is None
