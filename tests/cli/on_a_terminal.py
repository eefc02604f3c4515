"""A name that steers a terminal is imported; what baton prints on a real terminal holds no code but its own colours."""
import os
import pathlib
import pty
import re
import subprocess
import sys
import tempfile

BATON = sys.argv[1]
OWN = re.compile(rb"\x1b\[(0|1|2|31|32)m|\x1b\[K")
STEERS = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\xc2[\x80-\x9f]")
ROW = 'ann@acme.example,"\x1b]0;owned\x07Ann\x1b[2J","\u009b31mB\rZ"\n'


def on_a_terminal(*words):
    process, terminal = pty.fork()
    if process == 0:
        os.execv(BATON, [BATON, *words])
    printed = b""
    try:
        while piece := os.read(terminal, 65536):
            printed += piece
    except OSError:
        pass  # the other end is closed
    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 0, printed
    return printed


def main():
    with tempfile.TemporaryDirectory() as folder:
        store, table = str(pathlib.Path(folder, "s.db")), pathlib.Path(folder, "c.csv")
        table.write_text("email,first_name,last_name\n" + ROW, encoding="utf-8")
        subprocess.run([BATON, "import", str(table), "--store", store, "--mapping", "guess"], check=True, capture_output=True)
        for words in (["why", "ann@acme.example"], ["lookup", "ann@acme.example"], ["lookup", "ann@acme.example", "--json"]):
            printed = on_a_terminal(*words, "--store", store)
            assert b"owned" in printed and b"Ann" in printed, printed
            steering = STEERS.findall(OWN.sub(b"", printed))
            assert not steering, (words, steering)
            assert b"\r" not in printed.replace(b"\r\n", b"\n"), (words, "goes back in its line")
        piped = subprocess.run([BATON, "why", "ann@acme.example", "--store", store], check=True, capture_output=True).stdout
        assert b"\x1b]0;owned" in piped, "what is written to a file is as it was"


main()
