"""Weights of torchvision's and timm's networks with random values, as those libraries' users save them, in FOLDER, and pictures of
256x256 pixels in FOLDER/pictures."""

import pathlib
import sys

import numpy as np
import torch
from PIL import Image
from safetensors.torch import save_file

folder, tests = pathlib.Path(sys.argv[1]), pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(tests / "TributaryModelsTests" / "Golden"))
from torchvision_models import torchvision  # noqa: E402
import timm  # noqa: E402

torch.manual_seed(0)


def calibrated(model):
    """The model with the running statistics of a few pictures, so that they differ at its end."""
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = None
    with torch.no_grad():
        model.train()(torch.randn(4, 3, 7, 7).repeat_interleave(32, 2).repeat_interleave(32, 3))
    return {n: t.contiguous() for n, t in model.state_dict().items()}


for name in ("resnet18", "mobilenet_v3_small", "squeezenet1_1"):
    torch.save(calibrated(getattr(torchvision.models, name)(num_classes=3)), folder / f"{name}.pth")
for name in ("vit_tiny_patch16_224", "efficientnet_b0", "convnext_tiny"):
    save_file(calibrated(timm.create_model(name, num_classes=3)), folder / f"{name}.safetensors")
generator = np.random.default_rng(0)
(folder / "pictures").mkdir()
for index in range(4):
    coarse = Image.fromarray(generator.integers(0, 256, (8, 8, 3), dtype=np.uint8))
    coarse.resize((256, 256), Image.BILINEAR).save(folder / f"pictures/{index}.png")
print("[]")
