"""Writes layers.safetensors and optimizers.safetensors: what torch's layers, optimisers and transformers' schedules give.

Inputs and parameters come from `signed`, the formula that Tests/TributaryNNTests/FormulaTensor.swift repeats.
Needs: torch transformers safetensors. Run: python generate_layers.py
"""

import json
import math
import pathlib
import sys

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn

try:
    import torchvision  # noqa: F401
except Exception:
    # One built for another torch fails to load, and transformers with it; neither needs it here.
    sys.modules["torchvision"] = None

from transformers import get_constant_schedule_with_warmup, get_cosine_schedule_with_warmup, get_linear_schedule_with_warmup

here = pathlib.Path(__file__).parent
torch.set_num_threads(1)


def signed(name, shape):
    """Numbers in [-1, 1), exact in float32: FNV-1a of the name, then splitmix64 of the index."""
    seed = 0xCBF29CE484222325
    for byte in name.encode():
        seed = ((seed ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + (np.arange(math.prod(shape), dtype=np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    s = (z >> np.uint64(40)).astype(np.float32) * np.float32(2**-23) - np.float32(1)
    return torch.from_numpy(s.reshape(shape))


out = {}


def layer(case, module, x, train=False):
    """The output, and the gradients of sum(output * signed('seed')) for the input and every parameter."""
    state = module.state_dict()
    for name, tensor in state.items():
        if name.endswith("num_batches_tracked"):
            continue
        values = signed(f"{case}.{name}", tensor.shape)
        state[name] = values + 2 if name.endswith("running_var") else values
    module.load_state_dict(state)
    module.train(train)
    x = x.clone().requires_grad_(x.is_floating_point())
    y = module(x)
    (y * signed("seed", y.shape)).sum().backward()
    out[f"{case}/output"] = y.detach()
    if x.grad is not None:
        out[f"{case}/input"] = x.grad
    for name, parameter in module.named_parameters():
        out[f"{case}/gradient/{name}"] = parameter.grad
    for name, buffer in module.named_buffers():
        if "running" in name:
            out[f"{case}/buffer/{name}"] = buffer.clone()


class SameConv2d(nn.Conv2d):
    """TensorFlow's SAME padding, the odd row and column at the far side."""

    def forward(self, x):
        padding = []
        for extent in (x.shape[3], x.shape[2]):
            total = max(0, (-(-extent // self.stride[0]) - 1) * self.stride[0] + self.kernel_size[0] - extent)
            padding += [total // 2, total - total // 2]
        return super().forward(nn.functional.pad(x, padding))


image = signed("image", (2, 6, 7, 7))
layer("linear", nn.Linear(5, 3), signed("rows", (4, 5)))
layer("linear-plain", nn.Linear(5, 3, bias=False), signed("batch", (2, 3, 5)))
layer("conv", nn.Conv2d(6, 4, 3, padding=1), image)
layer("conv-strided", nn.Conv2d(6, 4, 5, stride=2, padding=2, bias=False), image)
layer("conv-dilated", nn.Conv2d(6, 4, 3, padding=2, dilation=2), image)
layer("conv-grouped", nn.Conv2d(6, 4, 3, groups=2), image)
layer("conv-depthwise", nn.Conv2d(6, 6, 3, padding=1, groups=6), image)
layer("conv-same", SameConv2d(6, 4, 4), image)
layer("conv-same-strided", SameConv2d(6, 4, 2, stride=2, bias=False), image)
layer("batch-norm", nn.BatchNorm2d(6), image, train=True)
layer("batch-norm-inference", nn.BatchNorm2d(6, eps=1e-3), image)
layer("group-norm", nn.GroupNorm(3, 6), image)
layer("layer-norm", nn.LayerNorm(5, eps=1e-12), signed("batch", (2, 3, 5)))
layer("embedding", nn.Embedding(9, 4), torch.tensor([[1, 8, 0], [1, 1, 5]]))
layer("max-pool", nn.MaxPool2d(3, 2, 1), image)
layer("average-pool", nn.AvgPool2d(2), image)


class Attention(nn.Module):
    """Masked self-attention with four named projections, spelled out."""

    def __init__(self):
        super().__init__()
        self.q, self.k, self.v, self.o = (nn.Linear(8, 8) for _ in range(4))

    def forward(self, x):
        mask = torch.tensor([[1.0, 1, 1, 1, 1], [1, 1, 1, 0, 0]])
        q, k, v = (f(x).reshape(2, 5, 2, 4).transpose(1, 2) for f in (self.q, self.k, self.v))
        scores = q @ k.transpose(2, 3) / 2 + (1 - mask[:, None, None, :]) * -1e30
        return self.o((scores.softmax(-1) @ v).transpose(1, 2).reshape(2, 5, 8))


layer("attention", Attention(), signed("tokens", (2, 5, 8)))


class FirstAttention(Attention):
    """The same, of which only the first token's result is wanted."""

    def forward(self, x):
        return super().forward(x)[:, :1]


layer("attention-first", FirstAttention(), signed("tokens", (2, 5, 8)))


class LoRA(nn.Linear):
    """A linear layer with a low-rank adapter (Hu et al. 2021), rank 2, alpha 6, as PEFT computes it."""

    def __init__(self):
        super().__init__(5, 3)
        self.lora_A, self.lora_B = nn.Linear(5, 2, bias=False), nn.Linear(2, 3, bias=False)

    def forward(self, x):
        return super().forward(x) + self.lora_B(self.lora_A(x)) * 3


class LinearGelu(nn.Linear):
    def forward(self, x):
        return nn.functional.gelu(super().forward(x))


class ResidualNorm(nn.LayerNorm):
    def forward(self, x):
        return super().forward(x + signed("residual", x.shape))


layer("linear-adapted", LoRA(), signed("batch", (2, 3, 5)))
layer("linear-gelu", LinearGelu(5, 3), signed("batch", (2, 3, 5)))
layer("residual-norm", ResidualNorm(5), signed("batch", (2, 3, 5)))
save_file({n: t.contiguous() for n, t in out.items()}, here / "layers.safetensors")

out = {}
for case, make in {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.1),
    "sgd-momentum": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01),
    "sgd-nesterov": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.001),
    "adamw": lambda p: torch.optim.AdamW(p, lr=0.01),
    "adamw-other": lambda p: torch.optim.AdamW(p, lr=0.01, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1),
}.items():
    parameters = {name: nn.Parameter(signed(name, shape)) for name, shape in {"w": (7, 5), "b": (3,)}.items()}
    optimizer = make(parameters.values())
    for step in range(6):
        for group in optimizer.param_groups:
            group["lr"] *= 0.9 if step else 1
        for name, parameter in parameters.items():
            # "b" has no gradient in the first two steps.
            parameter.grad = None if name == "b" and step < 2 else signed(f"gradient.{name}.{step}", parameter.shape)
        optimizer.step()
        for name, parameter in parameters.items():
            out[f"{case}/{step}/{name}"] = parameter.detach().clone()
save_file(out, here / "optimizers.safetensors")

rates = {}
for kind, make in {
    "constant": lambda o, w, n: get_constant_schedule_with_warmup(o, w), "cosine": get_cosine_schedule_with_warmup, "linear": get_linear_schedule_with_warmup,
}.items():
    for warmup, steps in [(0, 20), (5, 20), (20, 20), (1, 1)]:
        optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.3)
        schedule = make(optimizer, warmup, steps)
        found = []
        for _ in range(steps):
            found.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            schedule.step()
        rates[f"{kind}/{warmup}/{steps}"] = found
(here / "schedules.json").write_text(json.dumps(rates) + "\n")
