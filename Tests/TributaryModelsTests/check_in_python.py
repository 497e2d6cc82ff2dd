"""Loads model folders that Tributary wrote with transformers and compares their logits with Tributary's.

Run: python check_in_python.py FOLDER EXPECTED.safetensors [FOLDER EXPECTED.safetensors ...]
EXPECTED holds ids and mask [B, T] and logits, [B, classes] or for a language model [B, T, vocabulary]; where EXPECTED.json is
there, the ids must also be what the folder's own tokenizer makes of those texts. Prints the largest difference of each; exits
with 1 where one is over 1e-4.
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

from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForMaskedLM, AutoModelForSequenceClassification, AutoTokenizer


def auto_class(folder):
    name = AutoConfig.from_pretrained(folder).architectures[0]
    kinds = {"LMHeadModel": AutoModelForCausalLM, "ForMaskedLM": AutoModelForMaskedLM}
    return next((kind for end, kind in kinds.items() if name.endswith(end)), AutoModelForSequenceClassification)


def check(folder, file):
    """Whether the folder's model gives the expected logits."""
    expected = load_file(file)
    model, report = auto_class(folder).from_pretrained(folder, output_loading_info=True)
    for kind in ("missing_keys", "unexpected_keys", "mismatched_keys"):
        assert not report[kind], f"{folder}: {kind}: {report[kind]}"
    ids, mask = expected["ids"].long(), expected["mask"].long()
    texts = pathlib.Path(file).with_suffix(".json")
    if texts.exists():
        tokenizer = AutoTokenizer.from_pretrained(folder)
        for row, text in enumerate(json.loads(texts.read_text())):
            own = tokenizer(text, truncation=True, max_length=ids.shape[1])["input_ids"]
            assert own == ids[row][mask[row] == 1].tolist(), f"other ids for text {row}"
    model.eval()
    with torch.no_grad():
        logits = model(input_ids=ids, attention_mask=mask).logits
    wanted = expected["logits"]
    if logits.ndim == 3:
        logits, wanted = logits[mask == 1], wanted[mask == 1]
    difference = float((logits - wanted).abs().max())
    same = bool((logits.argmax(1) == wanted.argmax(1)).all())
    print(f"{type(model).__name__}: largest difference {difference:.2e}, same classes: {same}, labels: {model.config.id2label}")
    return same and difference < 1e-4


arguments = sys.argv[1:]
results = [check(pathlib.Path(folder), file) for folder, file in zip(arguments[::2], arguments[1::2])]
sys.exit(0 if results and all(results) else 1)
