"""Writes models/*.safetensors for the recurrent text models, recurrent_cases.json, and names/*.json.

As generate_models.py, with modules of torch.nn.LSTM and torch.nn.GRU as the reference: a row of features, logits and labels is an
example, or for the models that write a position. Needs: torch safetensors. Run: python generate_recurrent_models.py
"""

import json
import pathlib

import numpy as np
import torch
from safetensors.torch import save_file
from torch.nn import functional as F

from golden_results import Layers, digest, gradients
from reference_models import fill, signed
from reference_recurrent import CharLSTM, Seq2SeqLSTM, TextAttention, TextBag, TextRecurrent

torch.manual_seed(0)
torch.set_num_threads(1)
here = pathlib.Path(__file__).parent
(here / "names").mkdir(exist_ok=True)
LIMIT = 64


def formula_ids(name, shape, count):
    half = ((signed(name, shape[0] * shape[1]) + 1) * (count / 2)).astype(np.int64)
    return torch.from_numpy(half.reshape(shape))


# The text that all text cases read, and what is to be written of it.
ids, target = formula_ids("ids", (5, 12), 100), formula_ids("target", (5, 7), 30)
mask = (torch.arange(12)[None] < torch.tensor([12, 5, 9, 2, 11])[:, None]).float()
cases = []


def recurrent_case(case, architecture, model, inputs, captured, classes, settings):
    with torch.no_grad(), Layers(fill(model).eval(), captured) as found:
        out = {"features": model.features(*inputs)}
    out |= {f"layer/{n}": digest(n, x, LIMIT) for n, x in found.outputs.items()}
    with torch.no_grad():
        out["logits"] = model(*inputs)
    logits = model.train()(*inputs)
    loss = F.cross_entropy(logits, torch.arange(len(logits)) % classes)
    loss.backward()
    out |= {"train.logits": logits.detach(), "train.loss": loss.detach()} | gradients(model, LIMIT)
    save_file({n: t.float().contiguous() for n, t in out.items()}, here / f"models/{case}.safetensors")
    cases.append(dict(case=case, architecture=architecture, classes=classes, batch=5, rows=len(logits), limit=LIMIT, settings=settings))


text = dict(vocabulary_size=100, embedding_size=7, hidden_size=12)
for case, cell, layers, bidirectional in [("lstm", "lstm", 2, True), ("lstm-forward", "lstm", 1, False), ("gru", "gru", 2, True)]:
    settings = text | dict(layers=layers, bidirectional=bidirectional)
    recurrent_case(case, cell, TextRecurrent(cell, classes=4, **settings), (ids, mask), "embedding", 4, settings)
settings = dict(vocabulary_size=100, embedding_size=7)
recurrent_case("text-bag", "text-bag", TextBag(classes=4, **settings), (ids, mask), "embedding", 4, settings)
settings = text | dict(layers=2, attention_size=9)
recurrent_case("text-attention", "text-attention", TextAttention(classes=4, **settings), (ids, mask), "embedding", 4, settings)
characters = dict(embedding_size=8, hidden_size=20, layers=2)
recurrent_case("char-lstm", "char-lstm", CharLSTM(classes=100, **characters), (ids,), "embedding|lstm", 100, characters)
settings = text | dict(layers=2)
recurrent_case("seq2seq-lstm", "seq2seq-lstm", Seq2SeqLSTM(classes=30, **settings), (ids, mask, target),
               r"(en|de)coder\.embedding|decoder\.lstm", 30, settings)
(here / "recurrent_cases.json").write_text("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")


def write_names(architecture, model, classes):
    """names/ARCHITECTURE.json: every tensor's shape at the standard sizes."""
    facts = {"classes": classes, "tensors": {n: list(t.shape) for n, t in model.state_dict().items()}}
    (here / f"names/{architecture}.json").write_text(json.dumps(facts, separators=(",", ":")) + "\n")


with torch.device("meta"):
    standard = dict(embedding_size=128, hidden_size=256, layers=1, classes=10)
    for cell in ("lstm", "gru"):
        write_names(cell, TextRecurrent(cell, vocabulary_size=30522, bidirectional=True, **standard), 10)
    write_names("text-bag", TextBag(vocabulary_size=30522, embedding_size=128, classes=10), 10)
    write_names("text-attention", TextAttention(
        vocabulary_size=30522, embedding_size=128, hidden_size=50, layers=1, attention_size=100, classes=10), 10)
    write_names("char-lstm", CharLSTM(embedding_size=8, hidden_size=256, layers=2, classes=97), 97)
    write_names("seq2seq-lstm", Seq2SeqLSTM(vocabulary_size=10, **standard), 10)
