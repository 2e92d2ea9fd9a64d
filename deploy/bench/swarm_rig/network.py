"""Namespaces, links, shaping and the counters of the links."""

import json
import os
import subprocess

# What a full segment takes on the wire for each byte of payload: 1448 bytes of data in 1514 (Ethernet, IPv4, TCP with timestamps).
GOODPUT = 1448 / 1514
HEADERS = 66
# For benchmarks (RFC 2544). BitTorrent treats private addresses as local, which sets its own limits aside.
NETWORK = "198.18.0.0/16"

# Large sends pass a shaper whole, so they are kept to 16 KiB, and a bucket holds two of them.
GSO_BYTES = 16384
BURST_BYTES = 2 * GSO_BYTES
LATENCY = "40ms"

# The same for everybody: what Linux distributions take by default, whatever this machine is set to.
SYSCTLS = {
    "net/ipv4/tcp_congestion_control": "cubic",
    "net/ipv4/tcp_no_metrics_save": "1",  # the warm-up teaches the kernel nothing
    "net/ipv4/ip_local_port_range": "32768 60999",
    "net/ipv6/conf/all/disable_ipv6": "1",
}


class Node:
    """One machine of the bench: a namespace with one link."""

    def __init__(self, network, name, address, up=None, down=None):
        self.name, self.address, self.up, self.down = name, address, up, down
        self.namespace = f"{network.prefix}-{name}"

    def enter(self, command):
        """The command that runs the command here; it keeps its process id."""
        return ["nsenter", f"--net=/run/netns/{self.namespace}", "--", *command]


class Network:
    """A switch and the nodes around it. Rates are in bit/s on the wire; None is not shaped."""

    def __init__(self):
        self.prefix = f"fp{os.getpid()}"
        self.switch = f"{self.prefix}-switch"
        self.nodes = []
        self._made = []

    def open(self):
        self._namespace(self.switch)
        self._batch(self.switch, ["link set lo up", "link add br0 type bridge", "link set br0 up"])

    def add(self, name, address, up=None, down=None):
        node = Node(self, name, address, up, down)
        self._namespace(node.namespace)
        limits = f"gso_max_size {GSO_BYTES}"
        run(["ip", "-n", self.switch, "link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", node.namespace])
        self._batch(self.switch, [f"link set {name} {limits} master br0 up"])
        self._batch(node.namespace, ["link set lo up", f"link set eth0 {limits} up", f"addr add {address}/16 dev eth0"])
        self.nodes.append(node)
        return node

    def shape(self, on):
        """Switches the shapers on or off; what is not shaped is counted all the same. Counters start anew."""
        for node in self.nodes:
            self._qdisc(node.namespace, "eth0", node.up if on else None)
            self._qdisc(self.switch, node.name, node.down if on else None)

    def sent(self, node):
        """(payload bytes, packets) that left the node since the last call of shape()."""
        out = run(["tc", "-n", node.namespace, "-s", "-j", "qdisc", "show", "dev", "eth0"])
        root = next(q for q in json.loads(out) if q.get("root"))
        return root["bytes"] - HEADERS * root["packets"], root["packets"]

    def unplug(self, node):
        run(["ip", "-n", self.switch, "link", "set", node.name, "down"])

    def close(self):
        for name in reversed(self._made):
            subprocess.run(["ip", "netns", "del", name], stderr=subprocess.DEVNULL, check=False)
        self._made, self.nodes = [], []

    def _namespace(self, name):
        self._made.append(name)
        run(["ip", "netns", "add", name])
        script = "; ".join(f"echo {value} >/proc/sys/{key}" for key, value in SYSCTLS.items())
        run(["ip", "netns", "exec", name, "sh", "-c", script])

    def _qdisc(self, namespace, device, rate):
        kind = f"tbf rate {rate}bit burst {BURST_BYTES} latency {LATENCY}".split() if rate else ["pfifo", "limit", "10000"]
        subprocess.run(["tc", "-n", namespace, "qdisc", "del", "dev", device, "root"], stderr=subprocess.DEVNULL, check=False)
        run(["tc", "-n", namespace, "qdisc", "add", "dev", device, "root", *kind])

    def _batch(self, namespace, lines):
        run(["ip", "-n", namespace, "-batch", "-"], "\n".join(lines) + "\n")


def run(command, text=None):
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {' '.join(done.stderr.split())}")
    return done.stdout
