"""A visible word outside ``_()`` or ``msg()`` is a defect: it would stay Chinese for every reader."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from marketplace.kernel import paths
from tests.writings import has_chinese

PACKAGE = Path(__file__).resolve().parents[2] / "marketplace"
ROOMS = sorted(path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists())
MARKERS = frozenset({"_", "msg", "gettext", "ngettext"})
# Consoles speak both languages at once, revisions are history, and the dictionary is the dictionary.
APART = frozenset({"cli", "migrations", "translations"})
# Not the page's words: how languages are named, forms of dates, marks in data, examples of what to type.
KNOWN = frozenset(
    {
        "简体中文",
        "繁體中文（香港）",
        "佛山",
        "M月d日",
        "yyyy年M月d日",
        "M月",
        "猕猴桃",
        "黔货入粤 API",
        "（演示）",
        "AGI、GCM、PGI",
        "黔货入粤运营方（演示）",
        "演示银行（演示）",
    }
)
# Between the words of a report on catalogue data, and what numbers may be typed with.
MARKS = frozenset("、＋，￥¥")
_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
_SAID = re.compile(
    r"""\b(?:_|gettext|ngettext)\(\s*(?:"[^"]*"|'[^']*')(?:\s*,\s*(?:"[^"]*"|'[^']*'))?""", re.DOTALL
)
# A date's own sign, where a page takes it apart.
_TAKEN_APART = re.compile(r'\.partition\("[^"]*"\)')


def _docstrings(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        for statement in getattr(node, "body", ()) if not isinstance(node, ast.Lambda | ast.IfExp) else ():
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                yield statement.value


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKERS:
            yield node


def _stray(source: Path) -> Iterator[str]:
    tree = ast.parse(source.read_text(encoding="utf-8"))
    said = {id(argument) for call in _calls(tree) for argument in call.args}
    said |= {id(node) for node in _docstrings(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            text = node.value
            if has_chinese("".join(one for one in text if one not in MARKS)) and text not in KNOWN:
                yield f"{source.relative_to(PACKAGE)}:{node.lineno} {text}"


@pytest.mark.parametrize("room", [room for room in ROOMS if room not in APART])
def test_code_says_nothing_untranslatable(room: str) -> None:
    assert [line for source in sorted((PACKAGE / room).rglob("*.py")) for line in _stray(source)] == []


def test_templates_say_nothing_untranslatable() -> None:
    left = []
    for source in sorted(paths.TEMPLATES.rglob("*.*")):
        if source.suffix in {".html", ".svg", ".txt"}:
            text = _TAKEN_APART.sub("", _SAID.sub("", _COMMENT.sub("", source.read_text(encoding="utf-8"))))
            left += [f"{source.name}: {line.strip()}" for line in text.splitlines() if has_chinese(line)]
    assert left == []


@pytest.mark.parametrize("room", [room for room in ROOMS if room != "translations"])
def test_what_is_said_can_be_extracted(room: str) -> None:
    """Babel reads literals: a name or an f-string in the first place would never be found."""
    hidden = [
        f"{source.relative_to(PACKAGE)}:{call.lineno}"
        for source in sorted((PACKAGE / room).rglob("*.py"))
        for call in _calls(ast.parse(source.read_text(encoding="utf-8")))
        if call.args and not isinstance(call.args[0], ast.Constant) and ast.unparse(call.func) != "gettext"
    ]
    assert hidden == []
