"""Which lists and edits of the supply side are measured, and how each is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.bulk import FIRST


@dataclass(frozen=True, slots=True)
class Listed:
    """A list as one reader asks for it."""

    name: str
    who: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A form that is sent: ``{n}`` is another number each time, ``step`` leads to the next thing it changes.

    ``form`` is a page of the same reader that has a form.
    """

    name: str
    who: str
    form: str
    path: str
    fields: Mapping[str, str]
    first: int = 1
    step: int = 0

    def address(self, number: int) -> str:
        at = self.first + number * self.step
        return self.path.format(id=FIRST + at, offer=FIRST + 1 + (at - 1) // 10)


def _lists() -> tuple[Listed, ...]:
    asked = {
        "big": {
            "home": ["/cooperative"],
            "orders": ["/cooperative/orders?state=to_accept", "/cooperative/orders?state=all"],
            "offers": [
                "/cooperative/offers",
                "/cooperative/offers?page=2",
                "/cooperative/offers?state=paused&order=price",
                "/cooperative/offers?q=茶",
            ],
            "lots": [
                "/cooperative/lots",
                "/cooperative/lots?page=5",
                "/cooperative/lots?view=all&order=code",
                "/cooperative/lots?view=lapsing",
                "/cooperative/lots?view=unpromised&order=newest",
                "/cooperative/lots?view=stopped",
                "/cooperative/lots?view=all&q=DEMO-S0000010",
            ],
            "goods": ["/cooperative/goods", "/cooperative/goods?state=returned&order=changed"],
            "certificates": [
                "/cooperative/certificates",
                "/cooperative/certificates?state=verified&order=ends",
            ],
            "brands": ["/cooperative/brands"],
            "producers": ["/cooperative/producers"],
        },
        "little": {
            "offers": ["/cooperative/offers"],
            "lots": ["/cooperative/lots", "/cooperative/lots?view=all&order=newest"],
            "certificates": ["/cooperative/certificates"],
        },
        "operator": {
            "queues": ["/operator"],
            "lots": ["/operator/lots", "/operator/lots?state=recalled&order=oldest", "/operator/lots?page=2"],
            "goods": [
                "/operator/goods",
                "/operator/goods?state=listed",
                "/operator/goods?page=2",
                "/operator/goods?order=newest",
            ],
            "certificates": [
                "/operator/certificates",
                "/operator/certificates?state=verified",
                "/operator/certificates?state=all&page=3",
                "/operator/certificates?queue=lapsing_60",
                "/operator/certificates?queue=lapsed",
                "/operator/certificates?state=all&q=DEMO-&order=number",
            ],
            "applications": [
                "/operator/applications",
                "/operator/applications?state=returned&order=newest",
                "/operator/applications?state=all&page=3",
            ],
            "parties": [
                "/operator/parties",
                "/operator/parties?kind=cooperative&page=4",
                "/operator/parties?status=suspended",
                "/operator/parties?order=newest&q=DEMO-S0000009",
            ],
            "brands": ["/operator/brands", "/operator/brands?state=submitted"],
            "verifications": ["/operator/verifications?queue=due"],
        },
        "province": {
            "certificates": ["/oversight/certificates", "/oversight/certificates?queue=to_verify"],
            "applications": ["/oversight/applications"],
            "brands": ["/oversight/brands"],
        },
        "public": {
            "certificates": [
                "/certificates",
                "/certificates?page=4",
                "/certificates?q=DEMO-",
                "/certificates?q=号",
                "/certificates?scheme=green_food",
                "/certificates?state=expiring",
                "/certificates?state=revoked",
            ],
            "brands": ["/brands", "/brands?kind=product", "/brands?page=2"],
        },
    }
    return tuple(
        Listed(f"{who} {path.removeprefix('/cooperative/').removeprefix('/operator/')}"[:46], who, path)
        for who, kinds in asked.items()
        for paths in kinds.values()
        for path in paths
    )


LISTS = _lists()

# Every tenth lot from the first, fourth, sixth and ninth has packs; the big cooperative's come first.
EDITS = (
    Edit(
        name="change a price",
        who="big",
        form="/cooperative/offers/1000000001",
        path="/cooperative/offers/{id}/price",
        fields={"price": "88.{n:0>2}"},
    ),
    Edit(
        name="count a lot",
        who="big",
        form="/cooperative/offers/1000000001",
        path="/cooperative/offers/{offer}/lots/{id}/count",
        fields={"counted": "7{n:0>2}"},
    ),
    Edit(
        name="hold a lot",
        who="operator",
        form="/operator/lots/1000000001",
        path="/operator/lots/{id}/hold",
        fields={"reason": "抽查（演示）"},
        first=9,
        step=10,
    ),
    Edit(
        name="release a lot",
        who="operator",
        form="/operator/lots/1000000001",
        path="/operator/lots/{id}/release",
        fields={"reason": "复查合格（演示）"},
        first=9,
        step=10,
    ),
    Edit(
        name="issue 承诺达标合格证",
        who="big",
        form="/cooperative/lots/1000000001",
        path="/cooperative/lots/{id}/commitment",
        fields={"basis": "controlled", "contact": "13900000000"},
        first=1,
        step=10,
    ),
    Edit(
        name="verify a certificate",
        who="operator",
        form="/operator/lots/1000000001",
        path="/operator/certificates/{id}/verify",
        fields={"against": "register", "note": "https://register.example/{n}"},
        first=7,
        step=14,
    ),
    Edit(
        name="revoke a certificate",
        who="operator",
        form="/operator/lots/1000000001",
        path="/operator/certificates/{id}/revoke",
        fields={"reason": "不再符合（演示）"},
        first=7,
        step=14,
    ),
)
