"""What the account's pages show: where each role works, and what a scope is called."""

from dataclasses import dataclass

from marketplace.kernel.message import Message, Name, msg
from marketplace.orders.types import OrderState
from marketplace.parties.types import Actor, Membership, MembershipId, Role, Scope
from marketplace.places.atlas import Atlas

PORTALS = {
    Role.PURCHASING_MEMBER: "/purchasing",
    Role.COOPERATIVE_MANAGER: "/cooperative",
    Role.COOPERATIVE_MEMBER: "/cooperative",
    Role.COOPERATIVE_PACKER: "/cooperative",
    Role.CARRIER_MEMBER: "/carrier",
    Role.WAREHOUSE_MEMBER: "/carrier",
    Role.OFFICIAL: "/oversight",
    Role.OPERATOR: "/operator",
}

ROLE_NAMES = {
    Role.CONSUMER: msg("消费者"),
    Role.PURCHASING_MEMBER: msg("采购单位"),
    Role.COOPERATIVE_MANAGER: msg("合作社负责人"),
    Role.COOPERATIVE_MEMBER: msg("合作社经办人"),
    Role.COOPERATIVE_PACKER: msg("合作社发货员"),
    Role.CARRIER_MEMBER: msg("承运商"),
    Role.WAREHOUSE_MEMBER: msg("云仓"),
    Role.OFFICIAL: msg("协作干部"),
    Role.OPERATOR: msg("运营"),
}

ROLE_ICONS = {
    Role.PURCHASING_MEMBER: "building",
    Role.COOPERATIVE_MANAGER: "leaf",
    Role.COOPERATIVE_MEMBER: "leaf",
    Role.COOPERATIVE_PACKER: "box",
    Role.CARRIER_MEMBER: "truck",
    Role.WAREHOUSE_MEMBER: "box",
    Role.OFFICIAL: "chart",
    Role.OPERATOR: "settings",
}

ORDER_STATES = {
    OrderState.AWAITING_PAYMENT: (msg("待付款"), "wait"),
    OrderState.PAID: (msg("已付款"), "good"),
    OrderState.COMPLETED: (msg("已完成"), "good"),
    OrderState.CANCELLED: (msg("已取消"), "plain"),
    OrderState.EXPIRED: (msg("已过期"), "plain"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ActingChoice:
    """A party somebody may act for, as the account page shows it."""

    membership_id: MembershipId
    party_name: Name
    role_name: Message
    icon: str
    scope_name: Message | Name | None
    is_chosen: bool


def acting_choices(actor: Actor, atlas: Atlas) -> list[ActingChoice]:
    chosen = actor.chosen
    return [
        ActingChoice(
            membership_id=one.id,
            party_name=one.party_name,
            role_name=ROLE_NAMES[one.role],
            icon=ROLE_ICONS[one.role],
            scope_name=scope_name(one.scope, atlas) if one.scope else None,
            is_chosen=one == chosen,
        )
        for one in actor.memberships
    ]


def scope_name(scope: Scope, atlas: Atlas) -> Message | Name:
    """Say what an official sees: 「贵州省」, or 「佛山—黔东南结对」."""
    if scope.division_code is not None:
        return atlas.division(scope.division_code).name
    return msg(
        "%(city)s—%(prefecture)s结对",
        city=atlas.division(scope.city_code or "").short_name,
        prefecture=atlas.division(scope.gz_code or "").short_name,
    )


def portal_of(membership: Membership) -> str:
    """Return where somebody works who acts for a party in this role."""
    return PORTALS[membership.role]
