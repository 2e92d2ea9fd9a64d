"""BitTorrent as a contender: a libtorrent session for every host, and one for the origin, which seeds."""

import json
import os
import signal
import sys
import time

import libtorrent

from .processes import wait_for_line

PIECE = 64 * 1024
PORT = 6881
# What was best of several. With super-seeding everybody has to be served at once, or its piece goes round late.
STOCK = {"unchoke_slots_limit": 4, "max_out_request_queue": 32}
SUPER = {"unchoke_slots_limit": 20, "max_out_request_queue": 500}
# A seed of libtorrent 2.0 that super-seeds offers a peer that has nothing its first piece only ten seconds after it came.
FIRST_PIECE = 10.5


class BitTorrent:
    """
    Peers are told to one another, and to the origin, by address, and are all connected before the clock. Until a host arrives its
    session wants no piece.
    """

    units = "blocks"

    def __init__(self, rig, super_seeding):
        self.rig, self.super_seeding = rig, super_seeding
        self.name = "bittorrent-super" if super_seeding else "bittorrent-stock"
        self.seed, self.peers, self.proxies = None, [], []
        self.left = set()

    def prepare(self):
        rig, n = self.rig, len(self.rig.hosts)
        torrent = os.path.join(rig.work, "release.torrent")
        with open(torrent, "wb") as file:
            file.write(self._torrent())
        lies = [rig.scenario.lies(i) for i in range(n)]
        address = [node.address for node in rig.hosts]
        # Nobody sees through a liar's proxy whom it calls, so that it calls nobody: the others, and the origin, call it.
        calls = [[address[j] for j in range(i) if not lies[i]] + [address[j] for j in range(i + 1, n) if lies[j] and not lies[i]]
                 for i in range(n)]  # fmt: skip
        for i in range(n):
            if not lies[i]:
                calls[i].append(rig.origin.address)
        self.seed = self._start(rig.origin, "seed", torrent, rig.files, seed=True, meet=[a for a, lie in zip(address, lies) if lie])
        for i, node in enumerate(rig.hosts):
            folder = os.path.dirname(rig.output(i))
            self.peers.append(self._start(node, f"peer-{i:02}", torrent, folder, lies=lies[i], meet=calls[i]))
        for process in (self.seed, *self.peers):
            wait_for_line(process, process.log, "ready", 60)
        for process in (self.seed, *self.peers):
            process.tell("meet")
        for peer in self.peers:
            wait_for_line(peer, peer.log, "met", 30)

        if self.super_seeding:
            time.sleep(FIRST_PIECE)

    def begin(self):
        self.seed.tell("arrive")

    def start(self, host):
        self.peers[host].tell("arrive")

    def watch(self, host):
        return self.peers[host].popen.stdout.fileno()

    def done(self, host):
        line = self.peers[host].popen.stdout.readline()
        return True if line == b"done\n" else False if not line else None

    def leave(self, host):
        self.left.add(host)
        self.peers[host].tell("leave")

    def vanish(self, host):
        self.left.add(host)
        self.peers[host].signal(signal.SIGKILL)
        self.rig.network.unplug(self.rig.hosts[host])

    def end(self):
        """Sessions are closed in order: then all that they have is on disk."""
        for host, peer in enumerate(self.peers):
            if host not in self.left and peer.alive():
                peer.tell("leave")
        for peer in self.peers:
            peer.reap(20)

    def cpu(self):
        return {"peers": sum(peer.cpu() for peer in self.peers), "seed": self.seed.cpu()}

    def _torrent(self):
        rig, storage = self.rig, libtorrent.file_storage()
        for name in rig.release.names:
            storage.add_file(f"{rig.release.path}/{name}", os.path.getsize(rig.release.file(name)))
        torrent = libtorrent.create_torrent(storage, rig.tuning.get("piece", PIECE), libtorrent.create_torrent.v1_only)
        torrent.set_priv(True)  # no exchange of peers: all are known
        libtorrent.set_piece_hashes(torrent, rig.files)
        return libtorrent.bencode(torrent.generate())

    def _start(self, node, name, torrent, folder, seed=False, lies=False, meet=()):
        os.makedirs(folder, exist_ok=True)
        port = PORT
        if lies:
            port = PORT + 1
            self.proxies.append(self._start_proxy(node, name))
        settings = {
            "torrent": torrent, "folder": folder, "seed": seed, "super": seed and self.super_seeding,
            "listen": f"127.0.0.1:{port}" if lies else f"{node.address}:{port}", "port": PORT,
            "meet": list(meet), "tuning": {**(SUPER if self.super_seeding else STOCK), **self.rig.tuning},
        }  # fmt: skip
        script = os.path.join(os.path.dirname(__file__), "torrent_peer.py")
        command = [sys.executable, "-B", script, json.dumps(settings)]
        return self.rig.processes.start(node, command, self.rig.log(name), stdin=True, stdout=True)

    def _start_proxy(self, node, name):
        script = os.path.join(os.path.dirname(__file__), "lying_torrent.py")
        log = self.rig.log(f"liar-{name}")
        command = [sys.executable, "-B", script, node.address, str(PORT), str(PORT + 1)]
        proxy = self.rig.processes.start(node, command, log)
        wait_for_line(proxy, log, "ready", 20)
        return proxy
