"""Who can sign in to the demonstration, with passwords of this installation alone."""

import json
import secrets
from collections.abc import Iterator

from sqlalchemy.orm import Session

from marketplace.cli.demo.cast import SHOWN_COOPERATIVES, Cast, Member
from marketplace.cli.demo.stage import Stage
from marketplace.kernel.settings import Settings
from marketplace.kernel.storage import write_private
from marketplace.parties import service as register

_WORDS = 3


def write_accounts(stage: Stage, cast: Cast) -> None:
    """Give the people worth trying a random password each and write them where the owner can read them."""
    settings: Settings = stage.app.config["SETTINGS"]
    path = settings.data_dir / "demo-accounts.json"
    rows = stage.write(lambda session: [_account(session, role, member) for role, member in _shown(cast)])
    path.unlink(missing_ok=True)
    write_private(path, json.dumps(rows, ensure_ascii=False, indent=1))


def _shown(cast: Cast) -> Iterator[tuple[str, Member]]:
    yield from (("consumer 消费者", one) for one in cast.consumers[:2])
    yield from (("purchasing 采购单位", one) for one in cast.units[:2])
    cooperatives = list(cast.cooperatives.values())
    yield from (("cooperative 合作社", one) for one in cooperatives[:SHOWN_COOPERATIVES])
    yield from (("carrier 承运商", one) for one in cast.carriers[:1])
    yield from (("warehouse 云仓", one) for one in cast.warehouses.values())
    yield from (("official 协作干部", one) for one in cast.officials)
    yield from (("operator 运营", one) for one in cast.operators)


def _account(session: Session, role: str, member: Member) -> dict[str, str]:
    password = "-".join(secrets.token_hex(2) for _ in range(_WORDS))
    register.set_password(session, member.person.id, password)
    party = f" · {member.party.name.hans}" if member.party is not None else ""
    return {
        "role": role,
        "name": f"{member.person.display_name}{party}",
        "login": member.person.phone or "",
        "password": password,
    }
