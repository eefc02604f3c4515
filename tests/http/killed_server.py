#!/usr/bin/python3
"""kill -9 of a whole server while clients post: killed_server.py BATON [KILLS].

Four clients post batches over HTTP and note what was acknowledged; the server is killed again and again and started anew;
each client then sends again from its last acknowledgement. In the end every acknowledged fact stands in its lead's
timeline once, nothing else does, `baton verify` finds nothing, and a fold of the journal makes the same state.
"""
import collections
import http.client
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

CLIENTS, BATCH, PEOPLE = 4, 25, 12
TYPES = ["Page Viewed", "Asset Downloaded", "Demo Requested", "Email Clicked", "profile"]


def fact(client, number):
    draw = random.Random(f"{client}/{number}")
    kind = draw.choice(TYPES)
    properties = {"employees": draw.randrange(1, 900)} if kind == "profile" else {"path": "/pricing", "asset": "guide"}
    properties["sent_as"] = f"{client}-{number}"
    # People are shared by the clients, so that one transaction holds several clients' facts of one lead.
    return {"message_id": f"{client}-{number}", "type": kind, "email": f"p{draw.randrange(PEOPLE)}@example.com",
            "properties": properties}


class Server:
    def __init__(self, baton, store):
        self.process = subprocess.Popen([baton, "serve", "--store", store, "--listen", "127.0.0.1:0"],
                                        stderr=subprocess.PIPE, text=True)
        self.port = None
        for line in self.process.stderr:
            found = re.search(r"at http://127\.0\.0\.1:(\d+)/", line)
            if found:
                self.port = int(found.group(1))
                break
        if self.port is None:
            raise SystemExit(f"the server did not start: exit {self.process.wait()}")

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait(timeout=60) != 0:
            raise SystemExit(f"the server ended with {self.process.returncode}")


class Client(threading.Thread):
    """Posts until the server is gone."""

    def __init__(self, number, server, sent):
        super().__init__()
        self.number, self.server, self.sent = number, server, sent
        self.trouble = None

    def run(self):
        state = self.sent[self.number]
        while True:
            first = state["acknowledged"]
            facts = [fact(self.number, n) for n in range(first, first + BATCH)]
            state["tried"] = first + BATCH
            try:
                status, answer = self.server.ask("POST", "/api/v1/facts", json.dumps({"facts": facts}))
            except (OSError, http.client.HTTPException, json.JSONDecodeError):
                return  # killed under our hands: nothing was acknowledged
            if status != 200 or answer["accepted"] + answer["duplicates"] != BATCH or answer["refused"]:
                self.trouble = f"{status} {answer}"
                return
            state["duplicates"] += answer["duplicates"]
            state["acknowledged"] = first + BATCH


def command(baton, *arguments):
    done = subprocess.run([baton, *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"baton {' '.join(arguments)} answered {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


def timelines(server):
    """How often each fact of a client stands in the timelines."""
    seen = collections.Counter()
    status, answer = server.ask("GET", "/api/v1/leads?limit=500")
    if status != 200:
        raise SystemExit(f"leads: {status} {answer}")
    for lead in answer["leads"]:
        status, whole = server.ask("GET", f"/api/v1/leads/{lead['id']}")
        if status != 200:
            raise SystemExit(f"lead {lead['id']}: {status}")
        seen.update(re.findall(r'"sent_as": "([0-9-]+)"', json.dumps(whole["timeline"])))
    return seen


def check(seen, sent):
    wrong = []
    for client, state in enumerate(sent):
        for number in range(state["tried"]):
            times = seen.pop(f"{client}-{number}", 0)
            if times > 1 or (times == 0 and number < state["acknowledged"]):
                wrong.append(f"fact {client}-{number} is there {times} times")
    wrong += [f"fact {name} was never sent" for name in seen]
    if wrong:
        raise SystemExit("\n".join(wrong[:20]))


def main(baton, kills):
    draw = random.Random(5)
    with tempfile.TemporaryDirectory() as work:
        store = f"{work}/company.db"
        sent = [{"acknowledged": 0, "tried": 0, "duplicates": 0} for _ in range(CLIENTS)]
        for _ in range(kills):
            server = Server(baton, store)
            clients = [Client(number, server, sent) for number in range(CLIENTS)]
            for client in clients:
                client.start()
            time.sleep(draw.uniform(0.02, 0.5))
            server.kill()
            for client in clients:
                client.join()
                if client.trouble:
                    raise SystemExit(f"client {client.number}: {client.trouble}")
        command(baton, "verify", "--store", store)
        server = Server(baton, store)
        check(timelines(server), sent)
        server.stop()
        before = command(baton, "digest", "--store", store)
        rebuilt = json.loads(command(baton, "rebuild", "--store", store, "--json"))
        if rebuilt["different"] != 0 or command(baton, "digest", "--store", store) != before:
            raise SystemExit(f"a fold of the journal differs: {rebuilt}")
        command(baton, "verify", "--store", store)
        total = sum(state["acknowledged"] for state in sent)
        again = sum(state["duplicates"] for state in sent)
        print(f"{kills} kills, {total} facts acknowledged, {again} of them sent again after being in: each there once")
        if total == 0:
            raise SystemExit("nothing was acknowledged")
    return 0


if __name__ == "__main__":
    scale = float(os.environ.get("BATON_SCALE") or 1)
    sys.exit(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else max(2, int(12 * scale))))
