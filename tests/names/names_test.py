#!/usr/bin/env python3
"""Names and time of a device on a network with the real thing: avahi, dnsmasq and chrony.

usage: names_test.py PROGRAM SCENE

The network is a TAP device, in namespaces of its own that end with the test.
Ends with 0: as it should be. 1: not so. 77: this machine cannot try it.
"""
import os
import queue
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

PATIENCE_S = 20  # for what must come; never what is judged
HERE = "192.168.77.1"  # this machine, as the device sees it
GROUP = "224.0.0.251"
PROGRAMS = ("unshare", "ip", "mount", "dnsmasq", "avahi-daemon", "avahi-browse", "avahi-resolve",
            "dbus-daemon")
ALSO = {"time_of_day": ("chronyd",)}  # what one scene alone needs

AVAHI = """
[server]
host-name={name}
use-ipv4=yes
use-ipv6=no
allow-interfaces=yoke0
[publish]
publish-workstation=no
publish-hinfo=no
"""

BUS = """
<busconfig>
  <type>system</type>
  <listen>unix:path=/run/bus</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
  </policy>
</busconfig>
"""


# --- processes -----------------------------------------------------------------------------------

class Process:
    """A program, whose lines are read as they come."""
    running = []

    def __init__(self, *command, **environment):
        self.process = subprocess.Popen(
            command, env={**os.environ, **environment}, text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.lines = queue.Queue()
        self.seen = []
        threading.Thread(target=self.read_lines, daemon=True).start()
        Process.running.append(self)

    def read_lines(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))

    def wait_for(self, is_it):
        """The first line, of those that were not looked at, for which `is_it`."""
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                line = self.lines.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                raise AssertionError("it did not come; there was:\n" + "\n".join(self.seen[-40:])
                                     ) from None
            self.seen.append(line)
            if is_it(line):
                return line

    def wait_for_word(self, word):
        return self.wait_for(lambda line: line.startswith(word + " ")).split()[1:]

    def address(self):
        """Of the device, once it has one."""
        return self.wait_for(lambda line: line.startswith("address 1")).split()[1]

    def tell(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def end(self):
        """The end of its input; answers how it ended."""
        self.process.stdin.close()
        return self.process.wait(PATIENCE_S)

    def kill(self):
        self.process.kill()
        self.process.wait()


def run(*command):
    return subprocess.run(command, check=True, timeout=PATIENCE_S, capture_output=True,
                          text=True).stdout


# --- the network ---------------------------------------------------------------------------------

def in_own_network(program, scene):
    """Start over in namespaces of our own, or say why not."""
    missing = [p for p in PROGRAMS + ALSO.get(scene, ()) if not shutil.which(p)]
    if missing:
        leave_out(f"{', '.join(missing)}: missing")
    if subprocess.run(["unshare", "-nm", "test", "-w", "/dev/net/tun"], check=False,
                      capture_output=True).returncode:
        leave_out("no network of its own without root, or no /dev/net/tun")
    os.environ["YOKE_TEST_NETWORK"] = "own"
    os.execvp("unshare", ["unshare", "-nm", "--propagation", "private", sys.executable, __file__,
                          program, scene])


def leave_out(why):
    print("left out:", why)
    sys.exit(77)


def lay_cable():
    try:
        run("ip", "link", "set", "lo", "up")
        run("ip", "tuntap", "add", "dev", "yoke0", "mode", "tap")
        run("mount", "-t", "tmpfs", "tmpfs", "/run")
    except subprocess.CalledProcessError as error:
        leave_out(error.stderr.strip())
    run("ip", "address", "add", HERE + "/24", "dev", "yoke0")
    run("ip", "link", "set", "yoke0", "up")
    run("ip", "route", "add", "224.0.0.0/4", "dev", "yoke0")


def start_dnsmasq():
    """DHCP, which names the time server; and the names lamp.test and alias.test."""
    Process("dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--user=root",
            "--group=root", "--interface=yoke0", "--bind-interfaces", "--leasefile-ro",
            "--pid-file=", "--no-resolv", "--no-hosts", "--no-ping",
            "--dhcp-range=192.168.77.50,192.168.77.60",
            f"--dhcp-option=option:router,{HERE}", f"--dhcp-option=option:ntp-server,{HERE}",
            f"--host-record=lamp.test,192.0.2.7", "--cname=alias.test,lamp.test",
            "--local=/test/")


def write(name, text):
    path = os.path.join(tempfile.mkdtemp(dir="/run"), name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def start_avahi(name):
    os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = "unix:path=/run/bus"
    bus = Process("dbus-daemon", "--nofork", "--print-address",
                  "--config-file=" + write("bus.conf", BUS))
    bus.wait_for(lambda line: line.startswith("unix:"))
    os.makedirs("/run/avahi-daemon", exist_ok=True)
    avahi = Process("avahi-daemon", "--no-drop-root", "--no-chroot", "--no-rlimits",
                    "-f", write("avahi.conf", AVAHI.format(name=name)))
    avahi.wait_for(lambda line: "Server startup complete" in line)
    return avahi


def start_device(program, name="yoke"):
    return Process(program, name, YOKE_LINK="tap:yoke0", YOKE_APP_PRIORITY="0")


def browse(kind):
    return Process("avahi-browse", "--parsable", "--no-db-lookup", "--resolve", kind)


def resolved(name):
    """The address that avahi finds, or None."""
    words = run("avahi-resolve", "-4", "--name", name).split()
    return words[1] if len(words) == 2 else None


# --- what goes over the cable --------------------------------------------------------------------

class Listener:
    """All that a device sends to the group: "probe", "answer", "goodbye"."""

    def __init__(self, address):
        self.address = address
        self.kinds = queue.Queue()
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self.socket.bind((GROUP, 5353))
        membership = socket.inet_aton(GROUP) + socket.inet_aton(HERE)
        self.socket.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            packet, (address, port) = self.socket.recvfrom(9000)
            if address == self.address and port == 5353:
                self.kinds.put(kind_of(packet))

    def next(self, count):
        return [self.kinds.get(timeout=PATIENCE_S) for _ in range(count)]


def kind_of(packet):
    flags, questions, answers, authorities = struct.unpack("!HHHH", packet[2:10])
    if not flags & 0x8000:
        return "probe" if questions and authorities else "question"
    at = packet.index(b"\x05local\x00", 12) + 7  # behind the first name: type, class, ttl
    ttl_s, = struct.unpack("!I", packet[at + 4:at + 8])
    return "goodbye" if ttl_s == 0 else f"answer {answers}"


ANNOUNCED = ["probe"] * 3 + ["answer 10"] * 2  # the host's two, and four of each service


# --- scenes --------------------------------------------------------------------------------------

def found(program):
    """avahi finds the host and its services, and sees them go."""
    start_dnsmasq()
    start_avahi("here")
    http, osc = browse("_http._tcp"), browse("_osc._udp")
    device = start_device(program)
    address = device.address()
    assert device.wait_for_word("name") == ["yoke"]
    line = http.wait_for(lambda line: line.startswith("=;yoke0;IPv4;yoke;"))
    assert line.split(";", 6)[6] == f'yoke.local;{address};80;"id=42" "path=/"', line
    line = osc.wait_for(lambda line: line.startswith("=;yoke0;IPv4;yoke;"))
    assert line.split(";", 6)[6] == f"yoke.local;{address};9000;", line
    assert resolved("yoke.local") == address
    assert resolved("yoke-2.local") is None
    assert device.end() == 0
    http.wait_for(lambda line: line == "-;yoke0;IPv4;yoke;_http._tcp;local")
    osc.wait_for(lambda line: line == "-;yoke0;IPv4;yoke;_osc._udp;local")


def name_is_taken(program):
    """avahi has the name; the device takes the next one, and says so."""
    start_dnsmasq()
    start_avahi("yoke")
    http = browse("_http._tcp")
    device = start_device(program)
    address = device.address()
    assert device.wait_for_word("name") == ["yoke-2"]
    line = http.wait_for(lambda line: line.startswith("=;"))
    assert line.split(";")[3:8] == ["yoke-2", "_http._tcp", "local", "yoke-2.local", address], line
    assert resolved("yoke-2.local") == address
    assert resolved("yoke.local") == HERE
    assert device.end() == 0


def name_is_defended(program):
    """The device has the name; avahi takes the next one."""
    start_dnsmasq()
    device = start_device(program)
    address = device.address()
    assert device.wait_for_word("name") == ["yoke"]
    avahi = start_avahi("yoke")
    assert any("Host name conflict" in line for line in avahi.seen), avahi.seen
    assert resolved("yoke.local") == address
    assert resolved("yoke-2.local") == HERE
    assert device.end() == 0
    assert not any(line.startswith("name yoke-") for line in device.seen), device.seen


def announced_again(program):
    """The network goes and comes back: announced as at the first time, and avahi finds it."""
    start_dnsmasq()
    start_avahi("here")
    device = start_device(program)
    address = device.address()
    listener = Listener(address)
    device.wait_for_word("name")
    while listener.kinds.get(timeout=PATIENCE_S) != "answer 10":
        pass  # of the first time nothing may have been heard but the end
    for _ in range(2):
        time.sleep(1.5)
        while not listener.kinds.empty():
            listener.kinds.get()
        device.tell("off")
        device.wait_for(lambda line: line == "address none")
        device.tell("on")
        assert device.address() == address
        assert device.wait_for_word("name") == ["yoke"]
        assert listener.next(5) == ANNOUNCED
        assert resolved("yoke.local") == address
    assert device.end() == 0


def resolves(program):
    """Names of a real name server, and of avahi."""
    start_dnsmasq()
    start_avahi("lamp")
    device = start_device(program)
    device.address()
    for name, answer in (("lamp.test", "192.0.2.7"), ("alias.test", "192.0.2.7"),
                         ("nobody.test", "-7"), ("10.1.2.3", "10.1.2.3"), ("lamp.local", HERE),
                         ("LAMP.test", "192.0.2.7")):
        device.tell("resolve " + name)
        assert device.wait_for_word("resolved") == [answer], name
    device.tell("resolve nobody.local")  # nobody answers: it is asked several times
    assert device.wait_for_word("resolved") == ["-7"]
    assert device.end() == 0


def time_of_day(program):
    """From chrony, which DHCP has named. Both have the same clock underneath."""
    start_dnsmasq()
    config = write("chrony.conf", "local stratum 5\nallow 192.168.77.0/24\ncmdport 0\n"
                                  "pidfile /run/chronyd.pid\nbindcmdaddress /\n"
                                  "driftfile /run/drift\n")
    Process("chronyd", "-d", "-x", "-u", "root", "-f", config).wait_for(
        lambda line: "chronyd version" in line)
    device = start_device(program)
    device.address()
    before_us = time.time_ns() // 1000
    device.tell("time")
    told_us, error_us, server, stratum = device.wait_for_word("time")
    after_us = time.time_ns() // 1000
    assert (server, stratum) == (HERE, "5"), (server, stratum)
    error_us = int(error_us)
    assert before_us - error_us <= int(told_us) <= after_us + error_us, (before_us, told_us)
    assert error_us < 1500000
    assert device.end() == 0


SCENES = {scene.__name__: scene for scene in (found, name_is_taken, name_is_defended,
                                              announced_again, resolves, time_of_day)}


def main(program, scene):
    if os.environ.get("YOKE_TEST_NETWORK") != "own":
        in_own_network(program, scene)
    lay_cable()
    try:
        SCENES[scene](program)
    finally:
        for process in Process.running:
            process.kill()


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[2] not in SCENES:
        sys.exit(__doc__)
    main(os.path.abspath(sys.argv[1]), sys.argv[2])
