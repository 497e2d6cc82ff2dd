"""One training step of fixed shape in PyTorch, timed: the other side of `tributary bench`.

Prints one JSON object with the fields of `tributary bench --json`. A variant is a way to do the same
training faster; compare.py takes the fastest. The step is what our trainer does too: forward, mean
cross-entropy, backward, optimiser, loss read back.
"""

import argparse
import json
import statistics
import sys
import time

import torch

from workloads import WORKLOADS


def timed(run, steps, precision):
    """Seconds of each step, after a few to warm up."""
    seconds = []
    for _ in range(min(5, steps) + steps):
        start = time.perf_counter()
        # Anew in every step: within one context the casts of the weights would be kept.
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
            run()
        seconds.append(time.perf_counter() - start)
    return seconds[-steps:]


def peak_memory_mib():
    """Most memory that this program has had in use. Not getrusage's: that begins with what the parent had."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) // 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workload", choices=WORKLOADS)
    parser.add_argument("--variant", required=True)
    parser.add_argument("--precision", choices=["float32", "bf16"], default="float32")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--steps", type=int, default=20)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(0)
    step = WORKLOADS[arguments.workload].make(arguments.variant)
    seconds = timed(step.run, arguments.steps, arguments.precision)
    median = statistics.median(seconds)
    json.dump({
        "workload": arguments.workload, "variant": arguments.variant,
        "precision": arguments.precision, "threads": arguments.threads,
        "batchSize": step.batch, "steps": arguments.steps,
        "samplesPerSecond": step.batch / median, "medianStepSeconds": median,
        "bestStepSeconds": min(seconds),
        "peakMemoryMiB": peak_memory_mib(),
        "torch": torch.__version__,
    }, sys.stdout)


if __name__ == "__main__":
    main()
