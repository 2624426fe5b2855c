"""Why goods of a county, sent to a city, stand inside or outside the pairings' count, in one sentence."""

from datetime import date

from marketplace.kernel.message import Message, msg
from marketplace.places.atlas import Atlas
from marketplace.places.types import DivisionCode, Pairing, PairingLevel, PairingState, PairingStatus


def explain(atlas: Atlas, city_code: DivisionCode, county_code: DivisionCode, day: date) -> Message:
    """Say how an order of these goods to the city would be counted on a day (policy art. 4)."""
    verdict = atlas.verdict(city_code, county_code, day)
    city = atlas.division(verdict.city_code).short_name
    paired = next((one for one in atlas.pairings if one.id == verdict.pairing_id), None)
    place = atlas.division(paired.gz_code if paired else verdict.prefecture_code).short_name
    match verdict.state:
        case PairingState.PAIRED:
            return msg("送到%(city)s，计入%(city)s—%(place)s消费帮扶。", city=city, place=place)
        case PairingState.UNCONFIRMED:
            return msg(
                "%(city)s与%(place)s今年的结对等待两地确认，确认前单列为“结对待确认”。",
                city=city,
                place=place,
            )
        case PairingState.HK_MACAO:
            return msg("送到%(city)s的订单单列为“港澳”，不计入结对。", city=city)
        case PairingState.UNPAIRED:
            return _outside(atlas, verdict.city_code, county_code, day)


def _outside(atlas: Atlas, city_code: DivisionCode, county_code: DivisionCode, day: date) -> Message:
    """Say with whom the goods' prefecture is paired instead, or that it is paired with nobody."""
    city = atlas.division(city_code).short_name
    county = atlas.division(county_code).name
    prefecture = atlas.division(atlas.prefecture_of(county_code)).name
    partners = [
        atlas.division(one.gd_code).short_name
        for one in atlas.pairings_of(atlas.prefecture_of(county_code), day)
        if _stands(one)
    ]
    if not partners:
        return msg(
            "%(county)s属%(prefecture)s，没有结对的广东城市；这一单计入粤黔消费帮扶，不计入结对。",
            county=county,
            prefecture=prefecture,
        )
    return msg(
        "%(prefecture)s与%(partner)s结对，不与%(city)s结对；送到%(city)s的这一单计入粤黔消费帮扶，不计入结对。",
        prefecture=prefecture,
        partner=partners[0],
        city=city,
    )


def _stands(one: Pairing) -> bool:
    return one.level is PairingLevel.CITY and one.status is not PairingStatus.ENDED
