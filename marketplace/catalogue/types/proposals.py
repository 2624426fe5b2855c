"""What a cooperative says of goods of its own before they are looked at, and what it tells of itself."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, NewType

from marketplace.catalogue.types.goods import ProductId
from marketplace.kernel.message import Name
from marketplace.parties.types import PartyId
from marketplace.places.types import DivisionCode

ProposalId = NewType("ProposalId", int)
StoryId = NewType("StoryId", int)


class Allergen(StrEnum):
    """致敏物质: the eight groups a label names (GB 7718)."""

    GLUTEN = "gluten"
    CRUSTACEAN = "crustacean"
    FISH = "fish"
    EGG = "egg"
    PEANUT = "peanut"
    SOY = "soy"
    MILK = "milk"
    NUT = "nut"


class ProposalState(StrEnum):
    """``RETURNED``: given back with a note; ``REPLACED``: was live until a newer description was approved."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    LISTED = "listed"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


class StoryState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    LIVE = "live"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackContent:
    """One pack as it is described; ``price_fen`` is what the cooperative means to ask, the band follows.

    ``code`` is that of the live pack which it changes, empty for a new one. ``cut`` is 部位 or 状态 of meat.
    """

    code: str = ""
    pack: str = ""
    pack_en: str = ""
    cut: str = ""
    cut_en: str = ""
    unit_code: str = ""
    net_weight_g: int = 0
    price_fen: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsContent:
    """A product as it is described; empty where nothing was said yet. Months are 1 to 12."""

    name: str = ""
    name_en: str = ""
    county_code: str = ""
    industry_code: str = ""
    aisle_code: str = ""
    product_form: str = ""
    picture_kind: str = ""
    storage_code: str = ""
    shelf_life_days: int | None = None
    harvest_months: tuple[int, ...] = ()
    sale_months: tuple[int, ...] = ()
    allergens: tuple[str, ...] = ()
    description: str = ""
    description_en: str = ""
    keywords: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    packs: tuple[PackContent, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A description of goods on its way to the shelf.

    ``product_id`` is what it changes, or has become; ``former`` what was live when it was approved.
    """

    id: ProposalId
    cooperative_id: PartyId
    product_id: ProductId | None
    state: ProposalState
    content: GoodsContent
    former: GoodsContent | None
    note: str
    begun_at: datetime
    changed_at: datetime
    submitted_at: datetime | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnGoods:
    """Goods of a cooperative's own as it would go on describing them: what is open, else what is live.

    ``number`` stays the same from the first draft on. ``proposal_id`` and ``state`` are of the description
    that is on its way; without one the goods are live or were.
    """

    number: str
    product_id: ProductId | None
    proposal_id: ProposalId | None
    state: ProposalState | None
    content: GoodsContent


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What a reviewer says with the yes: ``seen`` is the revision that was looked at.

    English stands in where the cooperative wrote none, pack by pack; ``pinyin`` is how the name sounds.
    """

    seen: str
    pinyin: str
    name_en: str = ""
    description_en: str = ""
    packs_en: tuple[str, ...] = ()
    may_cross_border: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture in the file store, in two sizes; pixels are those of the larger."""

    digest: str
    small_digest: str
    width: int
    height: int


class Segment(NamedTuple):
    """A piece of a text compared with its former: ``same``, ``added`` or ``gone``."""

    kind: str
    text: str


class Difference(NamedTuple):
    """One thing that a description says otherwise than what is live; ``part`` is the pack it speaks of.

    ``before`` and ``after`` are the values as they stand, ``segments`` compares texts piece by piece.
    """

    what: str
    part: str
    before: object
    after: object
    segments: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryContent:
    """A story: plain text with paragraphs; pictures are digests, the first one leads."""

    title: str = ""
    title_en: str = ""
    text: str = ""
    text_en: str = ""
    pictures: tuple[str, ...] = ()

    @property
    def headline(self) -> Name:
        return Name(self.title, "", self.title_en)

    @property
    def body(self) -> Name:
        return Name(self.text, "", self.text_en)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What a cooperative or a county tells: ``live`` is what everybody reads, ``draft`` may follow it."""

    id: StoryId
    party_id: PartyId | None
    division_code: DivisionCode | None
    live: StoryContent | None
    draft: StoryContent | None
    state: StoryState
    note: str
    changed_at: datetime
    live_since: datetime | None
