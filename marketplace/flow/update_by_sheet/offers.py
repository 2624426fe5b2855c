"""The sheet of offers: price, terms and state of what a cooperative sells."""

from collections.abc import Iterator
from dataclasses import fields
from decimal import Decimal

from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import rules
from marketplace.catalogue import service as goods
from marketplace.catalogue.types import Offer, OfferChange, OfferStatus, OfferTerms
from marketplace.flow.update_by_sheet.shelf import Shelf, offer_cells, offer_columns, offer_of, read_shelf
from marketplace.flow.update_by_sheet.types import (
    By,
    Change,
    Column,
    Draft,
    Kind,
    Leaving,
    Plan,
    Reading,
    ReadRow,
    Shown,
    Step,
)
from marketplace.flow.update_by_sheet.words import words
from marketplace.kernel import money, time
from marketplace.kernel.message import msg
from marketplace.parties.types import PartyId

_TERMS = ("minimum", "lead_days", "daily_capacity", "cut_off_hour")
_HONG_KONG_MACAO = "hong_kong_macao"
_STATES = {OfferStatus.LISTED: msg("在售"), OfferStatus.PAUSED: msg("已暂停")}
_YES, _NO = msg("是"), msg("否")
_MOST = 100_000
_BY_ITSELF = "cooperative"


def columns(_session: Session, _cooperative_id: PartyId) -> tuple[Column, ...]:
    names = words().names
    helps = {
        "minimum": (msg("一单最少几件。"), 1),
        "lead_days": (msg("下单后几天能发货，0 至 30。"), 1),
        "daily_capacity": (msg("一天最多能打包几件。"), 200),
        "cut_off_hour": (msg("过了这个整点，订单算第二天的，0 至 23。"), 16),
    }
    return (
        *offer_columns(),
        Column(
            code="price",
            name=names["price"],
            kind=Kind.MONEY,
            help=msg("每件多少元，从下一笔订单起生效。"),
            example=Decimal("86.00"),
        ),
        *(
            Column(code=code, name=names[code], kind=Kind.COUNT, help=help_text, example=example)
            for code, (help_text, example) in helps.items()
        ),
        Column(
            code=_HONG_KONG_MACAO,
            name=names[_HONG_KONG_MACAO],
            kind=Kind.FLAG,
            help=msg("填“是”或“否”。"),
            example=_NO,
        ),
        Column(
            code="state",
            name=names["state"],
            kind=Kind.STATE,
            help=msg("填“在售”或“已暂停”。"),
            example=_STATES[OfferStatus.LISTED],
        ),
    )


def plan(session: Session, by: By, reading: Reading) -> Plan:
    """Say what each row would change of its offer; an empty cell leaves things as they are."""
    shelf = read_shelf(session, by.cooperative_id)
    paused = [one.id for one in shelf.offers.values() if one.status is OfferStatus.PAUSED]
    barred = catalogue.resume_problems(session, paused, time.now())
    draft = Draft(reading)
    wanted: dict[int, OfferChange] = {}
    for row in reading.rows:
        offer = offer_of(shelf, row, draft)
        if offer is None or draft.is_second(row, offer.id):
            continue
        (priced, price_fen), (termed, terms), (moved, status) = (
            _price(shelf, offer, row, draft),
            _terms(shelf, offer, row, draft),
            _state(offer, row),
        )
        if status is OfferStatus.LISTED and offer.id in barred:
            draft.refuse(row, "state", barred[offer.id].message)
        changes = (*priced, *termed, *moved)
        if changes:
            draft.steps.append(Step(row=row.number, about=shelf.about(offer), changes=changes))
            wanted[row.number] = OfferChange(
                offer_id=offer.id, price_fen=price_fen, terms=terms, status=status, reason=_BY_ITSELF
            )
    return draft.done(
        lambda opened, rows: goods.change_offers(opened, [wanted[one] for one in rows]),
        order=sorted(wanted, key=lambda one: wanted[one].offer_id),
    )


def export(session: Session, cooperative_id: PartyId) -> Iterator[list[Leaving]]:
    """Yield a row for each standing offer, in the order of the columns."""
    shelf = read_shelf(session, cooperative_id)
    for offer in shelf.offers.values():
        yield [
            *offer_cells(shelf, offer),
            Decimal(offer.price_fen) / money.FEN_PER_YUAN,
            *(getattr(offer, name) for name in _TERMS),
            _YES if offer.serves_hong_kong_macao else _NO,
            _STATES[offer.status],
        ]


def _price(shelf: Shelf, offer: Offer, row: ReadRow, draft: Draft) -> tuple[list[Change], int | None]:
    fen = row.number_in("price")
    if fen is None or fen == offer.price_fen:
        return [], None
    problem = rules.price_problem(shelf.variant(offer), fen) or rules.ladder_problem(
        offer.selling.ladder, fen
    )
    if problem is not None:
        draft.refuse(row, "price", problem)
        return [], None
    change = _change("price", money.format_yuan(offer.price_fen), money.format_yuan(fen))
    return [change], fen


def _terms(shelf: Shelf, offer: Offer, row: ReadRow, draft: Draft) -> tuple[list[Change], OfferTerms | None]:
    before = OfferTerms(**{one.name: getattr(offer, one.name) for one in fields(OfferTerms)})
    given = {name: found for name in _TERMS if (found := row.number_in(name)) is not None}
    flag = row.values.get(_HONG_KONG_MACAO)
    after = OfferTerms(
        **{name: given.get(name, getattr(before, name)) for name in _TERMS},
        serves_hong_kong_macao=before.serves_hong_kong_macao if flag is None else bool(flag),
    )
    if after == before:
        return [], None
    problem = rules.terms_problem(after)
    if problem is None and after.daily_capacity > _MOST:
        problem = msg("每天最多打包不能超过 %(most)s 件。", most=_MOST)
    if problem is not None:
        draft.refuse(row, next(iter(given), ""), problem)
        return [], None
    barred = rules.border_problem(shelf.product(offer), before, after)
    if barred is not None:
        draft.refuse(row, _HONG_KONG_MACAO, barred)
        return [], None
    changes = [
        _change(name, str(getattr(before, name)), str(found))
        for name, found in given.items()
        if found != getattr(before, name)
    ]
    if after.serves_hong_kong_macao != before.serves_hong_kong_macao:
        changes.append(
            _change(
                _HONG_KONG_MACAO,
                _YES if before.serves_hong_kong_macao else _NO,
                _YES if after.serves_hong_kong_macao else _NO,
            )
        )
    return changes, after


def _state(offer: Offer, row: ReadRow) -> tuple[list[Change], OfferStatus | None]:
    said = row.text("state")
    if not said or said == offer.status:
        return [], None
    wanted = OfferStatus(said)
    return [_change("state", _STATES[offer.status], _STATES[wanted])], wanted


def _change(column: str, before: Shown, after: Shown) -> Change:
    return Change(what=words().names[column], before=before, after=after)
