"""What is measured, and the bound that nobody can beat."""

from dataclasses import dataclass, replace
import random

from .network import GOODPUT

MEGABIT = 1_000_000


@dataclass(frozen=True)
class Scenario:
    name: str
    what: str
    hosts: int = 12
    up: int = 20 * MEGABIT
    down: int = 100 * MEGABIT
    origin_up: int = 20 * MEGABIT
    sizes: tuple = (24_000_000,)
    interval: float = 0.0  # seconds between arrivals
    leaves: bool = False  # every host leaves the moment it is done
    liars: int = 0
    vanishing: int = 0

    @property
    def size(self):
        return sum(self.sizes)

    def arrival(self, host):
        return host * self.interval

    def counts(self, host):
        """Whether this host's completion counts: honest, and staying."""
        return host < self.hosts - self.liars - self.vanishing

    def lies(self, host):
        return self.hosts - self.liars <= host

    def vanishes(self, host):
        return not self.counts(host) and not self.lies(host)

    def alone(self):
        """Seconds that the size takes through one downlink."""
        return self.size * 8 / self.down

    def own_bound(self):
        """What the time of one host is held against: the bound of all, or when they arrive one by one what it takes alone."""
        return self.alone() if self.interval else self.bound()

    def serial(self):
        """Seconds that the origin takes by itself for all."""
        return self.hosts * self.size * 8 / (self.origin_up * GOODPUT)

    def bound(self):
        """The smallest time after the first arrival at which all can be done, with every link full, and nothing but payload in it."""
        bits, n = self.size * 8, self.hosts
        u_s, u = self.origin_up, self.up
        last = self.arrival(n - 1)
        bound = max(bits / u_s, last + self.alone())
        # u_s·T + Σ u·max(0, T − arrival) ≥ N·F; the bound above lies after the last arrival, or there is but one
        together = (n * bits + u * sum(self.arrival(i) for i in range(n))) / (u_s + n * u)
        return max(bound, together)


def small_files(count=50, total=10_000_000, smallest=50_000, largest=500_000):
    """The same sizes every time."""
    dice = random.Random(20260101)
    weights = [dice.uniform(smallest, largest) for _ in range(count)]
    while True:
        scale = total / sum(weights)
        sizes = [int(min(max(w * scale, smallest), largest)) for w in weights]
        if abs(sum(sizes) - total) < count:
            sizes[0] += total - sum(sizes)
            return tuple(sizes)
        weights = sizes


A = Scenario("A", "12 hosts at once on a cold file of 24 MB")
SCENARIOS = {
    s.name: s
    for s in (
        A,
        Scenario("B", "24 hosts at once at half the rates", hosts=24, up=10 * MEGABIT, down=50 * MEGABIT, origin_up=10 * MEGABIT),
        replace(A, name="C", what="12 hosts that arrive one a second", interval=1.0),
        replace(A, name="D", what="12 hosts at once on a release of 50 files, 10 MB together", sizes=small_files()),
        replace(A, name="E", what="as A, but every host leaves the moment it is done", leaves=True),
        replace(A, name="F", what="as A, but 3 hosts lie and 2 vanish at 40 % of the bound", liars=3, vanishing=2),
    )
}


def quick(scenario):
    """Shows that everything works."""
    few = 3 + scenario.liars + scenario.vanishing if scenario.liars else 4
    sizes = scenario.sizes[:10] if len(scenario.sizes) > 1 else (3_000_000,)
    return replace(scenario, what=f"{scenario.what} (quick: fewer hosts, less to fetch)", hosts=few, sizes=sizes, interval=scenario.interval / 4, liars=min(scenario.liars, 1),
                   vanishing=min(scenario.vanishing, 1))
