"""A whole server: Meta tells of leads, the server is killed after it answered and before it fetched, and nothing is lost."""
import hashlib
import hmac
import http.server
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

LEADS = 20
BATON = sys.argv[1]


class Provider(http.server.BaseHTTPRequestHandler):
    there = False
    asked = 0

    def do_GET(self):
        Provider.asked += 1
        lead = self.path.split("?")[0].split("/")[-1]
        right = self.headers["Authorization"] == "Bearer opensesame" and "appsecret_proof=" in self.path
        self.send_response(503 if not Provider.there else 200 if right else 401)
        self.end_headers()
        self.wfile.write(json.dumps({"id": lead, "created_time": "2026-02-20T10:00:00+0000", "field_data": [
            {"name": "email", "values": [f"lead{lead}@acme.example"]}]}).encode())

    def log_message(self, *_):
        pass


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def request(url, body=None, headers=None):
    with urllib.request.urlopen(urllib.request.Request(url, body, headers or {}), timeout=10) as answer:
        return answer.read()


def until(what, holds, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if holds():
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise SystemExit(f"waited in vain for {what}")


def main():
    provider = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=provider.serve_forever, daemon=True).start()
    inside = f"http://127.0.0.1:{provider.server_port}/v23.0"
    with tempfile.TemporaryDirectory() as folder:
        store = str(pathlib.Path(folder, "store.db"))
        definition = pathlib.Path(folder, "ads.yaml")
        definition.write_text(f"kind: meta\nevent: Demo Requested\nbase_url: {inside}\n", encoding="utf-8")
        add = [BATON, "source", "add", "ads", "--file", str(definition), "--store", store, "--secret", "app",
               "--access-token", "opensesame", "--verify-token", "v"]
        subprocess.run(add, check=True, stdout=subprocess.DEVNULL)
        port = free_port()
        base = f"http://127.0.0.1:{port}"
        serve = [BATON, "serve", "--store", store, "--listen", f"127.0.0.1:{port}", "--playbook", "handoff-loop",
                 "--fetch-from", inside]
        server = subprocess.Popen(serve, stderr=subprocess.DEVNULL)
        until("a ready server", lambda: request(base + "/readyz"))
        for lead in range(1, LEADS + 1):
            change = {"field": "leadgen", "value": {"leadgen_id": lead}}
            body = json.dumps({"object": "page", "entry": [{"changes": [change]}]}).encode()
            signature = "sha256=" + hmac.new(b"app", body, hashlib.sha256).hexdigest()
            request(base + "/hooks/ads", body, {"X-Hub-Signature-256": signature})
        server.send_signal(signal.SIGKILL)
        server.wait()
        waits = json.loads(subprocess.run([BATON, "source", "show", "ads", "--store", store, "--json"],
                                          check=True, capture_output=True).stdout)["waiting"]
        assert waits["leads"] == LEADS, waits
        Provider.there = True
        subprocess.run(add, check=True, stdout=subprocess.DEVNULL)  # a source defined anew is asked for at once
        server = subprocess.Popen(serve, stderr=subprocess.DEVNULL)
        until("all leads", lambda: json.loads(request(base + "/api/v1/sources/ads"))["waiting"] is None)
        for lead in range(1, LEADS + 1):
            person = json.loads(request(f"{base}/api/v1/leads/lead{lead}@acme.example"))
            assert sum(1 for entry in person["timeline"] if "Demo Requested" in json.dumps(entry)) >= 1, person
        server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 0
    provider.shutdown()
    print(f"{LEADS} leads told of, killed, {Provider.asked} times asked for, all there")


if __name__ == "__main__":
    os.environ.pop("BATON_TOKEN", None)
    main()
