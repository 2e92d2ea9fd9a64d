"""The origin, and the contender where everybody fetches from it."""

import os
import time

from . import curl

CONF = """user root;
worker_processes 1;
daemon off;
pid {work}/nginx.pid;
error_log stderr error;
worker_rlimit_nofile 8192;
events {{ worker_connections 2048; }}
http {{
  access_log {work}/access.log;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000;
  client_body_temp_path {work}/temp;
  proxy_temp_path {work}/temp;
  fastcgi_temp_path {work}/temp;
  uwsgi_temp_path {work}/temp;
  scgi_temp_path {work}/temp;
  server {{
    listen {address}:8000;
    listen 127.0.0.1:8000;
    root {files};
    etag on;
    add_header Cache-Control "public, max-age=86400, immutable";
  }}
}}
"""


# What a browser opens to one server: with 50 for each of 12 hosts, TCP itself gives some of them up on a line of 20 Mbit/s.
CONNECTIONS = 6


class Origin:
    """nginx in the origin's namespace. What it serves may be shared, by its header fields."""

    def __init__(self, rig):
        work = os.path.join(rig.work, "origin")
        os.makedirs(work, exist_ok=True)
        conf = os.path.join(work, "nginx.conf")
        with open(conf, "w") as file:
            file.write(CONF.format(work=work, files=rig.files, address=rig.origin.address))
        self.access_log = os.path.join(work, "access.log")
        self.master = rig.processes.start(rig.origin, ["nginx", "-e", "stderr", "-c", conf, "-p", work], rig.log("origin"))
        self.url = f"http://{rig.origin.address}:8000"
        until = time.monotonic() + 5
        while not os.path.exists(os.path.join(work, "nginx.pid")):
            if time.monotonic() > until or not self.master.alive():
                raise RuntimeError(f"nginx did not start: {self.master.last_words()}")
            time.sleep(0.02)

    def cpu(self):
        """The master's worker is not its own until it ends, so it is looked for."""
        with open(f"/proc/{self.master.pid}/task/{self.master.pid}/children") as children:
            pids = children.read().split()
        total = 0
        for pid in pids:
            with open(f"/proc/{pid}/stat") as stat:
                total += sum(map(int, stat.read().rpartition(")")[2].split()[11:13]))
        return total / os.sysconf("SC_CLK_TCK")


class Nginx:
    """Every host fetches straight from the origin."""

    name = "nginx"

    def __init__(self, rig):
        self.rig = rig
        self.origin = None
        self.fetches = []

    def prepare(self):
        rig = self.rig
        self.origin = Origin(rig)
        self.fetches = [
            curl.waiting(rig.processes, node, f"{self.origin.url}/{rig.release.path}", rig.release.names, rig.output(i), rig.log(f"curl-{i:02}"), parallel=CONNECTIONS)
            for i, node in enumerate(rig.hosts)
        ]

    def begin(self):
        pass

    def start(self, host):
        self.fetches[host].tell("go")

    def watch(self, host):
        return self.fetches[host].ended

    def done(self, host):
        return self.fetches[host].exit_code() == 0

    def leave(self, host):
        pass

    def vanish(self, host):
        self.fetches[host].signal(9)

    def end(self):
        pass

    def cpu(self):
        return {"origin": self.origin.cpu()}
