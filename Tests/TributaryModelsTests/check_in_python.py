"""Loads a model folder that Tributary wrote with transformers and compares its logits with Tributary's.

Run: python check_in_python.py FOLDER EXPECTED.safetensors
EXPECTED holds ids and mask [B, T] and logits [B, classes]; where FOLDER/texts.json is there, the ids must also be what the
folder's own tokenizer makes of those texts. Prints the largest difference; exits with 1 where it is over 1e-4.
"""

import json
import pathlib
import sys

import torch
from safetensors.torch import load_file

try:
    import torchvision  # noqa: F401
except Exception:
    # One built for another torch fails to load, and transformers with it; neither needs it here.
    sys.modules["torchvision"] = None

from transformers import AutoModelForSequenceClassification, AutoTokenizer

folder, expected = pathlib.Path(sys.argv[1]), load_file(sys.argv[2])
model, report = AutoModelForSequenceClassification.from_pretrained(folder, output_loading_info=True)
for kind in ("missing_keys", "unexpected_keys", "mismatched_keys"):
    assert not report[kind], f"{kind}: {report[kind]}"
ids, mask = expected["ids"].long(), expected["mask"].long()
texts = pathlib.Path(sys.argv[2]).with_suffix(".json")
if texts.exists():
    tokenizer = AutoTokenizer.from_pretrained(folder)
    for row, text in enumerate(json.loads(texts.read_text())):
        own = tokenizer(text, truncation=True, max_length=ids.shape[1])["input_ids"]
        assert own == ids[row][mask[row] == 1].tolist(), f"other ids for text {row}"
model.eval()
with torch.no_grad():
    logits = model(input_ids=ids, attention_mask=mask).logits
difference = float((logits - expected["logits"]).abs().max())
same = bool((logits.argmax(1) == expected["logits"].argmax(1)).all())
print(f"largest difference {difference:.2e}, same classes: {same}, labels: {model.config.id2label}")
sys.exit(0 if same and difference < 1e-4 else 1)
