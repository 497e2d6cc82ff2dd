"""A federation in PyTorch by the papers' algorithms, compared with what Tributary's run left: WORKSPACE RUN KIND OPTIONS.

Every local step sees a client's whole shard, so that the order of examples does not matter. Prints the largest
difference over the model's tensors and, where the strategy keeps something on the clients, over that.
"""

import copy
import json
import pathlib
import sys

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file

tests = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(tests / "TributaryModelsTests" / "Golden"))
from reference_models import CifarResNet  # noqa: E402

workspace, run = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
kind, options = sys.argv[3], json.loads(sys.argv[4])
rounds, epochs, rate = 3, 2, 0.05
torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)


def tensors(path):
    return {k: v.double() for k, v in load_file(path).items() if "num_batches" not in k}


def shard(folder):
    image = json.loads((workspace / "pretrained/model/config.json").read_text())["image"]
    raw = (folder / "images-idx3-ubyte").read_bytes()
    count, height, width = (int(n) for n in np.frombuffer(raw, ">u4", 3, 4))
    x = torch.from_numpy(np.frombuffer(raw, np.uint8, offset=16).reshape(count, 1, height, width) / 255)
    mean, deviation = (torch.tensor(image[k]).double().view(1, -1, 1, 1) for k in ("mean", "standard_deviation"))
    labels = np.frombuffer((folder / "labels-idx1-ubyte").read_bytes(), np.uint8, offset=8).astype(np.int64)
    return (x - mean) / deviation, torch.from_numpy(labels)


shards = [shard(folder) for folder in sorted((workspace / "shards").iterdir())]
net = CifarResNet(8, 1, 4)
net.load_state_dict(tensors(workspace / "pretrained/model/model.safetensors"), strict=False)
PARAMETERS = [name for name, _ in net.named_parameters()]
BUFFERS = [name for name, _ in net.named_buffers() if "num_batches" not in name]
HEAD = [name for name in PARAMETERS if name.startswith(("fc.", "linear."))]
NORMS = [n for b in BUFFERS if b.endswith("running_mean") for n in PARAMETERS + BUFFERS if n.rpartition(".")[0] == b.rpartition(".")[0]]
assert HEAD and NORMS


def get():
    state = net.state_dict()
    return {name: state[name].clone() for name in PARAMETERS + BUFFERS}


def put(state):
    net.load_state_dict(state, strict=False)


def gradient(x, y, extra=None):
    net.zero_grad()
    loss = F.cross_entropy(net(x), y)
    if extra is not None:
        loss = loss + extra(x)
    loss.backward()
    return {name: (p.grad.clone() if p.grad is not None else torch.zeros_like(p)) for name, p in net.named_parameters()}


def train(start, data, steps=epochs, linear=None, pulls=(), extra=None, moving=None, each=None):
    """Plain SGD from `start`; returns where it ends."""
    put(start)
    net.train()
    if moving is not None and moving == HEAD:
        net.eval()
    for _ in range(steps):
        before = get()
        g = gradient(*data, extra)
        after = get()
        if each:
            each(before, after)
        for name in moving or PARAMETERS:
            slope = g[name] + (linear[name] if linear else 0)
            for strength, origin in pulls:
                slope = slope + strength * (before[name] - origin[name])
            after[name] = before[name] - rate * slope
        put(after)
    return get()


def mean(states, weights):
    total = sum(weights)
    return {name: sum(w * s[name] for w, s in zip(weights, states)) / total for name in states[0]}


def minus(a, b):
    return {name: a[name] - b[name] for name in b}


def loss_of(state, data):
    put(state)
    net.eval()
    with torch.no_grad():
        return F.cross_entropy(net(data[0]), data[1]).item()


sizes = [len(y) for _, y in shards]
equal = [1] * len(shards)
zeros = {name: torch.zeros_like(p) for name, p in net.named_parameters()}
w = get()
initial = get()
memory = [{} for _ in shards]
control, drift = dict(zeros), dict(zeros)
personal = {"fedbn": NORMS, "fedper": HEAD, "fedrep": HEAD}.get(kind, [])
shared = [name for name in PARAMETERS + BUFFERS if name not in personal]

for _ in range(rounds):
    ends, weights, controls, powers, bounds = [], sizes, [], [], []
    for k, data in enumerate(shards):
        mine = memory[k]
        start = {**w, **{name: mine.get("layers", w)[name] for name in personal}}
        if kind == "fedsgd":
            end = train(start, data, steps=1)
        elif kind == "fedprox":
            end = train(start, data, pulls=[(options["mu"], start)])
        elif kind == "scaffold":
            own = mine.get("control", zeros)
            end = train(start, data, linear=minus(control, own))
            mine["control"] = {n: own[n] - control[n] + (start[n] - end[n]) / (epochs * rate) for n in own}
            controls.append(minus(mine["control"], own))
        elif kind == "feddyn":
            own = mine.get("gradient", zeros)
            end = train(start, data, linear={n: -g for n, g in own.items()}, pulls=[(options["alpha"], start)])
            mine["gradient"] = {n: own[n] - options["alpha"] * (end[n] - start[n]) for n in own}
        elif kind == "moon":
            extra = None
            if "last" in mine:
                near, far = copy.deepcopy(net).eval(), copy.deepcopy(net).eval()
                near.load_state_dict(start, strict=False)
                far.load_state_dict(mine["last"], strict=False)

                def extra(x):
                    with torch.no_grad():
                        a, b = near.features(x), far.features(x)
                    put_buffers = {name: net.state_dict()[name].clone() for name in BUFFERS}
                    z = net.features(x)
                    net.load_state_dict(put_buffers, strict=False)
                    scores = torch.stack([F.cosine_similarity(z, a), F.cosine_similarity(z, b)], 1)
                    target = torch.zeros(len(x), dtype=torch.long)
                    return options["mu"] * F.cross_entropy(scores / options["temperature"], target)

            end = train(start, data, extra=extra)
            mine["last"] = end
        elif kind == "qfedavg":
            loss = loss_of(start, data) + 1e-10
            end = train(start, data)
            q, lipschitz = options["q"], 1 / rate
            squared = sum(((end[n] - start[n]) ** 2).sum().item() for n in PARAMETERS) * lipschitz**2
            powers.append(loss**q)
            bounds.append(q * loss ** (q - 1) * squared + lipschitz * loss**q)
        elif kind == "fedrep":
            first = train(start, data, steps=int(options["headEpochs"]), moving=HEAD)
            end = train(first, data, moving=[n for n in PARAMETERS if n not in HEAD])
        elif kind == "ditto":
            end = train(start, data)
            mine["personal"] = train(mine.get("personal", start), data, pulls=[(options["lambda"], start)])
        elif kind == "apfl":
            own = {n: mine.get("own", start)[n].clone() for n in PARAMETERS}
            state = {"alpha": mine.get("alpha", options["alpha"]), "first": True}

            def each(before, after):
                a = state["alpha"]
                put({**before, **{n: a * own[n] + (1 - a) * before[n] for n in PARAMETERS}})
                g = gradient(*data)
                if state["first"] and options["adaptive"]:
                    along = sum(((own[n] - before[n]) * g[n]).sum().item() for n in PARAMETERS)
                    state["alpha"] = min(max(a - rate * along, 0), 1)
                state["first"] = False
                for n in PARAMETERS:
                    own[n] = own[n] - rate * a * g[n]
                put(after)

            end = train(start, data, each=each)
            mine["own"], mine["alpha"] = own, state["alpha"]
        else:
            end = train(start, data)
        if personal:
            mine["layers"] = {name: end[name] for name in personal}
        ends.append(end)
    if kind in ("scaffold", "feddyn", "qfedavg", "reptile"):
        weights = equal
    delta = mean([minus(end, w) for end in ends], weights)
    step = {name: w[name] + delta[name] for name in shared}
    if kind == "scaffold":
        change = mean(controls, equal)
        control = {name: control[name] + change[name] for name in control}
    elif kind == "feddyn":
        drift = {name: drift[name] - delta[name] for name in drift}
        for name in PARAMETERS:
            step[name] = w[name] + delta[name] - drift[name]
    elif kind == "qfedavg":
        for name in PARAMETERS:
            moves = sum(p * (end[name] - w[name]) for p, end in zip(powers, ends))
            step[name] = w[name] + moves / rate / sum(bounds)
    w = {**w, **step}


def distance(found, expected):
    assert set(expected) <= set(found), (sorted(set(expected) - set(found))[:3], sorted(found)[:3])
    return max((found[name] - expected[name]).abs().max().item() for name in expected)


result = tensors(run / "model/model.safetensors")
worst = distance(result, {**w, **{name: initial[name] for name in personal}})
moved = distance(w, {name: initial[name] for name in shared})
kept = 0.0
for k, mine in enumerate(memory):
    files = sorted((run / "clients").glob(f"*/*/client-{k:04}/round-*.safetensors")) if mine else []
    assert not mine or files[-1].name == "round-0003.safetensors", files
    for label, state in mine.items():
        found = tensors(files[-1])
        if label == "alpha":
            kept = max(kept, abs(found["@mixture/alpha"].item() - state))
        else:
            names = {f"@{label}/{name}": value for name, value in state.items()}
            kept = max(kept, distance(found, names))
print(json.dumps([[worst, kept, moved]]))
