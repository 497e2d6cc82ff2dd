"""Writes linear_algebra.safetensors: what NumPy and SciPy make of a few matrices.

Needs: numpy scipy safetensors. Run: python generate_linear_algebra.py
"""

import pathlib

import numpy as np
import scipy.linalg
from safetensors.numpy import save_file

random = np.random.default_rng(5)
out = {}


def signed(rows):
    """Of a vector and its opposite, the one whose largest element is positive."""
    return np.stack([row * np.sign(row[np.argmax(np.abs(row))]) for row in rows])


base = random.standard_normal((12, 12))
symmetric = base + base.T
positive = base @ base.T + 0.5 * np.eye(12)
out["symmetric"], out["positive"] = symmetric, positive
values, vectors = np.linalg.eigh(symmetric)
out["eigen/values"], out["eigen/vectors"] = values[::-1], signed(vectors.T[::-1])
values, vectors = scipy.linalg.eigh(symmetric, positive)
out["generalized/values"], out["generalized/vectors"] = values[::-1], signed(vectors.T[::-1])
out["right"] = random.standard_normal((12, 3))
out["solution"] = np.linalg.solve(positive, out["right"])
out["root"] = scipy.linalg.sqrtm(positive).real
for name, shape in [("tall", (9, 5)), ("wide", (5, 9))]:
    matrix = random.standard_normal(shape)
    left, singular, right = np.linalg.svd(matrix, full_matrices=False)
    signs = np.sign(right[np.arange(5), np.argmax(np.abs(right), axis=1)])
    out[f"{name}/matrix"], out[f"{name}/values"] = matrix, singular
    out[f"{name}/left"], out[f"{name}/right"] = (left * signs).T, right * signs[:, None]
save_file({name: np.ascontiguousarray(value) for name, value in out.items()},
          pathlib.Path(__file__).with_name("linear_algebra.safetensors"))
