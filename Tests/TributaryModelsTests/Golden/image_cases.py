"""What the generators of image models share: a case's golden file, its line in cases.json, and names/*.json."""

import copy
import json
import pathlib
import re

import torch
from safetensors.torch import save_file
from torch.nn import functional as F

from clear_kinks import clear
from golden_results import digest, sampled
from reference_models import fill, values

here = pathlib.Path(__file__).parent


def inputs_of_head(model, x):
    """What goes into the last layer with weights, flattened."""
    kept = []
    head = [m for m in model.modules() if isinstance(m, (torch.nn.Linear, torch.nn.Conv2d))][-1]
    handle = head.register_forward_pre_hook(lambda module, inputs: kept.append(inputs[0].flatten(1)))
    model(x)
    handle.remove()
    return kept[0]


def results(model, x, labels, layers, limit):
    """layers: a pattern of module names; limit: how much of large tensors to keep."""
    out = {}
    model.eval()

    def hook(name):
        def keep(module, inputs, output):
            out[f"layer/{name}"] = digest(name, output[0] if isinstance(output, tuple) else output, min(limit, 64))

        return keep

    hooks = [m.register_forward_hook(hook(n)) for n, m in model.named_modules() if re.fullmatch(layers, n)]
    with torch.no_grad():
        out["features"] = inputs_of_head(model, x)
        for handle in hooks:
            handle.remove()
        out["logits"] = model(x)
    model.train()
    logits = model(x)
    loss = F.cross_entropy(logits, labels)
    loss.backward()
    out["train.logits"], out["train.loss"] = logits.detach(), loss.detach()
    for name, parameter in model.named_parameters():
        if parameter.grad is not None:
            out[f"gradient/{name}"] = digest(name, parameter.grad, limit)
    for name, buffer in model.named_buffers():
        if "running" in name:
            out[f"buffer/{name}"] = sampled(buffer, limit)
    return {n: t.float().contiguous() for n, t in out.items()}


def gradients(model, x, labels):
    model.train().zero_grad()
    F.cross_entropy(model(x), labels).backward()
    return {n: p.grad.double() for n, p in model.named_parameters()}


def sensitivity(model, x, labels, enough):
    """By how much gradients change, relative to a tensor's largest, where weights are off by 3e-6 of themselves: ten times what
    rounding does. Of three trials the worst, or the first that is over `enough`."""
    worst, exact = 0, gradients(copy.deepcopy(model), x, labels)
    largest = max(float(g.abs().max()) for g in exact.values())
    for trial in range(3):
        rough = copy.deepcopy(model)
        generator = torch.Generator().manual_seed(trial)
        for p in rough.parameters():
            p.data *= 1 + 3e-6 * torch.randn(p.shape, generator=generator)
        for name, g in gradients(rough, x, labels).items():
            worst = max(worst, float((g - exact[name]).abs().max() / (exact[name].abs().max() + 0.01 * largest)))
        if worst > enough:
            break
    return worst


class ImageCases:
    """images: by architecture what makes the reference network of (channels, size, classes), and a pattern of the modules whose outputs
    a pass can capture. wanted: the cases to make; none: all."""

    def __init__(self, images, wanted=()):
        self.images, self.wanted = images, set(wanted)
        self.lines = {case["case"]: case for case in json.loads((here / "cases.json").read_text())}
        (here / "models").mkdir(exist_ok=True)

    def add(self, case, architecture, channels, size, classes, batch, limit=128, cleared=False, **settings):
        """A line of cases.json with its golden file. cleared: for networks so deep that with every input some activation lies near
        a kink, biases are moved (clear_kinks.py) and kept in the file. settings: as in config.json."""
        if self.wanted and case not in self.wanted:
            return
        make, layers = self.images[architecture]
        shape, labels = (batch, channels, size, size), torch.arange(batch) % classes
        best = (float("inf"),)
        # The first of 40 inputs, or the best of them, whose gradients rounding hardly changes: no activation is so near a kink, and no
        # two so near a tie in max pooling, that rounding decides.
        for index in range(40):
            model, x = fill(make(channels, size, classes, **settings)).double(), values(f"input.{index}", shape).double() * 8
            shifts = clear(model, x) if cleared else {}
            worst = sensitivity(model, x, labels, best[0])
            if worst < best[0]:
                best = (worst, index, model, x, shifts)
            if worst < 3e-4:
                break
        worst, index, model, x, shifts = best
        print(f"{case}: input.{index}: gradients differ by {worst:.1e}", flush=True)
        save_file(results(model, x, labels, layers, limit) | shifts, here / f"models/{case}.safetensors")
        facts = dict(case=case, architecture=architecture, channels=channels, size=size, classes=classes, batch=batch, input=index, limit=limit)
        self.lines[case] = facts | ({"settings": settings} if settings else {})

    def write(self):
        """cases.json, and names/ARCHITECTURE.json: every tensor's shape at the usual size."""
        (here / "cases.json").write_text("[\n" + ",\n".join(json.dumps(c) for c in self.lines.values()) + "\n]\n")
        for architecture, (make, _) in self.images.items():
            small = architecture.startswith(("cifar", "simple"))
            channels, size, classes = (1, 28, 10) if architecture.startswith(("fedavg", "logistic", "conv4", "lenet", "frame")) else (3, 32, 10) if small else (3, 224, 1000)
            with torch.device("meta"):
                model = make(channels, size, classes)
            tensors = {n: list(t.shape) for n, t in model.state_dict().items() if not n.endswith("num_batches_tracked")}
            facts = {"classes": classes, "size": size, "tensors": tensors}
            (here / f"names/{architecture}.json").write_text(json.dumps(facts, separators=(",", ":")) + "\n")
