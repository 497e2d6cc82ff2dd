"""Tributary's training engine beside PyTorch: the same step, interleaved passes, medians, ratios.

PyTorch runs in its best eager configuration: every variant of the workload, with the default allocator
and with one tuned to keep memory, is tried once; the two fastest then run in turn with Tributary, and
the better median counts.
"""

import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from workloads import WORKLOADS
from workloads.text import minilm_folder

HERE = Path(__file__).resolve().parent
ALLOCATORS = {
    "default": {},
    "tuned": {
        "THP_MEM_ALLOC_ENABLE": "1",
        "GLIBC_TUNABLES": "glibc.malloc.mmap_threshold=17179869184:"
                          "glibc.malloc.trim_threshold=17179869184:"
                          "glibc.malloc.top_pad=67108864:glibc.malloc.hugetlb=1",
    },
}


class Unsupported(Exception):
    """A side cannot do this workload here, as bf16 on a CPU without it."""


def measure(command, environment):
    output = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, **environment})
    if output.returncode != 0:
        raise Unsupported((output.stderr.strip().splitlines() or ["failed"])[-1])
    return json.loads(output.stdout)


def ours(binary, workload, precision, threads):
    command = [binary, "bench", workload, "--json", "--threads", str(threads),
               "--steps", str(WORKLOADS[workload].steps)]
    if precision != "float32":
        command += ["--precision", precision]
    if workload.startswith("minilm"):
        command += ["--backbone", minilm_folder()]
    return lambda: measure(command, {})


def theirs(workload, precision, threads, variant, allocator):
    command = [sys.executable, HERE / "torch_step.py", workload, "--variant", variant,
               "--precision", precision, "--threads", str(threads)]
    environment = {**ALLOCATORS[allocator], "OMP_NUM_THREADS": str(threads)}
    return lambda steps: measure([*command, "--steps", str(steps)], environment)


def finalists(workload, precision, threads):
    """PyTorch's two fastest configurations in a short trial: name -> function."""
    steps = WORKLOADS[workload].steps
    rates = {}
    for variant, allocator in itertools.product(WORKLOADS[workload].variants, ALLOCATORS):
        run = theirs(workload, precision, threads, variant, allocator)
        rate = run(max(2, steps // 3))["samplesPerSecond"]
        rates[f"torch {variant}, {allocator} allocator"] = (rate, run)
    best = sorted(rates.items(), key=lambda item: -item[1][0])[:2]
    return {name: (lambda run=run: run(steps)) for name, (_, run) in best}


def compare(binary, workload, precision, threads, passes):
    contenders = {
        "tributary": ours(binary, workload, precision, threads),
        **finalists(workload, precision, threads)}
    results = {name: [] for name in contenders}
    for _ in range(passes):
        for name, run in contenders.items():
            results[name].append(run())

    def median(name, field):
        return statistics.median(result[field] for result in results[name])

    rate = {name: median(name, "samplesPerSecond") for name in results}
    best = max((name for name in rate if name != "tributary"), key=rate.get)
    return {
        "workload": workload, "precision": precision, "threads": threads,
        "tributary": rate["tributary"], "torch": rate[best], "torchConfiguration": best,
        "ratio": rate["tributary"] / rate[best],
        "tributaryMiB": median("tributary", "peakMemoryMiB"),
        "torchMiB": median(best, "peakMemoryMiB"),
        "all": rate,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--workloads", nargs="*", choices=WORKLOADS, default=list(WORKLOADS))
    parser.add_argument(
        "--precisions", nargs="*", choices=["float32", "bf16"], default=["float32", "bf16"])
    parser.add_argument("--threads", nargs="*", type=int, default=[2, 1])
    parser.add_argument("--passes", type=int, default=3)
    parser.add_argument("--output", type=Path)
    arguments = parser.parse_args()
    rows = []
    print(f"{'workload':22}{'precision':>10}{'threads':>8}{'tributary/s':>13}{'torch/s':>10}"
          f"{'ratio':>7}{'MiB':>7}{'torch MiB':>11}  torch at its best")
    for workload, precision, threads in itertools.product(
            arguments.workloads, arguments.precisions, arguments.threads):
        row = {"workload": workload, "precision": precision, "threads": threads}
        heading = f"{workload:22}{precision:>10}{threads:8}"
        try:
            row = compare(arguments.binary, workload, precision, threads, arguments.passes)
            print(f"{heading}{row['tributary']:13.1f}{row['torch']:10.1f}"
                  f"{row['ratio']:7.2f}{row['tributaryMiB']:7.0f}{row['torchMiB']:11.0f}"
                  f"  {row['torchConfiguration']}", flush=True)
        except Unsupported as reason:
            row["unsupported"] = str(reason)
            print(f"{heading}  {reason}", flush=True)
        rows.append(row)
        if arguments.output:
            arguments.output.parent.mkdir(parents=True, exist_ok=True)
            arguments.output.write_text(json.dumps(rows, indent=2) + "\n")
    if arguments.output:
        print(f"wrote {arguments.output}")


if __name__ == "__main__":
    main()
