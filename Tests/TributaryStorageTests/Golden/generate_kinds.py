"""Writes kinds.safetensors with the Python package: every type, odd names, a scalar, an empty tensor."""

import pathlib

import torch
from safetensors.torch import save_file

six = torch.arange(6).reshape(2, 3)
save_file(
    {
        "b.f32": six.float(), "a.f32": -six.float(), "f64": six.double(), "f16": six.half(), "bf16": six.bfloat16(), "i64": six.long(),
        "i32": six.int(), "i16": six.short(), "i8": six.to(torch.int8), "u8": six.to(torch.uint8), "bool": six > 2, "scalar": torch.tensor(7.0),
        "empty": torch.zeros(0, 3), "é \"quoted\"\n": six.float() / 3, "odd": torch.ones(3, dtype=torch.uint8),
    },
    pathlib.Path(__file__).parent / "kinds.safetensors",
    metadata={"format": "pt"},
)
