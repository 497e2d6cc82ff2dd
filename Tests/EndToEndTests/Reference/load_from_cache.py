"""Loads team/model from the cache, without a network, by transformers, and prints sums of its tensors."""

import json
import os
import sys

os.environ["HF_HUB_OFFLINE"] = "1"
sys.modules.setdefault("torchvision", None)  # transformers does without it
import torch  # noqa: E402
from transformers import AutoModel, AutoTokenizer  # noqa: E402

model, loading = AutoModel.from_pretrained("team/model", local_files_only=True, output_loading_info=True)
assert not loading["missing_keys"] and not loading["unexpected_keys"], loading
tokens = AutoTokenizer.from_pretrained("team/model", local_files_only=True)("calm sea", return_tensors="pt")
with torch.no_grad():
    hidden = model.eval()(**tokens).last_hidden_state
print(json.dumps([[float(x) for x in hidden[0, 0]]]))
