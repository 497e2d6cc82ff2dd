"""Writes partitions.json: what Flower's partitioners do with 1,000 examples.

    pip install flwr-datasets==0.6.1 && python generate_partitions.py

Sizes and label counts of those that involve no chance; means over 200 seeds of those that do.
"""

import json
import pathlib
import warnings

import numpy as np
from datasets import Dataset, disable_progress_bars
from flwr_datasets import partitioner as p

warnings.simplefilter("ignore")
disable_progress_bars()
CLASSES = 5
# Unequal classes: 100, 150, 200, 250, 300 examples, interleaved.
LABELS = sorted(range(1000), key=lambda i: (i * 617) % 1000)
BOUNDS = np.cumsum([100, 150, 200, 250, 300])
LABELS = [int(np.searchsorted(BOUNDS, i, side="right")) for i in LABELS]
IDS = [(i * i) % 7 for i in range(1000)]
DATA = Dataset.from_dict({"label": LABELS, "id": IDS})


def counts(part):
    """Examples by label of each client."""
    part.dataset = DATA
    return [
        np.bincount(part.load_partition(i)["label"], minlength=CLASSES).tolist()
        for i in range(part.num_partitions)
    ]


def sizes(part):
    return [sum(row) for row in counts(part)]


def figures(make):
    """Means over seeds: total variation to all data, variation of sizes, classes a client."""
    share = np.bincount(LABELS, minlength=CLASSES) / len(LABELS)
    rows = []
    for seed in range(200):
        table = np.array(counts(make(seed)), dtype=float)
        size = table.sum(1)
        variation = (np.abs(table / size[:, None] - share).sum(1) / 2).mean()
        rows.append([variation, size.std() / size.mean(), (table > 0).sum(1).mean()])
    return dict(zip(["totalVariation", "sizeVariation", "classes"], np.mean(rows, axis=0).tolist()))


table = [[1.0, 2.0, 3.0, 4.0], [4.0, 1.0, 1.0, 1.0], [0.5, 0.5, 1.0, 8.0], [1.0, 1.0, 1.0, 1.0], [9.0, 1.0, 0.0, 2.0]]
golden = {
    "labels": LABELS,
    "ids": IDS,
    "linear": sizes(p.LinearPartitioner(num_partitions=7)),
    "square": sizes(p.SquarePartitioner(num_partitions=7)),
    "exponential": sizes(p.ExponentialPartitioner(num_partitions=5)),
    "iid": sizes(p.IidPartitioner(num_partitions=7)),
    "naturalID": counts(p.NaturalIdPartitioner(partition_by="id")),
    "pathological": counts(
        p.PathologicalPartitioner(
            num_partitions=8, partition_by="label", num_classes_per_partition=2,
            class_assignment_mode="deterministic")),
    "shardSizes": {
        "both": sizes(p.ShardPartitioner(
            num_partitions=6, partition_by="label", num_shards_per_partition=3, shard_size=40)),
        "sizeAlone": sizes(p.ShardPartitioner(
            num_partitions=6, partition_by="label", shard_size=60)),
        "incomplete": sorted(sizes(p.ShardPartitioner(
            num_partitions=6, partition_by="label", shard_size=60, keep_incomplete_shard=True))),
    },
    "distributionTable": table,
    # Without what rounding leaves, which goes to a client drawn at random: less than columns a class.
    "distribution": counts(
        p.DistributionPartitioner(
            distribution_array=np.array(table), num_partitions=10,
            num_unique_labels_per_partition=2, partition_by="label",
            preassigned_num_samples_per_label=3)),
    "dirichlet": figures(lambda seed: p.DirichletPartitioner(
        num_partitions=8, partition_by="label", alpha=0.5, min_partition_size=10, seed=seed)),
    "dirichletBalanced": figures(lambda seed: p.DirichletPartitioner(
        num_partitions=8, partition_by="label", alpha=0.5, min_partition_size=10,
        self_balancing=True, seed=seed)),
    "innerDirichlet": figures(lambda seed: p.InnerDirichletPartitioner(
        partition_sizes=[125] * 8, partition_by="label", alpha=0.3, seed=seed)),
    "pathologicalRandom": figures(lambda seed: p.PathologicalPartitioner(
        num_partitions=10, partition_by="label", num_classes_per_partition=2, seed=seed)),
}
path = pathlib.Path(__file__).parent / "partitions.json"
path.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
