"""The criteria language: text → tree → value. Written from the grammar and tables of docs/PLAYBOOK.md alone."""
import re

from values import (MICRO, SECOND, DAY, Dec, Dur, Ts, Unknown, as_dec, before, decimal_of, duration_of, equal, exact,
                    fits, half_even, instant_of, is_int, text_of)

TOKEN = re.compile(r"""\s*(?:
    (?P<raw>r"[^"]*"|r'[^']*')
  | (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
  | (?P<decimal>\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+)
  | (?P<int>\d+)
  | (?P<ident>[A-Za-z_][A-Za-z0-9_]*)
  | (?P<op>&&|\|\||<=|>=|==|!=|[-+*/%!<>?:.,()\[\]])
)""", re.VERBOSE)
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"', "'": "'"}
MACROS = ("exists", "all", "exists_one", "filter", "map")


def tokens(text):
    found, at = [], 0
    text = text.rstrip()
    while at < len(text):
        match = TOKEN.match(text, at)
        if not match:
            raise SyntaxError(f"at {at}: {text}")
        kind = match.lastgroup
        found.append((kind, match.group(kind)))
        at = match.end()
    return found + [("end", "")]


class Parser:
    """Recursive descent, one method a line of the grammar."""

    def __init__(self, text):
        self.tokens, self.at = tokens(text), 0

    def peek(self, *words):
        return self.tokens[self.at][1] in words and self.tokens[self.at][0] in ("op", "ident")

    def take(self, *words):
        if not self.peek(*words):
            return None
        self.at += 1
        return self.tokens[self.at - 1][1]

    def need(self, word):
        if not self.take(word):
            raise SyntaxError(f"{word!r} expected, {self.tokens[self.at]} found")

    def whole(self):
        tree = self.expr()
        if self.tokens[self.at][0] != "end":
            raise SyntaxError(f"end expected, {self.tokens[self.at]} found")
        return tree

    def expr(self):
        condition = self.disjunction()
        if not self.take("?"):
            return condition
        then = self.disjunction()
        self.need(":")
        return ("cond", condition, then, self.expr())

    def chain(self, lower, words, label=None):
        tree = lower()
        while word := self.take(*words):
            tree = (label or "bin", word, tree, lower())
        return tree

    def disjunction(self):
        return self.chain(self.conjunction, ("||",), "or")

    def conjunction(self):
        return self.chain(self.relation, ("&&",), "and")

    def relation(self):
        left = self.sum()
        word = self.take("<", "<=", ">", ">=", "==", "!=", "in")
        return ("bin", word, left, self.sum()) if word else left

    def sum(self):
        return self.chain(self.product, ("+", "-"))

    def product(self):
        return self.chain(self.unary, ("*", "/", "%"))

    def unary(self):
        signs = []
        while word := self.take("!", "-"):
            signs.append(word)
        tree = self.member()
        for word in reversed(signs):
            tree = ("un", word, tree)
        return tree

    def member(self):
        tree = self.primary()
        while True:
            if self.take("."):
                name = self.ident()
                tree = self.call(tree, name) if self.peek("(") else ("dot", tree, name)
            elif self.take("["):
                tree = ("index", tree, self.expr())
                self.need("]")
            else:
                return tree

    def ident(self):
        kind, word = self.tokens[self.at]
        if kind != "ident":
            raise SyntaxError(f"name expected, {word!r} found")
        self.at += 1
        return word

    def arguments(self, closing):
        found = []
        while not self.peek(closing):
            found.append(self.expr())
            if not self.take(","):
                break
        self.need(closing)
        return found

    def call(self, receiver, name):
        self.need("(")
        arguments = self.arguments(")")
        if name in MACROS:
            return ("macro", name, receiver, arguments[0][1], arguments[1])
        return ("method", name, receiver, arguments)

    def primary(self):
        kind, word = self.tokens[self.at]
        self.at += 1
        if kind == "raw":
            return ("lit", word[2:-1])
        if kind == "string":
            return ("lit", re.sub(r"\\(.)", lambda m: ESCAPES[m.group(1)], word[1:-1]))
        if kind == "decimal":
            return ("lit", decimal_of(word))
        if kind == "int":
            return ("lit", int(word))
        if kind == "op" and word == "(":
            tree = self.expr()
            self.need(")")
            return tree
        if kind == "op" and word == "[":
            return ("list", self.arguments("]"))
        if kind != "ident":
            raise SyntaxError(f"value expected, {word!r} found")
        if word in ("true", "false", "null"):
            return ("lit", {"true": True, "false": False, "null": None}[word])
        if self.take("("):
            arguments = self.arguments(")")
            return ("has", arguments[0]) if word == "has" else ("call", word, arguments)
        return ("name", word)


def parse(text):
    return Parser(text).whole()


ROOTS = ("person", "account", "answer", "event", "score", "class", "lists", "lead")


def evaluate(tree, view, names=()):
    """The value of `tree` seen from `view`; raises Unknown."""
    return EVALUATORS[tree[0]](tree, view, dict(names))


def judge(tree, view):
    """Clause level: True, False, or None for unknown."""
    try:
        value = evaluate(tree, view)
    except Unknown:
        return None
    return value if isinstance(value, bool) else None


def truth_of(value):
    if not isinstance(value, bool):
        raise Unknown("no truth")
    return value


def either(tree, view, names, deciding):
    """|| (deciding True) and && (deciding False): one deciding side absorbs the other's error."""
    error = None
    for side in tree[2:]:
        try:
            if truth_of(evaluate(side, view, names)) is deciding:
                return deciding
        except Unknown as unknown:
            error = unknown
    if error:
        raise error
    return not deciding


def named(tree, view, names):
    if tree[1] in names:
        return names[tree[1]]
    raise Unknown(f"no name {tree[1]}")


def dotted(tree, view, names):
    root = tree[1]
    if root[0] != "name" or root[1] not in ROOTS:
        raise Unknown("no fields")
    value = view.read(root[1], tree[2])
    if value is None:
        raise Unknown("missing")
    return value


def has(tree, view, names):
    return view.read(tree[1][1][1], tree[1][2]) is not None


def indexed(tree, view, names):
    items, at = evaluate(tree[1], view, names), evaluate(tree[2], view, names)
    if not isinstance(items, list) or not is_int(at) or not 0 <= at < len(items):
        raise Unknown("outside the list")
    return items[at]


def unary(tree, view, names):
    value = evaluate(tree[2], view, names)
    if tree[1] == "!":
        return not truth_of(value)
    if isinstance(value, Dec):
        return Dec(fits(-value.micros))
    if is_int(value):
        return fits(-value)
    raise Unknown("no number")


def binary(tree, view, names):
    left, right = evaluate(tree[2], view, names), evaluate(tree[3], view, names)
    return OPERATORS[tree[1]](left, right)


def add(left, right):
    if isinstance(left, str) and isinstance(right, str):
        return left + right
    if isinstance(left, list) and isinstance(right, list):
        return left + right
    if isinstance(left, Ts) and isinstance(right, Dur):
        return Ts(fits(left.us + right.us))
    if isinstance(left, Dur) and isinstance(right, Ts):
        return Ts(fits(left.us + right.us))
    if isinstance(left, Dur) and isinstance(right, Dur):
        return Dur(fits(left.us + right.us))
    return number(left, right, lambda a, b: a + b)


def subtract(left, right):
    if isinstance(left, Ts) and isinstance(right, Ts):
        return Dur(fits(left.us - right.us))
    if isinstance(left, Ts) and isinstance(right, Dur):
        return Ts(fits(left.us - right.us))
    if isinstance(left, Dur) and isinstance(right, Dur):
        return Dur(fits(left.us - right.us))
    return number(left, right, lambda a, b: a - b)


def number(left, right, operation):
    """Sums and differences: whole with whole stays whole, else decimals."""
    if is_int(left) and is_int(right):
        return fits(operation(left, right))
    return Dec(fits(operation(as_dec(left).micros, as_dec(right).micros)))


def multiply(left, right):
    if is_int(left) and is_int(right):
        return fits(left * right)
    return Dec(fits(half_even(as_dec(left).micros * as_dec(right).micros, MICRO)))


def divide(left, right):
    if is_int(left) and is_int(right):
        return truncated(left, right)[0]
    a, b = as_dec(left).micros * MICRO, as_dec(right).micros
    if b == 0:
        raise Unknown("division by zero")
    return Dec(fits(half_even(a if b > 0 else -a, abs(b))))


def remainder(left, right):
    if not (is_int(left) and is_int(right)):
        raise Unknown("whole numbers only")
    return truncated(left, right)[1]


def truncated(left, right):
    if right == 0:
        raise Unknown("division by zero")
    quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
    return fits(quotient), left - quotient * right


def contained(item, items):
    if not isinstance(items, list):
        raise Unknown("no list")
    return any(equal(item, other) for other in items)


OPERATORS = {
    "+": add, "-": subtract, "*": multiply, "/": divide, "%": remainder, "in": contained,
    "==": equal, "!=": lambda a, b: not equal(a, b),
    "<": before, ">": lambda a, b: before(b, a), "<=": lambda a, b: not before(b, a), ">=": lambda a, b: not before(a, b),
}


def conditional(tree, view, names):
    return evaluate(tree[2] if truth_of(evaluate(tree[1], view, names)) else tree[3], view, names)


def macro(tree, view, names):
    _, name, receiver, variable, body = tree
    items = evaluate(receiver, view, names)
    if not isinstance(items, list):
        raise Unknown("no list")
    if name == "map":
        return [evaluate(body, view, {**names, variable: item}) for item in items]
    if name in ("exists", "all"):
        return folded(items, name == "exists", variable, body, view, names)
    kept = [item for item in items if truth_of(evaluate(body, view, {**names, variable: item}))]
    return kept if name == "filter" else len(kept) == 1


def folded(items, deciding, variable, body, view, names):
    """exists is ||, all is && over the items: errors are absorbed the same way."""
    error = None
    for item in items:
        try:
            if truth_of(evaluate(body, view, {**names, variable: item})) is deciding:
                return deciding
        except Unknown as unknown:
            error = unknown
    if error:
        raise error
    return not deciding


def called(tree, view, names):
    _, name, trees = tree
    arguments = [evaluate(item, view, names) for item in trees]
    return FUNCTIONS[name](view, *arguments)


def whole_days(earlier, later):
    if not isinstance(earlier, Ts) or not isinstance(later, Ts):
        raise Unknown("no time")
    return (later.us - earlier.us) // DAY


def known(value):
    if value is None:
        raise Unknown("none yet")
    return value


def integer_of(value):
    if isinstance(value, str):
        if not re.fullmatch(r"[+-]?\d+", value):
            raise Unknown("no whole number")
        return fits(int(value))
    if isinstance(value, Dec):
        return int(value.micros / abs(value.micros or 1)) * (abs(value.micros) // MICRO)
    if isinstance(value, Ts):
        return value.us // SECOND
    if is_int(value):
        return value
    raise Unknown("no number")


def size_of(value):
    if not isinstance(value, (str, list)):
        raise Unknown("no size")
    return len(value)


FUNCTIONS = {
    "count": lambda view, kind, window=None: view.count(kind, window.us if window else None),
    "count_this_cycle": lambda view, kind: view.count_this_cycle(kind),
    "first": lambda view, kind: known(view.first(kind)),
    "last": lambda view, kind: known(view.last(kind)),
    "days_since": lambda view, moment: whole_days(moment, Ts(view.now)),
    "days_until": lambda view, moment: whole_days(Ts(view.now), moment),
    "days_in_stage": lambda view: whole_days(Ts(view.stage_entered_at), Ts(view.now)),
    "days_in_cycle": lambda view: whole_days(Ts(view.cycle_started_at), Ts(view.now)),
    "days": lambda view, n: Dur(n * DAY),
    "hours": lambda view, n: Dur(n * 3600 * SECOND),
    "minutes": lambda view, n: Dur(n * 60 * SECOND),
    "duration": lambda view, text: Dur(duration_of(text)),
    "timestamp": lambda view, text: instant_of(text),
    "size": lambda view, value: size_of(value),
    "int": lambda view, value: integer_of(value),
    "double": lambda view, value: decimal_of(value) if isinstance(value, str) else as_dec(value),
    "string": lambda view, value: text_of(value),
}


def method(tree, view, names):
    _, name, receiver, trees = tree
    value = evaluate(receiver, view, names)
    arguments = [evaluate(item, view, names) for item in trees]
    if name == "size":
        return size_of(value)
    if not isinstance(value, str) or not all(isinstance(item, str) for item in arguments):
        raise Unknown("no text")
    return METHODS[name](value, *arguments)


METHODS = {
    "contains": lambda text, part: part in text,
    "startsWith": lambda text, part: text.startswith(part),
    "endsWith": lambda text, part: text.endswith(part),
    "matches": lambda text, pattern: re.search(pattern, text) is not None,
    "lowerAscii": lambda text: "".join(c.lower() if c.isascii() else c for c in text),
}

EVALUATORS = {
    "lit": lambda tree, view, names: tree[1],
    "name": named, "dot": dotted, "has": has, "index": indexed, "un": unary, "bin": binary,
    "and": lambda tree, view, names: either(tree, view, names, False),
    "or": lambda tree, view, names: either(tree, view, names, True),
    "cond": conditional, "macro": macro, "call": called, "method": method,
    "list": lambda tree, view, names: [evaluate(item, view, names) for item in tree[1]],
}


def walk(tree):
    """Every node of the tree, itself first."""
    yield tree
    for part in tree[1:]:
        if isinstance(part, tuple):
            yield from walk(part)
        elif isinstance(part, list):
            for item in part:
                if isinstance(item, tuple):
                    yield from walk(item)
