"""Fingerpost as a contender: a broker, and an agent for every host."""

import os
import shutil
import signal
import subprocess
import sys
import time

from . import curl
from .nginx import Origin
from .network import NETWORK
from .processes import wait_for_line
from .rig import SHAPED_WARM_UPS

# Many agents share two cores: a small heap, one thread that collects, and code that is compiled soon, so that the warm-up need not be longer.
AGENT_FLAGS = "-Xmx128m -XX:+UseSerialGC -XX:CompileThresholdScaling=0.2"
# Twelve JVMs on two cores go on compiling for longer than any warm-up, and daemons do not: C2 takes nothing new after the warm-up.
WARM_DIRECTIVES = "warm.directives"
BROKER_FLAGS = "-Xmx256m -XX:+UseSerialGC"
STORE = "150MiB"  # several times what is fetched; the rest of the warm-up goes
GATEWAY = "http://127.0.0.1:7401"
# The broker forgets a body five seconds after its last reader; agents report every ten.
FORGOTTEN, REPORTED = 7.0, 11.0


class Fingerpost:
    name, units = "fingerpost", "bodies"

    def __init__(self, rig):
        self.rig = rig
        self.origin = self.broker = None
        self.agents, self.fetches, self.proxies = [], [], []
        self.edge = f"http://{rig.broker.address}:8080"

    def prepare(self):
        rig = self.rig
        self.origin = Origin(rig)
        self._start_broker()
        self._start_agents()
        self._learn(rig.release)
        learned = time.monotonic()
        for i, warm_up in enumerate(rig.warm_ups):
            if len(rig.warm_ups) - i == SHAPED_WARM_UPS:
                rig.network.shape(True)
            if warm_up is rig.warm_ups[-1]:
                self._end_compiling()
            self._learn(warm_up)
            self._warm_up(warm_up, head_start=i == 0)
        settle = FORGOTTEN if rig.quick else REPORTED
        time.sleep(max(learned + FORGOTTEN - time.monotonic(), 0 if rig.quick else settle))
        self.fetches = [self._fetch(i, rig.release, rig.output(i)) for i in range(len(rig.hosts))]

    def begin(self):
        for proxy in self.proxies:
            proxy.signal(signal.SIGUSR1)  # from now on it lies

    def start(self, host):
        self.fetches[host].tell("go")

    def watch(self, host):
        return self.fetches[host].ended

    def done(self, host):
        return self.fetches[host].exit_code() == 0

    def leave(self, host):
        self.agents[host].signal(signal.SIGTERM)

    def vanish(self, host):
        self.agents[host].signal(signal.SIGKILL)
        self.fetches[host].signal(signal.SIGKILL)
        self.rig.network.unplug(self.rig.hosts[host])

    def end(self):
        pass

    def cpu(self):
        return {
            "agents": sum(agent.cpu() for agent in self.agents),
            "broker": self.broker.cpu(),
            "origin": self.origin.cpu(),
        }

    def _start_broker(self):
        rig = self.rig
        origin = "http://127.0.0.1:8000" if rig.broker is rig.origin else self.origin.url
        command = [
            f"{rig.top}/deploy/bin/fingerpost-broker", "--origin", origin, "--listen", f"{rig.broker.address}:8080",
            "--admin", "127.0.0.1:9090", "--data", f"{rig.work}/broker", "--allow-peers", NETWORK,
        ]  # fmt: skip
        log = rig.log("broker")
        env = {"JAVA_OPTS": BROKER_FLAGS, "FINGERPOST_NO_BUILD": "1"}
        self.broker = rig.processes.start(rig.broker, command, log, env=env)
        wait_for_line(self.broker, log, "ready ", 60)

    def _start_agents(self):
        rig = self.rig
        env = {"JAVA_OPTS": AGENT_FLAGS, "FINGERPOST_NO_BUILD": "1"}
        logs = []
        for i, node in enumerate(rig.hosts):
            lies = rig.scenario.lies(i)
            if lies:
                self.proxies.append(self._start_proxy(i, node))
            command = [
                f"{rig.top}/deploy/bin/fingerpost-agent", "run", "--broker", self.edge,
                "--listen", "127.0.0.1:7402" if lies else "0.0.0.0:7400", "--advertise", f"http://{node.address}:7400",
                "--gateway", GATEWAY.removeprefix("http://"), "--data", f"{rig.work}/agent-{i:02}",
                "--set", f"serve.rate={node.up // 1000}kbit/s", "--set", f"store.max-size={STORE}",
            ]  # fmt: skip
            logs.append(rig.log(f"agent-{i:02}"))
            self.agents.append(rig.processes.start(node, command, logs[-1], env=env))
        for agent, log in zip(self.agents, logs):
            wait_for_line(agent, log, "ready ", 120)

    def _end_compiling(self):
        """What C2 has compiled stays, and C1 goes on."""
        # a command's arguments are split at spaces, which a checkout's path may have
        directives = shutil.copy(os.path.join(os.path.dirname(__file__), WARM_DIRECTIVES), self.rig.work)
        for agent in self.agents:
            java = os.path.realpath(f"/proc/{agent.pid}/exe")
            jcmd = os.path.join(os.path.dirname(java), "jcmd")
            subprocess.run([jcmd, str(agent.pid), "Compiler.directives_add", directives], check=True, stdout=subprocess.DEVNULL)

    def _start_proxy(self, i, node):
        script = os.path.join(os.path.dirname(__file__), "lying_agent.py")
        log = self.rig.log(f"liar-{i:02}")
        proxy = self.rig.processes.start(node, [sys.executable, "-B", script, node.address, "7400", "7402"], log)
        wait_for_line(proxy, log, "ready", 20)
        return proxy

    def _learn(self, release):
        """What an operator does who publishes: one request from beside the broker, for each file."""
        path = os.path.join(self.rig.work, "learn.curlrc")
        with open(path, "w") as file:
            file.write("".join(f'url = "{self.edge}/{release.path}/{name}"\noutput = /dev/null\n' for name in release.names))
        self._must(subprocess.run(self.rig.broker.enter(["curl", "-qsSf", "--noproxy", "*", "-K", path]), check=False).returncode)

    def _warm_up(self, release, head_start):
        """All agents fetch it at once; or one, and then the others from it."""
        folders = [os.path.join(self.rig.work, "warm", str(i)) for i in range(len(self.rig.hosts))]
        fetches = [self._fetch(i, release, folder) for i, folder in enumerate(folders)]
        if head_start:
            fetches[0].tell("go")
            self._must(fetches[0].reap(60))
        for fetch in fetches[1 if head_start else 0 :]:
            fetch.tell("go")
        for fetch in fetches[1 if head_start else 0 :]:
            self._must(fetch.reap(120))
        for folder in folders:
            shutil.rmtree(folder)

    def _fetch(self, i, release, folder):
        base = f"{GATEWAY}/{release.path}"
        return curl.waiting(self.rig.processes, self.rig.hosts[i], base, release.names, folder, self.rig.log(f"curl-{i:02}"))

    @staticmethod
    def _must(code):
        if code:
            raise RuntimeError(f"curl failed with {code} before the clock started")
