"""Writes timm.safetensors and timm.json: what timm's networks with timm's own tensor names give, and those names.

Weights and inputs come from the formula of reference_models. Needs: torch timm safetensors. Run: python generate_timm.py
"""

import json
import pathlib

import torch
from safetensors.torch import save_file

import torchvision_models  # noqa: F401  (timm imports torchvision)
import timm

from reference_models import fill, values

here = pathlib.Path(__file__).parent
torch.set_num_threads(1)
names, results = {}, {}
for architecture, size in {"densenet121": 48, "inception_v3": 75, "efficientnet_b0": 48, "convnext_tiny": 48, "vit_tiny_patch16_224": 48}.items():
    # The vision transformer's position embeddings are for larger images than it is given: they are resized on the way.
    settings = {"img_size": 64} if architecture.startswith("vit") else {}
    model = fill(timm.create_model(architecture, num_classes=5, **settings)).eval()
    names[architecture] = {n: list(t.shape) for n, t in model.state_dict().items()}
    if settings:
        smaller = timm.create_model(architecture, num_classes=5, img_size=size)
        smaller.load_state_dict(timm.models.vision_transformer.checkpoint_filter_fn(model.state_dict(), smaller))
        model = smaller.eval()
    with torch.no_grad():
        results[architecture] = model(values("input", (2, 3, size, size)) * 2).contiguous()
save_file(results, here / "timm.safetensors")
(here / "timm.json").write_text("{\n" + ",\n".join(f"{json.dumps(a)}: {json.dumps(n, separators=(',', ':'))}" for a, n in names.items()) + "\n}\n")
