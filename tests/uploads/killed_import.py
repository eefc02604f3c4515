"""A whole server: a long file is sent, the server is killed while it takes it in, three times, and every row is in once."""
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

ROWS = 40_000
KILLS = 3
BATON = sys.argv[1]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def request(url, body=None, headers=None):
    with urllib.request.urlopen(urllib.request.Request(url, body, headers or {}), timeout=60) as answer:
        return json.loads(answer.read())


def until(what, holds, seconds=120):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            found = holds()
            if found:
                return found
        except OSError:
            pass
        time.sleep(0.02)
    raise SystemExit(f"waited in vain for {what}")


def people(store):
    listed = subprocess.run([BATON, "export", "people", "--store", store, "--format", "json"], check=True, capture_output=True)
    when = ("stage_since",)  # the moment of the import: the two runs have two
    return [{name: value for name, value in person.items() if name not in when and not name.endswith("_at")}
            for person in json.loads(listed.stdout)]


def main():
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "people.csv")
        file.write_text("Record ID,First Name,Last Name,Email,Lifecycle Stage\n" +
                        "".join(f"{n},Ann,Berg {n},ann{n}@acme.example,lead\n" for n in range(1, ROWS + 1)), encoding="utf-8")
        store = str(pathlib.Path(folder, "store.db"))
        port = free_port()
        base = f"http://127.0.0.1:{port}"
        serve = [BATON, "serve", "--store", store, "--listen", f"127.0.0.1:{port}", "--playbook", "handoff-loop"]

        def begin():
            server = subprocess.Popen(serve, stderr=subprocess.DEVNULL)
            until("a ready server", lambda: request(base + "/readyz"))
            return server

        server = begin()
        sent = request(base + "/api/v1/imports?file=people.csv", file.read_bytes(), {"content-type": "text/csv"})
        address = f"{base}/api/v1/imports/{sent['upload']['id']}"
        request(address + "/start", b"")
        killed = 0
        for n in range(KILLS):
            def far_enough():
                upload = request(address)["upload"]
                return upload["state"] == "done" or upload["accepted"] > 1000
            until("some rows", far_enough)
            killed += request(address)["upload"]["state"] == "running"
            server.send_signal(signal.SIGKILL)
            server.wait()
            server = begin()
        over = until("the end", lambda: (lambda seen: seen if seen["upload"]["state"] == "done" else None)(request(address)))
        upload = over["upload"]
        assert killed >= 1, "it was over before it could be killed"
        assert upload["rows"] == ROWS and upload["refused"] == 0, upload
        assert upload["accepted"] + upload["duplicates"] == ROWS and upload["duplicates"] > 0, upload
        assert len([one for one in request(base + "/api/v1/imports")["imports"] if one["import"]]) == 1
        server.send_signal(signal.SIGTERM)
        assert server.wait(60) == 0
        assert not list(pathlib.Path(store + ".imports").glob("*.data")), "the bytes are gone"
        once = str(pathlib.Path(folder, "once.db"))
        subprocess.run([BATON, "import", str(file), "--store", once, "--playbook", "handoff-loop"], check=True, stdout=subprocess.DEVNULL)
        a, b = people(store), people(once)
        assert len(a) == ROWS and a == b, f"{len(a)} people, {len(b)} in one uninterrupted run"
    print(f"{ROWS} rows, killed {killed} times while it took them in, {upload['duplicates']} taken before, all there once")


if __name__ == "__main__":
    os.environ.pop("BATON_TOKEN", None)
    main()
