"""Probabilities of a backbone with an adapter that Tributary wrote, by PEFT: BACKBONE ADAPTER LINES.tsv."""

import json
import pathlib
import sys

import torch
sys.modules.setdefault("torchvision", None)  # transformers does without it
from peft import PeftModel
from transformers import AutoModelForSequenceClassification, AutoTokenizer

backbone, adapter = sys.argv[1], sys.argv[2]
lines = pathlib.Path(sys.argv[3]).read_text().splitlines()
tokenizer = AutoTokenizer.from_pretrained(backbone)
torch.manual_seed(99)  # a classifier of its own, which the adapter must replace
model = AutoModelForSequenceClassification.from_pretrained(backbone)
model = PeftModel.from_pretrained(model, adapter)
tokens = tokenizer([line.split("\t")[1] for line in lines], padding=True, return_tensors="pt")
with torch.no_grad():
    print(json.dumps(torch.softmax(model.eval()(**tokens).logits, dim=1).tolist()))
