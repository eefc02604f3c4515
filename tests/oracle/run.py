"""Runs a case through the oracle and writes the same lines as the driver: history records and states."""
import json

import playbook
from moments import class_clauses, next_moment
from person import Person
from values import Dec, Dur, Ts
from view import View


def fact_of(item):
    return {**item, "properties": {name: from_json(value) for name, value in item["properties"].items()}}


def from_json(value):
    """{"$dec": micros} stands for a fractional number in case files; everything else is plain JSON."""
    if isinstance(value, dict):
        return Dec(value["$dec"])
    return [from_json(item) for item in value] if isinstance(value, list) else value


class Runner:
    def __init__(self, yaml_text):
        self.person = Person(playbook.read(yaml_text))
        self.lines, self.written = [], 0

    def feed(self, item):
        self.person.run_until(item["at"] if "probe" in item else item["engine_at"], item.get("historical", False))
        if "probe" not in item:
            self.person.apply(fact_of(item))
        self.write_history()
        self.lines.append(self.state(item))

    def write_history(self):
        self.lines += self.person.history[self.written:]
        self.written = len(self.person.history)

    def state(self, item):
        person, lead = self.person, self.person.lead
        now = item["at"] if "probe" in item else item["engine_at"]
        view = View(person.book, person.features, lead, now)
        early = person.next_early
        if "probe" in item and class_clauses(person.book):  # some may have changed since, without anything following
            early = next_moment(view)[1]
        return {
            "state": item.get("probe") or item["name"], "at": now, "stage": lead.stage, "cycle": lead.cycle,
            "furthest": lead.furthest, "open": lead.open, "holder": list(lead.holder), "labels": lead.labels,
            "square_peg": lead.square_peg, "held": lead.hold is not None,
            "offer": person.lead.offer.number if person.open_offer() else 0,
            "scores": {score.id: view.score(score.id) for score in person.book.scores},
            "attributes": {name: shown(value) for name, value in sorted(person.features.attributes.items())},
            "counts": {kind: len(found) for kind, found in sorted(person.features.by_type.items())},
            "next": person.next_at, "next_early": early}


def shown(value):
    if isinstance(value, (Ts, Dur)):
        return value.us
    if isinstance(value, list):
        return [shown(item) for item in value]
    return {"$dec": value.micros} if isinstance(value, Dec) else value


def run(yaml_text, items):
    runner = Runner(yaml_text)
    for item in items:
        runner.feed(item)
    return runner.lines


if __name__ == "__main__":
    import sys
    with open(sys.argv[1], encoding="utf-8") as book, open(sys.argv[2], encoding="utf-8") as facts:
        for line in run(book.read(), [json.loads(text) for text in facts]):
            print(json.dumps(line))
