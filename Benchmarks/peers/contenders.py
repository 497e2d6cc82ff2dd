"""Who is compared, and the command that runs each."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from shared import images
from shared.files import yaml

HERE = Path(__file__).resolve().parent


class Absent(Exception):
    """A contender cannot run here or has no such row."""


def isolated(command):
    """The command where only its own processes can reach it: Ray and torch.distributed listen everywhere."""
    wrapped = [
        "unshare", "--net", "--map-root-user", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
    if not (shutil.which("unshare") and shutil.which("ip")):
        raise Absent("needs unshare and ip, since it listens on every interface")
    trial = subprocess.run([*wrapped, "true"], capture_output=True)
    if trial.returncode != 0:
        raise Absent("needs a network namespace of its own, since it listens on every interface")
    return [*wrapped, *command]


class Contender:
    """A peer in Python: a script that gets PEERS_SETTINGS."""

    def __init__(self, script, *packages, by_hand=False, listens=False):
        self.script, self.packages = script, packages
        self.by_hand, self.listens = by_hand, listens

    def prepare(self, row, facts):
        """Command and environment."""
        for package in self.packages:
            if importlib.util.find_spec(package) is None:
                raise Absent(f"{package} is not installed")
        if self.by_hand and (row.model == "fedavg-cnn" or row.null_parameters):
            raise Absent("gradients by hand are for linear layers")
        command = [sys.executable, str(HERE / self.script)]
        environment = {
            "PEERS_SETTINGS": json.dumps(facts | {"by_hand": self.by_hand}),
            "PFL_PYTORCH_DEVICE": "cpu", "CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1"}
        return (isolated(command) if self.listens else command), environment


class Tributary:
    """Our simulation, from the same initial weights and with the same partition."""

    def __init__(self, binary):
        self.binary = str(Path(binary).resolve())

    def prepare(self, row, facts):
        folder = Path(facts["folder"])
        plan = folder / f"{row.name}.yaml"
        plan.write_text(yaml(self.plan(row, facts)))
        output = folder / "run"
        shutil.rmtree(output, ignore_errors=True)
        command = [self.binary, "simulate", str(plan), "--output", str(output), "--json",
                   "--parallel", str(facts["processes"])]
        return command, {}

    def plan(self, row, facts):
        data = {
            "train": images.idx_path(facts["data"], "train-images-idx3-ubyte"),
            "partition": {"kind": "iid", "clients": row.clients}}
        local = {
            "epochs": 1, "batchSize": row.batch,
            "optimizer": {"kind": "sgd", "learningRate": row.learning_rate}}
        backbone = {"architecture": row.model}
        if row.null_parameters:
            # Ten outputs of 100,000 inputs each; one image a client, and one step on it, whose rate is too small to
            # change a bit: more than the peers do.
            data |= {"trainLimit": row.clients, "image": {"size": [250, 400]}}
            local["optimizer"]["learningRate"] = 1e-30
        else:
            data |= {
                "test": images.idx_path(facts["data"], "t10k-images-idx3-ubyte"),
                "partition": {"kind": "file", "path": facts["partition"]}}
            if facts["initial"]:
                backbone["path"] = facts["initial"]
        return {
            "name": f"peers-{row.name}", "seed": facts["seed"], "backbone": backbone,
            "task": {"kind": "image-classification", "classes": 10}, "data": data, "local": local,
            "federation": {
                "strategy": {"kind": "fedavg"}, "rounds": row.rounds,
                "clientsPerRound": row.per_round, "minimumClients": row.per_round},
            "evaluation": {"every": 0}}


def contenders(binary):
    return {
        "tributary": Tributary(binary),
        "flower": Contender("flower_simulation.py", "flwr", "ray", "torch", listens=True),
        "pfl": Contender("pfl_simulation.py", "pfl", "torch", listens=True),
        "torch": Contender("torch_loop.py", "torch"),
        "torch by hand": Contender("torch_loop.py", "torch", by_hand=True),
    }
