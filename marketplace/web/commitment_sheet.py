"""What a printed 承诺达标合格证 says: always in Chinese, for it is a Chinese paper whoever prints it."""

from sqlalchemy.orm import Session

from marketplace.catalogue.types import Commitment, CommitmentBasis
from marketplace.kernel import time
from marketplace.kernel.message import Message, msg
from marketplace.places import queries as places
from marketplace.places.types import DivisionCode
from marketplace.web import commitment_code, lot_words, present

ON_A_PAGE = 10

TITLE = msg("承诺达标合格证")
LEAD = msg("我承诺所销售的农产品：")
BASIS_LEAD = msg("承诺依据")


def origin(session: Session, county_code: DivisionCode) -> Message:
    """Say where goods come from: province, prefecture, county."""
    atlas = places.atlas(session)
    return msg(
        "贵州省%(prefecture)s%(county)s",
        prefecture=atlas.division(atlas.prefecture_of(county_code)).name,
        county=atlas.division(county_code).name,
    )


def quantity(one: Commitment) -> Message:
    return msg(
        "%(packs)s 件（每件净含量 %(each)s，共 %(all)s）",
        packs=one.packs,
        each=present.weight(one.net_weight_g),
        all=present.weight(one.net_weight_g * one.packs),
    )


def sheet(session: Session, one: Commitment, count: int) -> dict[str, object]:
    """Return the labels as ``templates/print/commitment.typ`` sets them."""
    issued_on = one.issued_at.astimezone(time.SHANGHAI).date()
    day = msg("%(year)s年%(month)s月%(day)s日", year=issued_on.year, month=issued_on.month, day=issued_on.day)
    facts: list[tuple[Message, object]] = [
        (msg("产品名称"), one.product_name.hans),
        (msg("数量（重量）"), quantity(one)),
        (msg("产地"), origin(session, one.county_code)),
        (msg("批次"), one.lot_code),
        (msg("承诺人"), one.promiser_name.hans),
        (msg("生产者"), one.producer_name.hans),
        (msg("联系方式"), one.contact),
        (msg("开具日期"), day),
    ]
    label = {
        "title": str(TITLE),
        "lead": str(LEAD),
        "promises": [str(promise) for promise in lot_words.PROMISES],
        "basis_lead": str(BASIS_LEAD),
        "bases": [[str(lot_words.BASES[basis]), basis is one.basis] for basis in CommitmentBasis],
        "facts": [[str(name), str(value)] for name, value in facts],
        "number": one.number,
        "scan": str(msg("扫码查验")),
        "qr": commitment_code.drawing(one.token),
    }
    return {"title": f"{TITLE} {one.number}", "labels": [label] * count, "is_one": count == 1}
