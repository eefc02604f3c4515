"""A playbook as the oracle reads it: straight from the YAML, every scalar a text (PyYAML's base loader)."""
import re
from types import SimpleNamespace

import yaml

import criteria
from values import DAY, decimal_of, duration_of


BASE = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # libyaml's reads the same, faster


class Plain(yaml.BaseDumper, yaml.representer.SafeRepresenter):
    """Writes every scalar as plainly as it can stand: what was read as text becomes a number again."""


def write(data):
    return yaml.dump(data, Dumper=Plain, sort_keys=False, width=1000, default_flow_style=None)


def read_data(text):
    return yaml.load(text, Loader=BASE)


def clause_id(name):
    return re.sub(r"[^a-z0-9]+", "_", name.lower())


def clause(entry):
    return SimpleNamespace(id=entry.get("id") or clause_id(entry["name"]), tree=criteria.parse(entry["when"]))


def criteria_of(section):
    section = section or {}
    return SimpleNamespace(**{part: [clause(entry) for entry in section.get(part, [])] for part in ("all", "any", "none")})


def clauses_of(guard):
    return guard.all + guard.any + guard.none


def micros(section, key):
    return decimal_of(section[key]).micros if key in section else None


def days(text):
    us = duration_of(text)
    assert us % DAY == 0, text
    return us // DAY


def score_rule(entry):
    decay = entry.get("decay") or {}
    kind = next(iter(decay), "none")
    return SimpleNamespace(
        name=entry["name"], on=entry.get("on"), when=parsed(entry.get("when")), where=parsed(entry.get("where")),
        points=micros(entry, "points"), cap=micros(entry, "cap"), once_per=entry.get("once_per"),
        kind=kind, days=days(decay[kind]) if decay else 0)


def parsed(text):
    return criteria.parse(text) if text is not None else None


def score(entry):
    inactivity = entry.get("inactivity")
    return SimpleNamespace(
        id=entry["id"], kind=entry["kind"], cap=micros(entry, "cap"), floor=micros(entry, "floor"),
        groups=[SimpleNamespace(cap=micros(group, "cap"), rules=[score_rule(rule) for rule in group["rules"]])
                for group in entry.get("groups", [])],
        inactivity=inactivity and SimpleNamespace(
            after=duration_of(inactivity["after"]), points=micros(inactivity, "points"),
            every=duration_of(inactivity["every"]) if "every" in inactivity else 0))


def class_(entry):
    if "matrix" in entry:
        matrix = entry["matrix"]
        return SimpleNamespace(id=entry["id"], kind="matrix", rows=matrix["rows"], columns=matrix["columns"],
                               cells=matrix["cells"])
    if "bands" in entry:
        bands = [(band["label"], micros(band, "at_least")) for band in entry["bands"]]
        return SimpleNamespace(id=entry["id"], kind="bands", score=entry["score"], bands=bands)
    rules = [(row["label"], criteria_of(row)) for row in entry["rules"]]
    return SimpleNamespace(id=entry["id"], kind="rules", rules=rules)


def stage(entry, position):
    return SimpleNamespace(
        id=entry["id"], position=position, kind=entry.get("kind", "marketing"), team=entry.get("owner", ""),
        before_lead=entry.get("before_lead") == "true", outcome=entry.get("outcome", ""), enter=criteria_of(entry.get("enter")),
        observed_by=entry.get("observed_by", []), hold=entry.get("hold", ""))


DECISIONS = ("accept", "reject", "return", "withdraw", "disqualify", "move", "assign")


def arrows(entries):
    for entry in entries:
        sources = entry["from"] if isinstance(entry["from"], list) else [entry["from"]]
        on = entry.get("on")
        new_cycle = entry["new_cycle"] == "true" if "new_cycle" in entry else on in ("reject", "return")
        for source in sources:
            yield SimpleNamespace(
                source=source, target=entry["to"], on=on, when=criteria_of(entry.get("when")), new_cycle=new_cycle,
                after=duration_of(entry["after"]) if "after" in entry else None, reasons=entry.get("reasons"),
                hold=entry.get("hold", ""), wake_after=days(entry["wake_after"]) if "wake_after" in entry else None)


def hand_off(entry):
    silence = entry.get("silence") or {}
    return SimpleNamespace(
        id=entry["id"], at=entry["at"], giver=entry["from"], taker=entry["to"],
        silence_after=duration_of(silence["after"]) if "after" in silence else None, then=silence.get("then", "stays_open"))


def reason(entry):
    return SimpleNamespace(id=entry["id"], to=entry.get("to"),
                           wake_after=days(entry["wake_after"]) if "wake_after" in entry else None)


def properties_of(entries, of_account):
    return {entry["id"]: entry["type"] for entry in entries if (entry.get("of") == "account") == of_account}


def read(text):
    """YAML → the parts of the playbook that decide."""
    data = read_data(text)
    declared = data.get("properties", [])
    questions = {entry["id"]: entry["type"] for entry in data.get("questions", [])}
    stages = [stage(entry, position) for position, entry in enumerate(data["stages"])]
    book = SimpleNamespace(
        person={**properties_of(declared, False), **questions}, account=properties_of(declared, True), questions=questions,
        events={entry["id"]: properties_of(entry.get("properties", []), False) for entry in data.get("facts", [])},
        lists=data.get("lists", {}), counts=[entry["id"] for entry in data.get("account_counts", [])],
        teams={entry["id"]: entry.get("responsible", "") for entry in data.get("teams", [])},
        scores=[score(entry) for entry in data.get("scores", [])], classes=[class_(entry) for entry in data.get("classes", [])],
        reasons={name: [reason(entry) for entry in entries] for name, entries in data.get("reasons", {}).items()},
        stages=stages, arrows=list(arrows(data.get("transitions", []))),
        hand_offs=[hand_off(entry) for entry in data.get("hand_offs", [])])
    book.stage = {item.id: item for item in stages}
    book.clause = {item.id: item for guard in guards(book) for item in clauses_of(guard)}
    book.inside = {item.id: listing for guard in guards(book) for listing in ("all", "any", "none") for item in getattr(guard, listing)}
    book.movers = {arrow.on for arrow in book.arrows if arrow.on and arrow.on not in DECISIONS}
    book.movers |= {kind for item in stages for kind in item.observed_by}
    book.readers = types_read(book)
    return book


def types_read(book):
    """Fact types that a clause or a score rule reads."""
    rows = [guard for item in book.classes if item.kind == "rules" for _, guard in item.rules]
    trees = [item.tree for guard in guards(book) + rows for item in clauses_of(guard)]
    found = {rule.on for item in book.scores for group in item.groups for rule in group.rules if rule.on}
    for node in (node for tree in trees for node in criteria.walk(tree)):
        if node[0] == "call" and node[1] in ("count", "count_this_cycle", "first", "last"):
            found.add(node[2][0][1])
    return found


def guards(book):
    """What a hand-off's definition is made of: the stages' `enter` and the arrows' `when`."""
    return [item.enter for item in book.stages] + [arrow.when for arrow in book.arrows]
