"""One run: the machines, what runs on them, and the clock."""

import os
import shutil

from .files import Release
from .network import Network
from .processes import Processes, machine_busy
from .race import Race
from .report import Outcome

# The last ones with the shapers on: code that waits for a slow line is other code.
WARM_UPS, SHAPED_WARM_UPS = 14, 3
WARM_UP_BYTES = 24_000_000


class Rig:
    """What a contender works with."""

    def __init__(self, scenario, top, work, logs, at_origin, quick, tuning):
        self.scenario, self.top, self.work, self.logs, self.quick, self.tuning = scenario, top, work, logs, quick, tuning
        self.at_origin = at_origin
        self.files = os.path.join(work, "files")
        self.network, self.processes = Network(), Processes()
        self.hosts, self.origin, self.broker = [], None, None
        self.release, self.warm_ups, self._logs = None, [], set()

    def open(self):
        os.makedirs(self.files)
        os.makedirs(self.logs, exist_ok=True)
        s = self.scenario
        self.release = Release(self.files, "release", s.sizes)
        warm = [WARM_UP_BYTES // len(s.sizes)] * len(s.sizes)
        self.warm_ups = [Release(self.files, f"warm{i}", warm) for i in range(1 if self.quick else WARM_UPS)]
        self.network.open()
        self.origin = self.network.add("origin", "198.18.0.1", up=s.origin_up)
        self.broker = self.origin if self.at_origin else self.network.add("broker", "198.18.0.2")
        self.hosts = [self.network.add(f"host{i:02}", f"198.18.1.{i + 1}", up=s.up, down=s.down) for i in range(s.hosts)]
        self.network.shape(False)

    def log(self, name):
        """Where a process writes; what an earlier bench left there is gone."""
        path = os.path.join(self.logs, f"{name}.log")
        if path not in self._logs:
            self._logs.add(path)
            open(path, "w").close()
        return path

    def output(self, host):
        return os.path.join(self.work, "out", f"{host:02}", self.release.path)

    def run(self, contender, limit):
        contender.prepare()
        self.network.shape(True)
        cpu, busy = contender.cpu(), machine_busy()
        origin = self.network.sent(self.origin)[0]
        broker = self.network.sent(self.broker)[0]
        race = Race(self.scenario, contender, limit)
        duration = race.run()
        origin = self.network.sent(self.origin)[0] - origin
        broker = self.network.sent(self.broker)[0] - broker
        cpu = {who: seconds - cpu[who] for who, seconds in contender.cpu().items()}
        busy = machine_busy() - busy
        contender.end()
        separate = contender.name == "fingerpost" and self.broker is not self.origin
        notes = [f"host {host} failed" for host in sorted(race.failed) if self.scenario.counts(host)]
        if self.scenario.liars:
            lies = sum(proxy.said("lied") for proxy in contender.proxies)
            notes.append(f"the liars sent {lies} corrupt {contender.units}.")
        return self._check(Outcome(
            contender.name, self.scenario, duration, race.completed, 0, origin, broker if separate else None, cpu, busy,
            notes=notes,
        ))  # fmt: skip

    def _check(self, outcome):
        """Only who has every byte right is complete."""
        whole = outcome.contender.startswith("bittorrent")  # writes a file in any order: only a whole one can be judged
        for host in range(self.scenario.hosts):
            folder = self.output(host)
            done = outcome.completed.get(host)
            if done is not None and not self.release.complete(folder):
                outcome.completed.pop(host)
                outcome.notes.append(f"host {host} said that it was done, and is not")
                outcome.corrupt += whole
            if not whole:
                outcome.corrupt += self.release.adulterated(folder)
        outcome.completed = {h: t for h, t in outcome.completed.items() if self.scenario.counts(h)}
        return outcome

    def close(self):
        self.processes.stop()
        self.network.close()
        shutil.rmtree(self.work, ignore_errors=True)
