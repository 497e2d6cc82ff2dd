"""Tributary's simulation beside Flower's, pfl-research's and PyTorch loops: interleaved passes, medians, ratios.

Rounds are timed from outside, by when each contender says that one is done, so that whatever it does between
rounds counts, and nothing but the last round is evaluated. Memory is the whole process tree's.
"""

import argparse
import importlib.util
import json
import os
import statistics
import tempfile
from pathlib import Path

from contenders import Absent, contenders
from measurement import Failed, measure
from rows import ROWS
from shared import images
from shared.files import write_partition, write_safetensors

FASHION_MNIST = "/usr/share/datasets/fashion-mnist"
HEADINGS = ["round s", "first s", "whole s", "MiB", "accuracy"]


def prepare(row, arguments, folder):
    """What all contenders are told, and the files that they start from."""
    initial, partition = "", folder / f"{row.name}-partition.json"
    if not row.null_parameters:
        _, labels = images.split(arguments.data, "train")
        write_partition(partition, images.partition(len(labels), row.clients, arguments.seed))
        if importlib.util.find_spec("torch"):
            from shared import models
            initial = str(folder / f"{row.name}.safetensors")
            state = models.initial(row.model, arguments.seed).state_dict()
            write_safetensors(initial, {name: t.contiguous().numpy() for name, t in state.items()})
    return row.settings | {
        "data": arguments.data, "seed": arguments.seed, "processes": arguments.processes,
        "folder": str(folder), "initial": initial, "partition": str(partition)}


def summary(measurements):
    def median(of):
        return statistics.median(map(of, measurements))

    return {
        "roundSeconds": median(lambda m: statistics.median(m.rounds or m.moments)),
        "firstRoundSeconds": median(lambda m: m.first_round),
        "wholeSeconds": median(lambda m: m.seconds),
        "peakMiB": median(lambda m: m.peak_mib),
        "accuracy": measurements[-1].accuracy,
        "passes": [
            {"moments": m.moments, "seconds": m.seconds, "peakMiB": m.peak_mib,
             "accuracy": m.accuracy} for m in measurements],
    }


def compare(row, arguments, everybody, folder):
    """name -> summary of those that can run; the others are named with the reason."""
    facts = prepare(row, arguments, folder)
    found, absent = {}, {}
    for _ in range(arguments.passes):
        for name, contender in everybody.items():
            if name in absent:
                continue
            try:
                command, environment = contender.prepare(row, facts)
                found.setdefault(name, []).append(measure(command, environment, row.rounds))
            except (Absent, Failed) as reason:
                absent[name] = str(reason)
                found.pop(name, None)
    return {name: summary(measurements) for name, measurements in found.items()}, absent


def ratios(row, found):
    """By how much the best peer's figure is above ours."""
    keys = ["wholeSeconds"] if row.counts_whole_run else ["roundSeconds", "firstRoundSeconds", "peakMiB"]
    peers = {name: facts for name, facts in found.items() if name != "tributary"}
    if "tributary" not in found or not peers:
        return {}
    return {
        key: {"best": (best := min(peers, key=lambda name: peers[name][key])),
              "ratio": peers[best][key] / found["tributary"][key]} for key in keys}


def show(row, found, absent, ratio):
    print(f"\n{row.name}: {row.clients} clients, {row.per_round} a round, {row.rounds} rounds, "
          + (f"{row.null_parameters} parameters returned unchanged" if row.null_parameters else
             f"{row.model}, B={row.batch}"))
    print(f"{'':16}" + "".join(f"{heading:>11}" for heading in HEADINGS))
    for name, facts in found.items():
        accuracy = facts["accuracy"]
        print(f"{name:16}{facts['roundSeconds']:11.4f}{facts['firstRoundSeconds']:11.2f}"
              f"{facts['wholeSeconds']:11.2f}{facts['peakMiB']:11.0f}"
              + (f"{accuracy:11.4f}" if accuracy is not None else ""))
    for name, reason in absent.items():
        print(f"{name:16} left out: {reason}")
    for key, facts in ratio.items():
        print(f"{key}: {facts['ratio']:.2f} times ours at the best peer, {facts['best']}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--rows", nargs="*", choices=ROWS, default=list(ROWS))
    parser.add_argument("--only", nargs="*", help="contenders; default: all")
    parser.add_argument("--passes", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="one pass of three rounds: does it work?")
    parser.add_argument("--data", default=FASHION_MNIST, help="folder with MNIST's four IDX files")
    parser.add_argument("--processes", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=Path)
    arguments = parser.parse_args()
    arguments.data = str(Path(arguments.data).resolve())
    if arguments.quick:
        arguments.passes = 1
    everybody = {
        name: contender for name, contender in contenders(arguments.binary).items()
        if arguments.only is None or name in arguments.only}
    rows = []
    with tempfile.TemporaryDirectory(prefix="peers-") as folder:
        for name in arguments.rows:
            row = ROWS[name].quick() if arguments.quick else ROWS[name]
            found, absent = compare(row, arguments, everybody, Path(folder))
            ratio = ratios(row, found)
            show(row, found, absent, ratio)
            rows.append({"row": row.settings, "processes": arguments.processes, "found": found,
                         "absent": absent, "ratios": ratio})
            if arguments.output:
                arguments.output.parent.mkdir(parents=True, exist_ok=True)
                arguments.output.write_text(json.dumps(rows, indent=2) + "\n")
    if arguments.output:
        print(f"wrote {arguments.output}")


if __name__ == "__main__":
    main()
