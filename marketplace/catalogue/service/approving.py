"""A description that a person has looked at becomes a product, or changes one."""

from dataclasses import replace

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from marketplace.catalogue import rules
from marketplace.catalogue.models import ProductRow, ProposalRow, VariantRow
from marketplace.catalogue.queries.proposals import described, proposal_from_row
from marketplace.catalogue.queries.reference import reference
from marketplace.catalogue.refusals import DescriptionIncomplete
from marketplace.catalogue.rules.contents import text_problem
from marketplace.catalogue.service.products import locked_product, product_values, variant_values
from marketplace.catalogue.service.proposals import move, seen_proposal
from marketplace.catalogue.types import (
    Approval,
    GoodsContent,
    PackContent,
    ProductDraft,
    ProductId,
    ProductStatus,
    Proposal,
    ProposalId,
    ProposalState,
    Reference,
    VariantDraft,
)
from marketplace.kernel import changes, journal, time
from marketplace.kernel.message import Name, msg


def approve_proposal(session: Session, proposal_id: ProposalId, approval: Approval) -> Proposal:
    """Approve what was seen: new goods become a product that waits for its offers, a change is live at once.

    Refuses (StatusMovedOn) where the description is another now, (DescriptionIncomplete) without English
    names.
    """
    row = seen_proposal(session, proposal_id, approval.seen)
    content = _in_english(proposal_from_row(row).content, approval)
    lacking = rules.missing(content, reference(session))
    if lacking:
        name, problem = next(iter(lacking.items()))
        raise DescriptionIncomplete(problem, field=name)
    is_new = row.product_id is None
    if not is_new:
        row.former = rules.to_plain(described(session, ProductId(row.product_id or 0)))
    row.product_id = _product(session, row, content, approval)
    content = replace(content, packs=_packs(session, ProductId(row.product_id), content.packs))
    row.content, row.note, row.decided_at = rules.to_plain(content), approval.note, time.now()
    if is_new:
        return move(session, row, ProposalState.APPROVED, reason=approval.note)
    _replace_former(session, row)
    was_listed = session.scalar(select(ProductRow.status).where(ProductRow.id == row.product_id))
    wanted = ProposalState.LISTED if was_listed == ProductStatus.LISTED else ProposalState.APPROVED
    return move(session, row, wanted, reason=approval.note)


def _in_english(content: GoodsContent, approval: Approval) -> GoodsContent:
    """Put the reviewer's English where the cooperative wrote none."""
    packs = (
        tuple(
            replace(one, pack_en=one.pack_en or english)
            for one, english in zip(content.packs, approval.packs_en, strict=False)
        )
        + content.packs[len(approval.packs_en) :]
    )
    said = replace(
        content,
        name_en=approval.name_en or content.name_en,
        description_en=approval.description_en or content.description_en,
        packs=packs,
    )
    if not said.name_en:
        raise DescriptionIncomplete(msg("请补上英文名称。"), field="name_en")
    if not all(one.pack_en for one in packs):
        raise DescriptionIncomplete(msg("请补上每种规格的英文。"), field="packs_en")
    problem = text_problem(said.description_en)
    if problem is not None:
        raise DescriptionIncomplete(problem, field="description_en")
    return said


def _product(session: Session, row: ProposalRow, content: GoodsContent, approval: Approval) -> int:
    draft = _draft(row.id, content, approval.pinyin, reference(session))
    values = product_values(draft) | {
        "owner_id": row.cooperative_id,
        "allergens": list(content.allergens),
        "picture_digests": list(content.pictures),
        "photo_digest": content.pictures[0],
        "may_cross_border": approval.may_cross_border,
    }
    if row.product_id is None:
        product = ProductRow(**values, status=ProductStatus.DRAFT, created_at=time.now())
        session.add(product)
    else:
        product = locked_product(session, ProductId(row.product_id))
        for name, value in values.items():
            if name not in {"slug", "number"}:
                setattr(product, name, value)
    session.flush()
    journal.write(session, "product", product.id, "created" if row.product_id is None else "described")
    changes.record(session, "product", [product.id])
    return product.id


def _draft(proposal_id: int, content: GoodsContent, pinyin: str, known: Reference) -> ProductDraft:
    storage = known.storage_classes[content.storage_code]
    return ProductDraft(
        slug=f"{'-'.join(pinyin.split())[:60]}-{proposal_id}",
        number=rules.goods_number(ProposalId(proposal_id)),
        name=Name(content.name, "", content.name_en),
        pinyin=pinyin,
        cut=None,
        county_code=rules.county_of(content),
        industry_code=content.industry_code or None,
        aisle_code=content.aisle_code,
        picture_kind=content.picture_kind,
        product_form=content.product_form,
        storage_code=content.storage_code,
        range=storage.range,
        excursion_lower_milli_c=storage.excursion_lower_milli_c,
        excursion_upper_milli_c=storage.excursion_upper_milli_c,
        shelf_life_days=content.shelf_life_days or storage.shelf_life_days,
        harvest_months=content.harvest_months,
        sale_months=content.sale_months,
        description=Name(content.description, "", content.description_en),
        keywords=content.keywords,
        keywords_en=(),
        consumer_sellable=content.product_form != rules.NOT_FOR_CONSUMERS_FORM,
    )


def _packs(
    session: Session, product_id: ProductId, packs: tuple[PackContent, ...]
) -> tuple[PackContent, ...]:
    """Write the packs in their order; a new one is given its code, a live one keeps its own."""
    slug = session.scalar(select(ProductRow.slug).where(ProductRow.id == product_id)) or ""
    rows = {
        row.code: row
        for row in session.scalars(select(VariantRow).where(VariantRow.product_id == product_id))
    }
    written = []
    for order_no, pack in enumerate(packs, start=1):
        code = pack.code if pack.code in rows else _new_code(f"{slug}-{pack.net_weight_g}g", rows)
        draft = _variant_draft(slug, code, order_no, pack)
        values = variant_values(draft, product_id) | {
            "cut_zh": pack.cut or None,
            "cut_zh_hant": "" if pack.cut else None,
            "cut_en": pack.cut_en if pack.cut else None,
        }
        if code in rows:
            session.execute(update(VariantRow).where(VariantRow.id == rows[code].id).values(**values))
        else:
            rows[code] = VariantRow(**values)
            session.add(rows[code])
        written.append(replace(pack, code=code))
    session.flush()
    return tuple(written)


def _variant_draft(slug: str, code: str, order_no: int, pack: PackContent) -> VariantDraft:
    low, high = rules.band(pack.price_fen)
    return VariantDraft(
        product_slug=slug,
        code=code,
        order_no=order_no,
        pack=Name(pack.pack, "", pack.pack_en),
        unit_code=pack.unit_code,
        net_weight_g=pack.net_weight_g,
        price_low_fen=low,
        price_high_fen=high,
    )


def _new_code(wanted: str, taken: dict[str, VariantRow]) -> str:
    code, number = wanted, 2
    while code in taken:
        code, number = f"{wanted}-{number}", number + 1
    return code


def _replace_former(session: Session, row: ProposalRow) -> None:
    session.execute(
        update(ProposalRow)
        .where(
            ProposalRow.product_id == row.product_id,
            ProposalRow.state.in_((ProposalState.LISTED, ProposalState.APPROVED, ProposalState.WITHDRAWN)),
            ProposalRow.id != row.id,
        )
        .values(state=ProposalState.REPLACED)
    )
