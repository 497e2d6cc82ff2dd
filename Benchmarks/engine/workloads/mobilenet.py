"""MobileNetV2 (Sandler et al. 2018) as torchvision builds it."""

import torch.nn as nn

from .backbones import SHAPE
from .vision import train_all, train_head

# Widening inside, channels that come out, blocks, stride of the first.
STAGES = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2),
          (6, 320, 1, 1))
FEATURES = 1280


def unit(inputs, outputs, kernel=1, stride=1, groups=1):
    return [nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
            nn.BatchNorm2d(outputs), nn.ReLU6(inplace=True)]


class InvertedResidual(nn.Module):
    """1x1 to many channels, 3x3 on each channel, 1x1 to few, around a shortcut where the shape stays."""

    def __init__(self, inputs, outputs, widening, stride):
        super().__init__()
        wide = inputs * widening
        expand = unit(inputs, wide) if widening != 1 else []
        self.conv = nn.Sequential(
            *expand, *unit(wide, wide, kernel=3, stride=stride, groups=wide),
            nn.Conv2d(wide, outputs, 1, bias=False), nn.BatchNorm2d(outputs))
        self.has_shortcut = stride == 1 and inputs == outputs

    def forward(self, x):
        return x + self.conv(x) if self.has_shortcut else self.conv(x)


def features():
    layers = unit(3, 32, kernel=3, stride=2)
    channels = 32
    for widening, outputs, count, stride in STAGES:
        for index in range(count):
            layers.append(
                InvertedResidual(channels, outputs, widening, stride if index == 0 else 1))
            channels = outputs
    layers += unit(channels, FEATURES)
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten())


def head():
    return nn.Sequential(nn.Dropout(0.2), nn.Linear(FEATURES, 10))


def mobilenetv2(variant):
    return train_all(nn.Sequential(features(), head()), variant, batch=16, shape=SHAPE, momentum=0.9)


def mobilenetv2_frozen(variant):
    return train_head(features(), head(), variant, batch=32, shape=SHAPE)
