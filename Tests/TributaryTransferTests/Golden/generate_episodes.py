"""Writes episodes.safetensors: what a task of an episode makes of a small network's parameters, by PyTorch in double precision.

The network: a 3x3 convolution with 4 channels (no bias), batch norm with the batch's statistics, ReLU, 2x2 max pooling, a 3x3
convolution with 3, batch norm, ReLU, a linear classifier for 3 ways; 8x8 images. Of each algorithm the meta-gradient of every
parameter (for Reptile start minus end) and the loss; of prototypes the classifier. episodes.json: episodes as random_key.py draws
them. Needs: torch numpy safetensors.
"""

import json
import pathlib
import sys

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parents[2] / "cluster/experiments/omniglot"))
from random_key import RandomKey, episode, inner_batches  # noqa: E402

generator = torch.Generator().manual_seed(3)
images = torch.randint(0, 256, (18, 1, 8, 8), generator=generator, dtype=torch.uint8)
# Six images a class: two of the support, two queries; class 2 is turned by a quarter, counter-clockwise.
turns = [0, 0, 1]
rows = lambda start: [(6 * c + start + i, turns[c], c) for c in range(3) for i in range(2)]
support, queries = rows(0), rows(2)
shapes = {"conv1.weight": (4, 1, 3, 3), "bn1.weight": (4,), "bn1.bias": (4,), "conv2.weight": (3, 4, 3, 3), "bn2.weight": (3,), "bn2.bias": (3,), "fc.weight": (3, 48), "fc.bias": (3,)}
start = {n: 0.3 * torch.randn(s, generator=generator) + (1 if n in ("bn1.weight", "bn2.weight") else 0) for n, s in shapes.items()}
point = {n: t.double().requires_grad_() for n, t in start.items()}
rate = 0.1


def batch(rows):
    return torch.stack([torch.rot90(images[i], k, (1, 2)).double() / 255 for i, k, _ in rows]), torch.tensor([r[2] for r in rows])


def features(p, x):
    for i, pool in ((1, True), (2, False)):
        x = F.conv2d(x, p[f"conv{i}.weight"], padding=1)
        x = F.relu(F.batch_norm(x, None, None, p[f"bn{i}.weight"], p[f"bn{i}.bias"], training=True))
        x = F.max_pool2d(x, 2) if pool else x
    return x.flatten(1)


logits = lambda p, x: F.linear(features(p, x), p["fc.weight"], p["fc.bias"])
loss = lambda p, rows: F.cross_entropy(logits(p, batch(rows)[0]), batch(rows)[1])
sx, sy = batch(support)


def inner(p, steps, names, create_graph, adam=False):
    known = features(p, sx) if names != list(p) else None
    squares = {n: 0 for n in names}
    for step in range(steps):
        value = F.cross_entropy(F.linear(known, p["fc.weight"], p["fc.bias"]), sy) if known is not None else loss(p, support)
        slopes = torch.autograd.grad(value, [p[n] for n in names], create_graph=create_graph)
        p = dict(p)
        for n, g in zip(names, slopes):
            if adam:
                squares[n] = 0.999 * squares[n] + 0.001 * g * g
                g = g / ((squares[n] / (1 - 0.999 ** (step + 1))).sqrt() + 1e-8)
            p[n] = p[n] - rate * g
            if not create_graph:
                p[n] = p[n].detach().requires_grad_()
    return p


def grads(value, at):
    found = torch.autograd.grad(value, list(at.values()), allow_unused=True)
    return {n: torch.zeros_like(t) if g is None else g for (n, t), g in zip(at.items(), found)}


cases = {}
every, head = list(point), ["fc.weight", "fc.bias"]
for steps in (1, 3):
    for kind, names in (("maml", every), ("anil", head)):
        value = loss(inner(point, steps, names, True), queries)
        cases[f"{kind}-{steps}"] = (value, grads(value, point))
end = inner(point, 3, every, False)
value = loss(end, queries)
cases["fomaml-3"] = (value, grads(value, end))
for name, adam in (("reptile-3", False), ("reptile-adam-3", True)):
    end = inner(point, 3, every, False, adam)
    cases[name] = (torch.tensor(0.0), {n: point[n] - end[n] for n in every})
z = features(point, batch(support + queries)[0])
prototypes = z[:6].reshape(3, 2, -1).mean(1)
value = F.cross_entropy(-((z[6:, None] - prototypes[None]) ** 2).sum(2), batch(queries)[1])
cases["protonet"] = (value, grads(value, point))
own = features(point, sx).reshape(3, 2, -1).mean(1)

out = {f"start/{n}": t for n, t in start.items()} | {"images": images, "prototypes/fc.weight": 2 * own, "prototypes/fc.bias": -(own**2).sum(1)}
for name, (value, gradient) in cases.items():
    out |= {f"{name}/{n}": g for n, g in gradient.items()} | {f"{name}/loss": value}
save_file({n: (t if t.dtype == torch.uint8 else t.detach().float()).contiguous() for n, t in out.items()}, here / "episodes.safetensors")

classes = [(list(range(6 * c, 6 * c + 6)), turn) for turn in range(4) for c in range(3)]
draws = []
for seed in range(4):
    key = RandomKey(seed).at("episodes").at(7)
    s, q = episode(classes, 5, 2, 3, key)
    draws.append({"seed": seed, "support": s, "queries": q, "batches": inner_batches(s, 4, 4, key.at("task"))})
(here / "episodes.json").write_text(json.dumps(draws, separators=(",", ":")) + "\n")
