"""Delivering notices: the text is written in the reader's language, handed over, and the outcome recorded."""

from flask_babel import force_locale, gettext

from marketplace.jobs.registry import JobContext, job
from marketplace.kernel.message import Message, Name
from marketplace.notices import queries as notices
from marketplace.notices import service
from marketplace.notices.port import DeliveryFailed
from marketplace.notices.types import Notice, NoticeId, NoticeState, Outgoing
from marketplace.parties import queries as parties
from marketplace.parties import service as parties_service
from marketplace.parties.types import Language, Person

_LOCALES = {Language.HANS: "zh_Hans_CN", Language.HANT: "zh_Hant_HK", Language.ENGLISH: "en"}


@job(service.DELIVER)
def deliver(context: JobContext, *, notice_id: int) -> None:
    """Hand one notice over, outside any transaction; a channel that refuses is tried again later."""
    notice = context.read(lambda session: notices.get_notice(session, notice_id))
    if notice.state is not NoticeState.WAITING:
        return
    person = _reader(context, notice)
    try:
        context.ports.notices.deliver(_outgoing(notice, person))
    except DeliveryFailed:
        state = context.write(lambda session: service.mark_failed(session, NoticeId(notice_id)))
        if state is NoticeState.WAITING:
            raise
        return
    keep_text = context.ports.notices.keeps_text
    context.write(lambda session: service.mark_delivered(session, NoticeId(notice_id), keep_text=keep_text))


@job("parties.forget_old_tries", cron="41 18 * * *")
def forget_old_tries(context: JobContext) -> None:
    """Delete used codes and failed tries that no limit looks at any more."""
    context.write(parties_service.forget_old_tries)


def _reader(context: JobContext, notice: Notice) -> Person | None:
    if notice.to_person_id is not None:
        person_id = notice.to_person_id
        return context.read(lambda session: parties.find_person(session, person_id))
    phone = notice.to_phone or ""
    return context.read(lambda session: parties.find_person_by_phone(session, phone))


def _outgoing(notice: Notice, person: Person | None) -> Outgoing:
    language = person.language if person and person.language else Language.HANS
    with force_locale(_LOCALES[language]):
        text = _text(notice.message, language)
    return Outgoing(
        id=notice.id,
        kind=notice.kind,
        phone=notice.to_phone or (person.phone if person else None),
        email=person.email if person else None,
        language=language,
        text=text,
        link=notice.link,
        created_at=notice.created_at,
    )


def _text(message: Message, language: Language) -> str:
    parameters = {key: _parameter(value, language) for key, value in message.parameters.items()}
    return str(gettext(message.template, **parameters))


def _parameter(value: object, language: Language) -> object:
    if isinstance(value, Message):
        return _text(value, language)
    if not isinstance(value, Name):
        return value
    names = {Language.HANS: value.hans, Language.HANT: value.hant, Language.ENGLISH: value.en}
    return names[language] or value.hans
