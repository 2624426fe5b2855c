"""Numbers that people read aloud notice a slip."""

from datetime import date

from marketplace.kernel import ids

DAY = date(2026, 11, 23)


def test_a_number_checks_itself() -> None:
    number = ids.public_number("Q", DAY)
    assert number.startswith("Q261123-")
    assert ids.is_public_number(number)


def test_nearly_every_single_slip_is_noticed() -> None:
    stem = "Q261123-7K3M9Q"
    number = stem + ids.check_character(stem)
    slips = [
        number[:place] + wrong + number[place + 1 :]
        for place in range(8, len(stem))
        for wrong in "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
        if wrong != number[place]
    ]
    noticed = sum(not ids.is_public_number(slip) for slip in slips)
    assert noticed / len(slips) > 0.9


def test_tokens_do_not_repeat() -> None:
    assert len({ids.new_token() for _ in range(1000)}) == 1000
