"""Probabilities of a model that Tributary wrote, by torchvision's or timm's network, loaded strictly: MODEL PICTURES. Of the
pictures, 256x256, the middle 224x224 pixels are taken, or they are stretched to that where the model's config.json says no `resize`."""

import json
import pathlib
import sys

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file

folder, pictures, tests = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(tests / "TributaryModelsTests" / "Golden"))
from torchvision_models import torchvision  # noqa: E402
import timm  # noqa: E402

config, state = json.loads((folder / "config.json").read_text()), load_file(folder / "model.safetensors")
name = config["architecture"]
make = timm.create_model if name.startswith("vit") else lambda name, **settings: getattr(torchvision.models, name)(**settings)
model = make(name, num_classes=config["classes"])
# Counted in training only; all that a state of ours lacks.
state |= {n: t for n, t in model.state_dict().items() if n.endswith("num_batches_tracked")}
model.load_state_dict(state, strict=True)
box = (16, 16, 240, 240) if "resize" in config["image"] else (0, 0, 256, 256)
pixels = np.stack([np.array(Image.open(path).convert("RGB").resize((224, 224), Image.BILINEAR, box=box)) for path in sorted(pictures.iterdir())])
mean, deviation = (torch.tensor(config["image"][k]).view(1, -1, 1, 1) for k in ("mean", "standard_deviation"))
with torch.no_grad():
    logits = model.eval()((torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255 - mean) / deviation)
print(json.dumps(torch.softmax(logits, dim=1).tolist()))
