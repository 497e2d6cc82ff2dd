"""Image workloads. A variant is the memory layout: nchw or nhwc (channels_last)."""

import torch
import torch.nn as nn
import torch.nn.functional as F

from .step import sgd, training_step


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


def cifar_resnet20(variant):
    layers = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU(True)]
    channels = 16
    for width, stride in ((16, 1), (32, 2), (64, 2)):
        for index in range(3):
            layers.append(BasicBlock(channels, width, stride if index == 0 else 1))
            channels = width
    model = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))
    return train_all(model, variant, batch=64, shape=(3, 32, 32), momentum=0.9)


def fedavg_2nn(variant):
    model = nn.Sequential(
        nn.Flatten(), nn.Linear(784, 200), nn.ReLU(), nn.Linear(200, 200), nn.ReLU(),
        nn.Linear(200, 10))
    return train_all(model, variant, batch=10, shape=(1, 28, 28))


def fedavg_cnn(variant):
    model = nn.Sequential(
        nn.Conv2d(1, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(3136, 512), nn.ReLU(), nn.Linear(512, 10))
    return train_all(model, variant, batch=10, shape=(1, 28, 28))


def images(variant, batch, shape, classes=10):
    """A batch that lies ready in memory (ours is made from bytes in every step), and its labels."""
    x = torch.randn(batch, *shape).to(memory_format=layout(variant))
    return x, torch.randint(0, classes, (batch,))


def layout(variant):
    return torch.channels_last if variant == "nhwc" else torch.contiguous_format


def train_all(model, variant, batch, shape, momentum=0.0):
    """Every tensor is trained with SGD."""
    model = model.to(memory_format=layout(variant)).train()
    x, y = images(variant, batch, shape)
    return training_step(
        lambda: F.cross_entropy(model(x).float(), y), sgd(model, momentum), batch)


def train_head(backbone, head, variant, batch, shape):
    """The first epoch over a frozen backbone: features in inference mode, then the head's step."""
    backbone = backbone.to(memory_format=layout(variant)).eval()
    x, y = images(variant, batch, shape)

    def loss():
        with torch.no_grad():
            features = backbone(x).float()
        return F.cross_entropy(head(features).float(), y)

    return training_step(loss, sgd(head, momentum=0.9), batch)
