"""IDX images and how they are divided among the clients."""

import gzip
from pathlib import Path

import numpy as np


def idx_path(folder, stem):
    for name in (stem, stem + ".gz"):
        if (Path(folder) / name).exists():
            return str(Path(folder) / name)
    raise FileNotFoundError(
        f"{folder} has no {stem}[.gz]: name a folder with the four files of MNIST or Fashion-MNIST")


def idx(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
        raw = file.read()
    rank = raw[3]
    shape = [int.from_bytes(raw[4 + 4 * axis:8 + 4 * axis], "big") for axis in range(rank)]
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * rank).reshape(shape)


def split(folder, part):
    """part: train or t10k. Pixels in 0...1, float32 [count, 784], and labels, int64 [count]."""
    images = idx(idx_path(folder, f"{part}-images-idx3-ubyte"))
    labels = idx(idx_path(folder, f"{part}-labels-idx1-ubyte"))
    return images.reshape(len(images), -1).astype(np.float32) / 255, labels.astype(np.int64)


def partition(count, clients, seed):
    """Equal shares at random: each client's indices."""
    order = np.random.default_rng(seed).permutation(count)
    return np.array_split(order, clients)
