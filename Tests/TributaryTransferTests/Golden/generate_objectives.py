"""Writes objectives.safetensors: for each objective its inputs, its loss and the gradients at them.

Computed by PyTorch in float64 from float32 inputs, stored as float32. Seeded:
    python Tests/TributaryTransferTests/Golden/generate_objectives.py
"""
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

torch.manual_seed(3)
TENSORS = {}


def case(name, loss, fixed=(), **inputs):
    """Gradients are taken at all inputs but the `fixed` ones."""
    values = {k: v.double().requires_grad_(k not in fixed) for k, v in inputs.items()}
    result = loss(values)
    result.backward()
    for key, value in values.items():
        TENSORS[f"{name}/{key}"] = inputs[key]
        if key not in fixed:
            TENSORS[f"{name}/{key}.gradient"] = value.grad.float()
    TENSORS[f"{name}/loss"] = result.detach().float()


def coral(i):
    # torch.cov divides by n - 1.
    d = i["source"].shape[1]
    return (torch.cov(i["source"].T) - torch.cov(i["target"].T)).square().sum() / (4 * d * d)


def gaussian(x, bandwidth, count):
    distance = (x[:, None] - x[None]).square().sum(-1)
    if bandwidth is None:
        rows, columns = torch.triu_indices(len(x), len(x), offset=1)
        bandwidth = distance.detach()[rows, columns].median()  # the lower of two
    return sum(torch.exp(-distance / (bandwidth * 2.0 ** (u - count // 2))) for u in range(count))


def discrepancy(k, n, estimator):
    xx, yy, xy = k[:n, :n], k[n:, n:], k[:n, n:]
    m = len(yy)
    if estimator == "biased":
        return xx.mean() + yy.mean() - 2 * xy.mean()
    if estimator == "unbiased":
        return ((xx.sum() - xx.trace()) / (n * (n - 1)) + (yy.sum() - yy.trace()) / (m * (m - 1)) - 2 * xy.mean())
    pairs = min(n, m) // 2
    total = 0
    for a in range(0, 2 * pairs, 2):
        b = a + 1
        total = total + xx[a, b] + yy[a, b] - xy[a, b] - xy[b, a]
    return total / pairs


def mmd(i, estimator, kernels):
    x = torch.cat([i["source"], i["target"]])
    return discrepancy(gaussian(x, None, kernels), len(i["source"]), estimator)


def jan(i):
    z = torch.cat([i["source"], i["target"]])
    p = torch.cat([i["sourceLogits"], i["targetLogits"]]).softmax(1)
    return discrepancy(gaussian(z, None, 5) * gaussian(p, 1.68, 1), len(i["source"]), "unbiased")


class Reversal(torch.autograd.Function):
    @staticmethod
    def forward(context, x, scale):
        context.scale = scale
        return x.view_as(x)

    @staticmethod
    def backward(context, gradient):
        return -context.scale * gradient, None


def dann(i, progress=0.3, gamma=10, weight=0.5):
    scale = weight * (2 / (1 + torch.exp(torch.tensor(-gamma * progress, dtype=torch.float64))) - 1)
    features = Reversal.apply(torch.cat([i["source"], i["target"]]), scale)
    hidden = F.relu(F.linear(features, i["hidden.weight"], i["hidden.bias"]))
    domain = torch.tensor([0] * len(i["source"]) + [1] * len(i["target"]))
    return F.cross_entropy(F.linear(hidden, i["domain.weight"], i["domain.bias"]), domain)


def entropy(i):
    p = i["target"].softmax(1)
    return -(p * p.log()).sum(1).mean()


def self_training(i, confidence=0.6):
    with torch.no_grad():
        probability, label = i["target"].softmax(1).max(1)
    losses = F.cross_entropy(i["target"], label, reduction="none")
    return (losses * (probability >= confidence)).mean()


def distillation(i, temperature=3.0):
    return F.kl_div((i["student"] / temperature).log_softmax(1), (i["teacher"] / temperature).softmax(1),
                    reduction="batchmean") * temperature ** 2


def lwf(i, heads, temperature=2.0):
    """Equation 3 of Li & Hoiem 2016, each head's probabilities to the power 1/T and normalised anew."""
    total = 0
    for head in heads:
        def softened(logits):
            p = logits[:, head].softmax(1) ** (1 / temperature)
            return p / p.sum(1, keepdim=True)
        total = total - (softened(i["former"]).detach() * softened(i["logits"]).log()).sum(1).mean()
    return total


def hints(i):
    """Equation 3 of Romero et al. 2015 as a mean, with a linear or a 1x1 convolutional regressor."""
    layer, weight = i["layer"], i.get("regressor.weight")
    if weight is not None:
        bias = i["regressor.bias"]
        layer = F.linear(layer, weight, bias) if layer.dim() < 4 else F.conv2d(layer, weight[:, :, None, None], bias)
    return 0.5 * F.mse_loss(layer, i["hint"])


HEADS = [slice(0, 3), slice(3, 5), slice(5, 9)]
HEAD_LABELS = torch.tensor([0, 3, 2, 8, 1, 4, 5, 6, 2, 3])


def head_losses(logits):
    for head in HEADS:
        rows = (HEAD_LABELS >= head.start) & (HEAD_LABELS < head.stop)
        yield F.cross_entropy(logits[rows][:, head], HEAD_LABELS[rows] - head.start)


def uncertainty(i):
    s = i["variances"]
    return sum(torch.exp(-s[k]) * loss + s[k] / 2 for k, loss in enumerate(head_losses(i["logits"])))


def gradnorm(i, alpha=1.5):
    """The norms by differentiation at the features; Chen et al. 2018, equations 1 and 2."""
    logits = F.linear(i["features"], i["classifier"])
    losses = list(head_losses(logits))
    norms = [torch.autograd.grad(loss, i["features"], retain_graph=True)[0].norm() for loss in losses]
    weights = i["balance"].softmax(0) * len(HEADS)
    with torch.no_grad():
        mean = sum(w * g for w, g in zip(weights, norms)) / len(HEADS)
        classes = torch.tensor([float(h.stop - h.start) for h in HEADS], dtype=torch.float64)
        progress = torch.stack(losses) / classes.log()
        goals = mean * (progress / progress.mean()) ** alpha
    total = sum(w.detach() * loss for w, loss in zip(weights, losses))
    return total + sum((w * g - goal).abs() for w, g, goal in zip(weights, norms, goals))


source, target = torch.randn(8, 5), torch.randn(6, 5) * 1.3 + 0.5
case("coral", coral, source=source, target=target)
for estimator in ["unbiased", "biased", "linear"]:
    case(f"mmd.{estimator}", lambda i, e=estimator: mmd(i, e, 5), source=source, target=target)
case("jan", jan, source=source, target=target, sourceLogits=torch.randn(8, 3), targetLogits=torch.randn(6, 3))
case("dann", dann, source=source, target=target, **{
    "hidden.weight": torch.randn(4, 5) * 0.5, "hidden.bias": torch.randn(4) * 0.5,
    "domain.weight": torch.randn(2, 4) * 0.5, "domain.bias": torch.randn(2) * 0.5})
case("entropy", entropy, target=torch.randn(6, 4) * 2)
case("self-training", self_training, target=torch.randn(9, 4) * 2)
case("distillation", distillation, fixed=["teacher"], student=torch.randn(7, 4), teacher=torch.randn(7, 4) * 2)
case("lwf", lambda i: lwf(i, [slice(0, 3)]), fixed=["former"], logits=torch.randn(6, 5), former=torch.randn(6, 3) * 2)
case("lwf.heads", lambda i: lwf(i, [slice(0, 2), slice(2, 5)]), fixed=["former"],
     logits=torch.randn(6, 7), former=torch.randn(6, 7) * 2)
case("hints", hints, fixed=["hint"], layer=torch.randn(5, 4), hint=torch.randn(5, 6),
     **{"regressor.weight": torch.randn(6, 4), "regressor.bias": torch.randn(6)})
case("hints.maps", hints, fixed=["hint"], layer=torch.randn(2, 3, 4, 5), hint=torch.randn(2, 6, 4, 5),
     **{"regressor.weight": torch.randn(6, 3), "regressor.bias": torch.randn(6)})
case("hints.alike", hints, fixed=["hint"], layer=torch.randn(2, 4, 3), hint=torch.randn(2, 4, 3))
case("uncertainty", uncertainty, logits=torch.randn(10, 9), variances=torch.randn(3))
case("gradnorm", gradnorm, features=torch.randn(10, 6), classifier=torch.randn(9, 6), balance=torch.randn(3))


def instance_weighting(i):
    """The weighted task loss, and the discriminator's beside it, which does not move the features."""
    def scores(x):
        return F.linear(F.relu(F.linear(x, i["hidden.weight"], i["hidden.bias"])), i["domain.weight"], i["domain.bias"])

    with torch.no_grad():
        p = scores(i["source"]).softmax(1)
        w = (p[:, 1] / p[:, 0]).clamp(max=3)
        w = w / w.mean()
    labels = torch.arange(len(i["source"])) % 3
    task = (F.cross_entropy(F.linear(i["source"], i["head"]), labels, reduction="none") * w).mean()
    domain = torch.tensor([0] * len(i["source"]) + [1] * len(i["target"]))
    return task + F.cross_entropy(scores(torch.cat([i["source"], i["target"]]).detach()), domain)


case("instance-weighting", instance_weighting, fixed=["target"], source=source, target=target, head=torch.randn(3, 5), **{
    "hidden.weight": torch.randn(4, 5) * 0.5, "hidden.bias": torch.randn(4) * 0.5,
    "domain.weight": torch.randn(2, 4) * 0.5, "domain.bias": torch.tensor([-0.4, 0.4])})

save_file({k: v.clone().contiguous() for k, v in TENSORS.items()}, Path(__file__).parent / "objectives.safetensors")
