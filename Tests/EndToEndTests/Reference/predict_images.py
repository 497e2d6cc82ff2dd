"""Probabilities of a cifar-resnet8 that Tributary wrote, for a grey IDX file: MODEL IMAGES."""

import json
import pathlib
import sys

import numpy as np
import torch
from safetensors.torch import load_file

tests = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(tests / "TributaryModelsTests" / "Golden"))
from reference_models import CifarResNet  # noqa: E402

folder, images = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
config = json.loads((folder / "config.json").read_text())
raw = images.read_bytes()
count, height, width = np.frombuffer(raw, ">u4", 3, 4)
pixels = np.frombuffer(raw, np.uint8, offset=16).reshape(count, 1, height, width)
image = config["image"]
x = torch.from_numpy(pixels.astype(np.float32) / 255)
mean, deviation = (torch.tensor(image[k]).view(1, -1, 1, 1) for k in ("mean", "standard_deviation"))
model = CifarResNet(8, 1, 4).eval()
missing, surplus = model.load_state_dict(load_file(folder / "model.safetensors"), strict=False)
assert not surplus and all(name.endswith("num_batches_tracked") for name in missing), (missing, surplus)
with torch.no_grad():
    print(json.dumps(torch.softmax(model((x - mean) / deviation), dim=1).tolist()))
