#!/usr/bin/env python3
"""Real workbooks, zipped: imported they are what their CSV is; bombs and broken ones are refused.  xlsx_check.py BATON"""

import csv
import io
import json
import os
import subprocess
import sys
import tempfile
import zipfile

HEADER = ["LEADID", "Last Name", "Company", "Lead Owner", "Email", "Mobile", "Website", "Industry", "Lead Source", "Lead Status",
          "Created Time", "CONVERTED", "month_Created Time1"]
ROWS = [["1", "Berg", "Acme", "", "anna@acme.example", "", "", "", "Web", "New", "2026-01-31 10:15:00", "", ""],
        ["2", "Koch, \"K\"", "", "", "ben@acme.example", "", "", "", "", "", "2026-02-01", "", ""]]
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def cell(row, column, value):
    name = f"{chr(65 + column)}{row}"
    if value[:2] == "20" and len(value) >= 10:
        serial = {"2026-01-31 10:15:00": 46053 + 615 / 1440, "2026-02-01": 46054}[value]
        return f'<c r="{name}" s="1"><v>{serial}</v></c>'
    text = value.replace("&", "&amp;").replace("<", "&lt;")
    return f'<c r="{name}" t="inlineStr"><is><t>{text}</t></is></c>' if value else ""


def sheet(rows):
    lines = "".join(f'<row r="{n}">' + "".join(cell(n, c, v) for c, v in enumerate(row)) + "</row>" for n, row in enumerate(rows, 1))
    return f'<?xml version="1.0" encoding="UTF-8"?><worksheet><sheetData>{lines}</sheetData></worksheet>'


def write(path, rows, packed=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", packed) as out:
        out.writestr("[Content_Types].xml", "<Types/>")
        out.writestr("_rels/.rels", f'<Relationships><Relationship Id="r" Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>')
        out.writestr("xl/workbook.xml", '<workbook xmlns:r="x"><sheets><sheet name="Leads" sheetId="1" r:id="s"/></sheets></workbook>')
        out.writestr("xl/_rels/workbook.xml.rels", f'<Relationships><Relationship Id="s" Type="{REL}/worksheet" Target="worksheets/sheet1.xml"/>'
                     f'<Relationship Id="y" Type="{REL}/styles" Target="styles.xml"/></Relationships>')
        out.writestr("xl/styles.xml", '<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="22"/></cellXfs></styleSheet>')
        out.writestr("xl/worksheets/sheet1.xml", rows if isinstance(rows, str) else sheet(rows))


def run(*command, codes=(0,)):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode not in codes:
        raise SystemExit(f"{' '.join(command)} answered {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def imported(baton, path, work):
    store = os.path.join(work, os.path.basename(path) + ".db")
    report = json.loads(run(baton, "import", path, "--store", store, "--json"))
    assert report["files"][0]["mapping"] == "zoho-leads", report
    people = list(csv.DictReader(io.StringIO(run(baton, "export", "people", "--store", store))))
    return [{name: value for name, value in person.items() if name not in ("baton.stage_since", "baton.updated_at")} for person in people]


def main(baton):
    with tempfile.TemporaryDirectory() as work:
        with open(os.path.join(work, "plain.csv"), "w", newline="", encoding="utf-8") as out:
            csv.writer(out).writerows([HEADER, *ROWS])
        plain = imported(baton, os.path.join(work, "plain.csv"), work)
        for name, packed in (("packed.xlsx", zipfile.ZIP_DEFLATED), ("stored.data", zipfile.ZIP_STORED)):
            path = os.path.join(work, name)
            write(path, [HEADER, *ROWS], packed)
            if imported(baton, path, work) != plain:
                raise SystemExit(f"{name} is not what its CSV is: {plain}")
        write(os.path.join(work, "bomb.xlsx"), "<worksheet><sheetData>" + "<row/>" * 40_000_000 + "</sheetData></worksheet>")
        store = os.path.join(work, "none.db")
        said = run(baton, "import", os.path.join(work, "bomb.xlsx"), "--store", store, codes=(1,))
        assert "inflates to more than a sheet may hold" in said or "more than 16 MiB" in said, said
        with open(os.path.join(work, "packed.xlsx"), "rb") as file:
            whole = file.read()
        for cut in (30, len(whole) // 2, len(whole) - 10):
            path = os.path.join(work, "cut.xlsx")
            with open(path, "wb") as out:
                out.write(whole[:cut])
            said = run(baton, "import", path, "--store", store, codes=(1,))
            assert "[not_xlsx]" in said, said
        assert not os.path.exists(store)
    print("workbooks are what their CSV is; bombs and cut ones are refused")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
