"""Loads model folders that Tributary wrote into torchvision's and timm's networks and compares logits with Tributary's.

Run: python check_images_in_python.py FOLDER...
Each folder holds expected.safetensors beside the model: x [B, C, H, W] and logits [B, classes]. Prints a line a network; exits with 1
where tensors are missing or left over or a difference is over 1e-4 of the largest logit.
"""

import json
import pathlib
import sys

import torch
from safetensors.torch import load_file

sys.path.insert(0, str(pathlib.Path(__file__).parent / "Golden"))
from torchvision_models import torchvision
import timm  # behind torchvision_models, which lets it import torchvision


def networks(architecture, classes, size):
    """The networks of both libraries whose tensors have these names."""
    if architecture == "inception_v3":
        # Both with the auxiliary classifier, whose tensors are kept.
        yield torchvision.models.inception_v3(num_classes=classes, init_weights=False)
        yield timm.create_model(architecture, num_classes=classes, aux_logits=True)
    elif architecture.startswith("vit"):
        yield timm.create_model(architecture, num_classes=classes, img_size=size)
    else:
        yield getattr(torchvision.models, architecture)(num_classes=classes)
        if architecture == "densenet121":
            yield timm.create_model(architecture, num_classes=classes)


failed = False
for folder in map(pathlib.Path, sys.argv[1:]):
    config = json.loads((folder / "config.json").read_text())
    tensors, expected = load_file(folder / "model.safetensors"), load_file(folder / "expected.safetensors")
    for network in networks(config["architecture"], config["classes"], config["image"]["height"]):
        own = network.state_dict()
        counters = {n: t for n, t in own.items() if n.endswith("num_batches_tracked")}
        network.load_state_dict(tensors | counters, strict=True)
        if hasattr(network, "AuxLogits"):
            # timm computes it in inference, too, for which images this small leave no pixels.
            network.AuxLogits = torch.nn.Identity()
        with torch.no_grad():
            # torchvision's input transformation is part of the configuration here.
            logits = network.eval()(expected["x"])
        logits = logits[0] if isinstance(logits, tuple) else logits
        difference = float((logits - expected["logits"]).abs().max() / expected["logits"].abs().max())
        print(f"{config['architecture']} in {type(network).__module__}: largest difference {difference:.2e}")
        failed |= not difference < 1e-4
sys.exit(1 if failed else 0)
