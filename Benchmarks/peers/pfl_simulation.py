"""FedAvg in pfl-research's simulated backend, one process a core (its own distributed mode)."""

import functools
import os
import subprocess
import sys

import torch
from torch.nn import functional as F

from shared import images, models
from shared.telling import settings, tell


class Task(torch.nn.Module):
    """pfl's model protocol around ours."""

    def __init__(self, facts):
        super().__init__()
        if facts["null_parameters"]:
            self.parameters_only = torch.nn.Parameter(torch.zeros(facts["null_parameters"]))
        else:
            self.net = models.initial(facts["model"], facts["seed"])

    def loss(self, x, y):
        return F.cross_entropy(self.net(x), y)

    def metrics(self, x, y):
        from pfl.metrics import Weighted
        # pfl evaluates before it trains whatever it is told; nobody needs the result.
        return {"loss": Weighted(0.0, 1)}


def users(facts):
    from pfl.data.pytorch import PyTorchTensorDataset
    if facts["null_parameters"]:
        nothing = (torch.zeros(1, 1), torch.zeros(1, dtype=torch.long))
        return [PyTorchTensorDataset(nothing, user_id=user) for user in range(facts["clients"])]
    x, y = map(torch.from_numpy, images.split(facts["data"], "train"))
    parts = images.partition(len(y), facts["clients"], facts["seed"])
    return [
        PyTorchTensorDataset((x[part], y[part]), user_id=user)
        for user, part in enumerate(map(torch.from_numpy, parts))]


def algorithm(facts):
    from pfl.algorithm.federated_averaging import FederatedAveraging
    from pfl.metrics import Metrics

    class ReturningUnchanged(FederatedAveraging):
        def train_one_user(self, initial, model, dataset, context):
            return model.get_model_difference(initial), Metrics()

    return (ReturningUnchanged if facts["null_parameters"] else FederatedAveraging)()


def run(facts, rank):
    import numpy
    from pfl.aggregate.simulate import SimulatedBackend
    from pfl.aggregate.weighting import WeightByDatapoints
    from pfl.algorithm.base import NNAlgorithmParams
    from pfl.callback.base import TrainingProcessCallback
    from pfl.data.federated_dataset import FederatedDataset
    from pfl.data.sampling import get_user_sampler
    from pfl.hyperparam import NNEvalHyperParams, NNTrainHyperParams
    from pfl.metrics import Metrics
    from pfl.model.pytorch import PyTorchModel

    class Telling(TrainingProcessCallback):
        def after_central_iteration(self, metrics, model, *, central_iteration):
            if rank == 0:
                tell(round=central_iteration + 1)
            return False, Metrics()

    numpy.random.seed(facts["seed"])
    torch.set_num_threads(1)
    task, shards = Task(facts), users(facts)
    data = FederatedDataset(
        shards.__getitem__, get_user_sampler("minimize_reuse", list(range(len(shards)))))
    model = PyTorchModel(
        task, functools.partial(torch.optim.SGD, fused=True),
        torch.optim.SGD(task.parameters(), 1.0))
    algorithm(facts).run(
        algorithm_params=NNAlgorithmParams(
            central_num_iterations=facts["rounds"], evaluation_frequency=10**9,
            train_cohort_size=facts["per_round"], val_cohort_size=0),
        backend=SimulatedBackend(
            training_data=data, val_data=data, postprocessors=[WeightByDatapoints()]),
        model=model,
        model_train_params=NNTrainHyperParams(
            local_num_epochs=1, local_learning_rate=facts["learning_rate"],
            local_batch_size=facts["batch"]),
        model_eval_params=NNEvalHyperParams(local_batch_size=1000),
        callbacks=[Telling()], send_metrics_to_platform=False)
    if rank == 0 and not facts["null_parameters"]:
        test = map(torch.from_numpy, images.split(facts["data"], "t10k"))
        tell(accuracy=models.accuracy(task.net, *test))


def main():
    facts = settings()
    rank = int(os.environ.get("RANK", 0))
    others = []
    if facts["processes"] > 1 and "RANK" not in os.environ:
        # What torchrun sets, with its rendezvous on loopback.
        os.environ |= {
            "TORCHELASTIC_RUN_ID": "peers", "WORLD_SIZE": str(facts["processes"]),
            "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "29517", "GLOO_SOCKET_IFNAME": "lo",
            "RANK": "0", "LOCAL_RANK": "0"}
        others = [
            subprocess.Popen(
                [sys.executable, *sys.argv],
                env={**os.environ, "RANK": str(other), "LOCAL_RANK": str(other)})
            for other in range(1, facts["processes"])]
    run(facts, rank)
    for other in others:
        other.wait()


if __name__ == "__main__":
    main()
