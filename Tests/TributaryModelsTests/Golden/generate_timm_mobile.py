"""Writes timm_mobile.json and timm_mobile.safetensors: the tensors of timm's networks whose names differ from torchvision's, and their logits in
inference (not VGG's) with values from the formula. Needs: timm torch safetensors. Run: python generate_timm_mobile.py
"""

import json
import pathlib

import torch
from safetensors.torch import save_file

import torchvision_models  # noqa: F401  (timm imports torchvision)
import timm
from reference_models import fill, values

here = pathlib.Path(__file__).parent
cases, out = {}, {}
for name, architecture in [
    ("mobilenetv2_050", "mobilenet_v2"), ("mobilenetv3_small_100", "mobilenet_v3_small"), ("mobilenetv3_large_100", "mobilenet_v3_large"),
]:
    model = fill(timm.create_model(name, num_classes=3)).eval()
    tensors = {n: list(t.shape) for n, t in model.state_dict().items()}
    with torch.no_grad():
        out[name] = model.double()(values("input", (2, 3, 224, 224)).double() * 8).float()
    cases[name] = {"architecture": architecture, "tensors": tensors}
# Too large for values.
with torch.device("meta"):
    tensors = {n: list(t.shape) for n, t in timm.create_model("vgg11_bn", num_classes=3).state_dict().items()}
cases["vgg11_bn"] = {"architecture": "vgg11_bn", "tensors": tensors}
(here / "timm_mobile.json").write_text("{\n" + ",\n".join(f"{json.dumps(n)}: {json.dumps(c, separators=(',', ':'))}" for n, c in cases.items()) + "\n}\n")
save_file(out, here / "timm_mobile.safetensors")
