"""flask catalogue: what the shop knows before anybody sells, loaded from its files."""

import hashlib
from pathlib import Path

import click
from babel.support import NullTranslations
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from marketplace.flow.load_catalogue import LoadedPart, LoadReport, load_catalogue
from marketplace.kernel import journal, paths, unit_of_work
from marketplace.kernel.message import Message, Name, msg
from marketplace.kernel.refusals import ManyRefusals, RowRefusal
from marketplace.translations import english

group = AppGroup("catalogue", help="The catalogue's data: places, goods, papers, freight.")

_JOURNALLED = "catalogue_files"


@group.command("load")
@click.option(
    "--from",
    "directory",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=paths.CATALOG_DATA,
    help="Directory with the catalogue's CSV files.",
)
@click.option(
    "--language", type=click.Choice(["zh", "en"]), default="zh", help="Language of what is printed."
)
def load(directory: Path, language: str) -> None:
    """Bring the database to what the files say, wholly or not at all.

    Every row is checked against the others first; all errors are listed with file, row, column and reason.
    """
    words = _Words(language)
    click.echo(words.say(_summary(_load(directory, words))))


def prepare() -> None:
    """Load the catalogue that comes with the software, unless its files are those loaded last time.

    The journal keeps their digest, in the same transaction: another database starts anew by itself.
    """
    with current_app.extensions["sessions"]() as session:
        loaded = journal.history(session, _JOURNALLED, 0, limit=1)
    if not loaded or loaded[0].detail["digest"] != _digest(paths.CATALOG_DATA):
        _load(paths.CATALOG_DATA, _Words("zh"))


def _load(directory: Path, words: "_Words") -> LoadReport:
    """Load a directory, telling of each part; exits 1 where there are errors, having shown them all.

    That the software's own files were loaded is journalled.
    """
    digest = _digest(directory) if directory == paths.CATALOG_DATA else None

    def show(part: LoadedPart, number: int, count: int) -> None:
        line = msg(
            "［%(number)d/%(count)d］%(name)s：%(rows)d行，改动%(changed)d行",
            number=number,
            count=count,
            name=part.name,
            rows=part.rows,
            changed=part.changed,
        )
        click.echo(words.say(line))

    def load_all(session: Session) -> LoadReport:
        report = load_catalogue(session, directory, show)
        if digest is not None:
            journal.write(session, _JOURNALLED, 0, "loaded", digest=digest, changed=report.changed)
        return report

    try:
        with current_app.extensions["sessions"]() as opened:
            return unit_of_work.commit(opened, load_all)
    except ManyRefusals as refused:
        _show_errors(refused, words)
        raise SystemExit(1) from None


def _digest(directory: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(directory.glob("*.csv")):
        digest.update(f"{path.name} {path.stat().st_size}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


class _Words:
    """Says messages in the language asked for on the command line."""

    def __init__(self, language: str) -> None:
        self._translations: NullTranslations = english() if language == "en" else NullTranslations()
        self._language = language

    def say(self, message: Message) -> str:
        template = self._translations.gettext(message.template)
        return str(
            Message(template, {key: self._parameter(value) for key, value in message.parameters.items()})
        )

    def _parameter(self, value: object) -> object:
        if isinstance(value, Message):
            return self.say(value)
        if isinstance(value, Name):
            return value.en if self._language == "en" else value.hans
        return value


def _show_errors(refused: ManyRefusals, words: _Words) -> None:
    for one in refused.refusals:
        click.echo(words.say(_error_line(one)), err=True)
    click.echo(words.say(refused.message), err=True)


def _error_line(one: RowRefusal) -> Message:
    if not one.field:
        return msg("%(file)s 第%(row)d行：%(reason)s", file=one.file, row=one.row, reason=one.message)
    return msg(
        "%(file)s 第%(row)d行 %(column)s：%(reason)s",
        file=one.file,
        row=one.row,
        column=one.field,
        reason=one.message,
    )


def _summary(report: LoadReport) -> Message:
    if report.changed:
        return msg("目录数据已导入，共改动%(changed)d行。", changed=report.changed)
    return msg("目录数据与数据库一致，没有任何改动。")
