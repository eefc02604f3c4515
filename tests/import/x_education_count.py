#!/usr/bin/python3
"""X Education through the example's mapping and playbook: x_education_count.py BATON FOLDER_OF_DATA.

Python counts people, outcomes and "Select" for itself and ranks the vendor's score by all pairs; `baton` must say the same, and
its own hand-set points must reach an AUC of .80. Exit 77: the data are not there.
"""
import csv
import json
import pathlib
import subprocess
import sys
import tempfile


def auc(pairs):
    """Chance that a yes scores above a no, ties half."""
    yes = [score for score, came in pairs if came]
    no = [score for score, came in pairs if not came]
    wins = sum((y > n) + (y == n) / 2 for y in yes for n in no)
    return wins / (len(yes) * len(no))


def main(baton, folder):
    leads = folder / "leads.csv"
    if not leads.exists():
        print(f"skipped: {folder} is not here")
        return 77
    with open(leads, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    activity, profile = "Asymmetrique Activity Score", "Asymmetrique Profile Score"
    vendor = [(float(r[activity]) + float(r[profile]), r["Converted"] == "1") for r in rows if r[activity] and r[profile]]
    failed = []

    def check(what, fine, said):
        print(f"  {what}: {said}" + ("" if fine else "   WRONG"))
        if not fine:
            failed.append(what)

    with tempfile.TemporaryDirectory() as work:
        def run(*arguments):
            done = subprocess.run([baton, *arguments, "--store", f"{work}/x.db", "--json"], check=True, capture_output=True, text=True)
            return json.loads(done.stdout)

        def score(name):
            return run("score", "evaluate", "--score", name, "--outcome", "converted")

        report = run("import", str(leads), "--at", "2026-01-01")
        check("rows", report["rows"] == len(rows) and report["refused_rows"] == 0, report["rows"])
        total = score("total")
        check("people", total["n"] == len({r["Prospect ID"] for r in rows}) and total["left_out"] == 0, total["n"])
        check("converted", total["positives"] == sum(r["Converted"] == "1" for r in rows), total["positives"])
        check("AUC of the hand-set points at least .80", total["auc"] >= 0.80, total["auc"])
        check("calibration covers all", sum(b["n"] for b in total["calibration"]) == total["n"], len(total["calibration"]))
        theirs = score("asymmetrique_activity_score+asymmetrique_profile_score")
        check("rows with the vendor's score", theirs["n"] == len(vendor) and theirs["left_out"] == len(rows) - len(vendor), theirs["n"])
        check("AUC of the vendor's score", abs(theirs["auc"] - auc(vendor)) < 1e-5, theirs["auc"])
        by = run("funnel", "--by", "specialization")["by"]
        unanswered = sum(r["Specialization"].strip() in ("", "Select") for r in rows)
        check('"Select" is not answered', "Select" not in by and by[""]["enquiry"]["leads"] == unanswered, by.get("", {}).get("enquiry"))
    print("agreed" if not failed else f"wrong: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], pathlib.Path(sys.argv[2])))
