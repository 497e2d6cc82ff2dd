"""Reptile, FOMAML, MAML, ANIL and ProtoNet on Omniglot in PyTorch: the same split, settings and episodes as `run`'s.

    reference.py ALGORITHM ways=5,shots=1,... [--seed 1] [--episodes 1000]

Prints {"accuracy": ..., "accuracyConfidence": ..., "seconds": ...} of the meta-test. Needs: torch, numpy; $TRIBUTARY_SHARED.
"""

import argparse
import json
import os
import pathlib
import time

import numpy as np
import torch
import torch.nn.functional as F

from random_key import RandomKey, episode, inner_batches

parser = argparse.ArgumentParser()
parser.add_argument("algorithm")
parser.add_argument("settings")
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--episodes", type=int, default=1000)
parser.add_argument("--inductive", action="store_true", help="batch norms see each query with the support alone")
args = parser.parse_args()
torch.set_num_threads(1)
torch.manual_seed(args.seed)
s = dict(pair.split("=") for pair in args.settings.rstrip("}").split(","))
number = lambda name, default=None: int(s[name]) if name in s else default
ways, shots, queries, iterations, meta_batch = (number(n) for n in ("ways", "shots", "queries", "iterations", "metaBatch"))
inner_steps, batch_size = number("innerSteps", 1), number("innerBatchSize")
rate, is_adam = float(s.get("innerLearningRate", 0.4)), s.get("innerOptimizer") == "adam"
key = RandomKey(args.seed)

folder = pathlib.Path(os.environ["TRIBUTARY_SHARED"]) / "data/omniglot"
images = torch.from_numpy(np.fromfile(folder / "omniglot28-images-idx3-ubyte", np.uint8)[16:].reshape(-1, 1, 28, 28).astype(np.float32) / 255)
labels = np.fromfile(folder / "omniglot28-labels-idx1-ubyte", np.uint8)[8:]
by_class = [np.flatnonzero(labels == c).tolist() for c in range(242)]
training = [(by_class[c], turn) for turn in range(4) for c in range(183)]
testing = [(by_class[c], 0) for c in range(183, 242)]


def batch(rows):
    x = torch.stack([torch.rot90(images[i], turn, (1, 2)) for i, turn, _ in rows])
    return x, torch.tensor([label for *_, label in rows])


def fresh():
    """conv4-strided: uniform within 1 / sqrt(fan in), as torch's layers."""
    p = {}
    for i in range(4):
        inputs = 1 if i == 0 else 64
        p[f"w{i}"] = (torch.rand(64, inputs, 3, 3) * 2 - 1) / (9 * inputs) ** 0.5
        p[f"g{i}"], p[f"b{i}"] = torch.ones(64), torch.zeros(64)
    p["head"], p["bias"] = (torch.rand(ways, 256) * 2 - 1) / 16, (torch.rand(ways) * 2 - 1) / 16
    return {n: t.requires_grad_() for n, t in p.items()}


def features(p, x):
    for i in range(4):
        x = F.relu(F.batch_norm(F.conv2d(x, p[f"w{i}"], stride=2, padding=1), None, None, p[f"g{i}"], p[f"b{i}"], training=True))
    return x.flatten(1)


def logits(p, x):
    return F.linear(features(p, x), p["head"], p["bias"])


def fitted(p, support, steps, size, key, create_graph=False):
    """p after `steps` steps on the support."""
    moments = {n: torch.zeros_like(t) for n, t in p.items()}
    names = ["head", "bias"] if args.algorithm == "anil" else list(p)
    if args.algorithm == "anil":
        x, y = batch(support)
        known = features(p, x)
    for step, rows in enumerate(inner_batches(support, steps, size, key)):
        if args.algorithm == "anil":
            loss = F.cross_entropy(F.linear(known, p["head"], p["bias"]), y)
        else:
            x, y = batch(rows)
            loss = F.cross_entropy(logits(p, x), y)
        slopes = torch.autograd.grad(loss, [p[n] for n in names], create_graph=create_graph, retain_graph=args.algorithm == "anil" or None)
        p = dict(p)
        for n, g in zip(names, slopes):
            if is_adam:
                moments[n] = 0.999 * moments[n] + 0.001 * g * g
                g = g / ((moments[n] / (1 - 0.999 ** (step + 1))).sqrt() + 1e-8)
            p[n] = p[n] - rate * g if create_graph else (p[n] - rate * g).detach().requires_grad_()
    return p


def prototype_scores(p, support, query):
    z = features(p, batch(support + query)[0])
    label = torch.tensor([r[2] for r in support])
    c = torch.stack([z[: len(support)][label == k].mean(0) for k in range(int(label.max()) + 1)])
    return -((z[len(support) :, None] - c[None]) ** 2).sum(2)


def task_gradient(p, key):
    proto, reptile = args.algorithm == "protonet", args.algorithm == "reptile"
    support, query = episode(training, number("trainingWays", ways), number("trainingShots", shots), 0 if reptile else queries, key)
    key, names = key.at("task"), list(p)
    if proto:
        loss = F.cross_entropy(prototype_scores(p, support, query), torch.tensor([r[2] for r in query]))
        return torch.autograd.grad(loss, [p[n] for n in names], allow_unused=True)
    exact = args.algorithm in ("maml", "anil")
    end = fitted(p, support, inner_steps, batch_size, key, create_graph=exact)
    if reptile:
        return [(p[n] - end[n]).detach() for n in names]
    x, y = batch(query)
    return torch.autograd.grad(F.cross_entropy(logits(end, x), y), [(p if exact else end)[n] for n in names])


def train():
    p = fresh()
    outer = torch.optim.SGD(p.values(), lr=1) if args.algorithm == "reptile" else torch.optim.Adam(p.values(), lr=1e-3)
    for step in range(iterations):
        if args.algorithm == "reptile":
            outer.param_groups[0]["lr"] = 1 - step / iterations
        gradients = [task_gradient(p, key.at("pooled").at("episodes").at(step).at(task)) for task in range(meta_batch)]
        for t, *parts in zip(p.values(), *gradients):
            t.grad = None if parts[0] is None else sum(parts) / meta_batch
        outer.step()
    return p


def test_scores(p, support, query, key):
    groups = [[r] for r in query] if args.inductive else [query]
    if args.algorithm == "protonet":
        return torch.cat([prototype_scores(p, support, g) for g in groups])
    own = fitted(p, support, number("evaluationSteps", inner_steps), number("evaluationBatchSize", batch_size), key)
    before = support if args.inductive else []
    return torch.cat([logits(own, batch(before + g)[0])[-len(g) :] for g in groups])


start = time.time()
parameters = train()
trained = time.time() - start
accuracies = []
for index in range(args.episodes):
    at = key.at("meta-test").at(index)
    support, query = episode(testing, ways, shots, queries, at)
    found = test_scores(parameters, support, query, at.at("task")).argmax(1)
    accuracies.append(float((found == torch.tensor([r[2] for r in query])).float().mean()))
spread = 1.96 * np.std(accuracies, ddof=1) / len(accuracies) ** 0.5
print(json.dumps({"accuracy": round(float(np.mean(accuracies)), 6), "accuracyConfidence": round(float(spread), 6), "trainingSeconds": round(trained, 1), "seconds": round(time.time() - start, 1)}).replace('": ', '":'))
