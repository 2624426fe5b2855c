"""A cooperative describes its own goods by the many: drafts, changes of what is live, handing in."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import rules, service
from marketplace.catalogue.types import (
    Approval,
    GoodsContent,
    OwnGoods,
    PackContent,
    Picture,
    ProposalState,
)
from marketplace.flow import update_by_sheet
from marketplace.flow.update_by_sheet.types import Plan, SheetRefused
from marketplace.kernel import ids
from marketplace.kernel.time import FixedClock
from marketplace.kernel.uploads import Upload, UploadState
from marketplace.parties.types import Party, PersonId
from tests.factories.catalogue import make_reference
from tests.factories.parties import make_party
from tests.factories.sheets import FILES, as_page, workbook

TEXT = "从江加榜梯田里一年一季的老红米，煮出来粒粒分开。\n\n和白米各半煮饭最好，提前泡半小时。"
PHOTO = Picture(digest="a" * 64, small_digest="b" * 64, width=800, height=600)
WHOLE = GoodsContent(
    name="=加榜红米（演示）",
    name_en="Jiabang red rice",
    county_code="522633",
    aisle_code="grain",
    product_form="primary_plant",
    picture_kind="rice",
    storage_code="dry_ambient",
    shelf_life_days=180,
    harvest_months=(9, 10),
    sale_months=(1, 9, 10, 11),
    allergens=("nut", "soy"),
    description=TEXT,
    keywords=("红米", "糙米"),
    packs=(
        PackContent(
            pack="真空袋 2.5 千克", pack_en="Bag, 2.5 kg", unit_code="bag", net_weight_g=2500, price_fen=4800
        ),
        PackContent(
            pack="礼盒 5 千克", pack_en="Box, 5 kg", unit_code="box", net_weight_g=5000, price_fen=9901
        ),
    ),
)


@pytest.fixture
def party(session: Session, clock: FixedClock) -> Party:
    make_reference(session)
    return make_party(session)


def send(session: Session, party: Party, content: bytes) -> Upload:
    by = (party.id, PersonId(1))
    return update_by_sheet.keep(session, "goods", by, ("商品.xlsx", content), ids.new_token())


def look(session: Session, upload: Upload) -> Plan:
    return update_by_sheet.look(session, FILES, upload)


def confirm(session: Session, upload: Upload) -> Upload:
    return update_by_sheet.confirm(session, FILES, upload, look(session, upload).digest)


def said(plan: Plan) -> list[tuple[int, str, str]]:
    return [(one.row, one.column, str(one.reason)) for one in plan.problems]


def own(session: Session, party: Party) -> tuple[OwnGoods, ...]:
    session.expire_all()
    return catalogue.own_goods(session, party.id)


def make_draft(session: Session, party: Party, content: GoodsContent = WHOLE) -> OwnGoods:
    begun = service.begin_proposal(session, party.id, content)
    service.add_picture(session, begun.id, PHOTO)
    return own(session, party)[-1]


def make_live(session: Session, party: Party, content: GoodsContent = WHOLE) -> OwnGoods:
    draft = make_draft(session, party, content)
    assert draft.proposal_id is not None
    submitted = service.submit_proposal(session, draft.proposal_id)
    service.approve_proposal(
        session, submitted.id, Approval(seen=rules.revision(submitted), pinyin="jia bang hong mi")
    )
    return own(session, party)[0]


def exported(session: Session, party: Party) -> bytes:
    chosen = update_by_sheet.SUBJECTS["goods"]
    return as_page(chosen.columns(session, party.id), chosen.export(session, party.id))


def test_the_messy_list_of_a_bookkeeper_becomes_drafts(session: Session, party: Party) -> None:
    aisle = catalogue.reference(session).aisles["grain"].name.hans
    head = ["序号", "建议零售价（万元）", "品名", "包装规格", "单位"]
    head += ["产地", "分类", "供货月份", "采摘月份", "过敏原"]
    rows: list[list[Any]] = [
        ["２０２６年自有商品登记表（演示）"],
        [*head],
        [1, "￥48元", "加榜红米（演示）", "5斤/件", "袋", "从江", aisle, "11月至2月", "９、10月", "无"],
        [2, 0.0096, None, "2.5kg×2", "盒"],
        [
            3,
            "1,280.5元",
            "香禾糯（演示）",
            "50斤/袋",
            "袋",
            "黔东南州从江县",
            None,
            "全年",
            None,
            "大豆、坚果",
        ],
        ["合计", "=SUM(B3:B5)"],
    ]
    content = workbook(rows, merged=["A1:J1", "C3:C4", "F3:F4", "G3:G4"])
    plan = look(session, upload := send(session, party, content))
    assert said(plan) == []
    assert len(plan.steps) == 3
    mended = {(one.row, one.before): str(one.after) for one in plan.mends}
    assert mended[3, "￥48元"] == "48.00"
    assert mended[3, "从江"] == "从江县"
    assert mended[3, "11月至2月"] == "1、2、11、12"
    assert mended[3, "5斤/件"] == "2500 g"
    assert (4, "") in mended  # what is merged with the row above
    confirm(session, upload)
    rice, sticky = own(session, party)
    assert (rice.state, sticky.state) == (ProposalState.DRAFT, ProposalState.DRAFT)
    assert (rice.content.name, rice.content.county_code) == ("加榜红米（演示）", "522633")
    assert (rice.content.harvest_months, rice.content.sale_months) == ((9, 10), (1, 2, 9, 10, 11, 12))
    assert [(one.pack, one.net_weight_g, one.price_fen) for one in rice.content.packs] == [
        ("5斤/件", 2500, 4800),
        ("2.5kg×2", 5000, 9600),
    ]
    assert sticky.content.allergens == ("nut", "soy")
    assert list(look(session, send(session, party, content)).steps) == []


def test_a_list_saved_as_gbk_text_comes_in_too(session: Session, party: Party) -> None:
    text = "自有商品表,,,\n商品,规格,净重（斤）,英文名\n刺梨干（演示）,袋装,１,Roxburgh rose\n合计,,,\n"
    confirm(session, send(session, party, text.encode("gbk")))
    [made] = own(session, party)
    assert (made.content.name, made.content.packs[0].net_weight_g) == ("刺梨干（演示）", 500)


def test_what_is_exported_imports_back_unchanged(session: Session, party: Party) -> None:
    make_live(session, party)
    make_draft(session, party, replace(WHOLE, name="+半成（演示）", packs=(), county_code="", allergens=()))
    submitted = make_draft(session, party, replace(WHOLE, name="-审核中（演示）"))
    assert submitted.proposal_id is not None
    service.submit_proposal(session, submitted.proposal_id)
    plan = look(session, send(session, party, exported(session, party)))
    assert len(plan.reading.rows) == 5
    assert (said(plan), list(plan.steps), list(plan.mends)) == ([], [], [])


def test_live_goods_are_changed_by_a_change_that_is_looked_at(session: Session, party: Party) -> None:
    live = make_live(session, party)
    head = ["商品编号", "规格序号", "规格", "建议售价", "有货月份", "提交审核"]
    rows = [
        [live.number, 2, "礼盒装 5 千克", "￥99.9", "9-12", "是"],
        [live.number, None, "10斤/件", None, None, None],
    ]
    plan = look(session, upload := send(session, party, workbook([head, *rows])))
    assert said(plan) == [(3, "", "和第 2 行说的是同一样东西，请只留一行。")]
    upload = send(session, party, workbook([head, rows[0], [live.number, 1, "", None, "1、9、10、11", None]]))
    [step] = look(session, upload).steps
    assert {(one.what.hans, str(one.before), str(one.after)) for one in step.changes} == {
        ("规格", "礼盒 5 千克", "礼盒装 5 千克"),
        ("建议售价（元）", "¥99.01", "¥99.90"),
        ("有货月份", "1、9、10、11", "9、10、11、12"),
        ("提交审核", "否", "是"),
    }
    confirm(session, upload)
    [now] = own(session, party)
    assert now.state is ProposalState.SUBMITTED
    assert [one.price_fen for one in now.content.packs] == [4800, 9990]
    assert now.content.packs[1].code == live.content.packs[1].code != ""
    assert now.content.pictures == live.content.pictures
    assert live.product_id is not None
    assert catalogue.get_product(session, live.product_id).sale_months == (1, 9, 10, 11)
    late = send(session, party, workbook([head, [live.number, 1, None, 50, None, None]]))
    assert [(row, column) for row, column, _ in said(look(session, late))] == [(2, "")]


def test_drafts_are_handed_in_when_they_are_whole(session: Session, party: Party) -> None:
    draft = make_draft(session, party)
    head = ["商品编号", "商品", "提交审核"]
    assert said(look(session, send(session, party, workbook([head, [None, "新的（演示）", "是"]])))) != []
    confirm(session, send(session, party, workbook([head, [draft.number, None, "是"]])))
    assert [one.state for one in own(session, party)] == [ProposalState.SUBMITTED]


def test_wrong_rows_say_what_to_do_and_nothing_is_done(session: Session, party: Party) -> None:
    theirs = make_live(session, make_party(session))
    head = ["商品编号", "商品", "规格", "净重", "产地", "有货月份", "保质期", "建议售价", "提交审核"]
    rows: list[list[Any]] = [
        [theirs.number, None, None, None, None, None, None, None, None],
        [None, "甲（演示）", "一袋", 2.5, None, None, None, None, None],
        [None, "乙（演示）", None, None, "火星县", None, None, None, None],
        [None, "丙（演示）", None, None, None, 9.1, None, None, None],
        [None, "丁（演示）", None, None, None, None, "1.23E+19", None, None],
        [None, "戊（演示）", None, None, None, None, None, "=1+1", None],
        [None, "己（演示）", None, None, None, None, None, None, "是"],
        [None, "庚", None, None, None, None, 0, None, None],
        [None, "辛（演示）", "一袋", "500克", "从江县", None, None, None, None],
        [None, "辛（演示）", "一袋", "500克", "榕江县", None, None, None, None],
        [None, "壬（演示）", "一袋", "500克", None, "2026-09-11", None, None, None],
    ]
    upload = send(session, party, workbook([head, *rows]))
    found = {(row, column): reason for row, column, reason in said(look(session, upload))}
    assert "您没有编号为" in found[2, "商品编号"]
    assert "没有写单位" in found[3, "净重"]
    assert "火星县" in found[4, "产地"]
    assert "这样的月份" in found[5, "有货月份"]
    assert "请先把该列设为文本" in found[6, "保质期"]
    assert "公式" in found[7, "建议售价"]
    assert "先存成草稿" in found[8, "提交审核"]
    assert {(9, "商品"), (9, "保质期")} <= set(found)
    assert "和第 10 行写的不一样" in found[11, "产地"]
    assert "同一样东西" in found[11, ""]
    assert (12, "有货月份") in found
    with pytest.raises(SheetRefused):
        confirm(session, upload)
    assert own(session, party) == ()


def test_many_goods_are_written_in_a_few_statements(
    session: Session, party: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(update_by_sheet, "TOGETHER", 20)
    head = ["商品", "规格", "净重（克）", "产地"]
    rows = [[f"商品{number}（演示）", "袋装", 500, "从江县"] for number in range(50)]
    done = confirm(session, send(session, party, workbook([head, *rows])))
    assert (done.state, len(done.changed_rows), len(own(session, party))) == (UploadState.APPLIED, 50, 50)
    again = [[one.number, "袋装", 400, "榕江县"] for one in own(session, party)]
    confirm(session, send(session, party, workbook([["商品编号", *head[1:]], *again])))
    assert {one.content.packs[0].net_weight_g for one in own(session, party)} == {400}
