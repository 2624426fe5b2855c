"""What the catalogue may refuse."""

from datetime import date

from marketplace.kernel.message import Message, Name, msg
from marketplace.kernel.refusals import Conflict, Forbidden, NotFound, Refusal


class ProductNotFound(NotFound):
    code = "product_not_found"

    def __init__(self) -> None:
        super().__init__(msg("没有找到这件商品，可能已经下架。"))


class ProductExists(Conflict):
    code = "product_exists"

    def __init__(self, slug: str) -> None:
        super().__init__(msg("网址名%(slug)s或商品编号已经使用。", slug=slug), field="slug")


class VariantNotFound(NotFound):
    code = "variant_not_found"

    def __init__(self) -> None:
        super().__init__(msg("没有找到这种规格，可能已经下架。"))


class OfferNotFound(NotFound):
    code = "offer_not_found"

    def __init__(self) -> None:
        super().__init__(msg("没有找到这条供货报价。"))


class LotNotFound(NotFound):
    code = "lot_not_found"

    def __init__(self) -> None:
        super().__init__(msg("没有找到这个批次。"))


class CertificateNotFound(NotFound):
    code = "certificate_not_found"

    def __init__(self) -> None:
        super().__init__(msg("没有找到这张证书。"))


class NotSellable(Refusal):
    """The goods may not be sold to consumers, or a paper that they need was not shown."""

    code = "not_sellable"

    def __init__(self, message: Message) -> None:
        super().__init__(message)


class PriceOutsideBand(Refusal):
    code = "price_outside_band"

    def __init__(self, message: Message) -> None:
        super().__init__(message, field="price")


class OfferTermsWrong(Refusal):
    """Minimum, lead days, capacity or cut-off hour of an offer make no sense."""

    code = "offer_terms_wrong"


class OfferExists(Conflict):
    """The cooperative already offers this pack; its price is changed, not offered twice."""

    code = "offer_exists"

    def __init__(self) -> None:
        super().__init__(msg("您已经为这种规格报过价，请直接修改原报价。"))


class WrongSeller(Refusal):
    """Only an active cooperative offers goods and holds certificates for them."""

    code = "wrong_seller"

    def __init__(self, party: Name) -> None:
        super().__init__(msg("%(party)s不能供货，请先完成合作社入驻审核。", party=party))


class StatusMovedOn(Conflict):
    """The product, offer, lot or certificate is no longer in a state from which this can be done."""

    code = "status_moved_on"

    def __init__(self) -> None:
        super().__init__(msg("状态已经变化，请刷新页面后再操作。"))


class LotExists(Conflict):
    code = "lot_exists"

    def __init__(self, lot_code: str) -> None:
        super().__init__(msg("批次号%(code)s已经登记过。", code=lot_code), field="code")


class LotDaysWrong(Refusal):
    code = "lot_days_wrong"

    def __init__(self, harvested_on: date) -> None:
        super().__init__(
            msg("采收或生产日期%(day)s不对：不能晚于今天，也不能晚于到期日。", day=harvested_on.isoformat()),
            field="harvested_on",
        )


class LotPapersMissing(Refusal):
    code = "lot_papers_missing"

    def __init__(self, paper: Name) -> None:
        super().__init__(msg("该批次缺少%(paper)s。", paper=paper), field="papers")


class CertificateWrong(Refusal):
    """Number, term or products do not fit the certificate's scheme."""

    code = "certificate_wrong"


class CertificateExists(Conflict):
    code = "certificate_exists"

    def __init__(self, number: str) -> None:
        super().__init__(msg("编号%(number)s的证书已经登记过。", number=number), field="number")


class EditionNotFound(NotFound):
    code = "edition_not_found"

    def __init__(self) -> None:
        super().__init__(msg("没有找到这一年版的名优产品目录。"))


class NominationNotFound(NotFound):
    code = "nomination_not_found"

    def __init__(self) -> None:
        super().__init__(msg("没有找到这条提名。"))


class EditionYearWrong(Refusal):
    """An edition is this year's or next year's, later than those there are, and opened when none is open."""

    code = "edition_year_wrong"

    def __init__(self, message: Message) -> None:
        super().__init__(message, field="year")


class EditionMovedOn(Conflict):
    """The edition is not in the state in which this is done; a published one never changes."""

    code = "edition_moved_on"

    def __init__(self) -> None:
        super().__init__(msg("这一年版的目录已经进入下一步，请刷新页面后再看。"))


class AlreadyNominated(Conflict):
    code = "already_nominated"

    def __init__(self, product: Name) -> None:
        super().__init__(msg("%(product)s已经提名，不用再提。", product=product))


class NominationUnfit(Refusal):
    """The goods do not meet a criterion that needs no person to see."""

    code = "nomination_unfit"

    def __init__(self, product: Name, criterion: Name) -> None:
        super().__init__(
            msg("%(product)s不符合条件：%(criterion)s。", product=product, criterion=criterion),
            field="product",
        )


class NotTheirReview(Forbidden):
    """Only an official of the province itself speaks for it."""

    code = "not_their_review"

    def __init__(self) -> None:
        super().__init__(msg("只有贵州省或广东省一级的协作干部可以代表本省审核。"))


class OtherSideReviewer(Refusal):
    """Who has spoken for one province in an edition cannot speak for the other in it."""

    code = "other_side_reviewer"

    def __init__(self) -> None:
        super().__init__(msg("您在这一年版中已经代表另一省审核过，须由其他人代表本省审核。"))


class AlreadyReviewed(Conflict):
    code = "already_reviewed"

    def __init__(self) -> None:
        super().__init__(msg("本省已经审核过这条提名，或提名已经有结果。"))


class ReasonMissing(Refusal):
    code = "reason_missing"

    def __init__(self) -> None:
        super().__init__(msg("不同意须写明理由，理由会随目录公布。"), field="reason")


class EditionUndecided(Conflict):
    """Nominations still wait for a province's word."""

    code = "edition_undecided"

    def __init__(self, count: int) -> None:
        super().__init__(msg("还有%(count)d条提名没有审完，不能公布。", count=count))


class EditionEmpty(Refusal):
    code = "edition_empty"

    def __init__(self) -> None:
        super().__init__(msg("没有可以列入的商品，不能进入下一步。"))
