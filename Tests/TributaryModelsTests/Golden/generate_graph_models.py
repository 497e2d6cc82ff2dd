"""Writes models/*.safetensors for the graph networks, graph_cases.json, and names/*.json.

As generate_recurrent_models.py. The graph has 14 nodes of 9 features, of which two thirds are 0; nodes i < j are neighbours where the
formula says so, the last node has none. Needs: torch safetensors. Run: python generate_graph_models.py
"""

import json
import pathlib

import torch
from safetensors.torch import save_file
from torch.nn import functional as F

from golden_results import digest, gradients
from reference_graph import GCN, GraphSAGE
from reference_models import fill, signed

torch.set_num_threads(1)
here = pathlib.Path(__file__).parent
NODES, FEATURES, LIMIT = 14, 9, 64

raw = torch.from_numpy(signed("node features", NODES * FEATURES)).reshape(NODES, FEATURES).float()
x = torch.where(raw > 1 / 3, raw, torch.zeros(()))
chance = torch.from_numpy(signed("edges", NODES * NODES)).reshape(NODES, NODES).float()
upper = torch.triu(chance > 0.4, 1)
upper[:, -1] = False
adjacency = (upper | upper.T).float()
nodes = torch.tensor([0, 3, 4, 8, 12, 13])

cases = []
for case, kind, hidden in [("gcn", GCN, 12), ("graphsage", GraphSAGE, 12)]:
    settings = {"inputs": FEATURES, "hidden_size": hidden, "dropout": 0}
    model = fill(kind(FEATURES, hidden, 4))
    first = "conv1" if case == "gcn" else "layer1"
    with torch.no_grad():
        out = {f"layer/{first}": digest(first, model.hidden(x, adjacency), LIMIT)}
        out["features"], out["logits"] = model.features(x, adjacency, nodes), model(x, adjacency, nodes)
    logits = model(x, adjacency, nodes)
    loss = F.cross_entropy(logits, torch.arange(len(nodes)) % 4)
    loss.backward()
    out["train.logits"], out["train.loss"] = logits.detach(), loss.detach()
    out |= gradients(model, LIMIT)
    save_file({n: t.float().contiguous() for n, t in out.items()}, here / f"models/{case}.safetensors")
    cases.append(dict(case=case, architecture=case, classes=4, batch=len(nodes), limit=LIMIT, settings=settings))
    full = kind(1433, 16 if case == "gcn" else 64, 7)
    names = {n: list(p.shape) for n, p in full.named_parameters()}
    (here / f"names/{case}.json").write_text(
        json.dumps({"classes": 7, "settings": {"inputs": 1433}, "tensors": names}, separators=(",", ":")) + "\n")

(here / "graph_cases.json").write_text("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")
