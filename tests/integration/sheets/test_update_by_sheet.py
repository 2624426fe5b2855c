"""A cooperative changes its shelf with a spreadsheet: looked at first, then whole or not at all."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import service as goods
from marketplace.catalogue.types import Offer, OfferChange, OfferStatus
from marketplace.flow import update_by_sheet
from marketplace.flow.update_by_sheet import looked
from marketplace.flow.update_by_sheet.types import Plan, PlanMovedOn, SheetRefused
from marketplace.kernel import ids, time, unit_of_work, uploads
from marketplace.kernel.message import Message, Name
from marketplace.kernel.spreadsheets import Page, SheetUnreadable
from marketplace.kernel.time import FixedClock
from marketplace.kernel.uploads import Upload, UploadState
from marketplace.parties import queries as parties
from marketplace.parties.types import PersonId
from marketplace.stock import queries as stock
from tests.factories.catalogue import make_lot, make_offer, make_product, make_reference, make_variant
from tests.factories.parties import make_party
from tests.factories.sheets import FILES, as_page, messy_lots, sent, workbook
from tests.factories.stock import make_hold, make_stock

HEAD = ["报价编号", "单价", "起订数量", "状态"]


@pytest.fixture(autouse=True)
def _ground(session: Session, clock: FixedClock) -> None:
    make_reference(session)


@pytest.fixture
def offer(session: Session) -> Offer:
    return make_offer(session)


def look(session: Session, upload: Upload) -> Plan:
    return update_by_sheet.look(session, FILES, upload)


def confirm(session: Session, upload: Upload, digest: str | None = None) -> Upload:
    return update_by_sheet.confirm(session, FILES, upload, digest or look(session, upload).digest)


def counts(session: Session) -> list[Any]:
    """What a refused sheet must leave as it was: every table it could have touched."""
    tables = (
        "catalogue_offer",
        "catalogue_lot",
        "catalogue_lot_paper",
        "stock_lot",
        "stock_movement",
        "kernel_journal",
        "kernel_change",
        "kernel_idempotency",
        "kernel_upload",
        "procrastinate_jobs",
    )
    session.flush()
    return [
        session.execute(
            text(f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {one} t")
        ).one()
        for one in tables
    ]


def said(plan: Plan) -> list[tuple[int, str, str]]:
    return [(one.row, one.column, str(one.reason)) for one in plan.problems]


def test_looking_shows_what_would_change_and_changes_nothing(session: Session, offer: Offer) -> None:
    upload = sent(session, "offers", offer, workbook([HEAD, [offer.id, "¥61.50", 2, "下架"]]))
    before = counts(session)
    plan = look(session, upload)
    assert counts(session) == before
    [step] = plan.steps
    assert [(one.what.hans, str(one.before), str(one.after)) for one in step.changes] == [
        ("单价", "¥60.00", "¥61.50"),
        ("起订数量", "1", "2"),
        ("状态", "在售", "已暂停"),
    ]
    assert [(one.row, one.before, one.after) for one in plan.mends] == [(2, "¥61.50", "61.50")]


def test_what_was_shown_happens_once_however_often_it_is_confirmed(session: Session, offer: Offer) -> None:
    upload = sent(session, "offers", offer, workbook([HEAD, [offer.id, 61.5, None, "已暂停"]]))
    digest = look(session, upload).digest
    done = confirm(session, upload, digest)
    assert (done.state, done.changed_rows) == (UploadState.APPLIED, (2,))
    now = catalogue.get_offer(session, offer.id)
    assert (now.price_fen, now.minimum, now.status) == (6150, 1, OfferStatus.PAUSED)
    after = counts(session)
    assert confirm(session, done, digest) == done
    assert counts(session) == after
    with pytest.raises(uploads.UploadMovedOn):  # a twin that had looked before the first one was done
        update_by_sheet.confirm(session, FILES, upload, look(session, upload).digest)


def test_the_same_file_sent_again_is_the_same_upload_and_another_is_not(
    session: Session, offer: Offer
) -> None:
    content = workbook([HEAD, [offer.id, 61, 1, None]])
    first = sent(session, "offers", offer, content, key="form-key-1")
    assert sent(session, "offers", offer, content, key="form-key-1").id == first.id
    other = workbook([HEAD, [offer.id, 62, 1, None]])
    assert sent(session, "offers", offer, other, key="form-key-1").id != first.id


def test_one_wrong_row_keeps_every_row_from_being_taken(session: Session, offer: Offer) -> None:
    party = catalogue_party(session, offer)
    second = make_offer(session, cooperative=party)
    rows = [HEAD, [offer.id, 61, 1, None], [second.id, 900, 1, None], [second.id, 61, 1, None]]
    upload = sent(session, "offers", offer, workbook(rows))
    before = counts(session)
    plan = look(session, upload)
    assert [(row, column) for row, column, _ in said(plan)] == [(3, "单价"), (4, "")]
    with pytest.raises(SheetRefused):
        confirm(session, upload)
    assert counts(session) == before


def catalogue_party(session: Session, offer: Offer) -> Any:
    return parties.get_party(session, offer.cooperative_id)


def test_a_row_that_fails_while_it_is_applied_takes_the_others_back(
    session: Session, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = make_offer(session, cooperative=catalogue_party(session, offer))
    upload = sent(
        session, "offers", offer, workbook([HEAD, [offer.id, 61, 1, None], [second.id, 62, 1, None]])
    )
    session.commit()
    digest = look(session, upload).digest
    before = counts(session)
    change_offers = goods.change_offers

    def failing(opened: Session, wanted: Sequence[OfferChange]) -> list[Offer]:
        if wanted[0].offer_id == second.id:
            raise RuntimeError("the power fails")
        return change_offers(opened, wanted)

    monkeypatch.setattr(update_by_sheet, "TOGETHER", 1)
    monkeypatch.setattr(goods, "change_offers", failing)
    with pytest.raises(RuntimeError, match="power"):
        unit_of_work.commit(session, lambda opened: update_by_sheet.confirm(opened, FILES, upload, digest))
    assert counts(session) == before


def test_what_changed_between_look_and_confirmation_is_shown_again(session: Session, offer: Offer) -> None:
    upload = sent(session, "offers", offer, workbook([HEAD, [offer.id, 61, 1, None]]))
    digest = look(session, upload).digest
    goods.change_price(session, offer.id, 7000)
    before = counts(session)
    with pytest.raises(PlanMovedOn):
        confirm(session, upload, digest)
    assert counts(session) == before


def test_another_cooperative_s_offers_and_lots_look_like_none(session: Session, offer: Offer) -> None:
    other = make_offer(session)
    lot = make_stock(session, other, code="THEIRS")
    assert lot.on_hand
    upload = sent(session, "offers", offer, workbook([HEAD, [other.id, 61, 1, None]]))
    missing = sent(session, "offers", offer, workbook([HEAD, [999_999_999, 61, 1, None]]))
    theirs, nobodys = said(look(session, upload)), said(look(session, missing))
    assert theirs[0][2].replace(str(other.id), "") == nobodys[0][2].replace("999999999", "")
    rows = [["报价编号", "批次号", "在库件数"], [other.id, "THEIRS", 1], [None, "THEIRS", 1]]
    assert len(said(look(session, sent(session, "stock", offer, workbook(rows))))) == 2


def test_number_and_name_that_disagree_are_columns_sorted_apart(session: Session, offer: Offer) -> None:
    second = make_offer(session, cooperative=catalogue_party(session, offer))
    name = catalogue.get_product(session, second.product_id).name.hans
    rows = [["报价编号", "商品", "单价"], [offer.id, name, 61]]
    [(row, column, reason)] = said(look(session, sent(session, "offers", offer, workbook(rows))))
    assert (row, column) == (2, "报价编号")
    assert "对不上" in reason


def test_stock_is_counted_or_received_but_never_both_at_once(session: Session, offer: Offer) -> None:
    lots = [make_stock(session, offer, 10, code=f"S-{number}") for number in range(4)]
    make_hold(session, lots[0], 10)
    head = ["报价编号", "批次号", "在库件数", "本次入库"]
    good = [[offer.id, "S-1", 7, None], [offer.id, "ｓ－２", 10, 5], [offer.id, "S-3", 10, None]]
    upload = sent(session, "stock", offer, workbook([head, *good]))
    confirm(session, upload)
    held = stock.lots_by_id(session, [lot.lot_id for lot in lots])
    assert [held[lot.lot_id].on_hand for lot in lots] == [10, 7, 15, 10]
    wrong = [[offer.id, "S-0", 9, None], [offer.id, "S-1", 3, 4], [offer.id, "S-9", 3, None]]
    problems = said(look(session, sent(session, "stock", offer, workbook([head, *wrong]))))
    assert [(row, column) for row, column, _ in problems] == [(2, "在库件数"), (3, "本次入库"), (4, "批次号")]
    assert "预留给订单" in problems[0][2]
    assert stock.differences(session) == []


def test_the_messy_book_of_a_bookkeeper_comes_in_without_retyping(session: Session) -> None:
    party = make_party(session)
    made = []
    for _ in range(6):
        product = make_product(session)
        made.append(make_offer(session, make_variant(session, product), party))
    names = [catalogue.get_product(session, one.product_id).name.hans for one in made]
    upload = sent(session, "lots", made[0], messy_lots(names))
    plan = look(session, upload)
    assert said(plan) == []
    assert len(plan.steps) == 5
    skipped = {one.row: str(one.reason) for one in plan.reading.skipped}
    assert [word in skipped[row] for row, word in ((1, "标题"), (11, "隐藏"), (12, "合计"))] == [True] * 3
    assert "说明" in skipped[13]
    assert "说明" in skipped[14]
    mended = {(one.row, one.before): str(one.after) for one in plan.mends}
    assert mended[5, "Ａ－１１０１"] == "A-1101"
    assert mended[5, "１２０"] == "120"
    assert mended[5, "2026.11.3"] == "2026-11-03"
    assert mended[5, "5斤/件"] == "箱装 2.5 kg"
    assert mended[6, "20261102"] == "'20261102"
    assert mended[6, "1,200件"] == "1200"
    assert mended[7, "11月5日"] == "2026-11-05"
    assert mended[9, "46332"] == "2026-11-06"
    assert mended[10, "'40"] == "40"
    confirm(session, upload)
    came = [
        (lot.code, lot.harvested_on, stock.lots_by_id(session, [lot.id])[lot.id].on_hand)
        for one in made
        for lot in catalogue.lots_of_offer(session, one.id)
    ]
    assert came == [
        ("A-1101", date(2026, 11, 3), 120),
        ("20261102", date(2026, 11, 4), 1200),
        ("A-1103", date(2026, 11, 5), 80),
        ("A-1104", date(2026, 11, 6), 60),
        ("A-1105", date(2026, 11, 7), 40),
    ]


def test_what_excel_destroyed_and_formulas_are_refused_where_they_stand(
    session: Session, offer: Offer
) -> None:
    head = ["报价编号", "批次号", "采收日期", "件数"]
    rows = [
        [offer.id, "1.23E+19", "2026-11-03", 5],
        [offer.id, 1.23e19, "2026-11-03", 5],
        [offer.id, "A-2", "2026-11-03", "=5*2"],
        [offer.id, "A-3", 11.3, 5],
        [offer.id, "A-4", "2026-12-03", 5],
        [offer.id, None, "2026-11-03", 5],
        [offer.id, "A-6", None, 0],
    ]
    problems = said(look(session, sent(session, "lots", offer, workbook([head, *rows]))))
    reasons = {row: (column, reason) for row, column, reason in problems}
    assert all("请先把该列设为文本" in reasons[row][1] for row in (2, 3))
    assert "公式" in reasons[4][1]
    assert reasons[4][0] == "件数"
    assert "两天中的一天" in reasons[5][1]
    assert "不能晚于今天" in reasons[6][1]
    assert reasons[7] == ("批次号", "不能为空。")
    assert {column for row, column, _ in problems if row == 8} == {"采收日期", "件数"}


def test_a_lot_must_carry_the_papers_of_its_goods(session: Session) -> None:
    product = make_product(session, product_form="fresh_egg", shelf_life_days=30)
    offer = make_offer(session, make_variant(session, product))
    head = ["报价编号", "批次号", "采收日期", "件数"]
    row = [offer.id, "E-1", "2026-11-03", 5]
    [(_row, _column, reason)] = said(look(session, sent(session, "lots", offer, workbook([head, row]))))
    assert "承诺达标合格证" in reason
    paper = workbook([[*head, "承诺达标合格证"], [*row, "DEMO-CC-9"]])
    confirm(session, sent(session, "lots", offer, paper))
    [lot] = catalogue.lots_of_offer(session, offer.id)
    assert catalogue.papers_of_lots(session, [lot.id])[lot.id] == {"commitment_cert": "DEMO-CC-9"}


def test_a_known_lot_is_not_changed_by_the_sheet_of_lots(session: Session, offer: Offer) -> None:
    make_stock(session, offer, 10, code="K-1", harvested_on=date(2026, 11, 3))
    head = ["报价编号", "批次号", "采收日期", "件数"]
    same = look(session, sent(session, "lots", offer, workbook([head, [offer.id, "K-1", "11月3日", 10]])))
    assert (list(same.steps), said(same)) == ([], [])
    other = look(session, sent(session, "lots", offer, workbook([head, [offer.id, "K-1", "11月3日", 12]])))
    assert [(row, column) for row, column, _ in said(other)] == [(2, "件数")]


@pytest.mark.parametrize("subject", ["offers", "stock", "lots"])
def test_what_is_exported_imports_back_unchanged(session: Session, subject: str) -> None:
    party = make_party(session, name="=SUM(A1)合作社（演示）")
    offers = []
    for place in range(3):
        product = make_product(session, name=Name(f"=cmd|{place}（演示）", "", f"-1+{place} (demo)"))
        offers.append(make_offer(session, make_variant(session, product), party, price_fen=3001 + place))
        make_stock(session, offers[-1], 5 + place, code=f"+00{place}")
    goods.pause_offer(session, offers[2].id)
    chosen = update_by_sheet.SUBJECTS[subject]
    columns = chosen.columns(session, party.id)
    content = as_page(columns, chosen.export(session, party.id))
    plan = look(session, sent(session, subject, offers[0], content))
    assert len(plan.reading.rows) == 3
    assert (said(plan), list(plan.steps), list(plan.mends)) == ([], [], [])


@pytest.mark.parametrize("subject", ["goods", "offers", "stock", "lots"])
def test_the_template_s_row_of_demonstration_is_never_read(
    session: Session, offer: Offer, subject: str
) -> None:
    columns = update_by_sheet.SUBJECTS[subject].columns(session, offer.cooperative_id)
    example = [
        "演示",
        *(str(one.example) if isinstance(one.example, Message) else one.example for one in columns[1:]),
    ]
    content = FILES.write(Page(about=("模板",), head=[one.name.hans for one in columns], rows=[example]))
    with pytest.raises(SheetUnreadable):
        look(session, sent(session, subject, offer, content))


def test_much_is_left_to_a_job_that_says_how_far_it_is(
    session: Session, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(update_by_sheet, "TOGETHER", 100)
    count = update_by_sheet.AT_ONCE + 50
    head = ["报价编号", "批次号", "采收日期", "件数"]
    rows = [[offer.id, f"J-{number}", "2026-11-03", 1] for number in range(count)]
    upload = sent(session, "lots", offer, workbook([head, *rows]))
    digest = look(session, upload).digest
    waiting = confirm(session, upload, digest)
    assert (waiting.state, waiting.rows_all) == (UploadState.WAITING, count)
    assert catalogue.lots_of_offer(session, offer.id) == ()
    told: list[int] = []
    update_by_sheet.apply(session, FILES, upload.id, digest, told.append)
    assert told == [100, 200, count]
    assert uploads.get(session, upload.id).state is UploadState.APPLIED
    assert len(catalogue.lots_of_offer(session, offer.id)) == count
    after = counts(session)
    update_by_sheet.apply(session, FILES, upload.id, digest, told.append)
    assert counts(session) == after


def test_a_job_looks_at_a_large_file_and_keeps_what_it_found(
    session: Session, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(update_by_sheet, "LOOKED_AT_ONCE", 0)
    monkeypatch.setattr(update_by_sheet, "TOGETHER", 1)
    make_stock(session, offer, 10, code="K-1", harvested_on=date(2026, 11, 3))
    head = ["报价编号", "批次号", "采收日期", "件数", "备注"]
    good = [offer.id, "２０２６", date(2026, 11, 3), "１２", "=1+1"]
    wrong = [offer.id, "K-1", "11月3日", 12.5, None]
    by = (offer.cooperative_id, PersonId(1))

    def receive(*rows: list[Any]) -> Upload:
        file = ("大表.xlsx", workbook([head, *rows]))
        upload = update_by_sheet.receive(session, FILES, "lots", by, file, ids.new_token())
        session.commit()
        return upload

    def write(use_case: Callable[[Session], object]) -> object:
        return unit_of_work.commit(session, use_case)

    def fails(*_rest: object) -> None:
        raise RuntimeError("the power fails")

    upload = receive(good, wrong, ["合计", None, None, 24])
    assert upload.state is UploadState.LOOKING
    plan = look(session, upload)
    with monkeypatch.context() as patched:
        patched.setattr(uploads, "looked", fails)
        with pytest.raises(RuntimeError, match="power"):
            update_by_sheet.look_later(write, FILES, upload.id)
    session.rollback()
    held = uploads.get(session, upload.id)
    assert (held.state, held.rows_done, held.rows_all) == (UploadState.LOOKING, 2, 4)
    for _ in range(2):  # a job may run twice
        update_by_sheet.look_later(write, FILES, upload.id)
    kept = uploads.get(session, upload.id)
    assert (kept.state, kept.looked_at) == (UploadState.READ, time.now())
    assert len(plan.problems) == len(plan.reading.skipped) - 1 == 1
    monkeypatch.setattr(update_by_sheet, "read_sheet", fails)  # it is not read again
    assert update_by_sheet.find(session, FILES, kept) == looked.found(plan)
    assert update_by_sheet.outcome(session, FILES, kept) == looked.outcome(plan)
    with pytest.raises(SheetRefused):
        update_by_sheet.confirm(session, FILES, kept, plan.digest)


def test_a_large_file_confirmed_and_no_longer_right_is_looked_at_anew(
    session: Session, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(update_by_sheet, "LOOKED_AT_ONCE", 0)
    by = (offer.cooperative_id, PersonId(1))
    file = ("大表.xlsx", workbook([HEAD, [offer.id, 61, 1, None]]))
    upload = update_by_sheet.receive(session, FILES, "offers", by, file, ids.new_token())
    session.commit()

    def write(use_case: Callable[[Session], object]) -> object:
        return unit_of_work.commit(session, use_case)

    def seen() -> str:
        update_by_sheet.look_later(write, FILES, upload.id)
        return update_by_sheet.find(session, FILES, uploads.get(session, upload.id)).digest

    first = seen()
    goods.change_price(session, offer.id, 7000)
    session.commit()
    with pytest.raises(PlanMovedOn):
        update_by_sheet.confirm(session, FILES, uploads.get(session, upload.id), "0" * 64)
    update_by_sheet.confirm(session, FILES, uploads.get(session, upload.id), first)
    session.commit()
    update_by_sheet.apply_later(write, FILES, upload.id, first)
    back = uploads.get(session, upload.id)
    assert (back.state, back.is_turned_back) == (UploadState.LOOKING, True)
    assert catalogue.get_offer(session, offer.id).price_fen == 7000
    second = seen()
    assert second != first
    update_by_sheet.confirm(session, FILES, uploads.get(session, upload.id), second)
    update_by_sheet.apply_later(write, FILES, upload.id, second)
    assert uploads.get(session, upload.id).state is UploadState.APPLIED
    assert catalogue.get_offer(session, offer.id).price_fen == 6100


def test_a_job_that_finds_things_changed_gives_the_file_back(
    session: Session, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(update_by_sheet, "AT_ONCE", 0)
    upload = sent(session, "offers", offer, workbook([HEAD, [offer.id, 61, 1, None]]))
    digest = look(session, upload).digest
    confirm(session, upload, digest)
    goods.change_price(session, offer.id, 7000)
    session.commit()

    def write(use_case: Callable[[Session], object]) -> object:
        return unit_of_work.commit(session, use_case)

    update_by_sheet.apply_later(write, FILES, upload.id, digest)
    back = uploads.get(session, upload.id)
    assert (back.state, back.is_turned_back) == (UploadState.READ, True)
    assert catalogue.get_offer(session, offer.id).price_fen == 7000
    done = confirm(session, back)
    update_by_sheet.apply_later(write, FILES, done.id, digest)  # confirmed anew, it waits and is applied
    assert uploads.get(session, upload.id).state is UploadState.READ  # but not by what was shown before
    waiting = confirm(session, uploads.get(session, upload.id))
    update_by_sheet.apply_later(write, FILES, waiting.id, look(session, waiting).digest)
    uploads.turn_back(session, upload.id)
    assert uploads.get(session, upload.id).state is UploadState.APPLIED
    assert catalogue.get_offer(session, offer.id).price_fen == 6100


def test_uploads_are_forgotten_and_what_they_changed_stays(
    session: Session, offer: Offer, clock: FixedClock
) -> None:
    upload = confirm(session, sent(session, "offers", offer, workbook([HEAD, [offer.id, 61, 1, None]])))
    clock.advance(timedelta(days=31))
    assert uploads.forget(session, time.now() - timedelta(days=30)) == 1
    with pytest.raises(uploads.UploadNotFound):
        uploads.get(session, upload.id)
    assert catalogue.get_offer(session, offer.id).price_fen == 6100


def test_the_shelf_asks_the_same_questions_for_few_rows_and_for_many(session: Session, offer: Offer) -> None:
    party = catalogue_party(session, offer)
    product = catalogue.get_product(session, offer.product_id)
    for _ in range(12):
        lot = make_lot(session, make_offer(session, make_variant(session, product), party))
        assert lot.code
    looked: list[int] = []
    done: list[int] = []
    for rows in ([[offer.id, Decimal(61)]], [[one.id, Decimal(62)] for one in _all(session, party.id)]):
        upload = sent(session, "offers", offer, workbook([["报价编号", "单价"], *rows]))
        plan = look(session, upload)
        looked.append(_statements(session, lambda upload=upload: look(session, upload)))  # type: ignore[misc]  # the loop's own
        take = partial(confirm, session, upload, plan.digest)
        done.append(_statements(session, take))
    assert looked[0] == looked[1]
    assert done[0] == done[1]
    many = [[one.id, f"T-{place}", "2026-11-03", 5] for place, one in enumerate(_all(session, party.id))]
    head = ["报价编号", "批次号", "采收日期", "件数"]
    for rows in (many[:1], many[1:]):
        upload = sent(session, "lots", offer, workbook([head, *rows]))
        done.append(_statements(session, partial(confirm, session, upload, look(session, upload).digest)))
    assert done[2] == done[3]


def _all(session: Session, party_id: Any) -> list[Offer]:
    return list(catalogue.offers_of_cooperative(session, party_id).items)


def _statements(session: Session, run: Callable[[], object]) -> int:
    sent_now: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent_now.append(statement)

    engine = session.connection().engine
    event.listen(engine, "before_cursor_execute", note)
    run()
    event.remove(engine, "before_cursor_execute", note)
    return len(sent_now)
