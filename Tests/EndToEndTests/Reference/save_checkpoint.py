"""Saves a model.safetensors as torch.save does, in training checkpoints of both forms: FILE FOLDER."""

import pathlib
import sys

import torch
from safetensors.torch import load_file

tensors, folder = load_file(sys.argv[1]), pathlib.Path(sys.argv[2])
training = {"epoch": 1, "state_dict": {f"module.{name}": torch.nn.Parameter(value) for name, value in tensors.items()}}
torch.save(training, folder / "new.pth")
torch.save(training, folder / "old.th", _use_new_zipfile_serialization=False)
print("[]")
