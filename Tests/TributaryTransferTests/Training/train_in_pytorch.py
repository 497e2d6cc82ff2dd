"""PyTorch's loss at each step of one epoch, as JSON: KIND MODEL DATA ORDER.

KIND is `image` (a cifar-resnet20 that Tributary wrote; DATA in CIFAR-10's binary format; SGD) or `text`
(a BERT folder; DATA: label, tab, text; AdamW). ORDER is a JSON file: `batches` of example numbers,
`learning_rate`, `momentum` or `weight_decay`, `maximum_tokens`.
"""

import json
import pathlib
import sys

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file

kind, folder, data, order = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3], sys.argv[4]
order = json.loads(pathlib.Path(order).read_text())
torch.manual_seed(0)
torch.set_num_threads(1)


def images():
    tests = pathlib.Path(__file__).resolve().parents[2]
    sys.path.insert(0, str(tests / "TributaryModelsTests" / "Golden"))
    from reference_models import CifarResNet

    image = json.loads((folder / "config.json").read_text())["image"]
    mean, deviation = (
        torch.tensor(image[key]).view(1, 3, 1, 1) for key in ("mean", "standard_deviation"))
    model = CifarResNet(20, 3, 10)
    _, surplus = model.load_state_dict(load_file(folder / "model.safetensors"), strict=False)
    assert not surplus, surplus
    records = np.fromfile(data, np.uint8).reshape(-1, 3073)
    pixels = torch.from_numpy(records[:, 1:].reshape(-1, 3, 32, 32).astype(np.float32) / 255)
    labels = torch.from_numpy(records[:, 0].astype(np.int64))
    optimizer = torch.optim.SGD(
        model.parameters(), lr=order["learning_rate"], momentum=order["momentum"])
    logits = lambda batch: model((pixels[batch] - mean) / deviation)
    return model, optimizer, labels, logits


def texts():
    sys.modules.setdefault("torchvision", None)  # transformers does without it
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    model = AutoModelForSequenceClassification.from_pretrained(folder)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    lines = [line.split("\t", 1) for line in pathlib.Path(data).read_text().splitlines()]
    labels = torch.tensor([int(label) for label, _ in lines])
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=order["learning_rate"], weight_decay=order["weight_decay"])

    def logits(batch):
        tokens = tokenizer(
            [lines[index][1] for index in batch], padding=True, truncation=True,
            max_length=order["maximum_tokens"], return_tensors="pt")
        return model(**tokens).logits

    return model, optimizer, labels, logits


model, optimizer, labels, logits = images() if kind == "image" else texts()
model.train()
losses = []
for batch in order["batches"]:
    optimizer.zero_grad()
    loss = F.cross_entropy(logits(batch), labels[batch])
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
print(json.dumps(losses))
