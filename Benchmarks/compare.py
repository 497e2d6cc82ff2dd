"""Tributary beside PyTorch: the same training step, interleaved passes, medians, ratios.

PyTorch runs in its best eager configuration: every variant of torch_step.py with the default
allocator and with one tuned to keep memory; the fastest median counts.
"""

import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

import torch_step

HERE = Path(__file__).resolve().parent
STEPS = {"fedavg-2nn": 600, "fedavg-cnn": 60, "cifar-resnet20": 20, "minilm-32": 6, "minilm-64": 4}
ALLOCATORS = {
    "default": {},
    "tuned": {
        "THP_MEM_ALLOC_ENABLE": "1",
        "GLIBC_TUNABLES": "glibc.malloc.mmap_threshold=17179869184:"
                          "glibc.malloc.trim_threshold=17179869184:"
                          "glibc.malloc.top_pad=67108864:glibc.malloc.hugetlb=1",
    },
}


def measure(command, environment):
    output = subprocess.run(
        command, check=True, capture_output=True, text=True, env={**os.environ, **environment})
    return json.loads(output.stdout)


def sides(binary, workload, threads):
    """Every contender of one workload: name -> function that measures one pass."""
    steps = ["--steps", str(STEPS[workload]), "--threads", str(threads)]
    ours = [binary, "bench", workload, "--json", *steps]
    if workload.startswith("minilm"):
        ours += ["--backbone", torch_step.minilm_folder()]
    yield "tributary", lambda: measure(ours, {})
    for variant, (name, environment) in itertools.product(
            torch_step.variants(workload), ALLOCATORS.items()):
        command = [sys.executable, HERE / "torch_step.py", workload, "--variant", variant, *steps]
        environment = {**environment, "OMP_NUM_THREADS": str(threads)}
        yield f"torch {variant}, {name} allocator", (
            lambda command=command, environment=environment: measure(command, environment))


def compare(binary, workload, threads, passes):
    contenders = list(sides(binary, workload, threads))
    results = {name: [] for name, _ in contenders}
    for _ in range(passes):
        for name, run in contenders:
            results[name].append(run())
    rate = {name: statistics.median(r["samplesPerSecond"] for r in rows)
            for name, rows in results.items()}
    memory = {name: statistics.median(r["peakMemoryMiB"] for r in rows)
              for name, rows in results.items()}
    best = max((name for name in rate if name != "tributary"), key=rate.get)
    return {
        "workload": workload, "threads": threads,
        "tributary": rate["tributary"], "torch": rate[best], "torchConfiguration": best,
        "ratio": rate["tributary"] / rate[best],
        "tributaryMiB": memory["tributary"], "torchMiB": memory[best],
        "all": rate,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--workloads", nargs="*", default=torch_step.WORKLOADS)
    parser.add_argument("--threads", nargs="*", type=int, default=[2, 1])
    parser.add_argument("--passes", type=int, default=3)
    parser.add_argument("--output", type=Path)
    arguments = parser.parse_args()
    rows = []
    print(f"{'workload':16}{'threads':>8}{'tributary/s':>13}{'torch/s':>10}{'ratio':>7}"
          f"{'MiB':>7}{'torch MiB':>11}  torch at its best")
    for workload, threads in itertools.product(arguments.workloads, arguments.threads):
        row = compare(arguments.binary, workload, threads, arguments.passes)
        rows.append(row)
        print(f"{workload:16}{threads:8}{row['tributary']:13.1f}{row['torch']:10.1f}"
              f"{row['ratio']:7.2f}{row['tributaryMiB']:7.0f}{row['torchMiB']:11.0f}"
              f"  {row['torchConfiguration']}", flush=True)
    if arguments.output:
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        arguments.output.write_text(json.dumps(rows, indent=2) + "\n")
        print(f"wrote {arguments.output}")


if __name__ == "__main__":
    main()
