"""Runs one contender and takes its times and its memory from outside, the same way for all."""

import json
import os
import signal
import subprocess
import threading
import time
from dataclasses import dataclass, field


class Failed(Exception):
    """A contender ended without doing all its rounds."""


@dataclass
class Measurement:
    """Seconds since the start at which rounds were done; the whole run's; MiB at the peak; share right."""

    moments: list = field(default_factory=list)
    seconds: float = 0
    peak_mib: float = 0
    accuracy: float | None = None

    @property
    def first_round(self):
        return self.moments[0]

    @property
    def rounds(self):
        """Seconds of every round after the first."""
        return [later - earlier for earlier, later in zip(self.moments, self.moments[1:])]


def tree(root):
    """The process and all it descends to."""
    found, waiting = [], [root]
    while waiting:
        process = waiting.pop()
        found.append(process)
        try:
            for task in os.listdir(f"/proc/{process}/task"):
                with open(f"/proc/{process}/task/{task}/children") as file:
                    waiting += map(int, file.read().split())
        except OSError:
            continue
    return found


def kill(root):
    """Ends the process and all it descends to."""
    for process in tree(root):
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:
            continue


def memory_mib(root):
    """Proportional set sizes: pages that processes share count once."""
    total = 0
    for process in tree(root):
        try:
            with open(f"/proc/{process}/smaps_rollup") as file:
                total += next(int(line.split()[1]) for line in file if line.startswith("Pss:"))
        except (OSError, StopIteration):
            continue
    return total / 1024


def watch(process, result, interval=0.1, share=0.03):
    """Looks every `interval` seconds, or so seldom that it takes no more than `share` of a core."""
    while process.poll() is None:
        began = time.thread_time()
        result.peak_mib = max(result.peak_mib, memory_mib(process.pid))
        time.sleep(max(interval, (time.thread_time() - began) / share))


def measure(command, environment, rounds, limit=900):
    """Runs `command`, which prints a JSON object a line: {"round": 3} or Tributary's round.completed ends a round."""
    result = Measurement()
    began = time.perf_counter()
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True)
    errors = []
    watching = [
        threading.Thread(target=watch, args=(process, result)),
        threading.Thread(target=lambda: errors.extend(process.stderr))]
    for thread in watching:
        thread.start()
    timer = threading.Timer(limit, kill, [process.pid])
    timer.start()
    for line in process.stdout:
        if '"round"' not in line and "accuracy" not in line:
            continue
        now = time.perf_counter() - began
        try:
            facts = json.loads(line)
        except ValueError:
            continue
        if facts.get("event", "round.completed") == "round.completed" and "round" in facts:
            result.moments.append(now)
            facts = facts.get("metrics", facts)
        result.accuracy = facts.get("accuracy", result.accuracy)
    code = process.wait()
    result.seconds = time.perf_counter() - began
    timer.cancel()
    for thread in watching:
        thread.join()
    if code != 0 or len(result.moments) < rounds:
        lines = "".join(errors).strip().splitlines() or [f"ended with code {code}"]
        raise Failed(lines[-1])
    return result
