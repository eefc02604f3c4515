#!/usr/bin/env python3
"""Files as other programs write them (files/ here; ../shared/data/headers, ../shared/data/odoo): each is recognised by its header,
imported, exported, and not a cell of it is lost.  formats_check.py BATON FOLDER"""

import csv
import json
import os
import subprocess
import sys
import tempfile

# file → the format that is to recognise it, rows left out for a reason that is told
OWN = {
    "account_engagement.csv": ("account-engagement", 0),
    "account_engagement_api.csv": ("account-engagement-api", 0),
    "marketo_leads.csv": ("marketo-leads", 0),
    "marketo_people.csv": ("marketo-people", 0),
    "mautic_contacts.csv": ("mautic-contacts", 0),
}
FILES = {
    "headers/hubspot_contacts_export.csv": ("hubspot-contacts", 0),
    "headers/meta_lead_ads.csv": ("meta-lead-ads", 1),  # a test lead
    "headers/salesforce_dataloader_lead_export.csv": ("salesforce-leads", 0),
    "headers/sharpspring_import.csv": ("sharpspring", 0),
    "headers/zoho_crm_leads.header.csv": ("zoho-leads", 0),
    "headers/hubspot_deals_export.csv": ("hubspot-deals", 1),  # a deal of nobody
    "odoo/crm_lead_import_template.csv": ("odoo-leads", 0),
}
# Columns that say who, to which account, when, or what somebody did: looked for elsewhere than among the properties.
KEYS = {"Record ID", "ID", "LEADID", "External ID", "Email", "EMAIL", "email", "Company Name", "COMPANY", "Company", "Create Date",
        "CREATEDDATE", "Created Time", "Mobile", "id", "created_time", "Created Date", "created_at", "createdAt",
        "Created At"}


def run(*command, codes=(0,)):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode not in codes:
        raise SystemExit(f"{' '.join(command)} answered {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


def check(baton, path, wanted, left_out, work):
    store = os.path.join(work, os.path.basename(path) + ".db")
    report = json.loads(run(baton, "import", path, "--store", store, "--json", codes=(0, 3)))
    if report["files"][0]["mapping"] != wanted:
        raise SystemExit(f"{path}: recognised as {report['files'][0]['mapping']}, not {wanted}")
    told = {problem["row"] for problem in report["problems"]}
    if len(told) != left_out:
        raise SystemExit(f"{path}: {report['problems']}")
    people = json.loads(run(baton, "export", "people", "--store", store, "--format", "json"))
    everything = json.dumps([run(baton, "lead", str(p["id"]), "--store", store, "--json") for p in people], ensure_ascii=False)
    everything += json.dumps(people, ensure_ascii=False)
    lost = []
    with open(path, newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    for number, row in enumerate(rows, 2):
        if number in told:
            continue
        for column, cell in row.items():
            plain = cell.strip()
            for mark in ("l:", "p:", "z:", "f:", "ag:", "as:", "c:"):
                plain = plain.removeprefix(mark) if wanted == "meta-lead-ads" else plain
            if not plain or plain == "null" or column in KEYS or "IDs" in column:
                continue
            if json.dumps(plain, ensure_ascii=False)[1:-1] not in everything.replace('\\"', '"') and plain not in everything:
                lost.append(f"row {number}, {column}: {cell}")
    if lost:
        raise SystemExit(f"{path}: lost\n  " + "\n  ".join(lost))
    print(f"{path}: {wanted}, {len(rows)} rows, {left_out} told and left out, {len(people)} people, nothing lost")


def main(baton, folder):
    with tempfile.TemporaryDirectory() as work:
        for name, (wanted, left_out) in OWN.items():
            check(baton, os.path.join(os.path.dirname(os.path.abspath(__file__)), "files", name), wanted, left_out, work)
        if not os.path.isdir(os.path.join(folder, "headers")):
            print(f"skipped: {folder}/headers is not there")
            return 0
        for name, (wanted, left_out) in FILES.items():
            check(baton, os.path.join(folder, name), wanted, left_out, work)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
