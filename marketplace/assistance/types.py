"""What others may hold of the assistance record: countable lines, entries, rules, tables, differences."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

from marketplace.catalogue.types import CertificateProof
from marketplace.custody.types import CustodyEvidence
from marketplace.kernel.message import Message, Name
from marketplace.orders.types import OrderId, OrderLineId
from marketplace.parties.types import PartyId, PersonId, Scope
from marketplace.places.types import DivisionCode, PairingId, PairingState, PairingVerdict

EntryId = NewType("EntryId", int)


class Stage(StrEnum):
    """How far a line has come; each stage is counted in its own entry and month."""

    ORDERED = "ordered"
    PAID = "paid"
    COMPLETED = "completed"


class BuyerKind(StrEnum):
    PERSON = "person"
    UNIT = "unit"


class Mode(StrEnum):
    """采购 by a unit for itself, or 帮助销售 to people."""

    PURCHASE = "purchase"
    HELP_SELL = "help_sell"


class Channel(StrEnum):
    PLATFORM = "platform"


class Reason(StrEnum):
    """Why an entry was written: a stage reached, money given back, an order never paid, a pairing decided."""

    REACHED = "reached"
    REFUNDED = "refunded"
    UNPAID = "unpaid"
    RESTATED = "restated"


@dataclass(frozen=True, slots=True, kw_only=True)
class CountableLine:
    """An order line as the record takes it: everything a report asks for, copied at this moment.

    ``amount_fen`` is goods money without freight, less what was given back before; ``verdict`` is the
    pairing's on the Shanghai day ``ordered_on``; ``evidence`` is none until the line is completed.
    """

    order_line_id: OrderLineId
    order_id: OrderId
    ordered_on: date
    amount_fen: int
    origin_county: DivisionCode
    poverty_alleviated: bool
    key_county: bool
    verdict: PairingVerdict
    industry_code: str | None
    buyer: PersonId | PartyId
    buyer_kind: BuyerKind
    certificates: tuple[CertificateProof, ...]
    evidence: CustodyEvidence
    channel: Channel = Channel.PLATFORM

    @property
    def mode(self) -> Mode:
        """Units buy for themselves, people are helped to be sold to."""
        return Mode.PURCHASE if self.buyer_kind is BuyerKind.UNIT else Mode.HELP_SELL


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a counting rule may ask of a line or of a sum of lines that share it."""

    stage: Stage
    mode: Mode
    buyer_kind: BuyerKind
    poverty_alleviated: bool
    key_county: bool
    pairing_state: PairingState
    evidence: CustodyEvidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """台账明细: one line at one stage, or its 冲减 (negative, naming the entry it reverses)."""

    id: EntryId
    stage: Stage
    reason: Reason
    reverses_id: EntryId | None
    order_line_id: OrderLineId
    order_id: OrderId
    ordered_on: date
    amount_fen: int
    at: datetime
    month: date
    origin_county: DivisionCode
    prefecture_code: DivisionCode
    city_code: DivisionCode
    pairing_state: PairingState
    pairing_id: PairingId | None
    industry_code: str | None
    channel: Channel
    mode: Mode
    buyer_kind: BuyerKind
    buyer_id: int
    poverty_alleviated: bool
    key_county: bool
    certificates: tuple[CertificateProof, ...]
    evidence: CustodyEvidence
    recognition_version: str

    @property
    def facts(self) -> Facts:
        return Facts(
            stage=self.stage,
            mode=self.mode,
            buyer_kind=self.buyer_kind,
            poverty_alleviated=self.poverty_alleviated,
            key_county=self.key_county,
            pairing_state=self.pairing_state,
            evidence=self.evidence,
        )


class OriginScope(StrEnum):
    """Which origins a rule takes: all, 脱贫县, 国家乡村振兴重点帮扶县, or those of a confirmed pairing."""

    ALL = "all"
    POVERTY_ALLEVIATED = "poverty_alleviated"
    KEY = "key"
    PAIRED = "paired"


@dataclass(frozen=True, slots=True, kw_only=True)
class CountingRule:
    """口径: named, versioned, valid in time; ``summary`` says it in a sentence."""

    code: str
    version: str
    name: Message
    summary: Message
    moment: Stage
    modes: frozenset[Mode]
    origins: OriginScope
    evidence: frozenset[CustodyEvidence] | None
    valid_from: date
    valid_to: date | None = None

    @property
    def key(self) -> str:
        """Name rule and version, as addresses and reports do: ``platform_paid-1.0``."""
        return f"{self.code}-{self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Whether a line counts under a rule, and why, in a sentence."""

    counts: bool
    why: Message


class Dimension(StrEnum):
    """By what a table is split."""

    PAIRING = "pairing"
    PREFECTURE = "prefecture"
    COUNTY = "county"
    INDUSTRY = "industry"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Whole months in Asia/Shanghai, both ends included; ``text`` is what addresses carry."""

    text: str
    first_month: date
    last_month: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which entries a reader asks for; None sets no limit, an empty set shows nothing.

    ``origins`` and ``cities`` together are an official's reach.
    """

    period: Period
    origins: frozenset[DivisionCode] | None = None
    cities: frozenset[DivisionCode] | None = None
    pairing_state: PairingState | None = None
    pairing_ids: frozenset[PairingId] | None = None
    prefecture_code: DivisionCode | None = None
    county_code: DivisionCode | None = None
    industry_code: str | None = None
    without_industry: bool = False
    stage: Stage | None = None
    evidence: CustodyEvidence | None = None
    counted_under: CountingRule | None = None


Key = PairingId | date | str | None
"""By what a table is split, for one row: a pairing, a month, a division's or an industry's code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What entries of equal facts add up to, in fen; one key for each dimension that was asked for."""

    keys: Mapping[Dimension, Key]
    facts: Facts
    amount_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """Ordered, paid and completed beside what the rule counts, in fen; evidence splits the completed."""

    ordered_fen: int = 0
    paid_fen: int = 0
    completed_fen: int = 0
    counted_fen: int = 0
    by_evidence: Mapping[CustodyEvidence, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a table; ``key`` stays the same over time, ``label`` is for people.

    ``state`` is set where the row holds lines of one pairing state only.
    """

    key: str
    label: Message | Name
    amounts: Amounts
    state: PairingState | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table under a rule: the total, its four rows by pairing state, and the rows of the dimension.

    Both splits add up to the total. ``as_of`` is the moment of reading.
    """

    dimension: Dimension
    period: Period
    rule: CountingRule
    as_of: datetime
    total: Amounts
    states: tuple[Row, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """年度任务: what a yearly agreement asks of a scope, in fen."""

    year: int
    scope: Scope
    amount_fen: int
    set_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Where what is kept is not what follows from the orders; amounts in fen."""

    kind: str
    subject: str
    expected_fen: int
    found_fen: int
