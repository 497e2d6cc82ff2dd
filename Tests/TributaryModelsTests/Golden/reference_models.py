"""The reference networks in PyTorch, and the formula that fills tensors with the same values in Swift and Python."""

import math
from collections import OrderedDict

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def signed(name, count):
    """Numbers in [-1, 1), exact in float32, from the name and the index: FNV-1a, then splitmix64."""
    seed = 0xCBF29CE484222325
    for byte in name.encode():
        seed = ((seed ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + (np.arange(count, dtype=np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(40)).astype(np.float32) * np.float32(2**-23) - np.float32(1)


def values(name, shape):
    """A tensor's values: of a size that keeps signals near 1."""
    s = signed(name, math.prod(shape))
    if name.endswith("running_var"):
        s = np.float32(1) + np.float32(0.5) * s
    elif name.endswith(".bn3.weight"):
        # The last norm of a bottleneck: what residuals add stays small.
        s = np.float32(0.25) + np.float32(0.125) * s
    elif len(shape) == 1 and name.endswith("weight"):
        s = np.float32(1) + np.float32(0.25) * s
    elif len(shape) == 1:
        s = np.float32(0.1) * s
    elif "embeddings" in name:
        s = np.float32(0.5) * s
    else:
        s = np.float32(math.sqrt(3 / math.prod(shape[1:]))) * s
    return torch.from_numpy(s.reshape(shape))


def fill(model):
    # A tensor with two names gets the values of the first.
    names = {n for n, _ in model.named_parameters()} | {n for n, _ in model.named_buffers()}
    state = {n: values(n, tuple(t.shape)) for n, t in model.state_dict().items() if n in names and not n.endswith("num_batches_tracked")}
    model.load_state_dict(state, strict=False)
    return model


class LogisticRegression(nn.Module):
    def __init__(self, channels, size, classes):
        super().__init__()
        self.linear = nn.Linear(channels * size * size, classes)

    def forward(self, x):
        return self.linear(x.flatten(1))


class SimpleCNN(nn.Module):
    """Li et al. 2022, "Federated Learning on Non-IID Data Silos"."""

    def __init__(self, channels, size, classes):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(channels, 6, 5), nn.Conv2d(6, 16, 5)
        side = ((size - 4) // 2 - 4) // 2
        self.fc1, self.fc2, self.fc3 = nn.Linear(16 * side * side, 120), nn.Linear(120, 84), nn.Linear(84, classes)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2).flatten(1)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x)))))


class FedAvg2NN(nn.Module):
    """McMahan et al. 2017."""

    def __init__(self, channels, size, classes):
        super().__init__()
        self.fc1, self.fc2, self.fc3 = nn.Linear(channels * size * size, 200), nn.Linear(200, 200), nn.Linear(200, classes)

    def features(self, x):
        return F.relu(self.fc2(F.relu(self.fc1(x.flatten(1)))))

    def forward(self, x):
        return self.fc3(self.features(x))


class FedAvgCNN(nn.Module):
    """McMahan et al. 2017."""

    def __init__(self, channels, size, classes):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(channels, 32, 5, padding=2), nn.Conv2d(32, 64, 5, padding=2)
        self.fc1, self.fc2 = nn.Linear(64 * (size // 4) ** 2, 512), nn.Linear(512, classes)

    def features(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return F.relu(self.fc1(x.flatten(1)))

    def forward(self, x):
        return self.fc2(self.features(x))


class LeNet(nn.Module):
    """LeNet in ADDA's widths (Tzeng et al. 2017), with batch norms."""

    def __init__(self, channels, size, classes):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(channels, 20, 5), nn.Conv2d(20, 50, 5)
        self.bn1, self.bn2 = nn.BatchNorm2d(20), nn.BatchNorm2d(50)
        self.fc1, self.fc2 = nn.Linear(50 * (((size - 4) // 2 - 4) // 2) ** 2, 500), nn.Linear(500, classes)

    def features(self, x):
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 2)
        x = F.max_pool2d(F.relu(self.bn2(self.conv2(x))), 2)
        return F.relu(self.fc1(x.flatten(1)))

    def forward(self, x):
        return self.fc2(self.features(x))


class Conv4(nn.Module):
    """The network of few-shot learning, named as in torchmeta; strided as in the code of Reptile and MAML for Omniglot."""

    def __init__(self, channels, size, classes, strided=False):
        super().__init__()

        def block(inputs):
            layers = [("conv", nn.Conv2d(inputs, 64, 3, 2 if strided else 1, 1, bias=False)), ("norm", nn.BatchNorm2d(64)), ("relu", nn.ReLU())]
            return nn.Sequential(OrderedDict(layers + ([] if strided else [("pool", nn.MaxPool2d(2))])))

        self.features = nn.Sequential(OrderedDict((f"layer{i}", block(channels if i == 1 else 64)) for i in range(1, 5)))
        self.classifier = nn.Linear(64 * (-(-size // 16) if strided else size // 16) ** 2, classes)

    def forward(self, x):
        return self.classifier(self.features(x).flatten(1))


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride, norm):
        super().__init__()
        self.norm = norm
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        setattr(self, f"{norm}1", NORMS[norm](outputs))
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        setattr(self, f"{norm}2", NORMS[norm](outputs))
        self.added = outputs - inputs

    def forward(self, x):
        first, second = getattr(self, f"{self.norm}1"), getattr(self, f"{self.norm}2")
        y = second(self.conv2(F.relu(first(self.conv1(x)))))
        if self.added:
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.added // 2, self.added // 2))
        return F.relu(y + x)


NORMS = {"bn": nn.BatchNorm2d, "gn": lambda channels: nn.GroupNorm(2, channels)}


class CifarResNet(nn.Module):
    """He et al. 2016, named as in akamaster/pytorch_resnet_cifar10, shortcuts of option A. norm: bn, or gn with two groups."""

    def __init__(self, depth, channels, classes, norm="bn"):
        super().__init__()
        self.norm = norm
        self.conv1 = nn.Conv2d(channels, 16, 3, 1, 1, bias=False)
        setattr(self, f"{norm}1", NORMS[norm](16))
        inputs = 16
        for layer, outputs in enumerate([16, 32, 64]):
            blocks = []
            for index in range((depth - 2) // 6):
                blocks.append(Block(inputs, outputs, 2 if layer and not index else 1, norm))
                inputs = outputs
            setattr(self, f"layer{layer + 1}", nn.Sequential(*blocks))
        self.linear = nn.Linear(64, classes)

    def features(self, x):
        x = F.relu(getattr(self, f"{self.norm}1")(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        return x.mean(dim=(2, 3))

    def forward(self, x):
        return self.linear(self.features(x))
