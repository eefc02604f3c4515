"""What an entry of a behaviour score is worth at an age (PLAYBOOK, Semantics 5): exact integers, one rounding."""
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from functools import lru_cache

from values import DAY, half_even


@lru_cache(maxsize=None)
def factor(i):
    """round_half_even(2^(32 − i/1024)) for i in 0 … 1023, from 60 digits."""
    with localcontext() as context:
        context.prec = 60
        power = Decimal(2) ** (Decimal(32) - Decimal(i) / Decimal(1024))
        return int(power.to_integral_value(ROUND_HALF_EVEN))


@lru_cache(maxsize=None)
def worth_at_age(points, kind, days, d):
    """Micros of an entry of `points` micros, d whole days old."""
    if kind == "none":
        return points
    if kind == "linear":
        return half_even(points * (days - d), days) if d < days else 0
    q, r = divmod(d, days)
    if q >= 40:
        return 0
    return half_even(points * factor(r * 1024 // days), 2 ** (32 + q))


def worth(points, kind, days, age_us):
    if kind == "window":
        return points if age_us < days * DAY else 0
    return worth_at_age(points, kind, days, age_us // DAY)


def steps_of(kind, days):
    """Ages in whole days at which the worth may change."""
    if kind == "window":
        return [days]
    if kind == "linear":
        return range(1, days + 1)
    if kind == "half_life":
        return range(1, 40 * days + 1)
    return []
