"""Whether goods were cold enough, and not too cold: both sides of the range, with the class's tolerance."""

from dataclasses import dataclass

from marketplace.custody.types import BreachCause, Limits, Readings

COLDEST_MILLI_C = -80_000
WARMEST_MILLI_C = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A range that was left: to which side, how far, and whether the goods must be refused for it."""

    cause: BreachCause
    measured_milli_c: int
    must_refuse: bool = False


def findings(limits: Limits, readings: Readings) -> tuple[Finding, ...]:
    """Judge readings by the limits of the goods; empty where they are in order.

    Outside the range goods are still in order within the excursion limits where the logger says that it was
    no longer than the class tolerates, or where the core, measured because the surface was out, is in range
    (GB 31605-2020, 4). How long nobody knows is too long.
    """
    found = (_too_warm(limits, readings), _too_cold(limits, readings))
    return tuple(one for one in found if one is not None)


def out_of_range(limits: Limits, readings: Readings) -> bool:
    return bool(findings(limits, readings))


def _too_warm(limits: Limits, readings: Readings) -> Finding | None:
    seen = _given(readings.surface_max_milli_c, readings.core_milli_c, readings.logger_max_milli_c)
    highest = max(seen, default=limits.range.max_milli_c)
    if highest <= limits.range.max_milli_c:
        return None
    body = readings.core_milli_c if readings.core_milli_c is not None else readings.surface_max_milli_c
    reject = limits.reject_above_milli_c
    must_refuse = reject is not None and body is not None and body > reject
    if highest <= limits.excursion_upper_milli_c and not must_refuse:
        core_is_fine = readings.core_milli_c is not None and readings.core_milli_c <= limits.range.max_milli_c
        logger = readings.logger_max_milli_c
        logger_is_fine = logger is None or logger <= limits.range.max_milli_c
        if _was_short(limits, readings) or (core_is_fine and logger_is_fine):
            return None
    return Finding(cause=BreachCause.HIGH, measured_milli_c=highest, must_refuse=must_refuse)


def _too_cold(limits: Limits, readings: Readings) -> Finding | None:
    seen = _given(readings.surface_min_milli_c, readings.core_milli_c, readings.logger_min_milli_c)
    lowest = min(seen, default=limits.range.min_milli_c)
    if lowest >= limits.range.min_milli_c:
        return None
    if lowest >= limits.excursion_lower_milli_c:
        core_is_fine = readings.core_milli_c is not None and readings.core_milli_c >= limits.range.min_milli_c
        logger = readings.logger_min_milli_c
        logger_is_fine = logger is None or logger >= limits.range.min_milli_c
        if _was_short(limits, readings) or (core_is_fine and logger_is_fine):
            return None
    return Finding(cause=BreachCause.LOW, measured_milli_c=lowest)


def _was_short(limits: Limits, readings: Readings) -> bool:
    return readings.minutes_outside is not None and readings.minutes_outside <= limits.tolerance_minutes


def _given(*readings: int | None) -> list[int]:
    return [one for one in readings if one is not None]


def is_complete(readings: Readings) -> bool:
    """Tell whether the surface was measured, which every hand-off of cold goods needs."""
    return readings.surface_min_milli_c is not None and readings.surface_max_milli_c is not None


def is_plausible(readings: Readings) -> bool:
    """Tell whether readings can be true: within what instruments show, the lowest not above the highest."""
    every = _given(
        readings.surface_min_milli_c,
        readings.surface_max_milli_c,
        readings.core_milli_c,
        readings.logger_min_milli_c,
        readings.logger_max_milli_c,
        readings.logger_mean_milli_c,
    )
    pairs = (
        (readings.surface_min_milli_c, readings.surface_max_milli_c),
        (readings.logger_min_milli_c, readings.logger_max_milli_c),
        (readings.logger_min_milli_c, readings.logger_mean_milli_c),
        (readings.logger_mean_milli_c, readings.logger_max_milli_c),
    )
    in_order = all(low is None or high is None or low <= high for low, high in pairs)
    minutes = readings.minutes_outside
    return (
        in_order
        and all(COLDEST_MILLI_C <= one <= WARMEST_MILLI_C for one in every)
        and (minutes is None or minutes >= 0)
    )
