"""Makes a differing case small: fewer facts, then fewer rules, arrows, clauses, classes, as long as it still differs."""
import copy
import json

import yaml

from cases import DriverFailed, differences_of, engine_lines
from playbook import BASE
from run import run

TRIES = 400


class Shrinker:
    def __init__(self, driver, yaml_text, items, exact):
        self.driver, self.exact, self.tries = driver, exact, 0
        self.items = items
        self.book = yaml.load(yaml_text, Loader=BASE)
        self.text = self.difference(yaml_text, items)

    def difference(self, yaml_text, items):
        self.tries += 1
        try:
            return differences_of(run(yaml_text, items), engine_lines(self.driver, yaml_text, items), self.exact)
        except DriverFailed as failed:
            return "" if "answered 2" in str(failed) else str(failed)
        except Exception:  # a playbook cut too far for the oracle
            return ""

    def dump(self, book):
        return yaml.dump(book, sort_keys=False, width=1000, default_style=None).replace("'on':", "on:")

    def keep(self, book, items):
        if self.tries >= TRIES:
            return False
        text = self.difference(self.dump(book), items)
        if text:
            self.book, self.items, self.text = book, items, text
        return bool(text)

    def shrink(self):
        before = None
        while before != (len(self.items), size(self.book)) and self.tries < TRIES:
            before = (len(self.items), size(self.book))
            self.drop_items()
            for path in paths(self.book):
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


def size(node):
    if isinstance(node, dict):
        return 1 + sum(size(value) for value in node.values())
    return 1 + sum(size(value) for value in node) if isinstance(node, list) else 1


DROPPABLE = ("scores", "classes", "transitions", "hand_offs", "rules", "groups", "all", "any", "none", "stages", "enter", "when",
             "decay", "cap", "floor", "inactivity", "once_per", "where", "observed_by", "silence", "wake_after", "hold", "bands")


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
    return sorted(found, key=len) if not path else found


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
    return f"=== seed {seed}\n{shrinker.text}\n--- playbook\n{shrinker.dump(shrinker.book)}--- facts\n{facts}\n"
