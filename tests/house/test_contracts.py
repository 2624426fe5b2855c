"""The house holds: imports go down, every view says who may see it, nothing names a machine or a registry."""

import ast
import re
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
MAX_FILE_LINES = 300
MAX_TEMPLATE_LINES = 200
MAX_FUNCTION_LINES = 60
_REGISTRIES = ("pypi" + ".org", "python" + "hosted", "registry.npm" + "js", "deb." + "debian")


def tracked(*patterns: str) -> list[Path]:
    """Return the files that belong to the project: what git tracks, or everything where there is no git."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split("\n")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


def test_imports_only_go_down() -> None:
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_no_file_names_a_registry_or_this_machine() -> None:
    here = str(ROOT.parent) + "/"
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in tracked()
        if path.suffix not in {".png", ".ttf"}
        for word in (*_REGISTRIES, here)
        if word in path.read_text(encoding="utf-8", errors="ignore")
    ]
    assert found == []


def test_locks_name_hashes_and_no_address() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text()
        assert "://" not in re.sub(r"#.*", "", text)
        pinned = [line for line in text.splitlines() if "==" in line]
        assert pinned
        assert text.count("--hash=sha256:") >= len(pinned)
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()


def test_locks_pin_extras_where_a_package_asks_for_them() -> None:
    """Without them an installer takes the newest of such a package and stops: it has no hash for that one."""
    text = (ROOT / "requirements-dev.txt").read_text()
    pins = {
        pin.name: pin.extras
        for line in re.findall(r"^\S+==\S+", text, re.MULTILINE)
        for pin in [Requirement(line)]
    }
    asked = [
        (canonicalize_name(one.name), one.extras, installed.name)
        for installed in distributions()
        if canonicalize_name(installed.name) in pins
        for one in map(Requirement, installed.requires or ())
        if one.extras and (one.marker is None or one.marker.evaluate({"extra": ""}))
    ]
    assert asked
    assert [one for one in asked if not one[1] <= pins[one[0]]] == []


@pytest.mark.parametrize("suffix", ["marketplace/*.py", "templates/*.html"])
def test_files_hold_one_thing(suffix: str) -> None:
    bound = MAX_FILE_LINES if suffix == "marketplace/*.py" else MAX_TEMPLATE_LINES
    long = {
        str(path.relative_to(ROOT)): lines
        for path in tracked(suffix)
        if "migrations/versions" not in str(path) and (lines := len(path.read_text().splitlines())) > bound
    }
    assert long == {}


def test_functions_fit_a_page() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in tracked("marketplace/*.py")
        if "migrations/versions" not in str(path)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno + 1 > MAX_FUNCTION_LINES
    ]
    assert long == []


def test_every_setting_is_documented() -> None:
    settings = (ROOT / "marketplace/kernel/settings.py").read_text()
    names = set(re.findall(r'env\.get\("([A-Z_]+)"', settings))
    readme = (ROOT / "README.md").read_text()
    assert names
    assert {name for name in names if f"`{name}`" not in readme} == set()


def test_nothing_is_left_open_in_the_code() -> None:
    open_words = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b|NotImplemented" + "Error")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked("*.py", "*.html", "*.js", "*.css")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if open_words.search(line)
    ]
    assert found == []
