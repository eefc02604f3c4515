"""The next moment by brute force: every breakpoint any watched condition could have, and the truth looked up at each."""
import criteria
import decay
from values import DAY, Ts, Unknown

FAR_DAYS = 400  # how far ahead whole-day functions are followed beyond the largest number in the clause


def clauses_of(guard):
    return guard.all + guard.any + guard.none


def watched(book, stage):
    """Clauses of the automatic arrows leaving a stage: the arrow's own and the target's `enter`."""
    leaving = [arrow for arrow in book.arrows if arrow.source == stage and arrow.on is None]
    return [clause for arrow in leaving for clause in clauses_of(arrow.when) + clauses_of(book.stage[arrow.target].enter)]


def class_clauses(book):
    return [clause for item in book.classes if item.kind == "rules" for _, guard in item.rules for clause in clauses_of(guard)]


def numbers_in(tree):
    return [node[1] for node in criteria.walk(tree) if node[0] == "lit" and isinstance(node[1], int)]


def day_moments(start, now, tree, forward):
    """Moments > now at which floor((t − start) / day), or of (start − t) when not forward, steps, near the numbers named."""
    largest = max([abs(n) for n in numbers_in(tree)] or [0]) + 2
    first = (now - start) // DAY
    for k in set(range(-largest, largest + 1)) | (set(range(first, first + FAR_DAYS)) if compound(tree) else set()):
        # floor(start − t) steps just after a whole number of days, floor(t − start) at it.
        yield start + k * DAY + (0 if forward else 1)


def compound(tree):
    return any(node[0] == "bin" and node[1] in "+-*/%" for node in criteria.walk(tree))


def of_tree(tree, view):
    """Candidate moments of one expression."""
    for node in criteria.walk(tree):
        if node[0] == "call":
            yield from of_call(node, tree, view)
        elif node[0] == "dot" and node[1] == ("name", "score"):
            yield from of_score(next(score for score in view.book.scores if score.id == node[2]), view)


def of_call(node, tree, view):
    _, name, arguments = node
    if name == "count" and len(arguments) == 2:
        window = criteria.evaluate(arguments[1], view).us
        yield from (t + window for t in view.times(arguments[0][1]))
    elif name in ("days_since", "days_until"):
        try:
            moment = criteria.evaluate(arguments[0], view)
        except Unknown:
            return
        if isinstance(moment, Ts):
            yield from day_moments(moment.us, view.now, tree, name == "days_since")
    elif name == "days_in_stage":
        yield from day_moments(view.stage_entered_at, view.now, tree, True)
    elif name == "days_in_cycle":
        yield from day_moments(view.cycle_started_at, view.now, tree, True)


def of_score(score, view):
    if score.kind == "total":
        for other in view.book.scores:
            if other.kind != "total":
                yield from of_score(other, view)
        return
    if score.kind != "behaviour":
        return
    for rule in (rule for group in score.groups for rule in group.rules):
        for t in view.features.entries(rule, view.lead.counts_from):
            yield from (t + k * DAY for k in decay.steps_of(rule.kind, rule.days))
    entries = view.entries_of(score)
    if score.inactivity and entries:
        yield from of_inactivity(score, max(entries), len(entries))


def of_inactivity(score, newest, entries):
    """Steps until nothing can be left to take (the score is not taken below 0)."""
    rule = score.inactivity
    largest = max(abs(r.points) for group in score.groups for r in group.rules) * entries
    steps = min(1000, largest // max(1, abs(rule.points)) + 2) if rule.every > 0 else 1
    yield from (newest + rule.after + k * rule.every for k in range(steps))


def class_trees(book):
    return [clause.tree for clause in class_clauses(book)]


class Watch:
    """What can change by time alone for a person who stands still, looked at from `view`."""

    def __init__(self, view):
        self.view, self.book = view, view.book
        self.arrow_clauses = watched(view.book, view.lead.stage)
        self.row_clauses = class_clauses(view.book)

    def candidates(self):
        trees = [clause.tree for clause in self.arrow_clauses + self.row_clauses]
        found = {t for tree in trees for t in of_tree(tree, self.view)}
        for item in self.book.classes:
            if item.kind == "bands":
                found.update(of_score(next(score for score in self.book.scores if score.id == item.score), self.view))
        return sorted(t for t in found if t > self.view.now)

    def arrows_seen(self, now):
        """Truths of the arrows' clauses and the labels at `now`: a change of these is a moment."""
        labels = self.view.at(now).labels_now()
        view = self.view.at(now, labels)
        return [criteria.judge(clause.tree, view) for clause in self.arrow_clauses], labels

    def rows_seen(self, now):
        view = self.view.at(now, self.view.at(now).labels_now())
        return [criteria.judge(clause.tree, view) for clause in self.row_clauses]

    def next(self):
        """(earliest moment a watched truth or label changes, earliest one at which also a clause of a class row does)."""
        seen, rows, earlier = self.arrows_seen(self.view.now), self.rows_seen(self.view.now), None
        for t in self.candidates():
            if earlier is None and self.rows_seen(t) != rows:
                earlier = t
            if self.arrows_seen(t) != seen:
                return t, earlier if earlier is not None else t
        return None, earlier


def due_moments(lead, book):
    """What is due by the calendar alone: `after` of leaving arrows, silence of the open offer, waking up."""
    for arrow in book.arrows:
        if arrow.source == lead.stage and arrow.after is not None:
            yield lead.stage_entered_at + arrow.after
    if lead.offer and lead.offer.end is None and lead.offer.silence_at is not None:
        yield lead.offer.silence_at
    if lead.hold and lead.hold.wake_at is not None:
        yield lead.hold.wake_at


def next_moment(view):
    """→ (exact moment or None, the earlier moment a class row's clause changes or the same)."""
    exact, early = Watch(view).next()
    due = [t for t in due_moments(view.lead, view.book) if t > view.now]
    exact = min([t for t in due + [exact] if t is not None], default=None)
    early = min([t for t in [exact, early] if t is not None], default=None)
    return exact, early
