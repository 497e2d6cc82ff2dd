"""Fetches team/model from HF_ENDPOINT by huggingface_hub, and prints the snapshot's folder.

    python snapshot_download.py [PATTERN...]
"""

import sys

from huggingface_hub import snapshot_download

print(snapshot_download("team/model", allow_patterns=sys.argv[1:] or ["*.json", "*.txt", "*.safetensors"]))
