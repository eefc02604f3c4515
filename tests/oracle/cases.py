"""One case through the engine's driver, and what differs between its lines and the oracle's."""
import json
import os
import subprocess
import tempfile

# What each history record says that both sides must say alike; `at` and `by` always.
FIELDS = {
    "stage_entered": ("from", "to", "cause", "skip", "skipped"), "lead_opened": (), "lead_closed": ("detail",),
    "class_changed": ("what", "from", "to"), "offered": ("what", "number", "clauses"), "offer_ended": ("what", "number", "detail", "reason"),
    "holder_changed": ("to",), "cycle_started": ("number",), "held_back": ("detail", "number"), "hold_ended": ("detail",),
    "square_peg": (), "decision_void": ("detail",), "ignored": (),
}
STATE = ("at", "stage", "cycle", "furthest", "open", "holder", "labels", "square_peg", "held", "offer", "scores", "attributes")


PATIENCE = 120  # seconds for one case, which takes hundredths of one; longer is an endless loop


class DriverFailed(Exception):
    pass


def engine_lines(driver, yaml_text, items):
    with tempfile.TemporaryDirectory() as folder:
        book, facts = os.path.join(folder, "book.yaml"), os.path.join(folder, "facts.jsonl")
        with open(book, "w", encoding="utf-8") as out:
            out.write(yaml_text)
        with open(facts, "w", encoding="utf-8") as out:
            out.writelines(json.dumps(item) + "\n" for item in items)
        try:
            done = subprocess.run([driver, book, facts], capture_output=True, text=True, check=False, timeout=PATIENCE)
        except subprocess.TimeoutExpired as late:
            raise DriverFailed(f"the driver did not end within {PATIENCE} seconds") from late
    if done.returncode != 0:
        raise DriverFailed(f"driver answered {done.returncode}: {done.stderr.strip()}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def normal(record):
    """The part of a history record that is compared, or None."""
    kind = record["kind"]
    if kind not in FIELDS:
        return None
    fields = {name: record.get(name) for name in FIELDS[kind]}
    if kind == "held_back":  # the engine keeps it under `reason`
        fields["detail"] = record.get("reason") or record.get("detail")
    if kind == "offer_ended" and fields["detail"] not in ("rejected", "withdrawn"):
        fields["reason"] = ""
    if kind == "holder_changed":
        fields["to"] = f"{record['what']} {record['to']}".strip() if record["what"] != "nurture" else "nurture"
    return {"kind": kind, "at": record["at"], "by": record["by"], **fields}


def segments(lines):
    """[(history records before it, state)], a segment a fact or probe."""
    found, history = [], []
    for line in lines:
        if "state" in line:
            found.append((history, line))
            history = []
        elif normal(line) is not None:
            history.append(normal(line))
    return found


def differences_of(expected, seen, exact):
    """The first differing segment in words, "" when all is equal."""
    ours, theirs = segments(expected), segments(seen)
    for (history, state), (history2, state2) in zip(ours, theirs):
        text = history_differs(history, history2) or state_differs(state, state2, exact)
        if text:
            return f"at {state['state']} ({state['at']}): {text}"
    return "" if len(ours) == len(theirs) else f"{len(ours)} states expected, {len(theirs)} seen"


def history_differs(expected, seen):
    if expected == seen:
        return ""
    shown = ["history", "  expected:"] + [f"    {json.dumps(record)}" for record in expected if record not in seen]
    shown += ["  seen:"] + [f"    {json.dumps(record)}" for record in seen if record not in expected]
    if len(shown) == 3:
        order = [f"    {record['kind']} {record.get('to') or record.get('what') or ''} at {record['at']}" for record in expected]
        order2 = [f"    {record['kind']} {record.get('to') or record.get('what') or ''} at {record['at']}" for record in seen]
        shown = ["history in another order (or number)", "  expected:", *order, "  seen:", *order2]
    return "\n".join(shown)


def state_differs(expected, seen, exact):
    for name in STATE:
        if state_part(expected, name) != state_part(seen, name):
            return f"{name}: expected {expected[name]}, seen {seen[name]}"
    for kind, number in seen["counts"].items():
        if expected["counts"].get(kind) != number:
            return f"count of {kind}: expected {expected['counts'].get(kind)}, seen {number}"
    return next_differs(expected, seen["next"], exact)


def state_part(state, name):
    if name == "holder" and state[name][0] == "nurture":
        return "nurture"
    if name == "labels":
        return {key: label for key, label in state[name].items() if label}
    return state[name]


def next_differs(expected, seen, exact):
    """Exact, or the earlier moment at which a clause of a class row changes; never late (criteria.h allows early answers
    for clauses that are no comparison of one value with a constant)."""
    if seen in (expected["next"], expected["next_early"]):
        return ""
    never_late = seen is not None and (expected["next"] is None or seen <= expected["next"])
    if never_late and not exact:
        return ""
    return f"next moment: expected {expected['next']} (or {expected['next_early']}), seen {seen}"
