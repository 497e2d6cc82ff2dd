"""Writes robust.safetensors: 23 updates, five of them hostile, and what robust rules make of them, computed plainly in float64."""

import itertools
import pathlib

import torch
from safetensors.torch import save_file

torch.manual_seed(7)
N, F, D = 23, 5, 777
updates = (torch.randn(N, D) * 0.05 + torch.randn(D) * 0.1).float()
updates[[2, 9]] *= -8
updates[[11, 14]] = torch.randn(D)
updates[20] += 0.3
x = updates.double()


def scores(rows, f):
    """Krum's score of each of `rows` among themselves (Blanchard et al. 2017, section 4)."""
    found = {}
    for i in rows:
        others = sorted(float(((x[i] - x[j]) ** 2).sum()) for j in rows if j != i)
        found[i] = sum(others[: max(1, len(rows) - f - 2)])
    return found


def best(rows, f):
    found = scores(rows, f)
    return sorted(rows, key=lambda i: (found[i], i))


def geometric(iterations, smoothing=1e-6):
    weights = torch.ones(N, dtype=torch.float64)
    for _ in range(iterations):
        z = (weights[:, None] * x).sum(0) / weights.sum()
        weights = 1 / torch.clamp((x - z).norm(dim=1), min=smoothing)
    return (weights[:, None] * x).sum(0) / weights.sum()


def bulyan(f):
    """El Mhamdi et al. 2018, section 4: of every coordinate the subset of theta - 2f values with the least distance from the median."""
    rest, chosen = list(range(N)), []
    while len(chosen) < N - 2 * f:
        chosen.append(best(rest, f)[0])
        rest.remove(chosen[-1])
    values = x[sorted(chosen)]
    middle = values.quantile(0.5, dim=0)
    order = (values - middle).abs().argsort(dim=0)[: len(chosen) - 2 * f]
    return values.gather(0, order).mean(0)


cut = int(0.22 * N)
results = {
    "median": x.quantile(0.5, dim=0),
    "trimmed": x.sort(dim=0).values[cut : N - cut].mean(0),
    "geometric-3": geometric(3),
    "geometric-60": geometric(60),
    "krum": x[best(list(range(N)), F)[0]],
    "krum-most": x[best(list(range(N)), (N - 3) // 2)[0]],
    "multi-krum": x[best(list(range(N)), F)[: N - F - 2]].mean(0),
    "multi-krum-4": x[best(list(range(N)), F)[:4]].mean(0),
    "bulyan": bulyan(F),
}
for one, other in itertools.combinations(results, 2):
    assert not torch.equal(results[one], results[other]) or {one, other} == {"krum", "krum-most"}, (one, other)
save_file(
    {"updates": updates, **{name: value.float().contiguous() for name, value in results.items()}},
    pathlib.Path(__file__).parent / "robust.safetensors",
)
