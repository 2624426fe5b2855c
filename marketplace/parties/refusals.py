"""What parties may refuse."""

from marketplace.kernel.message import Message, msg
from marketplace.kernel.refusals import Conflict, NotFound, Refusal, TooMany


class PartyNotFound(NotFound):
    code = "party_not_found"


class PersonNotFound(NotFound):
    code = "person_not_found"


class MembershipNotFound(NotFound):
    code = "membership_not_found"


class PhoneUnknown(Refusal):
    """Not a mobile number of the mainland, Hong Kong or Macao."""

    code = "phone_wrong"

    def __init__(self) -> None:
        super().__init__(msg("请填写内地、香港或澳门的手机号码。"), field="phone")


class EmailWrong(Refusal):
    code = "email_wrong"

    def __init__(self) -> None:
        super().__init__(msg("请填写完整的邮箱地址，例如 name@example.com。"), field="email")


class EmailTaken(Conflict):
    code = "email_taken"

    def __init__(self) -> None:
        super().__init__(msg("这个邮箱已用于另一个账户，请换一个。"), field="email")


class PhoneTaken(Conflict):
    code = "phone_taken"

    def __init__(self) -> None:
        super().__init__(msg("这个手机号码已经登记。"), field="phone")


class CodeTaken(Conflict):
    """Another party has this code."""

    code = "party_code_taken"

    def __init__(self) -> None:
        super().__init__(msg("这个主体编号已经登记。"), field="code")


class TooManyCodes(TooMany):
    """The phone has had as many codes as one may have in an hour or a day."""

    code = "too_many_codes"

    def __init__(self, minutes: int) -> None:
        super().__init__(
            msg("验证码请求过多，请 %(minutes)s 分钟后再试。", minutes=minutes),
            field="phone",
            retry_after_s=60 * minutes,
        )


class CodeWrong(Refusal):
    code = "code_wrong"

    def __init__(self, left: int) -> None:
        super().__init__(msg("验证码不对，还可以再试 %(left)s 次。", left=left), field="code")


class CodeGone(Refusal):
    """Used, expired, replaced by a newer one, or tried too often: all look the same from outside."""

    code = "code_gone"

    def __init__(self) -> None:
        super().__init__(msg("验证码已失效，请重新获取。"), field="code")


class PasswordWrong(Refusal):
    """Unknown login and wrong password look the same from outside."""

    code = "password_wrong"

    def __init__(self, field: str = "password") -> None:
        super().__init__(msg("账号或密码不对，请重试，或改用验证码登录。"), field=field)


class TooManySignIns(TooMany):
    code = "too_many_sign_ins"

    def __init__(self, minutes: int) -> None:
        super().__init__(
            msg("密码错误次数过多，请 %(minutes)s 分钟后再试，或改用验证码登录。", minutes=minutes),
            field="password",
            retry_after_s=60 * minutes,
        )


class PasswordWeak(Refusal):
    code = "password_weak"

    def __init__(self, message: Message) -> None:
        super().__init__(message, field="password")


class RoleUnfit(Refusal):
    """The role does not exist in parties of this kind, or its scope is missing or not one."""

    code = "role_unfit"

    def __init__(self) -> None:
        super().__init__(msg("这个身份不适用于该主体，或管辖范围不对。"))


class AlreadyMember(Conflict):
    code = "already_member"

    def __init__(self) -> None:
        super().__init__(msg("此人已有这个身份。"))


class ApplicationNotFound(NotFound):
    code = "application_not_found"


class ApplicationMovedOn(Conflict):
    """Somebody decided meanwhile, or the step does not follow from where the application stands."""

    code = "application_moved_on"

    def __init__(self) -> None:
        super().__init__(msg("这份申请的状态已经变了，请刷新页面。"))


class ApplicationWrong(Refusal):
    code = "application_wrong"

    def __init__(self, message: Message, field: str) -> None:
        super().__init__(message, field=field)


class CreditCodeTaken(Conflict):
    code = "credit_code_taken"

    def __init__(self) -> None:
        super().__init__(msg("这个统一社会信用代码已经入驻，或者已有一份申请正在办理。"), field="credit_code")


class LastManager(Conflict):
    """A cooperative without a manager could let nobody in any more."""

    code = "last_manager"

    def __init__(self) -> None:
        super().__init__(msg("至少要有一位负责人。请先让别人成为负责人。"))


class VerificationAsked(Conflict):
    code = "verification_asked"

    def __init__(self) -> None:
        super().__init__(msg("复核已经申请过了，平台正在核对。"))


class VerificationNotDue(Conflict):
    code = "verification_not_due"

    def __init__(self) -> None:
        super().__init__(msg("还没到复核的时候：到期前三十天起可以申请。"))


class VerificationNotAsked(Conflict):
    code = "verification_not_asked"

    def __init__(self) -> None:
        super().__init__(msg("没有等着处理的复核申请，请刷新页面。"))
