"""Probabilities of a text classifier that Tributary wrote, by transformers: MODEL LINES.tsv."""

import json
import pathlib
import sys

import torch
sys.modules.setdefault("torchvision", None)  # transformers does without it
from transformers import AutoModelForSequenceClassification, AutoTokenizer

folder, lines = sys.argv[1], pathlib.Path(sys.argv[2]).read_text().splitlines()
tokenizer = AutoTokenizer.from_pretrained(folder)
model, loading = AutoModelForSequenceClassification.from_pretrained(folder, output_loading_info=True)
assert not loading["missing_keys"] and not loading["unexpected_keys"], loading
texts = [line.split("\t")[1] for line in lines]
tokens = tokenizer(texts, padding=True, return_tensors="pt")
with torch.no_grad():
    print(json.dumps(torch.softmax(model.eval()(**tokens).logits, dim=1).tolist()))
