"""Fetches team/model from HF_ENDPOINT by huggingface_hub, and prints the snapshot's folder."""

from huggingface_hub import snapshot_download

print(snapshot_download("team/model", allow_patterns=["*.json", "*.txt", "*.safetensors"]))
