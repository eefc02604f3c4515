"""Values of the oracle: int, Dec, str, bool, None, Ts, Dur, list. Written from docs/PLAYBOOK.md alone."""
import datetime
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

MICRO = 1_000_000
SECOND = 1_000_000
DAY = 86_400 * SECOND
INT_MIN, INT_MAX = -(2**63), 2**63 - 1


class Unknown(Exception):
    """A value that could not be had: missing, wrong type, overflow … (only its existence decides)."""


@dataclass(frozen=True, order=True)
class Dec:
    micros: int

    def __str__(self):
        sign, whole = ("-" if self.micros < 0 else ""), abs(self.micros)
        text = f"{whole // MICRO}.{whole % MICRO:06d}".rstrip("0").rstrip(".")
        return sign + text


@dataclass(frozen=True, order=True)
class Ts:
    us: int


@dataclass(frozen=True, order=True)
class Dur:
    us: int


def half_even(numerator, denominator):
    """numerator / denominator to the nearest whole, ties to even; denominator > 0."""
    quotient, rest = divmod(numerator, denominator)
    if 2 * rest > denominator or (2 * rest == denominator and quotient % 2 == 1):
        quotient += 1
    return quotient


def fits(number):
    if not INT_MIN <= number <= INT_MAX:
        raise Unknown("overflow")
    return number


def decimal_of(text):
    """'12', '-0.5', '1e3' → Dec, a seventh place rounded half to even."""
    if not re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", text):
        raise Unknown("no number")
    with localcontext() as context:
        context.prec = 80
        scaled = (Decimal(text) * MICRO).to_integral_value(ROUND_HALF_EVEN)
    return Dec(fits(int(scaled)))


UNITS = {"d": DAY, "h": 3600 * SECOND, "m": 60 * SECOND, "s": SECOND}


def duration_of(text):
    """'30d', '1d12h', '90m' → microseconds."""
    if not re.fullmatch(r"(\d+[dhms])+", text):
        raise Unknown("no duration")
    return sum(int(n) * UNITS[unit] for n, unit in re.findall(r"(\d+)([dhms])", text))


EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def instant_of(text):
    """RFC 3339, '2026-11-21' or '2026-11-21 10:00:00' (UTC)."""
    shape = r"(\d{4})-(\d\d)-(\d\d)(?:([Tt ])(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:([Zz])|([+-])(\d\d):(\d\d))?)?"
    found = re.fullmatch(shape, text)
    if not found:
        raise Unknown("no time")
    year, month, day, _, hour, minute, second, fraction, _, sign, off_h, off_m = found.groups()
    try:
        moment = datetime.datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0),
                                   int((fraction or "0").ljust(6, "0")), tzinfo=datetime.timezone.utc)
    except ValueError as mistake:
        raise Unknown("not in the calendar") from mistake
    delta = moment - EPOCH
    us = (delta.days * 86_400 + delta.seconds) * SECOND + delta.microseconds
    if sign:
        us -= (1 if sign == "+" else -1) * (int(off_h) * 60 + int(off_m)) * 60 * SECOND
    return Ts(us)


def text_of(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def is_blank(value):
    return value is None or (isinstance(value, str) and value.strip() == "")


def convert(value, kind):
    """A fact's value read as its declared type; None when it is missing or cannot be read so (PLAYBOOK, Semantics 1)."""
    if is_blank(value):
        return None
    try:
        return CONVERTERS[kind](value)
    except Unknown:
        return None


def to_string(value):
    if isinstance(value, list):
        raise Unknown("list")
    return text_of(value)


def to_integer(value):
    """Whole numbers however they are written: 12, 12.0, "12", " 1e3 "."""
    if isinstance(value, bool) or isinstance(value, list):
        raise Unknown("no whole number")
    if isinstance(value, str) and re.fullmatch(r"[+-]?\d+", value.strip()):
        return fits(int(value.strip()))
    number = decimal_of(value.strip()) if isinstance(value, str) else value
    if isinstance(number, Dec):
        if number.micros % MICRO:
            raise Unknown("no whole number")
        return number.micros // MICRO
    return number


def to_number(value):
    if isinstance(value, bool):
        raise Unknown("no number")
    return decimal_of(value.strip()) if isinstance(value, str) else as_dec(value)


def to_boolean(value):
    known = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    text = to_string(value).strip().lower()
    if text not in known:
        raise Unknown("neither true nor false")
    return known[text]


def to_timestamp(value):
    if not isinstance(value, str):
        raise Unknown("no time")
    return instant_of(value.strip())


def to_strings(value):
    """A list of texts without its blank ones; of nothing but blanks: not answered. One text is a list of one."""
    if not isinstance(value, list):
        return [to_string(value)]
    texts = [to_string(item) for item in value if not is_blank(item)]
    if value and not texts:
        raise Unknown("not answered")
    return texts


CONVERTERS = {"string": to_string, "integer": to_integer, "number": to_number, "boolean": to_boolean,
              "timestamp": to_timestamp, "strings": to_strings}


def is_int(value):
    return isinstance(value, int) and not isinstance(value, bool)


def as_dec(value):
    if isinstance(value, Dec):
        return value
    if is_int(value):
        return Dec(fits(value * MICRO))
    raise Unknown("no number")


def equal(left, right):
    if (is_int(left) or isinstance(left, Dec)) and (is_int(right) or isinstance(right, Dec)):
        return exact(left) == exact(right)
    if type(left) is not type(right):
        raise Unknown("types differ")
    if isinstance(left, list):
        return len(left) == len(right) and all(equal(a, b) for a, b in zip(left, right))
    return left == right


def exact(number):
    """A whole or fractional number in millionths, unbounded."""
    return number.micros if isinstance(number, Dec) else number * MICRO


def before(left, right):
    """left < right, where both can be ordered."""
    if (is_int(left) or isinstance(left, Dec)) and (is_int(right) or isinstance(right, Dec)):
        return exact(left) < exact(right)
    if type(left) is not type(right) or not isinstance(left, (str, Ts, Dur, bool)):
        raise Unknown("cannot be ordered")
    return left < right
