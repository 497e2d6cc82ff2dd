"""One training step in PyTorch, as the workloads hand it to the timer."""

from dataclasses import dataclass
from typing import Callable

import torch


@dataclass(frozen=True)
class Step:
    """`run` does one step on `batch` examples and reads the loss back."""

    run: Callable[[], float]
    batch: int


def training_step(loss, optimizer, batch):
    """Forward, mean loss, backward, optimiser; `loss` is a function without arguments."""

    def run():
        optimizer.zero_grad()
        value = loss()
        value.backward()
        optimizer.step()
        return value.item()

    return Step(run, batch)


def trainable(module):
    return [parameter for parameter in module.parameters() if parameter.requires_grad]


def sgd(module, momentum=0.0, rate=0.01):
    return torch.optim.SGD(trainable(module), lr=rate, momentum=momentum, fused=True)


def adamw(module):
    return torch.optim.AdamW(trainable(module), lr=5e-5, weight_decay=0.01, fused=True)
