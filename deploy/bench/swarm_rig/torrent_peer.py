"""One libtorrent session. On standard input: meet, arrive, leave; on standard output: done. On standard error what it did.

torrent_peer.py JSON
"""

import json
import selectors
import sys

import libtorrent as lt

SETTINGS = {
    "enable_dht": False,
    "enable_lsd": False,
    "enable_upnp": False,
    "enable_natpmp": False,
    "enable_incoming_utp": False,
    "enable_outgoing_utp": False,
    "in_enc_policy": 2,  # no encryption: less work, and nothing is hidden from a liar's proxy
    "out_enc_policy": 2,
    "ssrf_mitigation": False,
    "mixed_mode_algorithm": 0,  # prefer_tcp
    "strict_end_game_mode": True,
    "close_redundant_connections": False,  # before they arrive, nobody wants anything of anybody
    "connection_speed": 500,
    "torrent_connect_boost": 100,
    "smooth_connects": False,
    # Short queues: news of pieces waits behind little, and nobody asks long ahead for what others will have by then.
    "request_queue_time": 1,
    "send_buffer_watermark_factor": 15,
    "rate_limit_ip_overhead": False,
    "alert_mask": lt.alert.category_t.status_notification | lt.alert.category_t.error_notification,
}


class Peer:
    def __init__(self, settings):
        self.settings = settings
        tuned = {k: v for k, v in settings["tuning"].items() if k in lt.default_settings()}
        self.session = lt.session({**SETTINGS, **tuned, "listen_interfaces": settings["listen"]})
        what = lt.add_torrent_params()
        what.ti = lt.torrent_info(settings["torrent"])
        what.save_path = settings["folder"]
        flags = lt.torrent_flags
        what.flags = flags.disable_dht | flags.disable_lsd | flags.disable_pex | flags.update_subscribe
        if settings["seed"]:
            what.flags |= flags.seed_mode
        else:
            what.piece_priorities = [0] * what.ti.num_pieces()  # until it arrives it wants nothing
        if settings["super"]:
            what.flags |= flags.super_seeding
        self.torrent = self.session.add_torrent(what)
        self.done = settings["seed"]

    def run(self):
        say("ready")
        self._commands(until="meet")
        for address in self.settings["meet"]:
            self.torrent.connect_peer((address, self.settings["port"]))
        self._await(lambda: self.torrent.status().num_peers >= len(self.settings["meet"]))
        say("met")
        self._commands(until="arrive")
        if not self.settings["seed"]:
            self.session.pop_alerts()  # who wants nothing has "finished"
            self.torrent.prioritize_pieces([4] * self.torrent.torrent_file().num_pieces())
        with selectors.DefaultSelector() as commands:
            commands.register(sys.stdin, selectors.EVENT_READ)
            while not commands.select(0):
                self._look(20)
        self.session.pause()
        del self.torrent, self.session  # waits until all is written

    def _look(self, millis):
        self.session.wait_for_alert(millis)
        for alert in self.session.pop_alerts():
            if isinstance(alert, lt.torrent_finished_alert) and not self.done and self.torrent.status().is_seeding:
                self.done = True
                print("done", flush=True)
            elif alert.category() & lt.alert.category_t.error_notification:
                say(alert.message())

    def _await(self, condition):
        for _ in range(100):
            if condition():
                return
            self._look(50)

    @staticmethod
    def _commands(until):
        for line in sys.stdin:
            if line.strip() == until:
                return
        sys.exit(0)


def say(what):
    print(what, file=sys.stderr, flush=True)


Peer(json.loads(sys.argv[1])).run()
