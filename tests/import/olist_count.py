#!/usr/bin/python3
"""Olist under handoff-loop, against a count of our own: olist_count.py BATON FOLDER_OF_DATA.

Shares nothing with the program: csv, statistics and datetime of Python count leads, wins, origins, roles and the time from
first contact to won; `baton` imports both files into a new store and must say the same. Exit 77: the data are not there.
"""
import collections
import csv
import datetime
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile


def rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def count(leads, deals):
    """(leads by origin, won by origin, roles of users, median days from first contact to won)"""
    origin = {row["mql_id"]: row["origin"].strip() for row in leads}
    first = {row["mql_id"]: datetime.datetime.fromisoformat(row["first_contact_date"]) for row in leads}
    won = collections.Counter(origin[row["mql_id"]] for row in deals)
    roles = collections.defaultdict(set)
    for row in deals:
        roles[row["sdr_id"]].add("inside_sales")
        roles[row["sr_id"]].add("sales_rep")
    roles.pop("", None)
    days = [(datetime.datetime.fromisoformat(row["won_date"]) - first[row["mql_id"]]).total_seconds() / 86400 for row in deals]
    return collections.Counter(origin.values()), won, roles, statistics.median(days)


class Checks:
    def __init__(self):
        self.failed = 0

    def equal(self, what, said, counted):
        if said == counted:
            print(f"  {what}: {str(counted)[:90]}")
            return
        self.failed += 1
        print(f"  {what}: baton says {said}, counted {counted}")


def main(baton, folder):
    mql, closed = folder / "mql.csv", folder / "closed_deals.csv"
    if not mql.exists() or not closed.exists():
        print(f"skipped: {folder} is not here")
        return 77
    leads, deals = rows(mql), rows(closed)
    by_origin, won, roles, median = count(leads, deals)
    check = Checks()
    with tempfile.TemporaryDirectory() as work:
        def run(*arguments):
            done = subprocess.run([baton, *arguments, "--store", f"{work}/olist.db", "--json"], check=True, capture_output=True, text=True)
            return json.loads(done.stdout)

        first = run("import", str(mql))
        second = run("import", str(closed))
        check.equal("rows", (first["rows"], second["rows"]), (len(leads), len(deals)))
        check.equal("refused", (first["refused_rows"], first["refused"], second["refused_rows"], second["refused"]), (0, 0, 0, 0))
        funnel = run("funnel", "--by", "origin")
        stages = {stage["id"]: stage for stage in funnel["stages"]}
        check.equal("leads", stages["qualified"]["leads"], len({row["mql_id"] for row in leads}))
        check.equal("won", stages["won"]["leads"], len({row["mql_id"] for row in deals}))
        for stage in funnel["stages"]:
            check.equal(f"{stage['id']}: entered = inside + left", stage["entered"], stage["inside"] + stage["left"])
        cells = {value: (by.get("qualified", {}).get("leads", 0), by.get("won", {}).get("leads", 0)) for value, by in funnel["by"].items()}
        check.equal("origins, blank beside unknown", cells, {value: (n, won[value]) for value, n in by_origin.items()})
        users = {user["id"]: set(user["roles"]) for user in run("users")["users"]}
        check.equal("users with roles", users, dict(roles))
        check.equal("users who are both", sum(len(r) == 2 for r in users.values()), sum(len(r) == 2 for r in roles.values()))
        time = run("time", "--from", "qualified", "--to", "won")
        check.equal("median days from first contact to won", round(float(time["median_days"]), 3), round(median, 3))
        check.equal("deals timed", time["n"], len(deals))
        again = run("import", str(mql))
        check.equal("second import", (again["accepted"], again["duplicates"]), (0, first["accepted"]))
        check.equal("funnel after it", run("funnel", "--by", "origin"), funnel)
    print("agreed" if check.failed == 0 else f"{check.failed} differences")
    return 1 if check.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], pathlib.Path(sys.argv[2])))
