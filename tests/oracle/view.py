"""A person as criteria see it at one moment, computed from all facts known so far, every time anew."""
import criteria
import decay
from values import Dec, Ts, convert, is_blank, is_int

NOT_COUNTED = ("profile", "answer", "consent", "timer", "account_changed", "account", "activation", "member_changed", "user", "go_live")


def is_counted(fact, decisions):
    return fact["type"] not in NOT_COUNTED and fact["type"] not in decisions


def rank(fact, answered, seq):
    """What a browser says counts only where nobody else spoke, and what was heard first then."""
    if fact.get("public"):
        return (0, -fact["recorded_at"], -seq, 0, 0)
    return (1, fact["occurred_at"], answered, fact["recorded_at"], seq)


def newest(candidates):
    """The value of the greatest rank."""
    return max(candidates, key=lambda item: item[0])[1] if candidates else None


class Features:
    """Functions of the set of facts; `facts` in order of arrival."""

    def __init__(self, book, facts, decisions):
        self.book, self.facts = book, facts
        self.by_type = {}
        for fact in facts:
            if is_counted(fact, decisions):
                self.by_type.setdefault(fact["type"], []).append(fact)
        self.attributes, self.answers = self.read_people()
        self.told = self.read_account()
        self.entry_cache = {}

    def read_people(self):
        data, answers = {}, {}
        for seq, fact in enumerate(self.facts):
            order = rank(fact, 0, seq)
            if fact["type"] == "profile":
                for name, value in fact["properties"].items():
                    if not name.startswith("consent_"):
                        self.candidate(data, name, value, order)
            elif fact["type"] == "answer" and fact["properties"].get("question") in self.book.questions:
                order = rank(fact, 1, seq)
                for target in (data, answers):
                    self.candidate(target, fact["properties"]["question"], fact["properties"].get("value"), order)
            elif fact["type"] == "consent":
                self.consent(data, fact, seq)
        return ({name: newest(found) for name, found in data.items()},
                {name: newest(found) for name, found in answers.items()})

    def consent(self, target, fact, seq):
        """The newest word counts, of one moment the withdrawal; a browser's grant only where nothing else was said."""
        given = fact["properties"]["given"]
        order = (0, -fact["recorded_at"], -seq, 0, 0) if given and fact.get("public") else \
            (1, fact["occurred_at"], not given, fact["recorded_at"], seq)
        self.candidate(target, "consent_" + fact["properties"]["purpose"], given, order)

    def candidate(self, target, name, value, order):
        if name not in self.book.person:
            return
        value = convert(value, self.book.person[name])
        if value is not None:
            target.setdefault(name, []).append((order, value))

    def read_account(self):
        told = {}
        for fact in self.facts:
            if fact["type"] != "account_changed":
                continue
            for name, value in fact["properties"].items():
                kind, _, name = name.partition(".")
                if kind == "count" and name in self.book.counts and is_int(value):
                    told[name] = value
                elif kind == "property" and name in self.book.account and not is_blank(value):
                    told[name] = convert(value, self.book.account[name])
        return told

    def event_value(self, fact, name):
        kind = self.book.events.get(fact["type"], {}).get(name)
        value = fact["properties"].get(name)
        return convert(value, kind) if kind else (None if is_blank(value) else value)

    def entries(self, rule, cycle_start):
        """(occurred_at) of each entry of a behaviour rule."""
        key = (id(rule), cycle_start)
        if key not in self.entry_cache:
            self.entry_cache[key] = self.compute_entries(rule, cycle_start)
        return self.entry_cache[key]

    def compute_entries(self, rule, cycle_start):
        found = []
        for fact in self.by_type.get(rule.on, []):
            if cycle_start is not None and fact["occurred_at"] < cycle_start:
                continue
            if rule.where is None or criteria.judge(rule.where, EventView(self, fact)) is True:
                found.append(fact)
        if rule.once_per:
            best = {}
            for fact in found:
                value = self.event_value(fact, rule.once_per)
                key = repr(value)
                if key not in best or fact["occurred_at"] > best[key]["occurred_at"]:
                    best[key] = fact
            found = list(best.values())
        return [fact["occurred_at"] for fact in found]


class EventView:
    """What `where` of a score rule sees."""

    def __init__(self, features, fact):
        self.features, self.fact, self.now = features, fact, fact["occurred_at"]

    def read(self, root, name):
        if root == "event":
            return self.features.event_value(self.fact, name)
        if root == "lists":
            return self.features.book.lists.get(name)
        return None


def cut(value, cap):
    return value if cap is None else max(-abs(cap), min(abs(cap), value))


def clamp(value, score):
    if score.cap is not None:
        value = min(value, score.cap)
    return value if score.floor is None else max(value, score.floor)


class View:
    """The whole person at `now`. `lead` gives stage, cycle … and the labels as decided; `labels_at` judges them anew."""

    def __init__(self, book, features, lead, now, labels=None):
        self.book, self.features, self.lead, self.now = book, features, lead, now
        self.labels = lead.labels if labels is None else labels
        self.stage_entered_at, self.cycle_started_at = lead.stage_entered_at, lead.cycle_started_at
        self.scores = {}

    def at(self, now, labels=None):
        return View(self.book, self.features, self.lead, now, labels)

    # ---- what expressions read
    def read(self, root, name):
        if root == "person":
            return self.features.attributes.get(name)
        if root == "answer":
            return self.features.answers.get(name)
        if root == "account":
            return self.features.told.get(name, 0 if name in self.book.counts else None)
        if root == "score":
            return Dec(self.score(name))
        if root == "class":
            return self.labels.get(name, "")
        if root == "lists":
            return self.book.lists.get(name)
        if root == "lead":
            return {"stage": self.lead.stage, "cycle": self.lead.cycle, "furthest": self.lead.furthest,
                    "holder": self.lead.holder[0]}.get(name)
        return None

    def times(self, kind):
        return [fact["occurred_at"] for fact in self.features.by_type.get(kind, [])]

    def count(self, kind, window):
        times = self.times(kind)
        return len(times) if window is None else sum(1 for t in times if self.now - window < t)

    def count_this_cycle(self, kind):
        return sum(1 for t in self.times(kind) if self.lead.counts_from is None or t >= self.lead.counts_from)

    def first(self, kind):
        return Ts(min(self.times(kind))) if self.times(kind) else None

    def last(self, kind):
        return Ts(max(self.times(kind))) if self.times(kind) else None

    # ---- scores
    def score(self, name):
        if name not in self.scores:
            self.scores[name] = self.compute(next(score for score in self.book.scores if score.id == name))
        return self.scores[name]

    def compute(self, score):
        if score.kind == "total":
            return clamp(sum(self.score(other.id) for other in self.book.scores if other.kind != "total"), score)
        total = sum(cut(sum(cut(self.rule(rule), rule.cap) for rule in group.rules), group.cap) for group in score.groups)
        if score.kind == "behaviour" and score.inactivity:
            total = self.inactive(score, total)
        return clamp(total, score)

    def rule(self, rule):
        if rule.on is None:
            return rule.points if criteria.judge(rule.when, self) is True else 0
        return sum(decay.worth(rule.points, rule.kind, rule.days, self.now - t)
                   for t in self.features.entries(rule, self.lead.counts_from))

    def entries_of(self, score):
        return [t for group in score.groups for rule in group.rules for t in self.features.entries(rule, self.lead.counts_from)]

    def inactive(self, score, total):
        entries, rule = self.entries_of(score), score.inactivity
        if not entries or self.now - max(entries) < rule.after or total < 0:
            return total
        steps = 1 + (self.now - max(entries) - rule.after) // rule.every if rule.every > 0 else 1
        return max(0, total + rule.points * min(steps, 1000))

    # ---- guards and classes
    def holds(self, guard):
        def truths(clauses):
            return [criteria.judge(clause.tree, self) for clause in clauses]
        return (all(truth is True for truth in truths(guard.all))
                and (not guard.any or any(truth is True for truth in truths(guard.any)))
                and not any(truth is True for truth in truths(guard.none)))

    def label(self, item):
        if item.kind == "matrix":
            return item.cells.get(self.labels.get(item.rows, ""), {}).get(self.labels.get(item.columns, ""), "")
        if item.kind == "bands":
            value = self.score(item.score)
            return next((label for label, least in item.bands if least is None or value >= least), "")
        return next((label for label, guard in item.rules if self.holds(guard)), "")

    def labels_now(self):
        """Labels as they are at `now`, each class seeing those above it."""
        fresh = View(self.book, self.features, self.lead, self.now, dict(self.labels))
        for item in self.book.classes:
            fresh.labels[item.id] = fresh.label(item)
        return fresh.labels
