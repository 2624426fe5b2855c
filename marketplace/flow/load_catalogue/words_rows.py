"""Words: checked here, read from their files by search and pages."""

from collections.abc import Mapping

from marketplace.flow.load_catalogue.conventions import LIST_SEPARATOR
from marketplace.flow.load_catalogue.sheet import Sheet
from marketplace.kernel.message import msg

SYNONYMS, READINGS, CORRECTIONS = "synonyms.csv", "pinyin_overrides.csv", "hant_corrections.csv"
QUIET, SCHEME_WORDS, QUERY_WORDS = "quiet_words.csv", "scheme_words.csv", "query_words.csv"
SHEET_COLUMNS, SHEET_WORDS = "sheet_columns.csv", "sheet_words.csv"

COLUMNS: Mapping[str, tuple[str, ...]] = {
    SYNONYMS: ("canonical_zh", "term", "language", "used_in"),
    READINGS: ("phrase", "pinyin"),
    CORRECTIONS: ("scope", "opencc_output", "hong_kong_form", "example_zh"),
    QUIET: ("word",),
    QUERY_WORDS: ("kind", "word"),
    SCHEME_WORDS: ("term", "scheme_codes"),
    SHEET_COLUMNS: ("column", "name_zh", "name_zh_hant", "name_en", "also"),
    SHEET_WORDS: ("kind", "word", "value"),
}

_LANGUAGES = frozenset({"zh-Hans", "zh-Hant", "en"})
_REGIONS = frozenset({"all", "hk", "gd", "gz"})
_SHEET_KINDS = frozenset({"total", "note", "example", "money", "weight", "count", "flag", "state", "day"}) | {
    "month",
    "none",
    "allergen",
    "province",
    "prefecture",
}
_QUERY_KINDS = frozenset(
    {
        *("good", "place", "unit", "packed", "not_unit", "numeral", "counted", "yuan", "yuan_before"),
        *("between", "at_most", "at_most_before", "at_least", "at_least_before", "around", "joins"),
    }
)
_SCOPES = frozenset({"whole", "character", "phrase"})


def synonyms(sheet: Sheet, products: Sheet, schemes: Sheet) -> int:
    """Check that every synonym leads to a word that the catalogue really has; returns the number of rows."""
    sheet.unique("canonical_zh", "term")
    words = [row[column] for row in products.rows for column in ("name_zh", "keywords_zh")]
    words += [row[column] for row in schemes.rows for column in ("name_zh", "short_name_zh")]
    catalogue = LIST_SEPARATOR.join(words)
    is_whole = products.is_whole and schemes.is_whole
    for row in sheet.rows:
        canonical, term = row.text("canonical_zh"), row.text("term")
        if canonical == term:
            row.refuse("term", msg("同义词与原词相同"))
        if is_whole and canonical not in catalogue:
            row.refuse("canonical_zh", msg("商品名、关键词和认证中都没有“%(word)s”", word=canonical))
        if row["language"] not in _LANGUAGES:
            allowed = "、".join(sorted(_LANGUAGES))
            row.refuse(
                "language", msg("“%(value)s”应为%(allowed)s之一", value=row["language"], allowed=allowed)
            )
        row.references("used_in", _REGIONS, "used_in")
    return len(sheet.rows)


def readings(sheet: Sheet) -> int:
    sheet.unique("phrase")
    for row in sheet.rows:
        row.pinyin("pinyin", row.text("phrase"))
    return len(sheet.rows)


def quiet_words(sheet: Sheet) -> int:
    """Check the words that a query may have and that say nothing here: 贵州, 特产."""
    sheet.unique("word")
    for row in sheet.rows:
        row.text("word")
    return len(sheet.rows)


def query_words(sheet: Sheet) -> int:
    """Check the words in which people say how much they want and for what price."""
    sheet.unique("kind", "word")
    for row in sheet.rows:
        row.text("word")
        row.references("kind", _QUERY_KINDS, "kind")
    return len(sheet.rows)


def scheme_words(sheet: Sheet, schemes: Sheet) -> int:
    """Check that what people call certifications leads to schemes that there are."""
    sheet.unique("term")
    for row in sheet.rows:
        row.text("term")
        row.references("scheme_codes", schemes.codes(), schemes.file)
    return len(sheet.rows)


def corrections(sheet: Sheet) -> int:
    sheet.unique("scope", "opencc_output")
    for row in sheet.rows:
        wrong, right = row.text("opencc_output"), row.text("hong_kong_form")
        if wrong == right:
            row.refuse("hong_kong_form", msg("与OpenCC的输出相同"))
        if row["scope"] not in _SCOPES:
            allowed = "、".join(sorted(_SCOPES))
            row.refuse("scope", msg("“%(value)s”应为%(allowed)s之一", value=row["scope"], allowed=allowed))
        if row["scope"] == "character" and len(wrong) != 1:
            row.refuse("opencc_output", msg("character行只能是一个字"))
        row.text("example_zh")
    return len(sheet.rows)


def sheet_columns(sheet: Sheet) -> int:
    """Check that tables' columns are named in each language, and none also by another's main name."""
    sheet.unique("column")
    sheet.unique("name_zh")
    names = sheet.codes("name_zh")
    for row in sheet.rows:
        row.code("column")
        for column in ("name_zh", "name_zh_hant", "name_en"):
            row.text(column)
        taken = [one for one in row["also"].split(LIST_SEPARATOR) if one in names]
        if taken:
            row.refuse("also", msg("“%(value)s”已经是另一列的名称", value=taken[0]))
    return len(sheet.rows)


def sheet_words(sheet: Sheet) -> int:
    """Check the words of tables' cells; factors of units are whole numbers."""
    sheet.unique("kind", "word")
    for row in sheet.rows:
        row.text("word")
        if row["kind"] not in _SHEET_KINDS:
            allowed = "、".join(sorted(_SHEET_KINDS))
            row.refuse("kind", msg("“%(value)s”应为%(allowed)s之一", value=row["kind"], allowed=allowed))
        if row["kind"] in {"money", "weight", "count"}:
            row.integer("value", 1)
    return len(sheet.rows)
