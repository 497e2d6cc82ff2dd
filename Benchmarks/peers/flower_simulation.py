"""FedAvg in Flower's simulation runtime (Ray)."""

import logging
import os
import tempfile
from pathlib import Path

import numpy as np
import torch
from flwr.app import Array, ArrayRecord, ConfigRecord
from flwr.serverapp import ServerApp
from flwr.serverapp.strategy import FedAvg
from flwr.simulation import run_simulation

import flower_client
from shared import images, models
from shared.telling import settings, tell

app = ServerApp()


class TellingFedAvg(FedAvg):
    def aggregate_train(self, server_round, replies):
        arrays, metrics = super().aggregate_train(server_round, replies)
        if arrays is None:
            raise RuntimeError(f"round {server_round}: no valid reply")
        tell(round=server_round)
        return arrays, metrics


@app.main()
def main(grid, context):
    facts = settings()
    torch.set_num_threads(facts["processes"])
    model = None
    if facts["null_parameters"]:
        arrays = ArrayRecord({"parameters": Array(np.zeros(facts["null_parameters"], np.float32))})
    else:
        model = models.initial(facts["model"], facts["seed"])
        arrays = ArrayRecord(model.state_dict())
    strategy = TellingFedAvg(
        fraction_train=facts["per_round"] / facts["clients"] + 1e-9,
        min_train_nodes=facts["per_round"], fraction_evaluate=0.0,
        min_available_nodes=facts["clients"])
    result = strategy.start(
        grid=grid, initial_arrays=arrays, num_rounds=facts["rounds"], train_config=ConfigRecord())
    if model is not None:
        model.load_state_dict(result.arrays.to_torch_state_dict())
        test = map(torch.from_numpy, images.split(facts["data"], "t10k"))
        tell(accuracy=models.accuracy(model, *test))


if __name__ == "__main__":
    folder = tempfile.mkdtemp(prefix="peers-flower-")
    os.environ |= {
        "FLWR_HOME": folder, "FLWR_TELEMETRY_ENABLED": "0", "FLWR_DISABLE_UPDATE_CHECK": "1",
        "RAY_USAGE_STATS_ENABLED": "0", "PYTHONPATH": str(Path(__file__).resolve().parent)}
    logging.getLogger("flwr").setLevel(logging.ERROR)
    facts = settings()
    run_simulation(
        server_app=app, client_app=flower_client.app, num_supernodes=facts["clients"],
        backend_config={
            "init_args": {
                "num_cpus": facts["processes"], "include_dashboard": False, "log_to_driver": False,
                "logging_level": "ERROR", "_node_ip_address": "127.0.0.1", "_temp_dir": folder},
            "client_resources": {"num_cpus": 1, "num_gpus": 0.0}})
