"""The other link: each server behind a TAP device of its own, so that Linux is its peer.

libslirp acknowledges within 2 ms whatever comes; Linux keeps it back for 40 ms where TCP lets it.
"""
import os
import shutil
import subprocess
import sys

NEEDS = ("unshare", "ip", "dnsmasq")
MARK = "YOKE_BENCH_NETWORK"


def enter():
    """Start over in a network namespace; answers what is in the way, if anything is."""
    if os.environ.get(MARK) == "own":
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        return None
    missing = [program for program in NEEDS if not shutil.which(program)]
    if missing:
        return f"{', '.join(missing)} is missing"
    if subprocess.run(["unshare", "-n", "test", "-w", "/dev/net/tun"], check=False,
                      capture_output=True).returncode:
        return "a network of its own needs root, and /dev/net/tun"
    os.environ[MARK] = "own"
    os.execvp("unshare", ["unshare", "-n", sys.executable, *sys.argv])
    return None


class Cable:
    """A TAP device with DHCP on this machine's side, which gives out one address: `host`."""

    count = 0

    def __init__(self):
        self.name, net = f"yk{Cable.count}", f"10.9.{Cable.count}"
        self.host = f"{net}.50"
        Cable.count += 1
        for words in (f"tuntap add {self.name} mode tap", f"addr add {net}.1/24 dev {self.name}",
                      f"link set {self.name} up"):
            subprocess.run(["ip", *words.split()], check=True)
        self.dhcp = subprocess.Popen(
            ["dnsmasq", "--no-daemon", "--port=0", f"--interface={self.name}", "--bind-interfaces",
             f"--dhcp-range={self.host},{self.host},255.255.255.0,1h", "--user=root",
             "--dhcp-leasefile=/dev/null", "--conf-file=/dev/null"], stderr=subprocess.DEVNULL)

    def end(self):
        self.dhcp.kill()
        self.dhcp.wait()
