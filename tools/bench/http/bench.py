#!/usr/bin/env python3
"""Measure Yoke's HTTP server beside lwIP's own and one on libuv: one table.

usage: tools/bench/http/run [--quick] [--runs N] [--seconds N] [--only TEXT] [--tap] [--check]

  --quick      3 runs of 1 s: to see that all is well
  --runs N     of each, 1 to 99; default 5
  --seconds N  of each run, 1 to 99; default 2
  --only TEXT  rows whose name has this text
  --tap        behind TAP devices instead of libslirp: Linux is the peer; needs root and dnsmasq
  --check      a missed target ends with 1

Every figure also goes to build/report/bench-http.json, with --tap to bench-http-tap.json.
Ends with 0: measured. 1: a target was missed (--check), or it could not be built. 2: wrong usage,
or an answer was wrong. 3: something is missing.
"""
import argparse
import json
import os
import resource
import select
import shutil
import socket
import statistics
import subprocess
import sys
import time

from client import Wrong, ask_all
import tap

ROOT = os.path.realpath(os.path.join(os.path.dirname(os.path.realpath(__file__)), "../../.."))
BUILD = os.path.join(ROOT, "build", "host", "tools", "bench", "http")
REPORT = os.path.join(ROOT, "build", "report", "bench-http{}.json")
SCRIPT = os.path.join(ROOT, "tools", "bench", "http", "report.lua")
LIMIT_MS = 50
TIMES = 20  # that each connection of the client that looks at every byte asks
OURS, LWIP, LIBUV = "yoke", "lwIP's httpd", "libuv"
PROGRAMS = {OURS: "bench_yoke", LWIP: "bench_httpd", LIBUV: "bench_uv"}
PATHS = {"1 KB": ("/1k", 1024), "64 KB": ("/64k", 65536)}
ROWS = [(f"{size}, {count} connection{'s' if count > 1 else ''}", *PATHS[size], count)
        for size in PATHS for count in (1, 8)]


def fail(what, code):
    print(f"bench: {what}", file=sys.stderr)
    sys.exit(code)


# --- servers -------------------------------------------------------------------------------------

def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    """One of the three programs, at a place of its own; `process` is None if it does not start."""

    def __init__(self, name, cable):
        self.name, self.cable = name, cable
        self.place = (cable.host, 80) if cable else ("127.0.0.1", free_port())
        path = os.path.join(BUILD, PROGRAMS[name])
        environment = {k: v for k, v in os.environ.items() if k != "YOKE_LINK"}
        environment["YOKE_FORWARD"] = f"{self.place[1]}:80"
        if cable:
            environment["YOKE_LINK"] = f"tap:{cable.name}"
        self.process = None
        if os.path.exists(path):
            command = [path, str(self.place[1])] if name == LIBUV else [path]
            self.process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE,
                                            stdout=subprocess.PIPE)
            if not self.says_ready():
                self.end()

    def says_ready(self):
        ready, _, _ = select.select([self.process.stdout], [], [], 10)
        return bool(ready) and self.process.stdout.readline() == b"ready\n"

    def end(self):
        if self.process:
            self.process.stdin.close()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None
        if self.cable:
            self.cable.end()

    def ask(self, path, size, connections):
        try:
            return ask_all(self.place, path, size, connections, TIMES)
        except Wrong as error:
            raise Wrong(f"{self.name}: {error}") from error

    def load(self, path, connections, seconds):
        """What wrk has counted."""
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", SCRIPT,
                   "-H", "Connection: keep-alive",  # lwIP's server closes without
                   "http://{}:{}{}".format(*self.place, path)]
        run = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 30,
                             check=False)
        lines = [line for line in run.stdout.splitlines() if line.startswith("{")]
        if run.returncode != 0 or len(lines) != 1:
            raise Wrong(f"{self.name}: wrk: {run.stderr or run.stdout}")
        counted = json.loads(lines[0])
        if counted["errors"] or not counted["requests"]:
            raise Wrong(f"{self.name}: {path}: {counted['requests']} answers, "
                        f"{counted['errors']} errors")
        return counted


# --- measuring -----------------------------------------------------------------------------------

def measure(server, row, seconds):
    """One run: wrk, and before and after it as many connections of a client that sees what wrk
    does not: answers that are wrong or never come, and how long it takes to connect."""
    _, path, size, connections = row
    before = server.ask(path, size, connections)
    counted = server.load(path, connections, seconds)
    after = server.ask(path, size, connections)
    return {"rate": counted["requests"] / counted["us"] * 1e6, "p50": counted["p50"],
            "p99": counted["p99"], "longest": max(counted["longest"], before, after)}


def show_progress(text):
    if sys.stderr.isatty():
        print(f"\r\033[K{text}\r", end="", file=sys.stderr, flush=True)


def measure_row(servers, row, options):
    """Side by side: each server once, then each again. Answers {server: [run …]} without those
    that were wrong, and what was wrong."""
    runs = {server.name: [] for server in servers}
    wrong = []
    for number in range(options.runs):
        for server in servers:
            show_progress(f"{row[0]}: {server.name} (run {number + 1} of {options.runs})")
            try:
                if server.name in runs:
                    runs[server.name].append(measure(server, row, options.seconds))
            except Wrong as error:
                del runs[server.name]
                wrong.append(str(error))
    show_progress("")
    return runs, wrong


def summary(row, runs):
    """The medians of each server, and the longest answer of all runs."""
    results = []
    for name, all_runs in runs.items():
        rates = [run["rate"] for run in all_runs]
        results.append({"row": row[0], "server": name, "requests_s": statistics.median(rates),
                        "requests_s_min": min(rates), "requests_s_max": max(rates),
                        "p50_us": statistics.median(run["p50"] for run in all_runs),
                        "p99_us": statistics.median(run["p99"] for run in all_runs),
                        "longest_us": max(run["longest"] for run in all_runs)})
    uv = next((r["requests_s"] for r in results if r["server"] == LIBUV), None)
    for result in results:
        result["of_libuv"] = result["requests_s"] / uv if uv else None
    return results


# --- what is shown -------------------------------------------------------------------------------

def show_row(name, results, wrong):
    print(f"\n{name:<24}{'requests/s':>11} {'min..max':<16}{'p50 us':>8}{'p99 us':>8}"
          f"{'longest us':>12}{'of libuv':>10}")
    for r in results:
        spread = f"{r['requests_s_min']:.0f}..{r['requests_s_max']:.0f}"
        share = f"{r['of_libuv']:.2f}" if r["of_libuv"] else "-"
        print(f"  {r['server']:<22}{r['requests_s']:>11.0f} {spread:<16}{r['p50_us']:>8.0f}"
              f"{r['p99_us']:>8.0f}{r['longest_us']:>12.0f}{share:>10}")
    for what in wrong:
        print(f"  WRONG: {what}")
    sys.stdout.flush()


def show_targets(results):
    """Answers how many were missed. Where libuv's answers take long too, it is the machine."""
    missed = 0
    beside = {r["row"]: f"; libuv's {r['longest_us'] / 1000:.1f} ms"
              for r in results if r["server"] == LIBUV}
    print(f"\ntarget: no answer of {OURS} longer than {LIMIT_MS} ms")
    for r in results:
        if r["server"] == OURS:
            met = r["longest_us"] <= LIMIT_MS * 1000
            missed += not met
            print(f"  {r['row']:<22}{r['longest_us'] / 1000:>8.1f} ms  "
                  f"{'met' if met else 'MISSED'}{beside.get(r['row'], '')}")
    return missed


def busy_seconds():
    """Of all cores, by all programs, so far."""
    with open("/proc/stat", encoding="ascii") as file:
        ticks = [int(field) for field in file.readline().split()[1:8]]
    return (sum(ticks) - ticks[3] - ticks[4]) / os.sysconf("SC_CLK_TCK")


def own_seconds():
    """By this program and those that it has started and that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def show_noise(began, busy_before, own_before):
    took = time.monotonic() - began
    others = busy_seconds() - busy_before - (own_seconds() - own_before)
    share = max(0, others / took / os.cpu_count() * 100)
    print(f"\nin {took:.0f} s; meanwhile other programs used {share:.0f} % of the machine")


def write_report(results, kind):
    path = REPORT.format(kind)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(results, file, indent=2)
        file.write("\n")


# --- all of it -----------------------------------------------------------------------------------

def in_range(text):
    number = int(text)
    if not 1 <= number <= 99:
        raise ValueError
    return number


def read_options():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n", 1)[1], add_help=False)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--runs", type=in_range)
    parser.add_argument("--seconds", type=in_range)
    parser.add_argument("--only", default="")
    parser.add_argument("--tap", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("-h", "--help", action="store_true")
    options = parser.parse_args()
    if options.help:
        print(__doc__.strip())
        sys.exit(0)
    options.runs = options.runs or (3 if options.quick else 5)
    options.seconds = options.seconds or (1 if options.quick else 2)
    return options


def start_servers(on_tap):
    servers = [Server(name, tap.Cable() if on_tap and name != LIBUV else None) for name in PROGRAMS]
    for server in servers:
        if not server.process:
            print(f"{server.name} does not start here and is left out")
    return [server for server in servers if server.process]


def measure_all(rows, options):
    """Answers (results, how many were wrong)."""
    results, wrong = [], 0
    servers = start_servers(options.tap)
    try:
        for row in rows:
            runs, wrong_ones = measure_row(servers, row, options)
            of_row = summary(row, runs)
            show_row(row[0], of_row, wrong_ones)
            results += of_row
            wrong += len(wrong_ones)
    finally:
        for server in servers:
            server.end()
    return results, wrong


def main():
    options = read_options()
    rows = [row for row in ROWS if options.only in row[0]]
    if not rows:
        fail(f"no row has \"{options.only}\" in its name", 2)
    if not shutil.which("wrk"):
        fail("wrk is missing", 3)
    in_the_way = tap.enter() if options.tap else None
    if in_the_way:
        fail(in_the_way, 3)
    print(f"yoke bench http: {options.runs} runs of {options.seconds} s with wrk; each figure the "
          f"median, the longest of all runs;\n{os.cpu_count()} cores, {os.uname().sysname} "
          f"{os.uname().release}")
    link = "TAP devices" if options.tap else "libslirp"
    print(f"{OURS} and {LWIP} have the chip's pools and are behind {link}. {LIBUV} is on this "
          "machine's own TCP:\nthe link takes frames, and libuv has no stack that makes them")
    began, busy, own = time.monotonic(), busy_seconds(), own_seconds()
    results, wrong = measure_all(rows, options)
    missed = show_targets(results)
    show_noise(began, busy, own)
    write_report(results, "-tap" if options.tap else "")
    sys.exit(2 if wrong or not results else 1 if options.check and missed else 0)


if __name__ == "__main__":
    main()
