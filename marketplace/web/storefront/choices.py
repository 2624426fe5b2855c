"""What a visitor chooses once and the site remembers: where goods go, and the language."""

from flask import redirect, request
from flask.typing import ResponseReturnValue

from marketplace.parties import service as parties
from marketplace.places import queries as places
from marketplace.web import delivery, guard, language, visitor
from marketplace.web.database import read, write
from marketplace.web.forms import parse
from marketplace.web.same_origin import from_own_pages
from marketplace.web.storefront.forms import CityForm, LanguageForm
from marketplace.web.storefront.routes import blueprint


@blueprint.post("/city")
@from_own_pages
@guard.public
def set_city() -> ResponseReturnValue:
    """Remember the city that prices and days are shown for; an unknown one changes nothing."""
    form = parse(CityForm, request.form)
    answer = redirect(guard.safe_path(request.form.get("next")), code=303)
    known = {city.code for city in places.atlas(read()).cities}
    if form.model is not None and form.model.city in known:
        visitor.remember(answer, delivery.COOKIE, form.model.city)
    return answer


@blueprint.post("/language")
@from_own_pages
@guard.public
def set_language() -> ResponseReturnValue:
    """Remember the language, for somebody signed in also the one that notices are written in."""
    form = parse(LanguageForm, request.form)
    answer = redirect(guard.safe_path(request.form.get("next")), code=303)
    if form.model is not None:
        wanted, person = form.model.lang, guard.current_person()
        if person is not None:
            write(lambda session: parties.set_language(session, person.id, wanted))
        visitor.remember(answer, language.COOKIE, wanted)
    return answer
