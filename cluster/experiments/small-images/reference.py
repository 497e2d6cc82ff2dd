"""The cells of `run` in PyTorch: the same network, weights, pixels and settings; order and fresh weights are its own draw.

    TRIBUTARY_SHARED=... python reference.py ants|xrays METHOD --rate R --epochs E --batch B --seed S     (one JSON line)
"""

import argparse
import gzip
import json
import math
import os
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import load_file

SHARED = Path(os.environ["TRIBUTARY_SHARED"]) / "data"
STAGES = [(1, 1), (2, 2), (3, 2), (4, 2), (3, 1), (3, 2), (1, 1)]  # blocks, stride


class MobileNet(torch.nn.Module):
    """Keras' MobileNetV2 by its checkpoint's names, and a classifier."""

    def __init__(self, classes):
        super().__init__()
        weights = load_file(SHARED / "weights/mobilenetv2_0.35_224_imagenet_notop.safetensors")
        self.names = {}
        for index, (name, value) in enumerate(sorted(weights.items())):
            self.names[name] = f"w{index}"
            if "moving" in name:
                self.register_buffer(f"w{index}", value)
            else:
                self.register_parameter(f"w{index}", torch.nn.Parameter(value))
        self.classifier = torch.nn.Linear(1280, classes)
        self.moving = set()

    def w(self, name):
        return getattr(self, self.names[name])

    def move(self, prefixes):
        """Everything but what begins with one of `prefixes` stays, its batch norms with their statistics."""
        self.moving = {name for name in self.names if name.startswith(tuple(prefixes))}
        for name in self.names:
            if "moving" not in name:
                self.w(name).requires_grad_(name in self.moving)

    def layer(self, name, norm, kernel, x, stride, groups, clipped):
        weight = self.w(f"{name}/{kernel}")
        size, extent = weight.shape[2], x.shape[2]
        total = max(0, (-(-extent // stride) - 1) * stride + size - extent)
        x = F.pad(x, [total // 2, total - total // 2] * 2)
        x = F.conv2d(x, weight, None, stride, groups=groups)
        x = F.batch_norm(
            x, self.w(f"{norm}/moving_mean"), self.w(f"{norm}/moving_variance"), self.w(f"{norm}/gamma"),
            self.w(f"{norm}/beta"), self.training and f"{norm}/gamma" in self.moving, 0.1, 1e-3)
        return x.clip(0, 6) if clipped else x

    def features(self, x):
        def part(name, x, stride, groups, clipped):
            kernel = "depthwise_kernel" if name.endswith("depthwise") else "kernel"
            return self.layer(name, f"{name}_BN", kernel, x, stride, groups, clipped)

        x = self.layer("Conv1", "bn_Conv1", "kernel", x, 2, 1, True)
        index = 0
        for blocks, stride in STAGES:
            for member in range(blocks):
                prefix = f"block_{index}" if index else "expanded_conv"
                y = part(f"{prefix}_expand", x, 1, 1, True) if index else x
                y = part(f"{prefix}_depthwise", y, 1 if member else stride, y.shape[1], True)
                y = part(f"{prefix}_project", y, 1, 1, False)
                x = x + y if member else y
                index += 1
        return self.layer("Conv_1", "Conv_1_bn", "kernel", x, 1, 1, True).mean((2, 3))

    def forward(self, x):
        return self.classifier(self.features(x))


def photographs(part):
    images, labels = [], []
    for label, kind in enumerate(["ants", "bees"]):
        for path in sorted((SHARED / "hymenoptera" / part / kind).iterdir()):
            image = Image.open(path).convert("RGB").resize((224, 224), Image.BILINEAR)
            images.append(torch.from_numpy(np.asarray(image).copy()).permute(2, 0, 1))
            labels.append(label)
    return torch.stack(images), torch.tensor(labels)


def idx(path):
    data = path.read_bytes()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    shape = [int.from_bytes(data[4 + 4 * i:8 + 4 * i], "big") for i in range(data[3])]
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(shape)


def xrays(part, size=64):
    images = idx(SHARED / f"pneumoniamnist/{part}-images-idx3-ubyte")
    scaled = [np.asarray(Image.fromarray(image).resize((size, size), Image.BILINEAR)) for image in images]
    labels = idx(SHARED / f"pneumoniamnist/{part}-labels-idx1-ubyte")
    return (torch.from_numpy(np.stack(scaled))[:, None].expand(-1, 3, -1, -1),
            torch.from_numpy(labels.astype(np.int64)))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data", choices=["ants", "xrays"])
    parser.add_argument("method", choices=["head", "last-block", "full"])
    parser.add_argument("--rate", type=float, required=True)
    parser.add_argument("--epochs", type=int, required=True)
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    read = photographs if options.data == "ants" else xrays
    start = time.time()
    (x, y), (test, truth) = read("train"), read("val" if options.data == "ants" else "test")
    model = MobileNet(2)
    model.move({"head": ["none"], "last-block": ["block_16_", "Conv_1"], "full": [""]}[options.method])

    def batch(images):
        return (images.float() / 127.5 - 1).contiguous(memory_format=torch.channels_last)

    frozen = options.method == "head"
    if frozen:
        model.eval()
        with torch.no_grad():
            x = torch.cat([model.features(batch(part)) for part in x.split(32)])
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=options.rate, momentum=0.9)
    steps = options.epochs * -(-len(x) // options.batch)
    step = 0
    for _ in range(options.epochs):
        model.train(not frozen)
        for rows in torch.randperm(len(x)).split(options.batch):
            for group in optimizer.param_groups:
                group["lr"] = options.rate * (1 + math.cos(math.pi * step / steps)) / 2
            logits = model.classifier(x[rows]) if frozen else model(batch(x[rows]))
            optimizer.zero_grad()
            F.cross_entropy(logits, y[rows]).backward()
            optimizer.step()
            step += 1
    model.eval()
    with torch.no_grad():
        right = sum(int((model(batch(part)).argmax(1) == labels).sum())
                    for part, labels in zip(test.split(32), truth.split(32)))
    print(json.dumps({"accuracy": right / len(truth), "seconds": round(time.time() - start, 1)}))


main()
