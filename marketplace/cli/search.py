"""flask search: the index beside the database, and why a query finds what it finds."""

import time

import click
from flask import current_app
from flask.cli import AppGroup

from marketplace.kernel import unit_of_work
from marketplace.search import queries
from marketplace.search.documents import indexed
from marketplace.search.engine import SearchEngine
from marketplace.search.lexicon import make_language
from marketplace.search.port import Clause
from marketplace.search.typed import Word
from marketplace.search.understanding import understand
from marketplace.search.vocabulary import Vocabulary

group = AppGroup("search", help="The search index.")


@group.command("rebuild")
def rebuild() -> None:
    """Build the index anew from the database, beside the current one, and switch."""
    began = time.monotonic()
    count = 0
    for indexer in _engine().indexers:
        with current_app.extensions["sessions"]() as session:
            count = unit_of_work.commit(session, indexer.rebuild)
    click.echo(f"{count} products indexed in {time.monotonic() - began:.1f} s")


@group.command("verify")
def verify() -> None:
    """Check that the index holds the tokens of the database; exits 1 where it does not."""
    text = _engine().text
    with current_app.extensions["sessions"]() as session:
        documents = list(queries.documents(session))
    language, signature = make_language(documents)
    expected = sorted({token for document in documents for token in indexed(document, language).tokens})
    if text.signature() == signature and set(expected) <= set(text.vocabulary()):
        click.echo(f"{len(documents)} products, {len(expected)} tokens: index and database agree")
        return
    raise click.ClickException("the index is not what the database says; run flask search rebuild")


@group.command("explain")
@click.argument("query")
def explain(query: str) -> None:
    """Print how QUERY is understood: its parts and the tokens each may match."""
    text = _engine().text
    with current_app.extensions["sessions"]() as session:
        language, _signature = make_language(list(queries.documents(session)))
    vocabulary = Vocabulary(
        text.vocabulary(), lambda token: len(text.match((Clause(((token, 1.0),)),)).scores)
    )
    understood = understand(query, language, vocabulary)
    for word in (*understood.words, *(one for one in understood.heard if one not in understood.words)):
        click.echo(f"{word.typed}: {_explained(word)}")


def _explained(word: Word) -> str:
    if word.clause is None:
        return "nothing is called so"
    tokens = " | ".join(f"{token} ^{factor:g}" for token, factor in word.clause.tokens[:8])
    return f"{tokens}  (read as {word.corrected})" if word.corrected else tokens


def prepare() -> None:
    """Build the index where there is none that fits."""
    for indexer in _engine().indexers:
        with current_app.extensions["sessions"]() as session:
            unit_of_work.commit(session, indexer.follow)


def _engine() -> SearchEngine:
    engine: SearchEngine = current_app.extensions["ports"].search
    return engine
