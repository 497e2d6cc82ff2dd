"""The models in PyTorch, with the tensor names that Tributary gives them."""

from collections import OrderedDict

import torch
from torch import nn


def build(name):
    if name == "logistic-regression":
        return nn.Sequential(OrderedDict(linear=nn.Linear(784, 10)))
    if name == "fedavg-2nn":
        return nn.Sequential(OrderedDict(
            fc1=nn.Linear(784, 200), relu1=nn.ReLU(), fc2=nn.Linear(200, 200), relu2=nn.ReLU(),
            fc3=nn.Linear(200, 10)))
    # channels_last is what PyTorch's convolutions are fastest in here.
    return nn.Sequential(OrderedDict(
        image=nn.Unflatten(1, (1, 28, 28)),
        conv1=nn.Conv2d(1, 32, 5, padding=2), relu1=nn.ReLU(), pool1=nn.MaxPool2d(2),
        conv2=nn.Conv2d(32, 64, 5, padding=2), relu2=nn.ReLU(), pool2=nn.MaxPool2d(2),
        flat=nn.Flatten(), fc1=nn.Linear(3136, 512), relu3=nn.ReLU(), fc2=nn.Linear(512, 10),
    )).to(memory_format=torch.channels_last)


def initial(name, seed):
    torch.manual_seed(seed)
    return build(name)


def accuracy(model, images, labels):
    model.eval()
    with torch.inference_mode():
        hits = sum(
            int((model(x).argmax(1) == y).sum())
            for x, y in zip(images.split(1000), labels.split(1000)))
    model.train()
    return hits / len(labels)
