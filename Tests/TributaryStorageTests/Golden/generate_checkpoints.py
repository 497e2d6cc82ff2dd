"""Checkpoints that torch.save writes, in every form, beside the same tensors as safetensors.

    python generate_checkpoints.py        (writes checkpoints/)
"""

import io
import json
import pathlib
import zipfile
from collections import OrderedDict

import torch
from safetensors.torch import save_file

folder = pathlib.Path(__file__).parent / "checkpoints"
folder.mkdir(exist_ok=True)


def formula(count: int, start: int = 0) -> torch.Tensor:
    return ((torch.arange(start, start + count) * 37 % 101).float() - 50) / 8


shared = formula(24)
state = OrderedDict(
    [
        ("conv.weight", torch.nn.Parameter(formula(36).view(2, 2, 3, 3))),
        ("conv.channels_last", formula(24, 5).view(1, 2, 3, 4).contiguous(memory_format=torch.channels_last)),
        ("linear.weight", torch.nn.Parameter(formula(6, 7).view(2, 3).t())),
        ("view.first", shared[:6]),
        ("view.middle", shared[4:20].view(4, 4)[1:3, 1:3]),
        ("view.tied", shared[:6]),
        ("half", formula(5).half()),
        ("brain", formula(5).bfloat16()),
        ("double", formula(3).double()),
        ("int8", torch.tensor([-128, 0, 127], dtype=torch.int8)),
        ("uint8", torch.tensor([0, 255], dtype=torch.uint8)),
        ("int16", torch.tensor([-3, 300], dtype=torch.int16)),
        ("int32", torch.tensor([[1, -70000]], dtype=torch.int32)),
        ("num_batches_tracked", torch.tensor(7)),
        ("flags", torch.tensor([True, False, True])),
        ("empty", torch.zeros(0, 3)),
    ]
)
unsigned = {"uint16": torch.tensor([1, 65535], dtype=torch.uint16)}


def plain(tensors):
    return {name: tensor.detach().clone().contiguous() for name, tensor in tensors.items()}


def archive(value, **options) -> bytes:
    buffer = io.BytesIO()
    torch.save(value, buffer, **options)
    return buffer.getvalue()


def big_endian(data: bytes) -> bytes:
    """The archive as a big-endian machine writes it."""
    sizes = {"float": 4}
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(result, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename.endswith("/byteorder"):
                content = b"big"
            elif "/data/" in entry.filename:
                size = sizes["float"]
                content = b"".join(content[i : i + size][::-1] for i in range(0, len(content), size))
            new.writestr(entry.filename, content)
    return result.getvalue()


save_file(plain(state), folder / "state.safetensors")
(folder / "zip.pt").write_bytes(archive(state | unsigned))
(folder / "legacy.th").write_bytes(archive(state, _use_new_zipfile_serialization=False))
(folder / "protocol4.pt").write_bytes(archive(plain(state), pickle_protocol=4))
(folder / "protocol5.pt").write_bytes(archive(plain(state), pickle_protocol=5))
training = {
    "epoch": 3, "best": 91.25, "args": ["a", ("b", None)], "sets": {1, 2},
    "optimizer": {"state": {0: {"step": torch.tensor(9.0)}}, "param_groups": [{"lr": 0.1, "params": [0]}]},
    "state_dict": OrderedDict((f"module.{name}", state[name]) for name in ("conv.weight", "half")),
}
(folder / "training.pth").write_bytes(archive(training))
(folder / "training-legacy.pth").write_bytes(archive(training, _use_new_zipfile_serialization=False))
floats = {name: tensor for name, tensor in state.items() if tensor.dtype == torch.float32}
(folder / "big-endian.pt").write_bytes(big_endian(archive(plain(floats))))

for kind in ("bin", "safetensors"):
    sharded = folder / f"sharded-{kind}"
    sharded.mkdir(exist_ok=True)
    names = sorted(state)
    weights = {}
    for index, part in enumerate((names[:7], names[7:])):
        stem = "pytorch_model" if kind == "bin" else "model"
        name = f"{stem}-{index + 1:05}-of-00002.{kind}"
        tensors = {key: plain(state)[key] for key in part}
        if kind == "bin":
            torch.save(tensors, sharded / name)
        else:
            save_file(tensors, sharded / name, metadata={"format": "pt"})
        weights |= {key: name for key in part}
    stem = "pytorch_model.bin" if kind == "bin" else "model.safetensors"
    index = {"metadata": {"total_size": 0}, "weight_map": weights}
    (sharded / f"{stem}.index.json").write_text(json.dumps(index, indent=1))

for dtype, name in ((torch.float16, "float16"), (torch.bfloat16, "bfloat16")):
    special = torch.tensor([0.0, -0.0, 1e-7, 6e-8, 2.9e-8, 3.1e-5, 6.1e-5, 1 / 3, 1.0009765, 2049.0, 2051.0, 65504.0, -1e-30])
    values = torch.cat([special, torch.randn(500, generator=torch.Generator().manual_seed(1)) * 10])
    save_file({"from": values, "to": values.to(dtype), "back": values.to(dtype).float()}, folder / f"{name}.safetensors")
