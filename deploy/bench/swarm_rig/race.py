"""The clock: starts the hosts when they arrive, and sees when each is done."""

import heapq
import selectors
import time


class Race:
    """
    Runs one scenario with a contender that is ready. The contender has
      begin()         the clock starts
      start(host)     the host begins now
      watch(host)     a file descriptor that becomes readable when there is something to ask
      done(host)      True: complete; False: failed; None: not yet
      leave(host)     the host has what it wanted, and goes
      vanish(host)    the host is gone without a word
    """

    def __init__(self, scenario, contender, limit):
        self.scenario, self.contender, self.limit = scenario, contender, limit
        self.started = 0.0
        self.completed = {}  # host → seconds since the first arrival
        self.failed = set()
        self._actions, self._selector = [], selectors.DefaultSelector()

    def run(self):
        hosts, vanish_at = range(self.scenario.hosts), 0.4 * self.scenario.bound()
        for host in hosts:
            self._actions.append((self.scenario.arrival(host), host, self.contender.start))
            if self.scenario.vanishes(host):
                self._actions.append((vanish_at, host, self._vanish))
        heapq.heapify(self._actions)
        for host in hosts:
            self._selector.register(self.contender.watch(host), selectors.EVENT_READ, host)
        waiting = {host for host in hosts if self.scenario.counts(host)}
        self.started = time.monotonic()
        self.contender.begin()
        while waiting and self._now() < self.limit:
            self._act()
            wait = min(self._actions[0][0] - self._now() if self._actions else 1.0, self.limit - self._now())
            for key, _ in self._selector.select(max(wait, 0)):
                self._look(key)
            waiting -= self.completed.keys() | self.failed
        self._selector.close()
        return self._now()

    def _now(self):
        return time.monotonic() - self.started

    def _act(self):
        while self._actions and self._actions[0][0] <= self._now():
            _, host, action = heapq.heappop(self._actions)
            action(host)

    def _look(self, key):
        now, host = self._now(), key.data
        answer = self.contender.done(host)
        if answer is None:
            return
        self._selector.unregister(key.fileobj)
        if answer:
            self.completed[host] = now
        else:
            self.failed.add(host)
        if self.scenario.leaves:
            self.contender.leave(host)

    def _vanish(self, host):
        for key in list(self._selector.get_map().values()):
            if key.data == host:
                self._selector.unregister(key.fileobj)
        self.completed.pop(host, None)
        self.contender.vanish(host)
