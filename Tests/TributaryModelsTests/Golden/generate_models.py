"""Writes models/*.safetensors, what each architecture must give in inference and training; cases.json; names/*.json.

Weights and inputs come from a formula (reference_models.values), so only results are stored: features, logits and loss in full; of
each gradient and of the output of each layer that can be captured (by a forward hook) as many elements as the case says at even
distances, and two projections onto formula vectors, which every element enters; of the running statistics such elements only. An
input is taken whose activations stay clear of the kinks of ReLU and the like and of ties in max pooling, so that rounding cannot send
a gradient another way; what is stored is computed in double precision. Needs: torch torchvision safetensors.
Run: python generate_models.py [CASE...], to make all cases or only those; the others stay as they are.
"""

import sys

import torch

from image_cases import ImageCases
from reference_models import CifarResNet, Conv4, FedAvg2NN, FedAvgCNN, LeNet, LogisticRegression, SimpleCNN
from reference_recurrent import FrameRecurrent
from torchvision_models import vision

torch.manual_seed(0)
torch.set_num_threads(1)


def cifar_resnet(depth, norm="bn"):
    return lambda channels, size, classes: CifarResNet(depth, channels, classes, norm)


def conv4(strided):
    return lambda channels, size, classes: Conv4(channels, size, classes, strided)


def frames(cell):
    return lambda channels, size, classes, **settings: FrameRecurrent(cell, channels, size, classes, **settings)


cases = ImageCases({
    **{f"frame-{cell}": (frames(cell), "none") for cell in ("lstm", "gru")},
    "logistic-regression": (LogisticRegression, "none"), "simple-cnn": (SimpleCNN, r"conv\d|fc[12]"),
    "cifar-resnet20-gn": (cifar_resnet(20, "gn"), r"layer\d(\.\d+)?"),
    "fedavg-2nn": (FedAvg2NN, r"fc[12]"), "fedavg-cnn": (FedAvgCNN, r"conv\d|fc1"),
    "lenet-bn": (LeNet, r"conv\d|fc1"),
    **{f"resnet{d}": (vision(f"resnet{d}"), r"maxpool|layer\d(\.\d+)?") for d in (18, 34, 50, 101)},
    "vgg11": (vision("vgg11"), r"features\.(2|5|10|15|20)"), "vgg11_bn": (vision("vgg11_bn"), r"features\.(3|7|14|21|28)"),
    "vgg16": (vision("vgg16"), r"features\.(4|9|16|23|30)"), "vgg16_bn": (vision("vgg16_bn"), r"features\.(6|13|23|33|43)"),
    "alexnet": (vision("alexnet"), r"features\.(2|5|7|9|12)"),
    **{f"squeezenet1_{v}": (vision(f"squeezenet1_{v}"), r"features\.([2-9]|1\d)") for v in (0, 1)},
    **{n: (vision(n), r"features\.\d+") for n in ("mobilenet_v2", "mobilenet_v3_small", "mobilenet_v3_large")},
    **{n: (conv4(n.endswith("strided")), r"features\.layer\d") for n in ("conv4", "conv4-strided")},
    **{f"cifar-resnet{d}": (cifar_resnet(d), r"layer\d(\.\d+)?") for d in (8, 20, 32, 56)},
}, sys.argv[1:])
cases.add("logistic-regression", "logistic-regression", 1, 28, 10, 3)
cases.add("simple-cnn", "simple-cnn", 3, 32, 10, 3)
cases.add("simple-cnn-grey", "simple-cnn", 1, 19, 4, 3)
cases.add("cifar-resnet20-gn", "cifar-resnet20-gn", 3, 16, 10, 4)
cases.add("fedavg-2nn", "fedavg-2nn", 1, 28, 10, 3)
cases.add("fedavg-cnn", "fedavg-cnn", 1, 28, 10, 3)
cases.add("fedavg-cnn-rgb", "fedavg-cnn", 3, 18, 4, 3)
cases.add("conv4", "conv4", 1, 28, 5, 5, limit=64)
cases.add("conv4-rgb", "conv4", 3, 33, 5, 4, limit=64)
cases.add("conv4-strided", "conv4-strided", 1, 28, 5, 5, limit=64)
cases.add("conv4-strided-odd", "conv4-strided", 1, 21, 5, 5, limit=64)
cases.add("lenet-bn", "lenet-bn", 1, 28, 10, 3)
cases.add("frame-lstm", "frame-lstm", 1, 17, 5, 3, limit=64, hidden_size=12, layers=2)
cases.add("frame-lstm-forward", "frame-lstm", 3, 6, 4, 3, limit=64, hidden_size=12, bidirectional=False)
cases.add("frame-gru", "frame-gru", 1, 17, 5, 3, limit=64, hidden_size=12)
cases.add("lenet-bn-rgb", "lenet-bn", 3, 19, 4, 3)
cases.add("cifar-resnet8", "cifar-resnet8", 3, 32, 10, 4)
cases.add("cifar-resnet8-grey", "cifar-resnet8", 1, 28, 5, 4)
cases.add("cifar-resnet8-odd", "cifar-resnet8", 3, 19, 5, 4)
cases.add("cifar-resnet20", "cifar-resnet20", 3, 16, 10, 4)
cases.add("cifar-resnet32", "cifar-resnet32", 3, 12, 10, 4, limit=64)
cases.add("cifar-resnet56", "cifar-resnet56", 3, 12, 10, 3, limit=32)
cases.add("resnet18", "resnet18", 3, 48, 7, 3)
cases.add("resnet18-grey", "resnet18", 1, 33, 3, 4)
cases.add("resnet34", "resnet34", 3, 33, 3, 4, limit=16)
cases.add("resnet50", "resnet50", 3, 33, 3, 4, limit=16)
cases.add("resnet50-grouped", "resnet50", 3, 33, 3, 4, limit=8, groups=32, width_per_group=4)
cases.add("resnet101", "resnet101", 3, 33, 3, 2, limit=8, cleared=True, width_per_group=16)
cases.add("vgg11", "vgg11", 3, 40, 3, 2, limit=64, hidden=24, dropout=0)
cases.add("vgg11_bn", "vgg11_bn", 1, 32, 3, 4, limit=64, hidden=24, dropout=0)
cases.add("vgg16", "vgg16", 3, 32, 3, 2, limit=64, hidden=24, dropout=0)
cases.add("vgg16_bn", "vgg16_bn", 3, 32, 3, 4, limit=64, cleared=True, hidden=24, dropout=0)
cases.add("alexnet", "alexnet", 3, 80, 3, 2, hidden=40, dropout=0)
cases.add("squeezenet1_0", "squeezenet1_0", 3, 45, 5, 2, limit=64, dropout=0)
cases.add("squeezenet1_1", "squeezenet1_1", 1, 48, 5, 2, limit=64, dropout=0)
cases.add("mobilenet_v2", "mobilenet_v2", 3, 33, 3, 4, limit=32, dropout=0)
cases.add("mobilenet_v2-narrow", "mobilenet_v2", 1, 40, 3, 4, limit=32, dropout=0, width=0.35)
cases.add("mobilenet_v3_small", "mobilenet_v3_small", 3, 33, 3, 4, limit=32, dropout=0)
cases.add("mobilenet_v3_large", "mobilenet_v3_large", 3, 33, 3, 4, limit=16, dropout=0)
cases.write()
