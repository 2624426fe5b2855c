"""Writes of the catalogue."""

from marketplace.catalogue.service.certificates import (
    lapse_certificates,
    reinstate_certificate,
    reject_certificate,
    revoke_certificate,
    submit_certificate,
    suspend_certificate,
    verify_certificate,
)
from marketplace.catalogue.service.commitments import issue_commitment
from marketplace.catalogue.service.declaring import declare_papers
from marketplace.catalogue.service.editions import (
    close_nominations,
    open_edition,
    publish_edition,
    reopen_nominations,
)
from marketplace.catalogue.service.lot_states import add_report, hold_lot, recall_lot, release_lot
from marketplace.catalogue.service.lots import add_lot_paper, check_lot_papers, record_lot
from marketplace.catalogue.service.nominations import (
    approve_nominations,
    nominate,
    refuse_nomination,
    withdraw_nomination,
)
from marketplace.catalogue.service.offers import (
    change_price,
    change_terms,
    make_offer,
    pause_offer,
    pause_uncovered,
    resume_offer,
    withdraw_offer,
)
from marketplace.catalogue.service.products import (
    create_product,
    create_variant,
    list_product,
    load_products,
    load_variants,
    set_photo,
    withdraw_product,
)
from marketplace.catalogue.service.reference import (
    load_aisles,
    load_criteria,
    load_industries,
    load_papers,
    load_picture_kinds,
    load_product_forms,
    load_schemes,
    load_storage_classes,
    load_units,
    names,
)

__all__ = [
    "add_lot_paper",
    "add_report",
    "approve_nominations",
    "change_price",
    "change_terms",
    "check_lot_papers",
    "close_nominations",
    "create_product",
    "create_variant",
    "declare_papers",
    "hold_lot",
    "issue_commitment",
    "lapse_certificates",
    "list_product",
    "load_aisles",
    "load_criteria",
    "load_industries",
    "load_papers",
    "load_picture_kinds",
    "load_product_forms",
    "load_products",
    "load_schemes",
    "load_storage_classes",
    "load_units",
    "load_variants",
    "make_offer",
    "names",
    "nominate",
    "open_edition",
    "pause_offer",
    "pause_uncovered",
    "publish_edition",
    "recall_lot",
    "record_lot",
    "refuse_nomination",
    "reinstate_certificate",
    "reject_certificate",
    "release_lot",
    "reopen_nominations",
    "resume_offer",
    "revoke_certificate",
    "set_photo",
    "submit_certificate",
    "suspend_certificate",
    "verify_certificate",
    "withdraw_nomination",
    "withdraw_offer",
    "withdraw_product",
]
