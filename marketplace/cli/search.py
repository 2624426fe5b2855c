"""flask search: the index beside the database, and why a query finds what it finds."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from marketplace.catalogue.types import ProductId
from marketplace.kernel.money import format_yuan
from marketplace.search import queries, service
from marketplace.search.documents import indexed
from marketplace.search.engine import SearchEngine
from marketplace.search.indexer import Progress
from marketplace.search.kept import KeptProduct
from marketplace.search.language import Language
from marketplace.search.lexicon import make_language
from marketplace.search.typed import Word
from marketplace.search.types import SearchDocument, SearchRow

group = AppGroup("search", help="The search index.")
_SHOWN = 8
_BATCH = 1000


@group.command("rebuild")
def rebuild() -> None:
    """Build the index anew from the database, beside the current one, and switch."""
    began = time.monotonic()
    with _bar() as progress:
        count = _engine().indexer.rebuild(current_app.extensions["sessions"], progress)
    click.echo(f"{count} products indexed in {time.monotonic() - began:.1f} s")


@group.command("verify")
def verify() -> None:
    """Compare rows, tokens, words and index with the catalogue; exits 1 where anything differs."""
    with _session() as session:
        found = list(differences(session, _engine()))
        count = queries.indexed_count(session)
    for line in found:
        click.echo(line)
    if found:
        raise click.ClickException("search is not what the database says; run flask search rebuild")
    click.echo(f"{count} products: catalogue, tokens, words and index agree")


@group.command("explain")
@click.argument("query")
def explain(query: str) -> None:
    """Print how QUERY is understood: its words with their tokens, and the certifications it asks for."""
    with _session() as session:
        asked, understood = _engine().understood(session, query)
    if asked.price is not None:
        low, high = (
            "any" if fen is None else format_yuan(fen) for fen in (asked.price.low_fen, asked.price.high_fen)
        )
        click.echo(f"{asked.price.typed}: a price from {low} to {high}")
    for scheme in asked.schemes:
        click.echo(f"{scheme.typed}: certified today under {' or '.join(scheme.codes)}")
    for word in (*understood.words, *(one for one in understood.heard if one not in understood.words)):
        click.echo(f"{word.typed}: {_explained(word)}")


def _explained(word: Word) -> str:
    if word.clause is None:
        return "nothing is called so"
    tokens = " | ".join(f"{token} ^{factor:g}" for token, factor in word.clause.tokens[:_SHOWN])
    return f"{tokens}  (read as {word.corrected})" if word.corrected else tokens


def prepare() -> None:
    """Bring search up to the database: built where there is nothing that fits, caught up where there is."""
    _engine().indexer.follow(current_app.extensions["sessions"])


def differences(session: Session, engine: SearchEngine) -> Iterator[str]:
    """Say wherever search is not what the catalogue, its tokens and its words give: a line each."""
    yield from _against_catalogue(session)
    yield from _against_words(session)
    yield from _against_index(session, engine)


def _against_catalogue(session: Session) -> Iterator[str]:
    """Say where rows and tokens are not what the listed products give."""
    language, signature = make_language()
    if queries.state(session).signature != signature:
        yield "the tokens were made with another dictionary"
        return
    found, listed = queries.documents(session), set[ProductId]()
    while batch := list(islice(found, _BATCH)):
        kept = queries.kept_products(session, [one.product_id for one in batch])
        listed.update(one.product_id for one in batch)
        for document in batch:
            yield from _of_product(document, kept.get(document.product_id), language)
    for product_id in sorted(queries.known_products(session) - listed):
        yield f"product {product_id} is not listed, but search still finds it"


def _of_product(document: SearchDocument, kept: KeptProduct | None, language: Language) -> Iterator[str]:
    if kept is None:
        yield f"product {document.product_id} ({document.slug}) is listed, but search does not know it"
        return
    others = _others(kept.row, document)
    if others:
        yield f"product {document.product_id} ({document.slug}) has another {', '.join(others)}"
    if kept.digest != service.digest(indexed(document, language)):
        yield f"product {document.product_id} ({document.slug}) has other words"


def _others(row: SearchRow, document: SearchDocument) -> list[str]:
    """Name the columns in which a row is not what the document gives."""
    given = service.columns_of(document)
    kept = service.columns_of(row)
    return [name.removesuffix("_fen").replace("_", " ") for name in given if given[name] != kept[name]]


def _against_words(session: Session) -> Iterator[str]:
    """Say which words are counted wrongly."""
    for token, counted, carried in queries.miscounted_words(session):
        yield f"word {token} is counted {counted} times and carried by {carried} products"


def _against_index(session: Session, engine: SearchEngine) -> Iterator[str]:
    """Say where the index holds other tokens than the database."""
    index = engine.index
    if index is None:
        return
    written, state = index.written(), queries.state(session)
    if written is None:
        yield "there is no index that can be read: PostgreSQL answers"
        return
    if not written.fits(state.signature, state.epoch):
        yield "the index was built from another database or with another dictionary: PostgreSQL answers"
        return
    fingerprints = index.fingerprints()
    if fingerprints is None:
        yield "a part of the index is lost or torn"
        return
    held = dict(fingerprints)
    for one in queries.texts(session):
        if one.tokens and held.pop(one.slot, None) != one.fingerprint:
            yield f"the index holds other tokens at slot {one.slot}"
    for slot in held:
        yield f"the index holds slot {slot}, which has no text any more"


@contextmanager
def _bar() -> Iterator[Progress]:
    """Show two bars: the tokens in the database, then the index."""
    bars: list[Any] = []

    def progress(done: int, total: int) -> None:
        if not bars or bars[-1].finished:
            bars.append(click.progressbar(length=total, label="index" if bars else "tokens"))
            bars[-1].render_progress()
        bars[-1].update(done - bars[-1].pos)
        if done == total:
            bars[-1].render_finish()

    yield progress


@contextmanager
def _session() -> Iterator[Session]:
    with current_app.extensions["sessions"]() as session:
        yield session


def _engine() -> SearchEngine:
    engine: SearchEngine = current_app.extensions["ports"].search
    return engine
