"""A packed part becomes a consignment: from here on custody says who has it and what it must bear."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import Product, ProductId, StorageClass, TemperatureRange
from marketplace.custody import service as custody
from marketplace.custody.types import Consignment, ConsignmentDraft, Content, Limits
from marketplace.orders.types import Fulfilment, OrderLine


def open_load(
    session: Session, part: Fulfilment, *, packages: int = 1, seal: str | None = None
) -> Consignment:
    """Open the consignment of a packed part under the token of its label; the second time the same one."""
    products = catalogue.products_by_id(session, {line.product_id for line in part.lines})
    classes = catalogue.reference(session).storage_classes
    return custody.open_consignment(
        session,
        ConsignmentDraft(
            label_token=part.label_token,
            fulfilment_id=part.id,
            sender_id=part.cooperative_id,
            destination_code=part.destination_code,
            warehouse_id=part.warehouse_id,
            storage_kind=part.storage_kind,
            contents=tuple(
                Content(
                    order_line_id=line.id,
                    fulfilment_id=part.id,
                    lot_id=pick.lot_id,
                    quantity=pick.quantity,
                    limits=_limits(line, products, classes[line.storage_code]),
                )
                for line in part.lines
                for pick in line.picks
            ),
            packages=packages,
            seal_number=seal,
        ),
    )


def _limits(line: OrderLine, products: Mapping[ProductId, Product], storage: StorageClass) -> Limits | None:
    """Say what goods bear on the road: the range frozen on the line, departures as their class allows."""
    if line.range_min_milli_c is None or line.range_max_milli_c is None:
        return None
    product = products[line.product_id]
    lower, upper = product.excursion_lower_milli_c, product.excursion_upper_milli_c
    return Limits(
        range=TemperatureRange(min_milli_c=line.range_min_milli_c, max_milli_c=line.range_max_milli_c),
        excursion_lower_milli_c=line.range_min_milli_c if lower is None else lower,
        excursion_upper_milli_c=line.range_max_milli_c if upper is None else upper,
        reject_above_milli_c=storage.reject_above_milli_c,
        tolerance_minutes=storage.max_excursion_minutes or 0,
    )
