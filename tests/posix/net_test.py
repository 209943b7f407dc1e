#!/usr/bin/env python3
"""The network of the host port, with clients of this machine.

usage: net_test.py PROGRAM SCENE

Ends with 0: as it should be. 1: not so. 77: this machine cannot try it.
"""
import os
import queue
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

PATIENCE_S = 20  # for what must come; never what is judged
ANSWER_S = 0.5  # for a new client
PORTS = {"echo": 7, "sink": 9, "source": 19}


class Device:
    """A run of net_device."""

    def __init__(self, program, **environment):
        self.ports = dict(zip(PORTS, free_ports(len(PORTS))))
        forward = [f"{self.ports[name]}:{PORTS[name]}" for name in PORTS]
        forward.append(f"udp:{self.ports['echo']}:7")
        settings = {"YOKE_APP_PRIORITY": "0", "YOKE_FORWARD": ",".join(forward), **environment}
        self.process = subprocess.Popen(
            ["timeout", "-k", "1", "50", program], env={**os.environ, **settings}, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.lines = queue.Queue()
        threading.Thread(target=self.read_lines, daemon=True).start()

    def read_lines(self):
        for line in self.process.stdout:
            self.lines.put(line.strip())

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.process.kill()
        self.process.wait()

    def line(self):
        return self.lines.get(timeout=PATIENCE_S)

    def address(self):
        line = self.line()
        assert line.startswith("address "), line
        return line.split()[1]

    def pools(self):
        """The used elements of each pool, and the counters."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        used = {}
        while True:
            words = self.line().split()
            if words[0] == "lost":
                return used, dict(zip(words[3::2], map(int, words[4::2])))
            used[words[0]] = int(words[1])

    def end(self):
        self.process.stdin.close()
        answer = self.process.wait(PATIENCE_S)
        return answer, self.process.stderr.read()

    def connect(self, name):
        return socket.create_connection(("127.0.0.1", self.ports[name]), PATIENCE_S)


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


def pattern(size):
    return bytes(i % 251 for i in range(size))


def read_all(s):
    pieces = []
    while piece := s.recv(65536):
        pieces.append(piece)
    return b"".join(pieces)


def download(device, size):
    with device.connect("source") as s:
        s.sendall(b"%d\n" % size)
        assert read_all(s) == pattern(size)


def upload(device, size):
    with device.connect("sink") as s:
        s.sendall(pattern(size))
        s.shutdown(socket.SHUT_WR)
        assert read_all(s) == b"%d\n" % size


def echo(device, size):
    with device.connect("echo") as s:
        sender = threading.Thread(target=s.sendall, args=(pattern(size),))
        sender.start()
        got = b""
        while len(got) < size:
            piece = s.recv(65536)
            assert piece
            got += piece
        sender.join()
        assert got == pattern(size)


def pools_are_empty(device, patience_s=PATIENCE_S):
    for _ in range(patience_s * 10):
        used, _ = device.pools()
        if used["connections"] == used["segments"] == used["frames"] == 0:
            return
        time.sleep(0.1)
    raise AssertionError(used)


# --- scenes --------------------------------------------------------------------------------------

def transfer(program):
    """Bytes arrive as they were sent, both ways."""
    with Device(program) as device:
        assert device.address() == "10.0.2.15"
        for size in (1, 1000, 65536, 300000):
            download(device, size)
            upload(device, size)
            echo(device, size)
        pools_are_empty(device)
        assert device.end() == (0, "")


def many(program):
    """More clients than servers, at the same time; each gets its own."""
    failed = []

    def client(device):
        try:
            for size in (700, 5000, 40000):
                download(device, size)
                upload(device, size)
        except (OSError, AssertionError) as error:
            failed.append(repr(error))

    with Device(program) as device:
        device.address()
        threads = [threading.Thread(target=client, args=(device,)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failed, failed
        pools_are_empty(device)


def backlog(program):
    """The system lets many connect before the device accepts one. When it does not, it drops them
    without a word, and they come through a second later: that was the stall of this link."""
    with Device(program) as device:
        device.address()
        pid = int(subprocess.run(["pgrep", "-P", str(device.process.pid)], check=True,
                                 capture_output=True, text=True).stdout)
        os.kill(pid, signal.SIGSTOP)
        try:
            clients = [device.connect("echo") for _ in range(40)]
        finally:
            os.kill(pid, signal.SIGCONT)
        for client in clients:
            client.close()


def datagrams(program):
    with Device(program) as device:
        device.address()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(PATIENCE_S)
            s.connect(("127.0.0.1", device.ports["echo"]))
            for size in (0, 1, 600, 1472):
                s.send(pattern(size))
                assert s.recv(2000) == pattern(size), size


def idle_clients(program):
    """Clients that do nothing make room for one that does."""
    with Device(program) as device:
        device.address()
        idle = [device.connect("echo") for _ in range(100)]
        for _ in range(5):
            echo(device, 2000)
        for client in idle:
            client.close()
        pools_are_empty(device)
        _, counted = device.pools()
        assert counted["evicted"] + counted["turned_away"] >= 100 - 16, counted


def bad_settings(program):
    with Device(program, YOKE_FORWARD="8o80:80,udp:70000,9:9:9,,65536") as device:
        device.address()
        answer, errors = device.end()
        assert answer == 0
        for one in ("8o80:80", "udp:70000", "9:9:9", "65536"):
            assert f'YOKE_FORWARD: "{one}" is not [udp:]PORT[:PORT]' in errors, errors
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with Device(program, YOKE_FORWARD=f"{port}:80") as device:
            device.address()
            answer, errors = device.end()
            assert answer == 0
            assert f"TCP port {port} of this machine is taken" in errors, errors


def no_network(program):
    for link, says in (("none", ""), ("wire", "YOKE_LINK=wire is not nat, tap:NAME or none"),
                       ("tap:no-such-device-at-all", "cannot be used (File name too long)")):
        with Device(program, YOKE_LINK=link) as device:
            answer, errors = device.end()
            assert answer == 1 and says in errors and "net_device: -8" in errors, errors


def run(*command):
    subprocess.run(command, check=True, timeout=PATIENCE_S, capture_output=True)


def tap(program):
    """The same over a TAP device, with a real DHCP server, in a network of its own."""
    in_own_network(program, "tap", over_tap)


def bare_requests(program):
    """1,000 SYNs from many who never answer; new clients beside them are answered."""
    in_own_network(program, "bare_requests", over_tap_with_requests)


def in_own_network(program, scene, work):
    if os.environ.get("YOKE_TEST_NETWORK") != "own":
        if not all(shutil.which(p) for p in ("unshare", "ip", "dnsmasq")):
            print("left out: unshare, ip or dnsmasq is missing")
            sys.exit(77)
        if subprocess.run(["unshare", "-n", "test", "-w", "/dev/net/tun"], check=False,
                          capture_output=True).returncode:
            print("left out: no network of its own without root, or no /dev/net/tun")
            sys.exit(77)
        os.environ["YOKE_TEST_NETWORK"] = "own"
        os.execvp("unshare", ["unshare", "-n", sys.executable, __file__, program, scene])
    try:
        run("ip", "link", "set", "lo", "up")
        run("ip", "tuntap", "add", "dev", "yoke0", "mode", "tap")
    except subprocess.CalledProcessError as error:
        print("left out:", error.stderr.decode().strip())
        sys.exit(77)
    run("ip", "address", "add", "192.168.77.1/24", "dev", "yoke0")
    run("ip", "link", "set", "yoke0", "up")
    server = subprocess.Popen(
        ["dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--port=0", "--user=root",
         "--group=root", "--interface=yoke0", "--bind-interfaces", "--leasefile-ro",
         "--pid-file=", "--dhcp-range=192.168.77.50,192.168.77.60",
         "--dhcp-option=option:router,192.168.77.1", "--no-ping"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        work(program)
    finally:
        server.kill()
        server.wait()


def over_tap(program):
    with Device(program, YOKE_LINK="tap:yoke0") as device:
        address = device.address()
        assert address.startswith("192.168.77."), address
        device.connect = lambda name: socket.create_connection((address, PORTS[name]), PATIENCE_S)
        for size in (1000, 65536):
            download(device, size)
            upload(device, size)
            echo(device, size)
        pools_are_empty(device)
        assert device.end() == (0, "")


def check_sum(data):
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def request(n, to):
    """A SYN to port 7, as an IP packet, from one of 90 neighbours that are not there."""
    sender = socket.inet_aton(f"192.168.77.{100 + n % 90}")
    to = socket.inet_aton(to)
    tcp = struct.pack(">HHLLBBHHH", 1024 + n, PORTS["echo"], n, 0, 5 << 4, 2, 1000, 0, 0)
    checked = check_sum(sender + to + struct.pack(">HH", 6, len(tcp)) + tcp)
    tcp = tcp[:16] + struct.pack(">H", checked) + tcp[18:]
    return struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), n, 0, 64, 6, 0, sender, to) + tcp


def over_tap_with_requests(program):
    slow = []
    with Device(program, YOKE_LINK="tap:yoke0") as device, socket.socket(
            socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as raw:
        address = device.address()
        device.connect = lambda name: socket.create_connection((address, PORTS[name]), PATIENCE_S)
        for n in range(1000):
            raw.sendto(request(n, address), (address, 0))
            time.sleep(0.001)
            if n % 50 == 49:
                begin = time.monotonic()
                echo(device, 100)
                slow += [s for s in [time.monotonic() - begin] if s > ANSWER_S]
        assert not slow, slow
        pools_are_empty(device, 35)  # lwIP keeps a half-open one for 20 s
        _, counted = device.pools()
        assert counted["half_open"] >= 900, counted
        assert device.end() == (0, "")


SCENES = {scene.__name__: scene for scene in (transfer, many, backlog, datagrams, idle_clients,
                                              bad_settings, no_network, tap, bare_requests)}

if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[2] not in SCENES:
        sys.exit(__doc__)
    SCENES[sys.argv[2]](sys.argv[1])
