"""Makes a differing case small: fewer facts, then fewer rules, arrows, clauses, classes, as long as it still differs."""
import copy
import json
import re

from cases import DriverFailed, differences_of, engine_lines
from playbook import read_data, write
from run import run

TRIES = 600


class Shrinker:
    def __init__(self, driver, yaml_text, items, exact):
        self.driver, self.exact, self.tries = driver, exact, 0
        self.items = items
        self.book = read_data(yaml_text)
        self.text, self.shape = "", ""
        self.text = self.difference(yaml_text, items)
        self.shape = shape(self.text)

    def difference(self, yaml_text, items):
        self.tries += 1
        try:
            return differences_of(run(yaml_text, items), engine_lines(self.driver, yaml_text, items), self.exact)
        except DriverFailed as failed:
            return "" if "answered 2" in str(failed) else str(failed)
        except Exception:  # a playbook cut too far for the oracle
            return ""

    def keep(self, book, items):
        if self.tries >= TRIES:
            return False
        text = self.difference(write(book), items)
        if not text or shape(text) != self.shape:
            return False
        self.book, self.items, self.text = book, items, text
        return True

    def shrink(self):
        before = None
        while before != (len(self.items), size(self.book)) and self.tries < TRIES:
            before = (len(self.items), size(self.book))
            self.drop_items()
            for path in sorted(paths(self.book), key=lambda path: (len(path), [-key if isinstance(key, int) else 0 for key in path])):
                smaller = without(self.book, path)
                if smaller is not None:
                    self.keep(smaller, self.items)

    def drop_items(self):
        width = len(self.items) // 2
        while width >= 1:
            at = 0
            while at < len(self.items):
                if not self.keep(self.book, self.items[:at] + self.items[at + width:]):
                    at += width
            width //= 2


def shape(text):
    """What sort of difference it is: a smaller case must show the same one."""
    if "history" in text:
        return " ".join(sorted(set(re.findall(r'"kind": "(\w+)"', text))))
    return text.split(": ")[1] if text.startswith("at ") and ": " in text else text[:30]


def size(node):
    if isinstance(node, dict):
        return 1 + sum(size(value) for value in node.values())
    return 1 + sum(size(value) for value in node) if isinstance(node, list) else 1


DROPPABLE = ("scores", "classes", "transitions", "hand_offs", "rules", "groups", "all", "any", "none", "stages", "enter", "when",
             "decay", "cap", "floor", "inactivity", "once_per", "where", "observed_by", "silence", "wake_after", "hold", "bands",
             "properties", "facts", "questions", "reasons", "account_counts", "lists", "rejection", "ending")


def paths(node, path=()):
    """Paths of everything that may be left out, larger things first."""
    found = []
    if isinstance(node, dict):
        for key, value in node.items():
            if key in DROPPABLE:
                found.append(path + (key,))
            found += paths(value, path + (key,))
    elif isinstance(node, list):
        for at, value in enumerate(node):
            if path[-1] in DROPPABLE:
                found.append(path + (at,))
            found += paths(value, path + (at,))
    return found


def without(book, path):
    smaller = copy.deepcopy(book)
    node = smaller
    try:
        for key in path[:-1]:
            node = node[key]
        del node[path[-1]]
    except (KeyError, IndexError, TypeError):
        return None
    return smaller


def report(driver, seed, yaml_text, items, exact):
    shrinker = Shrinker(driver, yaml_text, items, exact)
    if not shrinker.text:
        return f"seed {seed}: differs, but not when run again\n"
    shrinker.shrink()
    facts = "\n".join(json.dumps(item) for item in shrinker.items)
    return f"=== seed {seed}\n{shrinker.text}\n--- playbook\n{write(shrinker.book)}--- facts\n{facts}\n"
