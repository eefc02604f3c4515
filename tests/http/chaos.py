#!/usr/bin/python3
"""Two servers on one PostgreSQL under chaos: chaos.py BATON [SECONDS] [SEED].

Clients post facts with message ids to both servers and send again what was not acknowledged, some of it to both at once; a
third process activates playbook versions. Meanwhile servers are killed or stopped for a while, sessions ended, connections
reset in the middle of an answer, the database restarted, with and without warning. In the end every acknowledged fact stands in its lead's timeline
once and nothing else does, no due moment was journaled twice, a fact acknowledged by one server was seen by the other,
`baton verify` finds nothing, and a fold of the journal makes the same state. Prints how soon the servers were ready again after
the database was; fails on that only beyond 30 s.
"""
import collections
import http.client
import json
import os
import random
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

CLIENTS, BATCH = 4, 20
PEOPLE = 300  # more in a longer run: an activation folds every person's whole past again
TYPES = ["Page Viewed", "Asset Downloaded", "Demo Requested", "Email Clicked", "profile", "accept"]
BIN = "/usr/lib/postgresql/15/bin"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Postgres:
    """A private server; its user is not root."""

    def __init__(self, work):
        self.data, self.port = f"{work}/data", free_port()
        self.prefix = []
        if os.getuid() == 0:
            self.prefix = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--inh-caps=-all"]
            shutil.chown(work, "postgres", "postgres")
        self.do(f"{BIN}/initdb", "-D", self.data, "-U", "baton", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        self.start()

    def do(self, *command):
        done = subprocess.run([*self.prefix, *command], cwd="/", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            raise SystemExit(f"{command}: {done.stdout}")
        return done.stdout

    def start(self):
        options = f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories= -c fsync=off " \
                  "-c shared_buffers=64MB -c log_min_messages=fatal"
        self.do(f"{BIN}/pg_ctl", "-D", self.data, "-w", "-t", "60", "-l", f"{self.data}/log", "-o", options, "start")

    def stop(self, mode):
        self.do(f"{BIN}/pg_ctl", "-D", self.data, "-w", "-m", mode, "stop")

    def ask(self, sql):
        return self.do(f"{BIN}/psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", "baton", "-At", "-c", sql, "postgres").strip()

    def url(self, port=None):
        return f"postgres://baton@127.0.0.1:{port or self.port}/postgres"


class Wire:
    """Stands between a server and the database, so that connections can be reset, also when an answer is on its way."""

    def __init__(self, target):
        self.target, self.pairs, self.lock = target, [], threading.Lock()
        self.swallow = 0
        self.door = socket.socket()
        self.door.bind(("127.0.0.1", 0))
        self.door.listen(64)
        self.port = self.door.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            near, _ = self.door.accept()
            far = socket.socket()
            try:
                far.connect(("127.0.0.1", self.target))
            except OSError:
                self.reset(near)
                continue
            for one in (near, far):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.lock:
                self.pairs.append((near, far))
            threading.Thread(target=self.carry, args=(near, far, False), daemon=True).start()
            threading.Thread(target=self.carry, args=(far, near, True), daemon=True).start()

    def carry(self, come, go, answers):
        try:
            while data := come.recv(65536):
                if answers and self.swallow and b"COMMIT" in data:
                    self.swallow -= 1
                    break
                go.sendall(data)
        except OSError:
            pass
        self.reset(come)
        self.reset(go)

    @staticmethod
    def reset(one):
        try:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            one.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        one.close()

    def reset_all(self):
        with self.lock:
            pairs, self.pairs = self.pairs, []
        for near, far in pairs:
            self.reset(near)
            self.reset(far)


class Server:
    processes = []  # all there ever were: none outlives the run

    def __init__(self, baton, store):
        self.baton, self.store, self.port = baton, store, free_port()
        self.start()

    def start(self):
        self.process = subprocess.Popen([self.baton, "serve", "--store", self.store, "--listen", f"127.0.0.1:{self.port}"],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.processes.append(self.process)
        threading.Thread(target=self.process.stderr.read, daemon=True).start()

    def ask(self, method, path, body=None, patience=40):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=patience)
        try:
            connection.request(method, path, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.headers, json.loads(answer.read())
        finally:
            connection.close()

    def ready(self):
        """It says so, and takes a fact."""
        try:
            if self.ask("GET", "/readyz", patience=5)[0] != 200:
                return False
            probe = {"type": "note", "message_id": f"probe-{time.monotonic()}", "email": "probe@example.com"}
            return self.ask("POST", "/api/v1/facts", json.dumps({"facts": [probe]}), patience=5)[0] == 200
        except (OSError, http.client.HTTPException, ValueError):
            return False

    def wait(self, patience=60):
        began = time.monotonic()
        while not self.ready():
            if self.process.poll() is not None:
                raise SystemExit(f"a server ended with {self.process.returncode}")
            if time.monotonic() - began > patience:
                raise SystemExit("a server did not become ready")
            time.sleep(0.02)
        return time.monotonic() - began

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait(timeout=60) != 0:
            raise SystemExit(f"a server ended with {self.process.returncode}")


def fact(client, number):
    draw = random.Random(f"{client}/{number}")
    kind = draw.choice(TYPES)
    properties = {"employees": draw.randrange(1, 900)} if kind == "profile" else {"path": "/pricing", "asset": "guide"}
    properties["sent_as"] = f"{client}-{number}"
    return {"message_id": f"{client}-{number}", "type": kind, "email": f"p{draw.randrange(PEOPLE)}@example.com",
            "properties": properties}


class Client(threading.Thread):
    """Posts batch after batch, each until it is acknowledged by somebody."""

    def __init__(self, number, servers):
        super().__init__()
        self.number, self.servers, self.draw = number, servers, random.Random(f"client {number}")
        self.acknowledged, self.tried, self.refused = 0, 0, set()
        self.again = self.busy = self.seen = 0
        self.longest = 0.0
        self.trouble, self.over = None, False

    def run(self):
        try:
            while not self.over and not self.trouble:
                self.batch()
        except Exception as error:  # pylint: disable=broad-except
            self.trouble = repr(error)

    def post(self, server, body):
        """Whether it was acknowledged."""
        try:
            status, headers, answer = server.ask("POST", "/api/v1/facts", body)
        except (OSError, http.client.HTTPException, ValueError):
            return False
        if status == 503 and headers.get("Retry-After"):
            self.busy += 1
            return False
        if status != 200:
            self.trouble = f"{status} {answer}"
            return False
        refused = {one["index"] for one in answer["refused"]}
        if answer["accepted"] + answer["duplicates"] + len(refused) != BATCH:
            self.trouble = f"{answer}"
        self.again += answer["duplicates"]
        return refused

    def batch(self):
        first = self.acknowledged
        facts = [fact(self.number, n) for n in range(first, first + BATCH)]
        body = json.dumps({"facts": facts})
        self.tried = first + BATCH
        began = time.monotonic()
        helpers = []
        while not self.trouble:
            server = self.draw.choice(self.servers)
            if self.draw.random() < 0.15:  # to both at once
                other = self.servers[0] if server is self.servers[1] else self.servers[1]
                helpers.append(threading.Thread(target=self.post, args=(other, body)))
                helpers[-1].start()
            refused = self.post(server, body)
            if refused is not False:
                break
            time.sleep(self.draw.uniform(0.01, 0.2))
        for helper in helpers:
            helper.join()
        if self.trouble:
            return
        # A decision that was refused once may be accepted when it comes again: only what is no decision must be in.
        self.refused |= {facts[index]["message_id"] for index in refused}
        self.longest = max(self.longest, time.monotonic() - began)
        self.acknowledged = first + BATCH
        if self.draw.random() < 0.1:
            self.look(next(f for index, f in enumerate(facts) if index not in refused))

    def look(self, written):
        """Whoever is asked, what was acknowledged is there."""
        try:
            status, _, answer = self.draw.choice(self.servers).ask("GET", f"/api/v1/leads/{written['email']}")
        except (OSError, http.client.HTTPException, ValueError):
            return
        if status == 503:
            return
        if status != 200 or f'"sent_as": "{written["message_id"]}"' not in json.dumps(answer):
            self.trouble = f"{written} was acknowledged and is not seen: {status}"
        self.seen += 1


class Chaos:
    def __init__(self, database, wire, servers, seed):
        self.database, self.wire, self.servers, self.draw = database, wire, servers, random.Random(seed)
        self.done, self.slowest = collections.Counter(), collections.Counter()

    def kill(self):
        server = self.draw.choice(self.servers)
        server.kill()
        server.start()

    def halt(self):
        server = self.draw.choice(self.servers)
        server.process.send_signal(signal.SIGSTOP)
        time.sleep(self.draw.choice([0.2, 1, 3, 12]))  # the last is longer than a turn may stand still
        server.process.send_signal(signal.SIGCONT)

    def end_sessions(self):
        self.database.ask("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name LIKE 'baton %' "
                          f"AND random() < {self.draw.choice([0.3, 1])}")

    def reset(self):
        self.wire.reset_all()

    def swallow_commit(self):
        """The next commits happen, and nobody hears of it."""
        self.wire.swallow = self.draw.randrange(1, 4)

    def restart(self):
        self.database.stop("fast")
        time.sleep(self.draw.uniform(0, 1))
        self.database.start()

    def crash(self):
        self.database.stop("immediate")
        time.sleep(self.draw.uniform(0, 1))
        self.database.start()

    def kill_both(self):
        for server in self.servers:
            server.kill()
        for server in self.servers:
            server.start()

    def all_gone(self):
        """As after a power cut: the servers are up before the database."""
        self.database.stop("immediate")
        for server in self.servers:
            server.kill()
            server.start()
        time.sleep(self.draw.uniform(0, 1))
        self.database.start()

    def once(self):
        what = self.draw.choice([self.kill, self.halt, self.end_sessions, self.end_sessions, self.reset, self.swallow_commit,
                                 self.swallow_commit, self.restart, self.crash, self.kill_both, self.all_gone])
        name = what.__name__
        what()
        self.done[name] += 1
        took = max(server.wait() for server in self.servers)
        self.slowest[name] = max(self.slowest[name], took)
        time.sleep(self.draw.uniform(0.1, 1.5))


def command(baton, *arguments):
    done = subprocess.run([baton, *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"baton {' '.join(arguments)} answered {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


def activations(baton, store, folder, over, every):
    """Now and then another version comes into force, from a process of its own; the database may be away."""
    shipped = command(baton, "playbook", "show", "handoff-loop")
    versions = [f"{folder}/one.yaml", f"{folder}/two.yaml"]
    for number, path in enumerate(versions):
        with open(path, "w", encoding="utf-8") as file:
            file.write(shipped + f"# edition {number}\n")
    count = 0
    while not over.wait(every):
        done = subprocess.run([baton, "playbook", "activate", versions[count % 2], "--store", store], capture_output=True)
        count += done.returncode == 0
    return count


def leads(server):
    after = ""
    while True:
        status, _, answer = server.ask("GET", f"/api/v1/leads?limit=200{after}")
        if status != 200:
            raise SystemExit(f"leads: {status} {answer}")
        yield from answer["leads"]
        if not answer["next_cursor"]:
            return
        after = "&cursor=" + answer["next_cursor"]


def timelines(server):
    """How often each fact of a client stands in the timelines, and what came due more than once at one moment."""
    seen, twice, timers = collections.Counter(), [], 0
    people = set()  # in the order of change: whoever changes while the pages are turned may be on none of them
    while not people >= (found := {lead["id"] for lead in leads(server)}):
        people |= found
    for person in sorted(people):
        status, _, whole = server.ask("GET", f"/api/v1/leads/{person}")
        if status != 200:
            raise SystemExit(f"lead {person}: {status}")
        seen.update(re.findall(r'"sent_as": "([0-9-]+)"', json.dumps(whole["timeline"])))
        due = collections.Counter(entry["at"] for entry in whole["timeline"] if entry.get("type") == "timer")
        timers += len(due)
        twice += [f"lead {person} at {at}" for at, times in due.items() if times > 1]
    return seen, twice, timers


def check(seen, clients):
    wrong = []
    for client in clients:
        for number in range(client.tried):
            name = f"{client.number}-{number}"
            times = seen.pop(name, 0)
            if times > 1 or (times == 0 and number < client.acknowledged and name not in client.refused):
                wrong.append(f"fact {name} is there {times} times")
    wrong += [f"fact {name} was never sent" for name in seen]
    if wrong:
        raise SystemExit("\n".join(wrong[:20]))


def live(baton, database, work, seconds, seed):
    wire = Wire(database.port)
    servers = [Server(baton, database.url())]
    servers[0].wait()
    servers.append(Server(baton, database.url(wire.port)))
    servers[1].wait()
    chaos = Chaos(database, wire, servers, seed)
    clients = [Client(number, servers) for number in range(CLIENTS)]
    over = threading.Event()
    activated = []
    other = threading.Thread(target=lambda: activated.append(activations(baton, database.url(), work, over, max(4, seconds / 12))))
    for one in [*clients, other]:
        one.start()
    end = time.monotonic() + seconds
    try:
        while time.monotonic() < end and not any(client.trouble for client in clients):
            chaos.once()
    except BaseException:
        for client in clients:
            client.trouble = client.trouble or "the run was given up"
        raise
    finally:
        over.set()
        for client in clients:
            client.over = True
        for one in [*clients, other]:
            one.join()
    for client in clients:
        if client.trouble:
            raise SystemExit(f"client {client.number}: {client.trouble}")
    return servers, clients, chaos, activated[0]


def main(baton, seconds, seed):
    global PEOPLE  # pylint: disable=global-statement
    PEOPLE = int(PEOPLE * max(1, seconds / 50))
    work = tempfile.mkdtemp(prefix="baton-chaos-")
    database = Postgres(work)
    try:
        servers, clients, chaos, activated = live(baton, database, work, seconds, seed)
        seen, twice, timers = timelines(servers[0])
        check(seen, clients)
        if twice:
            raise SystemExit("came due twice: " + ", ".join(twice[:20]))
        for server in servers:
            server.stop()
        store = database.url()
        command(baton, "verify", "--store", store)
        before = command(baton, "digest", "--store", store)
        rebuilt = json.loads(command(baton, "rebuild", "--store", store, "--json"))
        if rebuilt["different"] != 0 or command(baton, "digest", "--store", store) != before:
            raise SystemExit(f"a fold of the journal differs: {rebuilt}")
        total = sum(client.acknowledged for client in clients)
        if total == 0 or sum(client.seen for client in clients) == 0:
            raise SystemExit("nothing was acknowledged or seen")
        print(f"{seconds} s, seed {seed}: {total} facts acknowledged, each there once; "
              f"{sum(c.again for c in clients)} came again, {sum(c.busy for c in clients)} times 503, "
              f"{sum(c.seen for c in clients)} seen through a server drawn at random, {activated} activations, {timers} due moments; "
              f"the longest a batch took {max(c.longest for c in clients):.1f} s")
        for name, times in sorted(chaos.done.items()):
            print(f"  {name}: {times}, ready again within {chaos.slowest[name]:.2f} s")
        slowest = max(chaos.slowest[name] for name in chaos.slowest)
        if slowest > 30:
            raise SystemExit(f"ready only after {slowest:.1f} s")
    finally:
        for process in Server.processes:
            process.kill()
        try:
            database.stop("immediate")
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return 0


if __name__ == "__main__":
    scale = float(os.environ.get("BATON_SCALE") or 1)
    length = float(sys.argv[2]) if len(sys.argv) > 2 else min(600.0, 50 * scale)
    sys.exit(main(sys.argv[1], length, sys.argv[3] if len(sys.argv) > 3 else "5"))
