"""Decisions: stages, offers, holder, cycles, holds: PLAYBOOK Semantics 8 – 17, one method a rule."""
from types import SimpleNamespace

import criteria
from moments import clauses_of, next_moment
from playbook import DECISIONS
from values import DAY, convert
from view import Features, View

MOVES = 16
NO_HOLDER = ("", "", "")


def new_lead():
    return SimpleNamespace(stage="", stage_entered_at=0, cycle=1, cycle_started_at=0, counts_from=None, furthest="",
                           open=False, holder=NO_HOLDER, offer=None, offers=0, hold=None, labels={},
                           square_peg=False)


class Person:
    def __init__(self, book):
        self.book, self.lead, self.facts, self.history = book, new_lead(), [], []
        self.now, self.fact, self.next_at, self.next_early = None, None, None, None
        self.features = Features(book, [], DECISIONS)
        self.timers = 0

    # ---- the path of one fact
    def run_until(self, moment, historical=False):
        """All due moments ≤ moment, each as a timer; between past rows they belong to the past."""
        while self.next_at is not None and self.next_at <= moment:
            self.timers += 1
            self.apply({"type": "timer", "engine_at": self.next_at, "occurred_at": self.next_at,
                        "recorded_at": self.next_at, "properties": {}, "actor": "", "name": "timer",
                        "historical": historical})

    def apply(self, fact):
        self.now, self.fact, self.moves, self.entered = fact["engine_at"], fact, 0, []
        before, last = self.inputs_of_denied(), self.history[-1:]
        self.facts.append(fact)
        self.features = Features(self.book, self.facts, DECISIONS)
        if not self.lead.stage:
            self.start()
        self.try_hold(before)
        if not self.follow(fact, before):
            self.observe(fact)
        if self.history[-1:] == last and self.is_ignorable(fact["type"]):
            self.record("ignored")
        self.next_at, self.next_early = next_moment(self.view())

    def follow(self, fact, before):
        """Silence, decisions and arrows; whether an arrow with `on` was taken for this fact."""
        if fact["type"] == "timer":
            self.try_silence()
        elif fact["type"] in DECISIONS:
            self.decide(fact)
        elif fact["type"] == "go_live" and self.open_offer() and self.lead.offer.historical:
            giver = self.lead.offer.hand_off.giver
            self.end_offer("imported")
            self.hold_by(self.queue(giver))
        self.relabel()
        if fact["type"] not in DECISIONS:
            self.try_hold(before)  # a denied clause may read a class
        return self.try_arrows(fact["type"])

    def is_ignorable(self, kind):
        """Of a type that moves leads somewhere and nothing else reads (18)."""
        return kind in self.book.movers and kind not in self.book.readers

    def view(self):
        return View(self.book, self.features, self.lead, self.now)

    def record(self, kind, **fields):
        self.history.append({"kind": kind, "at": self.now, "by": self.fact["name"], **fields})

    def start(self):
        first = self.book.stages[0]
        self.lead.cycle_started_at = self.now
        how = SimpleNamespace(arrow=None, verb="", new_cycle=False, hold=None, skipped=None)
        self.enter(first, "start", None, [], how)

    def relabel(self):
        for name, label in self.view().labels_now().items():
            old = self.lead.labels.get(name, "")
            if label != old:
                self.record("class_changed", what=name, **{"from": old, "to": label})
        self.lead.labels = self.view().labels_now()

    # ---- arrows (9)
    def leaving(self):
        return [arrow for arrow in self.book.arrows if arrow.source == self.lead.stage]

    def try_arrows(self, trigger):
        """Whether an arrow used the trigger."""
        used = False
        while arrow := next((arrow for arrow in self.leaving() if self.can_take(arrow, None if used else trigger)), None):
            if self.moves == MOVES:
                self.lead.square_peg = True
                self.record("square_peg")
                return used
            used = used or arrow.on is not None
            self.lead.square_peg = self.lead.square_peg and arrow.on is None
            cause = "fact" if arrow.on is not None else "time" if self.fact["type"] == "timer" else "rule"
            self.move(self.book.stage[arrow.target], cause, arrow)
        return used

    def can_take(self, arrow, trigger):
        if arrow.on is not None and (arrow.on != trigger or arrow.on in DECISIONS):
            return False
        if arrow.on is None and self.lead.square_peg:
            return False
        if arrow.after is not None and self.now < self.lead.stage_entered_at + arrow.after:
            return False
        if self.lead.hold is not None and self.hand_off_at(arrow.target) is not None:
            return False
        view = self.view()
        return view.holds(arrow.when) and (arrow.on is not None or view.holds(self.book.stage[arrow.target].enter))

    def hand_off_at(self, stage):
        return next((item for item in self.book.hand_offs if item.at == stage), None)

    # ---- moving (10, 11, 12)
    def move(self, target, cause, arrow, verb="", skipped=None, hold=None):
        """verb: the decision that moves; skipped: stages passed over when it is a skip; hold: what a rejection leaves behind."""
        if verb or self.observing:
            self.lead.square_peg = False
        self.moves += 0 if verb else 1  # the 16 of rule 9 are those that follow; a decision's or silence's own move is none
        self.entered.append(target.id)
        snapshot, old = self.snapshot(arrow, target), self.book.stage[self.lead.stage]
        if self.observing:
            self.end_hold("moved")
        self.leave_offer(verb, target)
        decided_closed = target.kind == "closed" and self.fact["type"] in DECISIONS and arrow is not None and bool(verb)
        new_cycle = old.kind == "closed" if arrow is None else arrow.new_cycle and not decided_closed
        hold = None if decided_closed else hold
        self.enter(target, cause, old, snapshot, SimpleNamespace(arrow=arrow, verb=verb, new_cycle=new_cycle, hold=hold, skipped=skipped))
        self.try_hold({})
        self.relabel()

    def snapshot(self, arrow, target):
        view = self.view()
        clauses = (clauses_of(arrow.when) if arrow is not None else []) + clauses_of(target.enter)
        return [[clause.id, criteria.judge(clause.tree, view)] for clause in clauses]

    def new_cycle(self):
        lead = self.lead
        lead.cycle, lead.cycle_started_at, lead.counts_from = lead.cycle + 1, self.now, self.now
        self.record("cycle_started", number=lead.cycle)

    def enter(self, target, cause, old, snapshot, how):
        lead = self.lead
        lead.stage, lead.stage_entered_at = target.id, self.now
        self.record("stage_entered", **{"from": old.id if old else "", "to": target.id}, cause=cause,
                    skip=how.skipped is not None, skipped=how.skipped or [])
        if how.new_cycle:
            self.new_cycle()
        if not target.before_lead and target.outcome != "lost":
            if not lead.furthest or target.position > self.book.stage[lead.furthest].position:
                lead.furthest = target.id
        self.open_or_close(old, target, how.new_cycle)
        if how.hold is not None:
            lead.hold = how.hold
            self.record("held_back", detail=how.hold.reason, number=how.hold.wake_at or 0)
        hand_off = self.hand_off_at(target.id)
        holder = self.next_holder(old, target, how, hand_off)
        if hand_off is not None:
            self.offer(hand_off, snapshot)
        self.hold_by(holder)

    def open_or_close(self, old, target, new_cycle):
        lead = self.lead
        first = not target.before_lead and (old is None or old.before_lead)
        if first or (old is not None and old.outcome and (new_cycle or target.outcome)):
            self.record("lead_opened")
        lead.open = not target.before_lead and not target.outcome
        if target.outcome:
            self.record("lead_closed", detail=target.outcome)

    # ---- holder (15)
    def queue(self, team):
        return ("queue", team, self.book.teams.get(team, ""))

    def next_holder(self, old, target, how, hand_off):
        holder = self.lead.holder
        if not self.lead.open:
            return NO_HOLDER
        if how.verb == "accept" and self.fact["type"] == "accept":  # by silence: as any other move
            return self.owner(self.fact["actor"], target) if self.fact["actor"] else self.queue(target.team)
        if (how.arrow is not None and how.arrow.hold) or target.hold:
            return ("nurture", "", self.book.teams.get(target.team, ""))
        if hand_off is not None:
            return self.queue(hand_off.taker)
        if holder[0] == "owner" and old is not None and old.team == target.team:
            return holder
        return self.queue(target.team)

    def owner(self, user, stage):
        return ("owner", user, self.book.teams.get(stage.team, ""))

    def hold_by(self, holder):
        if holder != self.lead.holder:
            self.record("holder_changed", what=holder[0], to=holder[1])
        self.lead.holder = holder

    # ---- hand-off (13)
    def offer(self, hand_off, snapshot):
        lead = self.lead
        lead.offers += 1
        waits = hand_off.silence_after is not None and hand_off.then != "stays_open"
        silence = self.now + hand_off.silence_after if waits else None
        lead.offer = SimpleNamespace(number=lead.offers, hand_off=hand_off, silence_at=silence, end=None,
                                     historical=self.fact.get("historical", False))
        self.record("offered", what=hand_off.id, number=lead.offers, clauses=snapshot)

    def open_offer(self):
        return self.lead.offer is not None and self.lead.offer.end is None

    def end_offer(self, end, reason=""):
        offer = self.lead.offer
        offer.end = end
        self.record("offer_ended", what=offer.hand_off.id, number=offer.number, detail=end, reason=reason)

    def leave_offer(self, verb, target):
        """An offer still open when the lead leaves the stage."""
        if not self.open_offer():
            return
        if target.kind in ("sales", "customer") or target.outcome == "won":
            self.end_offer("accepted_implied")
        else:
            self.end_offer("withdrawn", (self.fact["properties"].get("reason", "") if verb else "") or "left")

    def try_silence(self):
        offer = self.lead.offer
        if not self.open_offer() or offer.silence_at is None or self.now < offer.silence_at:
            return
        if offer.hand_off.then == "accepted":
            self.end_offer("accepted_by_default")
            self.accept("time")
        else:
            self.end_offer("expired")
            self.hold_by(self.queue(offer.hand_off.giver))
        offer.silence_at = None

    def accept(self, cause):
        arrow = self.arrow_on("accept")
        if arrow is not None:
            self.move(self.book.stage[arrow.target], cause, arrow, verb="accept")
            return
        if cause != "time":
            stage, actor = self.book.stage[self.lead.stage], self.fact["actor"]
            self.hold_by(self.owner(actor, stage) if actor else self.queue(stage.team))

    # ---- hold (14)
    def inputs_of_denied(self):
        """What feeds the denied clauses, before the fact at hand is folded in."""
        return {name: self.fed(name) for name in self.lead.hold.denied} if self.lead.hold is not None else {}

    def fed(self, name):
        view = View(self.book, self.features, self.lead, self.fact["engine_at"])
        return feeds(self.book.clause[name].tree, view)

    def try_hold(self, before):
        hold = self.lead.hold
        if hold is None:
            return
        if hold.wake_at is not None and self.now >= hold.wake_at:
            self.end_hold("woke_up")
        elif self.fact["type"] != "timer" and any(self.is_new_evidence(name, seen) for name, seen in before.items()):
            self.end_hold("new_evidence")

    def is_new_evidence(self, name, seen):
        """The fact fed the clause, which now stands as it should."""
        stands = criteria.judge(self.book.clause[name].tree, self.view()) is True
        return self.fed(name) != seen and stands != (self.book.inside[name] == "none")

    def end_hold(self, why):
        if self.lead.hold is not None:
            self.lead.hold = None
            self.record("hold_ended", detail=why)

    def hold_after(self, arrow, reason, fact):
        listed = self.reason(arrow, reason)
        wake_at = convert(fact["properties"].get("wake_at"), "timestamp")
        wake_at = wake_at.us if wake_at is not None else None
        days = listed.wake_after if listed is not None and listed.wake_after is not None else arrow and arrow.wake_after
        if wake_at is None and days is not None:
            wake_at = self.now + days * DAY
        return SimpleNamespace(wake_at=wake_at, denied=list(fact["properties"].get("clauses", [])), reason=reason)

    # ---- decisions (16)
    def arrow_on(self, verb):
        """The first arrow of the verb whose guard holds (19)."""
        return next((arrow for arrow in self.leaving() if arrow.on == verb and self.view().holds(arrow.when)), None)

    def reason(self, arrow, reason):
        if arrow is None or arrow.reasons is None:
            return None
        return next((item for item in self.book.reasons.get(arrow.reasons, []) if item.id == reason), None)

    def decide(self, fact):
        refusal = self.refusal(fact)
        if refusal:
            self.record("decision_void", detail=refusal)
            return
        if fact["type"] == "move" or (fact["type"] not in ("accept", "assign") and self.arrow_on(fact["type"]) is not None):
            self.end_hold("moved")  # the hold of before; this decision may leave its own
        getattr(self, "do_" + fact["type"])(fact["properties"])

    def refusal(self, fact):
        verb, properties = fact["type"], fact["properties"]
        if verb in ("accept", "reject", "withdraw") and not self.open_offer():
            return "no_open_offer"
        if verb in ("return", "disqualify") and not any(arrow.on == verb for arrow in self.leaving()):
            return {"return": "stage_cannot_return", "disqualify": "cannot_disqualify"}[verb]
        if verb not in ("move", "assign") and self.arrow_on(verb) is None and any(arrow.on == verb for arrow in self.leaving()):
            return "criteria_not_met"
        if verb == "move":
            return self.move_refusal(properties)
        if verb == "assign":
            return "" if self.lead.open and properties.get("to") else "owner_missing" if self.lead.open else "no_open_lead"
        return self.reason_refusal(verb, properties) if verb in ("reject", "return", "disqualify") else ""

    def move_refusal(self, properties):
        if properties.get("to") not in self.book.stage:
            return "stage_unknown"
        if properties["to"] == self.lead.stage:
            return "already_there"
        return "" if properties.get("reason") else "reason_missing"

    def reason_refusal(self, verb, properties):
        arrow = self.arrow_on(verb)
        if arrow is not None and arrow.reasons is not None:
            if not properties.get("reason"):
                return "reason_missing"
            if self.reason(arrow, properties["reason"]) is None:
                return "reason_not_listed"
        definition = self.definition()
        unknown = [name for name in properties.get("clauses", []) if name not in definition]
        return "clause_unknown" if unknown and verb != "disqualify" else ""

    def definition(self):
        """Ids of the clauses that may be denied: of the newest hand-off, else of all."""
        asked = [self.lead.offer.hand_off] if self.lead.offer is not None else self.book.hand_offs
        guards = [self.book.stage[item.at].enter for item in asked]
        guards += [arrow.when for item in asked for arrow in self.book.arrows if arrow.target == item.at]
        return [clause.id for guard in guards for clause in clauses_of(guard)]

    def do_accept(self, _):
        self.end_offer("accepted")
        self.accept("decision")

    def do_reject(self, properties):
        self.end_offer("rejected", properties.get("reason", ""))
        self.send_back("reject", properties)

    def do_return(self, properties):
        self.send_back("return", properties)

    def send_back(self, verb, properties):
        arrow, reason = self.arrow_on(verb), properties.get("reason", "")
        hold = self.hold_after(arrow, reason, self.fact)
        if arrow is not None:
            self.move(self.target(arrow, reason), "decision", arrow, verb=verb, hold=hold)

    def target(self, arrow, reason):
        listed = self.reason(arrow, reason)
        return self.book.stage[listed.to if listed is not None and listed.to else arrow.target]

    def do_disqualify(self, properties):
        arrow = self.arrow_on("disqualify")
        self.move(self.target(arrow, properties.get("reason", "")), "decision", arrow, verb="disqualify")

    def do_withdraw(self, properties):
        giver = self.lead.offer.hand_off.giver
        self.end_offer("withdrawn", properties.get("reason", ""))
        arrow = self.arrow_on("withdraw")
        if arrow is not None:
            self.move(self.book.stage[arrow.target], "decision", arrow, verb="withdraw")
        else:
            self.hold_by(self.queue(giver))
            self.relabel()

    def do_move(self, properties):
        self.move(self.book.stage[properties["to"]], "hand", None, verb="move")

    def do_assign(self, properties):
        self.hold_by(self.owner(properties["to"], self.book.stage[self.lead.stage]))
        self.relabel()

    # ---- observed (10)
    observing = False

    def provers(self, kind):
        return [stage.id for stage in self.book.stages if kind in stage.observed_by]

    def observe(self, fact):
        proved = [self.book.stage[name] for name in self.provers(fact["type"])]
        here = self.book.stage[self.lead.stage]
        fitting = [stage for stage in proved if stage.id not in self.entered
                   and (stage.position > here.position or "closed" in (stage.kind, here.kind))]
        if not fitting or here in proved or self.moves == MOVES:
            return
        target = fitting[0]
        leads_there = any(arrow.target == target.id for arrow in self.leaving())
        passed = [stage.id for stage in self.book.stages if here.position < stage.position < target.position and stage.kind != "closed"]
        self.observing = True
        self.move(target, "fact" if leads_there else "skip", None, skipped=None if leads_there else passed)
        self.observing = False
        self.try_arrows(None)


def feeds(tree, view):
    """A picture of everything that can feed an expression: values of properties, facts of types, entries of scores."""
    found = []
    for node in criteria.walk(tree):
        if node[0] == "dot" and node[1][0] == "name" and node[1][1] in ("person", "answer", "account", "class"):
            found.append(view.read(node[1][1], node[2]))
        elif node[0] == "dot" and node[1] == ("name", "score"):
            found += [feeds_of_score(score, view) for score in view.book.scores if score.id == node[2]]
        elif node[0] == "call" and node[1] in ("count", "count_this_cycle", "first", "last"):
            found.append(len(view.times(node[2][0][1])))
    return found


def feeds_of_score(score, view):
    if score.kind == "total":
        return [feeds_of_score(other, view) for other in view.book.scores if other.kind != "total"]
    return view.entries_of(score) if score.kind == "behaviour" else view.score(score.id)
