"""Processes that the bench started: their CPU time, and their end."""

import os
import signal
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")


class Process:
    """A process in a node. It stays in the table of processes, with its CPU time, until reap()."""

    def __init__(self, node, command, log, stdin=False, stdout=False, env=None):
        self.log = log
        with open(log, "ab") as err:
            self.popen = subprocess.Popen(
                node.enter(command) if node else command,
                stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
                stdout=subprocess.PIPE if stdout else err,
                stderr=err,
                env={**os.environ, **(env or {})},
                start_new_session=True,  # Ctrl-C is for the bench alone, which then ends them
            )
        self.pid = self.popen.pid
        self.ended = os.pidfd_open(self.pid)

    def alive(self):
        return self.popen.returncode is None and self._stat()[0] != "Z"

    def cpu(self):
        """User and system time in seconds, of its children too that it waited for."""
        return sum(map(int, self._stat()[11:15])) / TICKS if self.popen.returncode is None else 0.0

    def exit_code(self):
        """Of one that has ended; it stays in the table of processes."""
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT).si_status

    def tell(self, line):
        self.popen.stdin.write(line.encode() + b"\n")
        self.popen.stdin.flush()

    def signal(self, number):
        if self.popen.returncode is None:
            os.kill(self.pid, number)

    def kill_all(self):
        """It and what it started: they have a group of their own."""
        if self.popen.returncode is None:
            try:
                os.killpg(self.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def reap(self, patience=5.0):
        """Waits for its end, and makes one after that time; returns its exit code."""
        if self.popen.returncode is None:
            try:
                self.popen.wait(patience)
            except subprocess.TimeoutExpired:
                self.popen.kill()
                self.popen.wait()
        for stream in (self.popen.stdin, self.popen.stdout):
            if stream:
                try:
                    stream.close()
                except BrokenPipeError:
                    pass
        if self.ended is not None:
            os.close(self.ended)
            self.ended = None
        return self.popen.returncode

    def said(self, line):
        """How many lines of what it said are this one."""
        with open(self.log, errors="replace") as log:
            return sum(text.rstrip("\n") == line for text in log)

    def last_words(self):
        with open(self.log, errors="replace") as log:
            lines = [line.strip() for line in log if line.strip()]
        return lines[-1] if lines else "it said nothing"

    def _stat(self):
        with open(f"/proc/{self.pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()


class Processes:
    """All of one run of a contender."""

    def __init__(self):
        self.all = []

    def start(self, *arguments, **options):
        process = Process(*arguments, **options)
        self.all.append(process)
        return process

    def cpu(self):
        return sum(process.cpu() for process in self.all)

    def stop(self):
        for process in self.all:
            process.kill_all()
        for process in self.all:
            process.reap()
        self.all = []


def wait_for_line(process, log, start, seconds):
    """The first line of the log that starts so."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with open(log, errors="replace") as text:
            for line in text:
                if line.startswith(start):
                    return line
        if not process.alive():
            break
        time.sleep(0.05)
    raise RuntimeError(f"not ready in {seconds} s: {process.last_words()} ({log})")


def machine_busy():
    """Seconds that all cores together were busy with whatever, or taken away by a hypervisor."""
    with open("/proc/stat") as stat:
        times = list(map(int, stat.readline().split()[1:9]))
    return (sum(times) - times[3] - times[4]) / TICKS
