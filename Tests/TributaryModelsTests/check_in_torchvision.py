"""Loads image models that Tributary wrote into torchvision's classes with strict=True and compares logits.

Run: python check_in_torchvision.py FOLDER; in each of its folders are a model and expected.safetensors with images and logits.
Prints each largest difference, relative to the largest logit; exits with 1 where one is over 1e-4.
"""

import json
import pathlib
import sys

import torch
from safetensors.torch import load_file

here = pathlib.Path(__file__).parent
sys.path.insert(0, str(here / "Golden"))
from torchvision_models import vision

failed = False
for folder in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    config, expected = json.loads((folder / "config.json").read_text()), load_file(folder / "expected.safetensors")
    state = load_file(folder / "model.safetensors")
    image = config["image"]
    model = vision(config["architecture"])(image["channels"], image["height"], config["classes"], **config.get("settings", {}))
    # Counted in training only, by torch; a new count is the only thing a state of ours lacks.
    state |= {n: t for n, t in model.state_dict().items() if n.endswith("num_batches_tracked")}
    model.load_state_dict(state, strict=True)
    with torch.no_grad():
        logits = model.eval()(expected["images"])
    difference = float((logits - expected["logits"]).abs().max() / expected["logits"].abs().max())
    print(f"{folder.name}: largest difference {difference:.2e}")
    failed |= not difference < 1e-4
sys.exit(1 if failed else 0)
