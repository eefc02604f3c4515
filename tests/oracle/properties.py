"""Properties of the engine alone, over the same random playbooks: order, schedule, a quiet year."""
import random

from cases import engine_lines
from generate import case, HOUR
from moments import Watch, next_moment
from playbook import read_data, write
from run import Runner
from values import DAY

FEATURES = ("scores", "attributes", "counts")


def standing_still(yaml_text):
    """The playbook without arrows: nothing is decided, so only features remain."""
    book = read_data(yaml_text)
    book.pop("transitions", None)
    book.pop("hand_offs", None)
    for stage in book["stages"]:
        stage.pop("observed_by", None)
    return write(book)


def observations(seed):
    yaml_text, items, _, _ = case(seed, decisions=False)
    facts = [item for item in items if "probe" not in item and item["type"] not in ("account_changed", "go_live")]
    end = max(fact["engine_at"] for fact in facts)
    for n, fact in enumerate(facts):  # distinct, for the newest of two at the same occurred_at must not hang on arrival
        fact["recorded_at"] = fact["occurred_at"] + 10 * DAY + n
    return standing_still(yaml_text), facts, end


def any_order(driver, seed):
    """Features are those of the set of facts, in whatever order they came."""
    yaml_text, facts, end = observations(seed)
    end += 20 * DAY
    facts = [{**fact, "engine_at": end} for fact in facts]
    probes = [{"probe": f"p{n}", "at": end + n * 7 * DAY} for n in range(4)]
    rng, seen = random.Random(seed), None
    for _ in range(3):
        rng.shuffle(facts)
        lines = [line for line in engine_lines(driver, yaml_text, facts + probes) if "state" in line][-len(probes):]
        features = [{name: line[name] for name in FEATURES} for line in lines]
        if seen is not None and features != seen:
            return f"=== seed {seed}: features depend on the order of arrival\n{seen}\n{features}\n{yaml_text}\n{facts}\n"
        seen = features
    return ""


def any_schedule(driver, seed):
    """A score at t is the same however often the person was evaluated before."""
    yaml_text, facts, end = observations(seed)
    last = {"probe": "last", "at": end + 40 * DAY}
    neutral = [{**facts[0], "name": f"n{n}", "type": "Unheard Of", "properties": {}, "occurred_at": t, "engine_at": t}
               for n, t in enumerate(range(facts[0]["engine_at"], end + 30 * DAY, 31 * HOUR))]
    often = sorted(facts + neutral, key=lambda fact: fact["engine_at"])
    few, many = (engine_lines(driver, yaml_text, stream + [last])[-1] for stream in (facts, often))
    if any(few[name] != many[name] for name in ("scores", "attributes")):
        return f"=== seed {seed}: scores depend on when they were looked at\n{few}\n{many}\n"
    return ""


class Flips:
    """Truth changes in a stretch of time without facts, counted by the oracle."""

    def __init__(self, runner):
        self.person, self.number = runner.person, 0

    def seen(self, now):
        watch = Watch(self.person.view().at(now))
        truths, labels = watch.arrows_seen(now)
        return truths + watch.rows_seen(now) + [labels[name] for name in sorted(labels)]

    def until(self, end):
        while self.person.next_early is not None and self.person.next_early <= end:
            t = self.person.next_early
            before = self.seen(self.person.now)
            self.person.run_until(t) if t == self.person.next_at else self.pass_by(t)
            after = self.seen(t)
            self.number += max(1, sum(a != b for a, b in zip(before, after)))

    def pass_by(self, t):
        """Only a clause of a class row changes: nothing follows, but looking is allowed."""
        self.person.now = t
        self.person.next_at, self.person.next_early = next_moment(self.person.view())


def quiet_year(driver, seed):
    """A year without facts: at most clause flips + 1 evaluations."""
    yaml_text, items, _, exact = case(seed)
    if not exact:
        return ""
    facts = [item for item in items if "probe" not in item]
    end = facts[-1]["engine_at"] + 365 * DAY
    lines = [line for line in engine_lines(driver, yaml_text, facts + [{"probe": "year", "at": end}]) if "state" in line]
    runner = Runner(yaml_text)
    for fact in facts:
        runner.feed(fact)
    flips = Flips(runner)
    flips.until(end)
    evaluated = lines[-1]["evaluations"] - lines[-2]["evaluations"]
    if evaluated > flips.number + 1:
        return f"=== seed {seed}: {evaluated} evaluations in a quiet year, {flips.number} flips\n"
    return ""


PROPERTIES = (any_order, any_schedule, quiet_year)
