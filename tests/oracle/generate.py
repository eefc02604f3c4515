"""Random playbooks and streams of facts, from a seed. The stream is made while the oracle runs, so that decisions often fit."""
import random

import yaml

from run import Runner
from values import DAY, MICRO

HOUR = DAY // 24
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
START = 1_767_600_000_000_000  # 2026-01-05T08:00:00Z
BEHAVIOUR = ("Page Viewed", "Asset Downloaded", "Demo Requested", "call", "note")


class Clauses:
    """Random conditions; `exact` falls to False when one is made whose next flip the engine may answer early."""

    def __init__(self, rng, book):
        self.rng, self.book, self.made, self.exact = rng, book, 0, True
        self.may_be_inexact = rng.random() < 0.2

    def clause(self, scope="person"):
        self.made += 1
        return {"name": f"clause {self.made}", "when": self.expression(scope)}

    def criteria(self, scope="person", least=1):
        found = {}
        for part, chance in (("all", 0.6), ("any", 0.4), ("none", 0.35)):
            if self.rng.random() < chance:
                found[part] = [self.clause(scope) for _ in range(self.rng.randint(1, 2))]
        return found or ({"all": [self.clause(scope)]} if least else {})

    def expression(self, scope):
        roll = self.rng.random()
        if roll < 0.72:
            return self.simple(scope)
        if roll < 0.80:
            return f"{self.simple(scope)} && {self.simple(scope)}"
        if roll < 0.88:
            return f"{self.simple(scope)} || {self.simple(scope)}"
        if roll < 0.95 or not (self.may_be_inexact or scope == "fit"):
            return f"!({self.simple(scope)})"
        self.exact = self.exact and scope == "fit"
        return f"{self.attribute()} ? ({self.simple(scope)}) : ({self.simple(scope)})"

    def easy(self):
        """A guard that is often met, so that leads get about."""
        self.made += 1
        text = self.rng.choice((f'count("{self.kind()}") >= 1', f'count("{self.kind()}", days(14)) >= 1', "has(person.employees)",
                                "person.employees > 10", f'days_since(last("{self.kind()}")) < 20', "days_in_stage() >= 2"))
        return {"name": f"clause {self.made}", "when": text}

    def guard(self, hard=0.3):
        if self.rng.random() < hard:
            return self.criteria()
        part = self.rng.choice(("any", "any", "all"))
        return {part: [self.easy() for _ in range(1 if part == "all" else self.rng.randint(2, 3))],
                **({"none": [{**self.clause(), "when": self.attribute()}]} if self.rng.random() < 0.25 else {})}

    def simple(self, scope):
        makers = [self.attribute] * 4
        if scope != "fit":
            makers += [self.window_count] * 3 + [self.count, self.recency, self.recency, self.in_stage, self.lead]
            makers += [self.score] * 3 if self.book.get("scores") else []
            makers += [self.label] * 2 if self.labels() else []
            makers += [self.inexact] if self.may_be_inexact else []
        return self.rng.choice(makers)()

    def attribute(self):
        rng, n = self.rng, self.rng.choice((0, 10, 50, 200, 500))
        return rng.choice((
            f"person.employees {rng.choice(('>=', '<', '==', '!='))} {n}", f"person.employees / 7 % 3 == {rng.randint(0, 2)}",
            f"person.budget * {rng.choice(('2', '0.5', '1.000001'))} > {rng.choice(('10', '99.5', '0.333333'))}",
            f"person.budget + person.employees >= {n}", "person.active", "!person.active", *("person.consent_email", "!person.consent_email", "has(person.consent_email)") * 2, "has(person.industry)",
            f"person.industry == \"{rng.choice(('software', 'retail', 'bank'))}\"", "person.industry in lists.sectors",
            'person.industry.startsWith("so")', 'person.industry.matches("^[rs].*[el]$")', "size(person.industry) > 5",
            '"vip" in person.tags', 'person.tags.exists(t, t.startsWith("v"))', "size(person.tags) > 1",
            'person.tags.all(t, t != "bad")', f"person.joined < timestamp(\"2026-0{rng.randint(1, 9)}-10T00:00:00Z\")",
            "answer.need == \"speed\"", 'person.need.contains("e")', "answer.timing <= 6", "person.timing <= 6",
            'account.tier == "gold"', f"account.makers >= {rng.randint(1, 3)}",
            "person.employees > 100 || person.active", "person.timing > 3 && person.active",
            "[1, 2, 3].exists(x, x == person.timing)", "person.budget / person.timing > 2.5", "-person.timing < -3",
            'person.industry.lowerAscii() == "retail"', 'string(person.timing) == "6"', "int(person.budget) == 12",
        ))

    def kind(self):
        return self.rng.choice(BEHAVIOUR + ("Page Viewed", "Page Viewed", "call"))

    def window_count(self):
        window = self.rng.choice(("days(1)", "days(7)", "days(14)", "hours(36)", "days(30)", 'duration("1d12h")', "minutes(90)"))
        return f'count("{self.kind()}", {window}) {self.rng.choice((">", ">=", "<", "=="))} {self.rng.randint(0, 3)}'

    def count(self):
        function = self.rng.choice(("count", "count_this_cycle"))
        return f'{function}("{self.kind()}") {self.rng.choice((">=", "<"))} {self.rng.randint(1, 4)}'

    def recency(self):
        rng, n = self.rng, self.rng.choice((0, 1, 3, 10, 30, 45))
        moment = rng.choice((f'first("{self.kind()}")', f'last("{self.kind()}")', "person.joined"))
        function = rng.choice(("days_since", "days_since", "days_until"))
        return f"{function}({moment}) {rng.choice(('>=', '<', '>', '<=', '=='))} {n if function == 'days_since' else -n}"

    def in_stage(self):
        return f"{self.rng.choice(('days_in_stage()', 'days_in_cycle()'))} {self.rng.choice(('>=', '<', '>'))} {self.rng.choice((1, 5, 20, 40))}"

    def lead(self):
        return self.rng.choice(("lead.cycle > 1", "lead.cycle == 1", 'lead.furthest != "qualified"', 'lead.holder == "queue"',
                                'lead.holder != "owner"', 'lead.stage == "lead"'))

    def score(self):
        score = self.rng.choice(self.book["scores"])["id"]
        return f"score.{score} {self.rng.choice(('>=', '>', '<', '<='))} {self.rng.choice((0, 5, 10, 12.5, 25, 40))}"

    def labels(self):
        return [(item["id"], label) for item in self.book.get("classes", []) for label in labels_of(item)]

    def label(self):
        name, label = self.rng.choice(self.labels())
        return f'class.{name} {self.rng.choice(("==", "=="))} "{label}"'

    def inexact(self):
        self.exact = False
        return self.rng.choice((f'count("{self.kind()}", days(5)) + count("{self.kind()}", days(9)) > {self.rng.randint(0, 2)}',
                                'days_since(last("call")) * 2 > 11', "days_in_stage() + days_in_cycle() > 30",
                                "days_in_stage() % 3 == 1"))


def labels_of(item):
    if "bands" in item:
        return [band["label"] for band in item["bands"]]
    if "rules" in item:
        return [row["label"] for row in item["rules"]]
    return sorted({label for row in item["matrix"]["cells"].values() for label in row.values()})


class BookMaker:
    def __init__(self, rng):
        self.rng = rng
        self.book = {"playbook": 1, "id": "random", "name": "Random"}
        self.clauses = Clauses(rng, self.book)

    def chance(self, p):
        return self.rng.random() < p

    def make(self):
        self.declare()
        if self.chance(0.9):
            self.book["scores"] = self.scores()
        if self.chance(0.85):
            self.book["classes"] = []
            self.classes()
        self.process()
        return yaml.dump(self.book, Dumper=DUMPER, sort_keys=False, width=1000).replace("'on':", "on:")

    def declare(self):
        typed = (("employees", "integer"), ("budget", "number"), ("industry", "string"), ("active", "boolean"),
                 ("joined", "timestamp"), ("tags", "strings"), ("consent_email", "boolean"))
        self.book.update({
            "teams": [{"id": team, "name": team.title(), "responsible": f"{team}-manager"} for team in ("marketing", "inside", "sales")],
            "properties": [{"id": name, "label": name.title(), "type": kind} for name, kind in typed]
            + [{"id": "tier", "label": "Tier", "type": "string", "of": "account"}],
            "questions": [{"id": "need", "ask": "What for?", "type": "string"}, {"id": "timing", "ask": "When?", "type": "integer"}],
            "facts": [{"id": "Page Viewed", "label": "saw a page", "properties": [{"id": "path", "type": "string"}, {"id": "seconds", "type": "integer"}]},
                      {"id": "Asset Downloaded", "label": "took a paper", "properties": [{"id": "asset", "type": "string"}]}]
            + [{"id": name, "label": name.lower()} for name in ("Demo Requested", "Agreed To Engage", "Deal Won", "Marketing Qualified")],
            "lists": {"sectors": ["software", "bank"]},
            "account_counts": [{"id": "makers", "label": "makers", "when": 'person.industry == "software"'}]})

    # ---- scores
    def points(self, negative=0.2):
        value = self.rng.choice((1, 5, 10, 12.5, 30, 3.333333, 0.000001))
        return -value if self.chance(negative) else value

    def scores(self):
        found = [{"id": "fit", "name": "Fit", "kind": "fit", **self.bounds(), "groups": self.groups(self.fit_rule)}]
        for name in ("behaviour", "interest")[:self.rng.randint(1, 2)]:
            score = {"id": name, "name": name.title(), "kind": "behaviour", **self.bounds(), "groups": self.groups(self.behaviour_rule)}
            if self.chance(0.4):
                score["inactivity"] = {"after": self.rng.choice(("3d", "10d", "30d")), "points": self.rng.choice((-10, -2.5)),
                                       **({"every": self.rng.choice(("5d", "30d"))} if self.chance(0.7) else {})}
            found.append(score)
        if self.chance(0.6):
            found.append({"id": "total", "name": "Total", "kind": "total", **self.bounds()})
        return found

    def bounds(self):
        return {**({"cap": self.rng.choice((20, 100))} if self.chance(0.5) else {}),
                **({"floor": self.rng.choice((0, -5))} if self.chance(0.5) else {})}

    def groups(self, rule):
        self.rules_made = 0
        return [{"name": f"Group {n}", **({"cap": self.rng.choice((15, 40))} if self.chance(0.4) else {}),
                 "rules": [rule() for _ in range(self.rng.randint(1, 3))]} for n in range(self.rng.randint(1, 2))]

    def rule_name(self):
        self.clauses.made += 1
        return f"Rule {self.clauses.made}"

    def fit_rule(self):
        return {"name": self.rule_name(), "when": self.clauses.expression("fit"), "points": self.points()}

    def behaviour_rule(self):
        rng = self.rng
        rule = {"name": self.rule_name(), "on": rng.choice(BEHAVIOUR), "points": self.points()}
        if rule["on"] == "Page Viewed" and self.chance(0.7):
            rule["where"] = rng.choice(('event.path.startsWith("/pricing")', "event.seconds > 30", "event.seconds / 10 >= 3",
                                        'event.path in ["/pricing", "/demo"]', "has(event.path)", '!(event.path == "/jobs")'))
        if rule["on"] == "Asset Downloaded" and self.chance(0.6):
            rule["once_per"] = "asset"
        if rule["on"] == "Page Viewed" and self.chance(0.2):
            rule["once_per"] = rng.choice(("path", "seconds"))
        if self.chance(0.4):
            rule["cap"] = rng.choice((10, 20))
        decay = rng.choice((None, "linear", "half_life", "window"))
        if decay:
            rule["decay"] = {decay: rng.choice({"linear": ("3d", "30d"), "half_life": ("2d", "5d"), "window": ("1d", "14d")}[decay])}
        return rule

    # ---- classes
    def classes(self):
        classes, scores = self.book["classes"], self.book.get("scores", [])
        if scores:
            for name, labels in (("grade", "AB"), ("heat", ("hot", "warm"))):
                bands = [{"label": label, "at_least": least} for label, least in zip(labels, (self.rng.choice((15, 25)), self.rng.choice((1, 5))))]
                bands += [{"label": "rest"}] if self.chance(0.7) else []
                classes.append({"id": name, "name": name.title(), "score": self.rng.choice(scores)["id"], "bands": bands})
            if self.chance(0.6):
                cells = {row: {column: f"{row}/{column}" for column in labels_of(classes[1])} for row in labels_of(classes[0])}
                classes.append({"id": "priority", "name": "Priority", "matrix": {"rows": "grade", "columns": "heat", "cells": cells}})
        if self.chance(0.7):
            rows = [{"label": label, **self.clauses.criteria()} for label in ("L1", "L2")[:self.rng.randint(1, 2)]]
            classes.append({"id": "abc", "name": "Abc", "rules": rows + ([{"label": "L9"}] if self.chance(0.6) else [])})

    # ---- stages and arrows
    def process(self):
        stages = [self.stage("prospect", "marketing", before_lead=True), self.stage("lead", "marketing"),
                  self.stage("qualified", "marketing"), self.stage("accepted", "sales"), self.stage("opportunity", "sales")]
        self.back = "lead"
        if self.chance(0.4):
            stages.insert(2, self.stage("recycled", "marketing", **({"hold": "nurture"} if self.chance(0.5) else {})))
            self.back = "recycled"
        if self.chance(0.25):
            del stages[0]
        stages += [self.stage("won", "closed", outcome="won", owner="sales"), self.stage("lost", "closed", outcome="lost", owner="marketing")]
        if self.chance(0.4):
            stages.insert(-1, self.stage("advocacy", "customer", owner="sales"))
        self.book["stages"], self.ids = stages, [stage["id"] for stage in stages]
        self.guards(stages)
        self.book["reasons"] = {"rejection": [{"id": "wrong_fit", "label": "Wrong fit", **({"wake_after": "20d"} if self.chance(0.5) else {})},
                                              {"id": "bad_data", "label": "Bad data", **({"to": self.rng.choice(("lost", "lost", "lead"))} if self.chance(0.5) else {})}],
                                "ending": [{"id": "duplicate", "label": "Twice", **({"wake_after": "3d"} if self.chance(0.2) else {})}]}
        self.two_hand_offs = self.chance(0.3)
        self.book["transitions"] = [arrow for arrow in self.arrows() if self.fits(arrow)]
        self.book["hand_offs"] = [self.hand_off("to_sales", "qualified", "marketing", "sales")]
        if self.two_hand_offs:
            self.book["hand_offs"].append(self.hand_off("to_field", "accepted", "inside", "sales"))

    def stage(self, name, kind, **more):
        return {"id": name, "name": name.title(), "kind": kind, "owner": kind if kind in ("marketing", "sales") else "sales", **more}

    def guards(self, stages):
        for stage in stages:
            if stage["id"] in ("lead", "qualified", "opportunity", "advocacy") and self.chance(0.5):
                stage["enter"] = self.clauses.guard()
            if stage["id"] == "qualified" and self.chance(0.4):
                stage["observed_by"] = ["Marketing Qualified"]
            if stage["id"] in ("won", "opportunity") and self.chance(0.4):
                stage["observed_by"] = [{"won": "Deal Won", "opportunity": "Agreed To Engage"}[stage["id"]]]
            if stage["id"] in ("advocacy", "accepted") and self.chance(0.15):
                stage["observed_by"] = ["Deal Won", "Agreed To Engage"]

    def when(self, chance=1.0):
        return {"when": self.clauses.guard()} if self.chance(chance) else {}

    def arrows(self):
        rng, chance, back = self.rng, self.chance, self.back
        yield {"from": "prospect", "to": "lead", **rng.choice((self.when(), self.when(), {"on": "Demo Requested", **self.when(0.3)}, {"after": "2d"}))}
        if chance(0.4):
            yield {"from": "prospect", "to": "qualified", **self.when()}
        if chance(0.3):
            yield {"from": "lead", "to": "qualified", "on": "Demo Requested", **self.when(0.3)}
        if chance(0.2):
            yield {"from": "lead", "to": "qualified", "on": rng.choice(("call", "note")), **self.when(0.5)}
        yield {"from": "lead", "to": "qualified", **self.when()}
        if chance(0.06):  # a loop without exit: a square peg, sooner or later
            yield {"from": "lead", "to": "accepted", "when": {"all": [self.clauses.easy()]}}
            yield {"from": "accepted", "to": "lead", "when": {"all": [self.clauses.easy()]}}
        yield {"from": "recycled", "to": "qualified", **self.when()}
        if chance(0.3):
            yield {"from": "qualified", "to": back, "after": rng.choice(("4d", "14d", "36h")), **self.when(0.5)}
        yield {"from": "qualified", "to": "accepted", "on": "accept", "by": "sales", **self.when(0.15)}
        yield {"from": "qualified", "to": back, "on": "reject", "reasons": "rejection", **self.sent_back(), **self.when(0.1)}
        if chance(0.15):
            yield {"from": "qualified", "to": "lead", "on": "reject", "reasons": "ending"}
        if self.two_hand_offs:
            yield {"from": "accepted", "to": "qualified", "on": "reject", "reasons": "rejection", **self.sent_back()}
            yield {"from": "accepted", "to": "opportunity", "on": "accept"}
        if chance(0.3):
            yield {"from": "qualified", "to": back, "on": "withdraw"}
        yield {"from": "accepted", "to": "opportunity", "on": "Agreed To Engage", **self.when(0.3)}
        yield {"from": ["accepted", "opportunity"], "to": back, "on": "return", "reasons": "rejection", **self.sent_back(), **self.when(0.1)}
        if chance(0.5):
            yield {"from": "opportunity", "to": "won", "on": "Deal Won"}
        if chance(0.4):
            yield {"from": "opportunity", "to": back, "after": rng.choice(("10d", "90d")), "when": {"none": [self.clauses.clause()]}}
        if chance(0.5):
            yield {"from": ["lead", "qualified"], "to": "lost", "on": "disqualify", "reasons": "ending"}
        if chance(0.2):
            yield {"from": "accepted", "to": "lost", "when": self.clauses.criteria()}
        if chance(0.6):
            yield {"from": "won", "to": "advocacy", **rng.choice((self.when(), {"after": "30d"}))}
        yield {"from": "advocacy", "to": "lead", **self.when(), "new_cycle": chance(0.7)}
        if chance(0.3):
            yield {"from": "lost", "to": "lead", "on": "Demo Requested", "new_cycle": chance(0.5)}

    def sent_back(self):
        return {**({"hold": "nurture"} if self.chance(0.6) else {}), **({"wake_after": self.rng.choice(("5d", "60d"))} if self.chance(0.6) else {}),
                **({"new_cycle": False} if self.chance(0.3) else {})}

    def fits(self, arrow):
        sources = arrow["from"] if isinstance(arrow["from"], list) else [arrow["from"]]
        return arrow["to"] in self.ids and all(source in self.ids for source in sources)

    def hand_off(self, name, at, giver, taker):
        silence = self.rng.choice((None, {"after": self.rng.choice(("24h", "90m", "1d12h")), "then": "accepted"}, {"after": "2d", "then": "expired"}, {"after": "3d", "then": "stays_open"}))
        return {"id": name, "name": name.title(), "at": at, "from": giver, "to": taker, **({"silence": silence} if silence else {})}


class StreamMaker:
    """Facts and probes, chosen with an eye on where the lead stands."""

    def __init__(self, rng, yaml_text, length, decisions=True):
        self.rng, self.runner, self.length, self.decisions = rng, Runner(yaml_text), length, decisions
        self.book, self.now, self.items, self.historical = self.runner.person.book, START, [], rng.random() < 0.15

    def make(self):
        for n in range(self.length):
            self.now += self.gap()
            self.feed(self.fact(n))
            if self.rng.random() < 0.2:
                self.probe(self.gap())
        if self.historical and self.rng.random() < 0.5:
            self.now += self.gap()
            self.feed({"name": "live", "type": "go_live", "occurred_at": self.now, "recorded_at": self.now, "engine_at": self.now,
                       "properties": {}, "actor": "", "historical": False})
            self.historical = False
        for gap in (10 * DAY + 1, 50 * DAY, 100 * DAY):
            self.probe(gap)
        return self.items, self.runner.lines

    def feed(self, item):
        self.items.append(item)
        if self.decisions:  # else nothing that is chosen hangs on where the lead stands
            self.runner.feed(item)

    def probe(self, gap):
        self.now += gap
        self.feed({"probe": f"p{len(self.items)}", "at": self.now, "historical": self.historical})

    def gap(self):
        roll = self.rng.random()
        if roll < 0.12:
            return 0
        if roll < 0.3:
            return self.rng.randint(1, HOUR)
        if roll < 0.5:
            return self.rng.choice((HOUR, DAY, DAY, 2 * DAY, 7 * DAY))
        return self.rng.randint(1, 3 * DAY) if roll < 0.8 else self.rng.randint(DAY, 25 * DAY)

    def contradiction(self, n):
        """Data of the very moment of the newest answer, come after it: the answer stands."""
        said = next((item for item in reversed(self.items) if item.get("type") == "answer"), None)
        if said is None or said["properties"]["question"] == "nothing" or self.historical:
            return None
        name = said["properties"]["question"]
        return {**said, "name": f"f{n}", "type": "profile", "recorded_at": self.now, "engine_at": self.now, "actor": "",
                "properties": {name: self.odd(name)}}

    def fact(self, n):
        if self.rng.random() < 0.05 and (fact := self.contradiction(n)):
            return fact
        kind, properties, actor = self.choose()
        late = 0 if self.historical or self.rng.random() < 0.65 else self.rng.choice((1, 90, HOUR, DAY, 3 * DAY, self.rng.randint(1, 20 * DAY)))
        if self.items and not self.historical and self.rng.random() < 0.15:  # at the very moment of another fact
            late = self.now - self.rng.choice([item.get("occurred_at", self.now) for item in self.items[-4:]])
        recorded = START + 700 * DAY + n if self.historical else self.now
        return {"name": f"f{n}", "type": kind, "occurred_at": self.now - late, "recorded_at": recorded, "engine_at": self.now,
                "properties": properties, "actor": actor, "historical": self.historical,
                "public": kind in ("profile", "answer", "consent") and self.rng.random() < 0.25}

    def choose(self):
        rng = self.rng
        if self.decisions and rng.random() < (0.5 if self.runner.person.open_offer() else 0.2):
            return self.decision()
        held = self.decisions and self.runner.person.lead.hold is not None
        roll = rng.random() * (0.5 if held else 1)  # while held, more of what could be new evidence
        if roll < 0.25:
            return "profile", self.profile(), ""
        if roll < 0.35:
            question = rng.choice(("need", "timing", "timing", "nothing"))
            return "answer", {"question": question, "value": self.odd(question), "words": "so he said"}, "tina"
        if roll < 0.43:
            return "consent", {"purpose": rng.choice(("email", "email", "email", "sale")), "given": rng.random() < 0.6}, ""
        if roll < 0.47:
            return "account_changed", rng.choice(({"count.makers": rng.randint(0, 3)}, {"count.makers": 2, "property.tier": "gold"}, {"property.tier": "silver"})), ""
        return self.behaviour()

    def behaviour(self):
        rng = self.rng
        kind = rng.choice(BEHAVIOUR * 2 + ("Page Viewed", "Agreed To Engage", "Deal Won", "Marketing Qualified", "Unheard Of"))
        properties = {}
        if kind == "Page Viewed":
            properties = {"path": rng.choice(("/pricing", "/pricing/x", "/demo", "/jobs", "", None, 7)), "seconds": rng.choice((5, 31, 300, "40", "x", ""))}
        elif kind == "Asset Downloaded":
            properties = rng.choice(({"asset": "a"}, {"asset": "b"}, {"asset": " "}, {}, {"asset": "a", "more": 1}))
        return kind, properties, ""

    def profile(self):
        known = ["employees", "budget", "industry", "active", "joined", "tags", "need", "timing", "timing", "stranger", "consent_email"]
        names = set(self.rng.sample(known, self.rng.randint(1, 4)))
        return {name: self.odd(name) for name in sorted(names)}

    def odd(self, name):
        day = self.rng.randint(10, 28)
        values = {
            "employees": (5, 150, 250, 600, "250", "many", "", "  ", None, -3, {"$dec": 12_500_000}, "9223372036854775807", "9223372036854775808", "12.0", " 12 ",
                          "1e3", True, {"$dec": 150_000_000}, "+7", "1 200"),
            "budget": (10, 99, {"$dec": 12_345_678}, {"$dec": -500_000}, "49.75", "1e2", "", "none", 0),
            "industry": ("software", "retail", "bank", "", "  ", 12, None, "Retail", "größe", " retail", True, {"$dec": 1_500_000}, ["retail"]),
            "active": (True, False, "true", "false", "yes", "no", "1", "0", "", "perhaps", None, "TRUE", " Yes ", 1, 0, 2),
            "joined": (f"2026-01-{day}", f"2026-02-{day}T10:00:00Z", f"2026-03-{day} 23:59:59", f"2026-01-{day}T10:00:00.25+02:00", "2026-02-30", "soon", "", 20260101, f" 2026-02-{day} "),
            "tags": (["vip", "b2b"], ["bad"], "vip", [], "", ["x"], ["vip"], ["", "vip"], ["", " "], [3, "bad"], 5),
            "need": ("speed", "price", "", " ", 3, True, None), "timing": (3, 6, 12, "6", "soon", "", 0, None), "stranger": ("x", 1), "nothing": ("x",),
            "consent_email": (True, False),
        }
        return self.rng.choice(values[name])

    def decision(self):
        rng, lead = self.rng, self.runner.person.lead
        fitting = []
        if self.runner.person.open_offer():
            fitting += ["accept"] * 3 + ["reject"] * 4 + ["withdraw"]
        fitting += [verb for verb in ("return", "return", "disqualify") if self.runner.person.lead.stage and self.runner.person.arrow_on(verb)]
        fitting += ["assign"] if lead.open else []
        verb = rng.choice(fitting) if fitting and rng.random() < 0.85 else rng.choice(("accept", "reject", "return", "withdraw", "disqualify", "move", "move", "assign"))
        return verb, self.decided(verb), rng.choice(("anna", "bert", "")) if verb == "accept" else "anna"

    def decided(self, verb):
        rng = self.rng
        if verb == "move":
            targets = [stage.id for stage in self.book.stages if not stage.before_lead and not stage.outcome] * 3 + ["won", "nowhere"]
            return {"to": rng.choice(targets), **({"reason": "because"} if rng.random() < 0.9 else {})}
        if verb == "assign":
            return {"to": rng.choice(("anna", "carl", "carl", ""))}
        if verb in ("accept", "withdraw"):
            return {"reason": "stock"} if verb == "withdraw" else {}
        if verb == "disqualify":
            return {"reason": rng.choice(("duplicate", "duplicate", "duplicate", "odd"))}
        return self.sent_back()

    def sent_back(self):
        rng = self.rng
        found = {"reason": rng.choice(("wrong_fit",) * 6 + ("bad_data", "bad_data", "duplicate", "unlisted", ""))}
        definition = self.runner.person.definition() if rng.random() < 0.95 else sorted(self.book.clause)
        against = [name for name in definition if self.book.inside[name] == "none"]
        definition = against if against and rng.random() < 0.3 else definition
        if definition and rng.random() < 0.6:
            found["clauses"] = rng.sample(definition, min(len(definition), rng.randint(1, 3))) + (["no_such"] if rng.random() < 0.05 else [])
        if rng.random() < 0.2:
            found["wake_at"] = f"2026-0{rng.randint(5, 9)}-01T00:00:00Z"
        return found


def case(seed, decisions=True):
    """→ (yaml, items, expected lines, whether next moments can be exact)."""
    rng = random.Random(seed)
    maker = BookMaker(rng)
    yaml_text = maker.make()
    stream = StreamMaker(rng, yaml_text, rng.choice((5, 10, 15, 20, 30)), decisions)
    items, lines = stream.make()
    return yaml_text, items, lines, maker.clauses.exact


if __name__ == "__main__":
    import json
    import sys
    text, made, _, _ = case(int(sys.argv[1]))
    print(text)
    print("\n".join(json.dumps(item) for item in made))
