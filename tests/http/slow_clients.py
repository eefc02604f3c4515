#!/usr/bin/python3
"""Slow clients: slow_clients.py BATON [CONNECTIONS] [--any-memory].

A third of the connections say nothing, a third drip a header, a third drip a body. Meanwhile an honest client posts facts. Every
slow connection is closed by the server within its time limits, every honest request is answered, and the server grows by no more
than 100 MiB. The honest client's times, before and meanwhile, are printed: a machine under load says nothing about them.
"""
import os
import re
import resource
import selectors
import socket
import subprocess
import sys
import tempfile
import threading
import time

HEADS = [b"", b"GET /livez HTTP/1.1\r\nHost: localhost\r\n",
         b"POST /api/v1/facts HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{"]
DRIPS = [b"", b"X: y\r\n", b" "]
PATIENCE = 90  # the limits are 10, 10 and 30 s; the machine may be busy


def start(baton, store):
    # As a proxy, this machine may hold any number of connections.
    process = subprocess.Popen([baton, "serve", "--store", store, "--listen", "127.0.0.1:0", "--proxy", "127.0.0.1"],
                               stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        found = re.search(r"at http://127\.0\.0\.1:(\d+)/", line)
        if found:
            threading.Thread(target=process.stderr.read, daemon=True).start()
            return process, int(found.group(1))
    raise SystemExit(f"the server did not start: exit {process.wait()}")


def resident_mib(pid):
    with open(f"/proc/{pid}/status") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1)) / 1024


class Honest:
    """Posts one fact after the other on one connection; notes how long each took, and what failed."""

    def __init__(self, port):
        self.connection = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.sent, self.failed = 0, 0

    def post(self):
        body = (b'{"message_id":"h%d","type":"Page Viewed","email":"p%d@example.com"}' % (self.sent, self.sent % 50))
        self.sent += 1
        began = time.perf_counter()
        self.connection.sendall(b"POST /api/v1/facts HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        reply = b""
        while b'"refused":[]}' not in reply:
            piece = self.connection.recv(4096)
            if not piece:
                break
            reply += piece
        if b'"accepted":1' not in reply:
            self.failed += 1
        return time.perf_counter() - began


def p99(times):
    return sorted(times)[len(times) * 99 // 100] * 1000


def open_slow(port, count, selector):
    """Connections of all three kinds; each is told to the selector."""
    for number in range(count):
        slow = socket.create_connection(("127.0.0.1", port), timeout=60)
        slow.sendall(HEADS[number % 3])
        slow.setblocking(False)
        selector.register(slow, selectors.EVENT_READ, number % 3)


def take_ended(selector, wait):
    """Unregisters those the server has closed; answers how many."""
    ended = 0
    for key, _ in selector.select(wait):
        try:
            over = key.fileobj.recv(4096) == b""
        except ConnectionError:
            over = True
        if over:
            selector.unregister(key.fileobj)
            key.fileobj.close()
            ended += 1
    return ended


def drip(selector):
    for key in list(selector.get_map().values()):
        try:
            if DRIPS[key.data]:
                key.fileobj.send(DRIPS[key.data])
        except OSError:
            pass  # closed meanwhile: the next look finds it


def main():
    any_memory = "--any-memory" in sys.argv
    words = [word for word in sys.argv[1:] if word != "--any-memory"]
    baton = words[0]
    scale = float(os.environ.get("BATON_SCALE", "1"))
    count = int(words[1]) if len(words) > 1 else min(10_000, max(300, int(1_500 * scale)))
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    count = min(count, hard - 200)
    with tempfile.TemporaryDirectory() as folder:
        process, port = start(baton, folder + "/slow.db")
        honest = Honest(port)
        before = [honest.post() for _ in range(300)]
        memory = resident_mib(process.pid)
        selector = selectors.DefaultSelector()
        began = time.monotonic()
        open_slow(port, count, selector)
        meanwhile, peak, ended, dripped = [], 0.0, 0, 0.0
        while selector.get_map() and time.monotonic() - began < PATIENCE:
            if time.monotonic() - dripped > 1:
                dripped = time.monotonic()
                drip(selector)
                peak = max(peak, resident_mib(process.pid))
            ended += take_ended(selector, 0)
            meanwhile.append(honest.post())
        took = time.monotonic() - began
        left = len(selector.get_map())
        process.terminate()
        code = process.wait()
        print(f"{count} slow connections, {ended} closed after at most {took:.0f} s; {len(meanwhile)} honest requests meanwhile, "
              f"p99 {p99(meanwhile):.1f} ms, before {p99(before):.1f} ms; {peak - memory:+.0f} MiB")
        print(f"{count} slow_connections")
        if left or honest.failed or code or (peak - memory > 100 and not any_memory):
            raise SystemExit(f"left open {left}, honest requests failed {honest.failed}, exit {code}, memory {peak - memory:+.0f} MiB")


main()
