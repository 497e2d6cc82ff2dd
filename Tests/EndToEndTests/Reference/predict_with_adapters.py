"""Probabilities of backbones with adapters that Tributary wrote, by PEFT, one list after the other: LINES.tsv BACKBONE ADAPTER ..."""

import json
import pathlib
import sys

import torch
sys.modules.setdefault("torchvision", None)  # transformers does without it
from peft import PeftModel
from transformers import AutoModelForSequenceClassification, AutoTokenizer

lines = pathlib.Path(sys.argv[1]).read_text().splitlines()
results = []
for backbone, adapter in zip(sys.argv[2::2], sys.argv[3::2]):
    tokenizer = AutoTokenizer.from_pretrained(backbone)
    torch.manual_seed(99)  # a classifier of its own, which the adapter must replace
    model = AutoModelForSequenceClassification.from_pretrained(backbone, num_labels=3, ignore_mismatched_sizes=True)
    model = PeftModel.from_pretrained(model, adapter).eval()
    tokens = tokenizer([line.split("\t")[1] for line in lines], padding=True, return_tensors="pt")
    with torch.no_grad():
        results += torch.softmax(model(**tokens).logits, dim=1).tolist()
print(json.dumps(results))
