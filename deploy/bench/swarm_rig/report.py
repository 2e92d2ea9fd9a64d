"""What a run measured, and how it is told."""

from dataclasses import dataclass, field
from statistics import median

CORES = 2


def percentile(values, share):
    """The smallest value that at least so many are not above."""
    ordered = sorted(values)
    return ordered[max(-(-len(ordered) * share // 100) - 1, 0)] if ordered else None


@dataclass
class Outcome:
    """Of one run of one contender."""

    contender: str
    scenario: object
    duration: float  # until the last host that counts was done, or the limit
    completed: dict  # host → seconds since the first arrival, of those that count
    corrupt: int
    origin_bytes: int
    broker_bytes: int | None
    cpu: dict
    busy: float
    capped: bool = False
    notes: list = field(default_factory=list)

    @property
    def expected(self):
        return sum(self.scenario.counts(host) for host in range(self.scenario.hosts))

    @property
    def right(self):
        return self.corrupt == 0 and (self.capped or len(self.completed) == self.expected)

    def own_times(self):
        return [at - self.scenario.arrival(host) for host, at in self.completed.items()]

    @property
    def last(self):
        """Nobody who was stopped is shown as done: nginx then has what its rate says."""
        if self.capped:
            return self.scenario.serial()
        return max(self.completed.values(), default=self.duration)

    @property
    def max_ratio(self):
        return self.last / self.scenario.bound()

    @property
    def p50(self):
        return None if self.capped or not self.completed else median(self.own_times())

    @property
    def p50_ratio(self):
        return None if self.p50 is None else self.p50 / self.scenario.own_bound()

    @property
    def origin_copies(self):
        return self.origin_bytes / self.scenario.size

    @property
    def broker_copies(self):
        return None if self.broker_bytes is None else self.broker_bytes / self.scenario.size

    @property
    def load(self):
        return self.busy / (CORES * self.duration)


def number(value, digits=2):
    return "-" if value is None else f"{value:.{digits}f}"


def table(scenario, outcomes):
    bound, own = scenario.bound(), scenario.own_bound()
    lines = [
        "",
        f"### {scenario.name}: {scenario.what}",
        "",
        f"{scenario.hosts} hosts, up {scenario.up / 1e6:g}, down {scenario.down / 1e6:g}, origin up {scenario.origin_up / 1e6:g} Mbit/s, "
        f"{scenario.size / 1e6:g} MB; bound {bound:.2f} s" + (f", of one host by itself {own:.2f} s." if scenario.interval else "."),
        "",
        "| contender | p50 s | p95 s | last s | p50 / bound | p95 / bound | **last / bound** | origin copies | broker copies "
        "| CPU s | cores busy | complete | corrupt |",
        "|" + "---|" * 13,
    ]
    for o in outcomes:
        p95 = None if o.capped else percentile(o.own_times(), 95)
        cpu = " + ".join(f"{who} {seconds:.1f}" for who, seconds in o.cpu.items())
        last = f"≥ {o.duration:.0f} ({o.last:.0f} by the rate)" if o.capped else number(o.last)
        lines.append(
            f"| {o.contender} | {number(o.p50)} | {number(p95)} | {last} | {number(o.p50_ratio)} "
            f"| {number(p95 / own if p95 else None)} | **{number(o.max_ratio, 3)}** | {number(o.origin_copies, 3)} "
            f"| {number(o.broker_copies, 3)} | {cpu} | {o.load:.0%} | {len(o.completed)} of {o.expected} | {o.corrupt} |"
        )
    for o in outcomes:
        if o.load > 0.8 and not o.capped:
            lines.append(f"\nWARNING: with {o.contender} both cores were busy for {o.load:.0%} of the time: they are measured too.")
        lines += [f"\n{o.contender}: {note}" for note in o.notes]
    return "\n".join(lines)


def result(scenario, outcomes):
    """The last line of a scenario; of several runs the median."""

    def of(name):
        return [o for o in outcomes if o.contender == name]

    def middle(runs, value):
        values = [v for v in map(value, runs) if v is not None]
        return number(median(values) if values else None, 3)

    ours = of("fingerpost")
    kinds = [runs for runs in (of("bittorrent-stock"), of("bittorrent-super")) if runs]
    best = min(kinds, key=lambda runs: median(o.max_ratio for o in runs), default=[])
    return " ".join(
        (
            f"RESULT scenario={scenario.name} hosts={scenario.hosts}",
            f"max_ratio={middle(ours, lambda o: o.max_ratio)}",
            f"p50_ratio={middle(ours, lambda o: o.p50_ratio)}",
            f"origin_copies={middle(ours, lambda o: o.origin_copies)}",
            f"bittorrent_max_ratio={middle(best, lambda o: o.max_ratio)}",
            f"bittorrent_origin_copies={middle(best, lambda o: o.origin_copies)}",
            f"bittorrent={best[0].contender.partition('-')[2] if best else '-'}",
            f"nginx_max_ratio={middle(of('nginx'), lambda o: o.max_ratio)}",
            f"broker_copies={middle(ours, lambda o: o.broker_copies)}",
            f"bound_s={scenario.bound():.2f}",
            f"runs={max(len(ours), *(len(k) for k in kinds), 0) if kinds else len(ours)}",
            f"incomplete={sum(o.expected - len(o.completed) for o in outcomes if not o.capped)}",
            f"corrupt={sum(o.corrupt for o in outcomes)}",
        )
    )
