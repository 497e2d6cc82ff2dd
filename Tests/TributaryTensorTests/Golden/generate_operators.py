"""Writes operators/GROUP.safetensors, GROUP the case's name up to the first dot: for every case inputs, a seed, the output, the gradients of
sum(output * seed), and the gradients of sum(gradient_i * direction_i) (second order).

Add new cases at the end: then only their group's file changes. Computed by PyTorch in float64 from float32 inputs, stored as float32. Seeded:
    python Tests/TributaryTensorTests/Golden/generate_operators.py
"""
import zlib
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

torch.manual_seed(20)
CASES = {}


def normal(*shape):
    return torch.randn(shape)


def positive(*shape):
    return torch.rand(shape) + 0.5


def spaced(*shape):
    """Values at least 0.03 apart and away from 0, shuffled: no kink is near."""
    count = torch.Size(shape).numel()
    values = (torch.arange(count) - count // 2 + 0.5) * 0.037
    return values[torch.randperm(count)].reshape(shape)


def case(name, function, **inputs):
    CASES[name] = (function, inputs)


for name in ["exp", "tanh", "sigmoid", "erf", "square"]:
    case(f"unary.{name}", lambda i, f=getattr(torch, name): f(i["x"]), x=normal(3, 37))
case("unary.log", lambda i: i["x"].log(), x=positive(3, 37))
case("unary.sqrt", lambda i: i["x"].sqrt(), x=positive(3, 37))
case("unary.rsqrt", lambda i: i["x"].rsqrt(), x=positive(3, 37))
case("unary.relu", lambda i: i["x"].relu(), x=spaced(5, 19))
case("unary.abs", lambda i: i["x"].abs(), x=spaced(5, 19))
case("unary.negate", lambda i: -i["x"], x=normal(5, 19))
case("unary.gelu", lambda i: F.gelu(i["x"]), x=normal(3, 37) * 2)
for name, f in dict(add=torch.add, subtract=torch.sub, multiply=torch.mul, divide=torch.div).items():
    for kind, a, b in [("same", (4, 17), (4, 17)), ("row", (4, 17), (17,)), ("column", (4, 17), (4, 1)),
                       ("both", (3, 1, 5), (4, 1)), ("channel", (2, 17, 3, 3), (1, 17, 1, 1)), ("scalar", (4, 3), ())]:
        case(f"binary.{name}.{kind}", lambda i, f=f: f(i["a"], i["b"]), a=normal(*a), b=positive(*b))
case("binary.addRelu", lambda i: (i["a"] + i["b"]).relu(), a=spaced(4, 19) * 3, b=spaced(4, 19) * 0.01)
case("reduce.sum", lambda i: i["x"].sum(), x=normal(3, 5, 7))
case("reduce.sum.1", lambda i: i["x"].sum(1), x=normal(3, 5, 7))
case("reduce.sum.02", lambda i: i["x"].sum((0, 2), keepdim=True), x=normal(3, 5, 7))
case("reduce.mean.023", lambda i: i["x"].mean((0, 2, 3)), x=normal(3, 5, 7, 2))
case("reduce.max.1", lambda i: i["x"].amax(1), x=spaced(3, 5, 7))
case("view.permuted", lambda i: i["x"].permute(2, 0, 3, 1) * 2, x=normal(2, 3, 4, 5))
case("view.transposed", lambda i: i["x"].transpose(1, 2).reshape(2, 12) * 1, x=normal(2, 3, 4))
case("view.broadcast", lambda i: i["x"].expand(4, 3, 5).square(), x=normal(3, 1))
case("view.sliced", lambda i: i["x"][:, 1:4].square(), x=normal(3, 5, 2))
case("view.strided", lambda i: i["x"][:, :, ::2, ::2].square(), x=normal(2, 3, 5, 6))
case("join.concatenated", lambda i: torch.cat([i["a"], i["b"], i["a"]], 1).square(), a=normal(2, 3, 4), b=normal(2, 2, 4))
case("join.padded", lambda i: F.pad(i["x"], (0, 0, 0, 0, 2, 1)).square(), x=normal(2, 3, 4, 2))

for name, a, b, ta, tb in [
        ("plain", (5, 7), (7, 3), 0, 0), ("ta", (7, 5), (7, 3), 1, 0), ("tb", (5, 7), (3, 7), 0, 1),
        ("tatb", (7, 5), (3, 7), 1, 1), ("batch", (2, 3, 5, 7), (2, 3, 7, 4), 0, 0),
        ("broadcast", (2, 3, 5, 7), (3, 4, 7), 0, 1), ("flat", (2, 3, 7), (7, 4), 0, 0)]:
    case(f"matmul.{name}",
         lambda i, ta=ta, tb=tb: (i["a"].mT if ta else i["a"]) @ (i["b"].mT if tb else i["b"]),
         a=normal(*a), b=normal(*b))
case("linear.bias", lambda i: F.linear(i["x"], i["w"], i["b"]), x=normal(2, 3, 7), w=normal(5, 7), b=normal(5))
case("linear.plain", lambda i: F.linear(i["x"], i["w"]), x=normal(1, 17), w=normal(3, 17))

# name: batch, in, size, out, kernel, stride, padding, dilation, groups, bias
CONVOLUTIONS = dict(
    rgb=(2, 3, 8, 16, 3, 1, 1, 1, 1, 0), strided=(2, 16, 8, 32, 3, 2, 1, 1, 1, 1), pointwise=(2, 17, 5, 3, 1, 1, 0, 1, 1, 1),
    odd=(1, 17, 7, 19, 3, 1, 1, 1, 1, 1), dilated=(1, 5, 9, 8, 3, 1, 2, 2, 1, 1), grouped=(2, 12, 6, 8, 3, 1, 1, 1, 4, 1),
    groupedBlocks=(1, 32, 5, 32, 3, 1, 1, 1, 2, 0), depthwise=(2, 17, 6, 17, 3, 1, 1, 1, 17, 1),
    depthwiseStrided=(1, 16, 7, 16, 3, 2, 1, 1, 16, 0), five=(2, 1, 12, 32, 5, 1, 0, 1, 1, 1), seven=(1, 3, 15, 16, 7, 2, 3, 1, 1, 0))
for name, (n, c, s, o, k, st, p, d, g, bias) in CONVOLUTIONS.items():
    case(f"conv.{name}",
         lambda i, st=st, p=p, d=d, g=g: F.conv2d(i["x"], i["w"], i.get("b"), st, p, d, g),
         x=normal(n, c, s, s), w=normal(o, c // g, k, k) * 0.3, **(dict(b=normal(o)) if bias else {}))
case("conv.rectangular", lambda i: F.conv2d(i["x"], i["w"], None, (2, 1), (1, 0)), x=normal(1, 4, 7, 6), w=normal(6, 4, 3, 2) * 0.3)

for name, shape in dict(plain=(3, 5, 4, 3), blocked=(4, 16, 3, 3), odd=(3, 17, 2, 3), flat=(9, 6)).items():
    def norm(i):
        return F.batch_norm(i["x"], None, None, i["w"], i["b"], True, 0.1, 1e-5)
    case(f"batchNorm.{name}", norm, x=normal(*shape) * 2 + 1, w=positive(shape[1]), b=normal(shape[1]))
case("batchNorm.relu", lambda i: norm(i).relu(), x=spaced(4, 16, 3, 3), w=positive(16), b=normal(16) * 0.1)


def at(channel):
    return channel[:, None, None]


case("batchNorm.inference",
     lambda i: ((i["x"] - at(i["m"])) / (at(i["v"]) + 1e-5).sqrt() * at(i["w"]) + at(i["b"])),
     x=normal(2, 17, 3, 3), w=positive(17), b=normal(17), m=normal(17), v=positive(17))
case("layerNorm", lambda i: F.layer_norm(i["x"], (37,), i["w"], i["b"], 1e-5), x=normal(3, 4, 37), w=positive(37), b=normal(37))
case("groupNorm", lambda i: F.group_norm(i["x"], 3, i["w"], i["b"], 1e-5), x=normal(2, 6, 3, 4), w=positive(6), b=normal(6))

case("maxPool.two", lambda i: F.max_pool2d(i["x"], 2), x=spaced(2, 3, 6, 7))
case("maxPool.three", lambda i: F.max_pool2d(i["x"], 3, 2, 1), x=spaced(2, 17, 5, 5))
case("averagePool.two", lambda i: F.avg_pool2d(i["x"], 2), x=normal(2, 3, 6, 7))
case("averagePool.three", lambda i: F.avg_pool2d(i["x"], 3, 2, 1), x=normal(2, 17, 5, 5))
case("globalAveragePool", lambda i: i["x"].mean((2, 3)), x=normal(2, 17, 3, 5))

IDS = torch.tensor([[0, 3, 3], [6, 1, 0]])
case("embedding", lambda i: F.embedding(IDS, i["table"]), table=normal(7, 5))
case("softmax", lambda i: F.softmax(i["x"], -1), x=normal(3, 4, 19) * 3)
case("logSoftmax", lambda i: F.log_softmax(i["x"], -1), x=normal(5, 10) * 3)
LABELS = torch.tensor([0, 9, 3, 3, 7])
case("crossEntropy", lambda i: F.cross_entropy(i["x"], LABELS), x=normal(5, 10) * 3)


def attend(i, mask):
    scores = i["q"] @ i["k"].mT / i["q"].shape[-1] ** 0.5
    if mask is not None:
        scores = scores.masked_fill(mask[:, None, None, :] == 0, torch.finfo(scores.dtype).min)
    return scores.softmax(-1) @ i["v"]


MASK = torch.tensor([[1, 1, 1, 1, 0, 0, 0], [1, 1, 1, 1, 1, 1, 1]]).double()
case("attention.plain", lambda i: attend(i, None), q=normal(2, 3, 5, 4), k=normal(2, 3, 7, 4), v=normal(2, 3, 7, 4))
case("attention.masked", lambda i: attend(i, MASK), q=normal(2, 3, 7, 4), k=normal(2, 3, 7, 4), v=normal(2, 3, 7, 4))


case("activation.relu6", lambda i: F.relu6(i["x"]), x=spaced(5, 39) * 4)
case("activation.silu", lambda i: F.silu(i["x"]), x=normal(3, 37) * 3)
case("activation.hardSwish", lambda i: i["x"] * F.relu6(i["x"] + 3) / 6, x=spaced(5, 39) * 3)
case("activation.hardSigmoid", lambda i: F.relu6(i["x"] + 3) / 6, x=spaced(5, 39) * 3)
case("activation.geluTanh", lambda i: F.gelu(i["x"], approximate="tanh"), x=normal(3, 37) * 2)
case("conv.farPadding", lambda i: F.conv2d(F.pad(i["x"], (1, 2, 0, 1)), i["w"], None, 2), x=normal(2, 16, 7, 6), w=normal(16, 16, 3, 3) * 0.3)
case("conv.farPaddingDepthwise", lambda i: F.conv2d(F.pad(i["x"], (0, 1, 0, 1)), i["w"], i["b"], 2, groups=16),
     x=normal(1, 16, 8, 8), w=normal(16, 1, 3, 3) * 0.3, b=normal(16))
case("maxPool.ceil", lambda i: F.max_pool2d(i["x"], 3, 2, ceil_mode=True), x=spaced(2, 16, 6, 7))
case("maxPool.ceilPadded", lambda i: F.max_pool2d(i["x"], 2, 2, 1, ceil_mode=True), x=spaced(2, 3, 5, 6))
case("adaptivePool.divides", lambda i: F.adaptive_avg_pool2d(i["x"], (3, 3)), x=normal(2, 5, 6, 6))
case("adaptivePool.overlaps", lambda i: F.adaptive_avg_pool2d(i["x"], (3, 4)), x=normal(2, 5, 5, 6))
case("adaptivePool.repeats", lambda i: F.adaptive_avg_pool2d(i["x"], (7, 7)), x=normal(2, 5, 2, 3))
case("join.blocked", lambda i: torch.cat([i["a"], i["b"], i["a"], i["c"]], 1).square(), a=normal(2, 16, 2, 3), b=normal(2, 32, 2, 3), c=normal(2, 5, 2, 3))
case("view.slicedBlocks", lambda i: i["x"][:, 16:].square(), x=normal(2, 37, 2, 2))
case("view.channelsLast", lambda i: i["x"].permute(0, 2, 3, 1) * 2, x=normal(2, 20, 3, 2))
case("view.channelsFirst", lambda i: i["x"].permute(0, 3, 1, 2) * i["y"], x=normal(2, 3, 2, 20), y=normal(2, 20, 3, 2))
case("batchNorm.joined", lambda i: F.batch_norm(torch.cat([i["a"], i["x"]], 1), None, None, i["w"], i["b"], True, 0.1, 1e-5),
     a=normal(3, 16, 2, 2) * 2 + 1, x=normal(3, 32, 2, 2), w=positive(48), b=normal(48))
case("batchNorm.joinedOdd", lambda i: F.batch_norm(torch.cat([i["a"], i["x"]], 1), None, None, i["w"], i["b"], True, 0.1, 1e-5),
     a=normal(3, 3, 2, 3) * 2 + 1, x=normal(3, 5, 2, 3), w=positive(8), b=normal(8))
case("planes.plain", lambda i: i["x"] * i["s"][:, :, None, None], x=normal(2, 5, 3, 2), s=normal(2, 5))
case("planes.blocked", lambda i: i["x"] * i["s"][:, :, None, None], x=normal(2, 20, 3, 2), s=normal(2, 20))


def walk(i, kind, lengths=None, reverse=False):
    """One direction of torch's LSTM or GRU, each sequence alone, as packed sequences are; joined with the final states."""
    time, batch = i["x"].shape[:2]
    parameters = [i["wi"], i["wh"], i["bi"], i["bh"]] if "bi" in i else [i["wi"], i["wh"]]
    outputs, finals = [], []
    for b in range(batch):
        length = lengths[b] if lengths else time
        x = i["x"][:length, b : b + 1]
        x = x.flip(0) if reverse else x
        first = [i[k][None, b : b + 1] for k in ("h", "c") if k in i] or [i["x"].new_zeros(1, 1, i["wh"].shape[1])] * (1 if kind == "gru" else 2)
        if kind == "lstm":
            y, *final = torch.lstm(x, first, parameters, "bi" in i, 1, 0.0, False, False, False)
        else:
            y, *final = torch.gru(x, first[0], parameters, "bi" in i, 1, 0.0, False, False, False)
        y = y.flip(0) if reverse else y
        outputs.append(F.pad(y, (0, 0, 0, 0, 0, time - length)))
        finals.append(torch.cat(final))
    return torch.cat([torch.cat(outputs, 1), torch.cat(finals, 1)])


for kind, gates in (("lstm", 4), ("gru", 3)):
    for variant, lengths, reverse, plain in (
            ("forward", None, False, False), ("backward", None, True, False), ("lengths", [4, 2, 3], False, False),
            ("backwardLengths", [4, 2, 3], True, False), ("bare", None, False, True)):
        inputs = dict(x=normal(4, 3, 5), wi=normal(gates * 6, 5) * 0.5, wh=normal(gates * 6, 6) * 0.5)
        if not plain:
            inputs |= dict(bi=normal(gates * 6) * 0.5, bh=normal(gates * 6) * 0.5, h=normal(3, 6)) | (dict(c=normal(3, 6)) if kind == "lstm" else {})
        case(f"recurrent.{kind}.{variant}", lambda i, k=kind, l=lengths, r=reverse: walk(i, k, l, r), **inputs)
case("crossEntropy.ignored", lambda i: F.cross_entropy(i["x"], torch.tensor([2, -100, 0, -100, 9])), x=normal(5, 10))


def chain(i, stride, groups):
    """Convolutions with a batch norm and ReLU6 between them: the first and every other norm's tensors are numbered."""
    y = i["x"]
    for k, (st, g) in enumerate(zip(stride, groups)):
        if k:
            y = F.batch_norm(y, None, None, i[f"g{k}"], i[f"b{k}"], True, 0.1, 1e-5).clamp(0, 6)
        w = i[f"w{k}"]
        y = F.conv2d(y, w, None, st, w.shape[-1] // 2, 1, g)
    return y


# The norms' results stay between the bounds, far from the kinks.
case("chain.widened", lambda i: chain(i, (1, 1, 1), (1, 19, 1)), x=normal(2, 9, 5, 4), w0=normal(19, 9, 1, 1) * 0.3,
     g1=positive(19) * 0.4, b1=normal(19) * 0.1 + 3, w1=normal(19, 1, 3, 3) * 0.3, g2=positive(19) * 0.4,
     b2=normal(19) * 0.1 + 3, w2=normal(12, 19, 1, 1) * 0.3)
case("chain.strided", lambda i: chain(i, (2, 1), (17, 1)), x=normal(3, 17, 7, 6), w0=normal(17, 1, 5, 5) * 0.3,
     g1=positive(17) * 0.4, b1=normal(17) * 0.1 + 3, w1=normal(33, 17, 1, 1) * 0.3)

for name in ["cos", "sin"]:
    case(f"unary.{name}", lambda i, f=getattr(torch, name): f(i["x"]), x=normal(3, 37) * 4)


def compute(name, function, inputs):
    torch.manual_seed(zlib.crc32(name.encode()))
    leaves = {k: v.double().requires_grad_() for k, v in inputs.items()}
    out = {f"{name}/input.{k}": v for k, v in inputs.items()}
    output = function(leaves)
    seed = normal(*output.shape)
    gradients = torch.autograd.grad((output * seed.double()).sum(), list(leaves.values()), create_graph=True)
    out[f"{name}/seed"], out[f"{name}/output"] = seed, output
    total = 0
    for key, gradient in zip(leaves, gradients):
        direction = normal(*gradient.shape)
        out[f"{name}/gradient.{key}"], out[f"{name}/direction.{key}"] = gradient, direction
        total = total + (gradient * direction.double()).sum()
    second = [None] * len(leaves)
    if total.requires_grad:
        second = torch.autograd.grad(total, list(leaves.values()), allow_unused=True)
    for (key, leaf), value in zip(leaves.items(), second):
        out[f"{name}/second.{key}"] = torch.zeros_like(leaf) if value is None else value
    return out


groups = {}
for name, (function, inputs) in CASES.items():
    groups.setdefault(name.split(".")[0], {}).update(compute(name, function, inputs))
for group, tensors in groups.items():
    save_file({k: v.detach().float().contiguous() for k, v in tensors.items()},
              Path(__file__).with_name("operators") / f"{group}.safetensors")
