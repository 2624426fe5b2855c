"""Who plays: cooperatives of real counties, carriers, warehouses, units, officials; all （演示）."""

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import Product, ProductFilter
from marketplace.cli.demo.stage import OPERATOR_CODE, Stage
from marketplace.freight import queries as freight_queries
from marketplace.freight import service as freight
from marketplace.kernel.message import Name
from marketplace.parties import service as register
from marketplace.parties.types import Party, PartyKind, Person, Role, Scope
from marketplace.places import queries as places
from marketplace.places.types import DivisionCode

COOPERATIVES = 40
SHOWN_COOPERATIVES = 3
"""So many of the cooperatives have an account to try, and something to do in it."""
_FIRST = (
    *("522633", "520204", "520123", "522701", "520328", "522635", "520524", "522325"),
    *("520324", "522631", "522632"),
)
"""从江 水城 修文 都匀 湄潭 麻江 织金 贞丰 of the story, 正安 黎平 榕江 of the policy: always there."""
_WORDS = (
    ("山野", "Hill Field"),
    ("云岭", "Cloud Ridge"),
    ("溪源", "Brook Spring"),
    ("稻香", "Rice Scent"),
    ("青禾", "Green Grain"),
    ("田园", "Garden Field"),
    ("清泉", "Clear Spring"),
    ("果语", "Fruit Song"),
    ("苗岭", "Miao Ridge"),
    ("晨露", "Morning Dew"),
)
_CARRIERS = (
    ("DEMO-CARRIER-1", "520102", "黔山冷运（演示）", "Qian Hills Cold Haulage (demonstration)"),
    ("DEMO-CARRIER-2", "520302", "乌江物流（演示）", "Wujiang Haulage (demonstration)"),
    ("DEMO-CARRIER-3", "522601", "苗乡干线（演示）", "Miaoxiang Line Haul (demonstration)"),
)
_UNITS = (
    ("DEMO-UNIT-1", "440604", "禅城区机关食堂（演示）", "Chancheng office canteen (demonstration)"),
    ("DEMO-UNIT-2", "440605", "南海区学校食堂（演示）", "Nanhai school canteen (demonstration)"),
    ("DEMO-UNIT-3", "440106", "天河区职工工会（演示）", "Tianhe staff union (demonstration)"),
    ("DEMO-UNIT-4", "440305", "南山区企业工会（演示）", "Nanshan company union (demonstration)"),
    ("DEMO-UNIT-5", "440402", "香洲区医院食堂（演示）", "Xiangzhou hospital canteen (demonstration)"),
    ("DEMO-UNIT-6", "441900", "东莞市园区食堂（演示）", "Dongguan park canteen (demonstration)"),
)
_OFFICES = (
    ("DEMO-OFFICE-GZ", "520000", "贵州省协作专班（演示）", "Guizhou cooperation office (demonstration)"),
    ("DEMO-OFFICE-GD", "440000", "广东省协作专班（演示）", "Guangdong cooperation office (demonstration)"),
    ("DEMO-OFFICE-FS", "440600", "佛山市协作专班（演示）", "Foshan cooperation office (demonstration)"),
    (
        "DEMO-OFFICE-QDN",
        "522600",
        "黔东南州协作专班（演示）",
        "Qiandongnan cooperation office (demonstration)",
    ),
    ("DEMO-OFFICE-CJ", "522633", "从江县协作专班（演示）", "Congjiang cooperation office (demonstration)"),
)
_BUYERS = ("林", "陈", "黄", "何", "梁", "吴", "李", "郑", "谢", "罗", "周", "冯")


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who acts for a party, or a consumer."""

    person: Person
    role: Role
    party: Party | None
    scope: Scope | None = None


@dataclass(slots=True)
class Cast:
    """Everybody, by what they do."""

    cooperatives: dict[int, Member] = field(default_factory=dict)
    carriers: list[Member] = field(default_factory=list)
    warehouses: dict[int, Member] = field(default_factory=dict)
    units: list[Member] = field(default_factory=list)
    officials: list[Member] = field(default_factory=list)
    operators: list[Member] = field(default_factory=list)
    consumers: list[Member] = field(default_factory=list)


class _Phones:
    """Numbers from a block that no subscriber has been given."""

    def __init__(self) -> None:
        self._next = 0

    def new(self) -> str:
        self._next += 1
        return f"+86138{self._next:08d}"


def enter(stage: Stage) -> Cast:
    """Register everybody."""
    return stage.write(lambda session: _enter(session, stage))


def _enter(session: Session, stage: Stage) -> Cast:
    cast, phones = Cast(), _Phones()
    operator = _party(
        session,
        PartyKind.OPERATOR,
        OPERATOR_CODE,
        "520102",
        "黔货入粤运营（演示）",
        "Operator (demonstration)",
    )
    for name in ("运营甲（演示）", "运营乙（演示）"):
        cast.operators.append(_member(session, phones, name, operator, Role.OPERATOR))
    for number, product in enumerate(_counties(session, stage)):
        member = _cooperative(session, stage, phones, number, product)
        assert member.party is not None
        cast.cooperatives[int(member.party.id)] = member
    for code, division, hans, english in _CARRIERS:
        party = _party(session, PartyKind.CARRIER, code, division, hans, english)
        cast.carriers.append(
            _member(session, phones, f"司机{len(cast.carriers) + 1}（演示）", party, Role.CARRIER_MEMBER)
        )
    for house in freight_queries.list_warehouses(session):
        party = _party(
            session, PartyKind.WAREHOUSE, house.code, house.division_code, house.name.hans, house.name.en
        )
        freight.open_warehouse(session, house.code, party.id)
        cast.warehouses[int(party.id)] = _member(
            session, phones, "仓管（演示）", party, Role.WAREHOUSE_MEMBER
        )
    for code, division, hans, english in _UNITS:
        party = _party(session, PartyKind.PURCHASING_UNIT, code, division, hans, english)
        cast.units.append(_member(session, phones, "采购员（演示）", party, Role.PURCHASING_MEMBER))
    for code, division, hans, english in _OFFICES:
        party = _party(session, PartyKind.AUTHORITY, code, division, hans, english)
        scope = (
            Scope(city_code=DivisionCode("440600"), gz_code=DivisionCode("522600"))
            if code == "DEMO-OFFICE-FS"
            else Scope(division_code=DivisionCode(division))
        )
        cast.officials.append(_member(session, phones, "协作干部（演示）", party, Role.OFFICIAL, scope))
    for name in _BUYERS * 4:
        person = register.register_person(
            session, phone=phones.new(), display_name=f"{name}女士（演示）", is_demo=True
        )
        cast.consumers.append(Member(person, Role.CONSUMER, None))
    return cast


def _counties(session: Session, stage: Stage) -> list[Product]:
    """Choose a product for each cooperative: the story's counties first, then others, then second ones."""
    every = [
        one
        for page in (1, 2, 3)
        for one in catalogue.list_products(session, ProductFilter(), page, 100).items
        if one.consumer_sellable
    ]
    by_county: dict[str, list[Product]] = {}
    for one in every:
        by_county.setdefault(one.county_code, []).append(one)
    others = sorted(set(by_county) - set(_FIRST))
    stage.chance.shuffle(others)
    order = [*(code for code in _FIRST if code in by_county), *others][: COOPERATIVES - 6]
    chosen = [by_county[code][0] for code in order]
    return chosen + [by_county[code][-1] for code in order[: COOPERATIVES - len(chosen)]]


def _cooperative(session: Session, stage: Stage, phones: _Phones, number: int, product: Product) -> Member:
    county = places.atlas(session).division(product.county_code)
    hans, english = _WORDS[(number + stage.chance.randrange(2)) % len(_WORDS)]
    party = _party(
        session,
        PartyKind.COOPERATIVE,
        f"DEMO-COOP-{number + 1:02}",
        product.county_code,
        f"{county.short_name.hans}{hans}合作社（演示）",
        f"{county.short_name.en} {english} Cooperative (demonstration)",
    )
    return _member(session, phones, f"{county.short_name.hans}社员（演示）", party, Role.COOPERATIVE_MANAGER)


def _party(session: Session, kind: PartyKind, code: str, division: str, hans: str, english: str) -> Party:
    return register.register_party(
        session,
        kind=kind,
        name=Name(hans, "", english),
        division_code=division,
        code=code,
        licence_number=f"DEMO-LICENCE-{code.removeprefix('DEMO-')}",
        is_demo=True,
    )


def _member(
    session: Session, phones: _Phones, name: str, party: Party, role: Role, scope: Scope | None = None
) -> Member:
    person = register.register_person(session, phone=phones.new(), display_name=name, is_demo=True)
    register.add_member(session, person.id, party.id, role, scope)
    return Member(person, role, party, scope)
