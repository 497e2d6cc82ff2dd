"""Loads what convert wrote by transformers, strictly, beside the original: ORIGINAL CONVERTED TOLERANCE."""

import sys

import torch
sys.modules.setdefault("torchvision", None)  # transformers does without it
from transformers import AutoModel

original, converted, tolerance = sys.argv[1], sys.argv[2], float(sys.argv[3])
left = AutoModel.from_pretrained(original)
right, loading = AutoModel.from_pretrained(converted, output_loading_info=True)
assert not any(loading[key] for key in ("missing_keys", "unexpected_keys", "mismatched_keys")), loading
theirs = right.state_dict()
for name, tensor in left.state_dict().items():
    assert torch.allclose(tensor.float(), theirs[name].float(), rtol=tolerance, atol=tolerance), name
print("[]")
