"""Writes models/*.safetensors, what each architecture must give in inference and training; cases.json; names/*.json.

Weights and inputs come from a formula (reference_models.values), so only results are stored: features, logits and loss in full; of
each gradient and of the output of each layer that can be captured (by a forward hook) as many elements as the case says at even
distances, and two projections onto formula vectors, which every element enters; of the running statistics such elements only. An
input is taken whose activations stay clear of the kinks of ReLU and the like and of ties in max pooling, so that rounding cannot send
a gradient another way; what is stored is computed in double precision. Needs: torch torchvision safetensors.
Run: python generate_models.py [CASE...], to make all cases or only those; the others stay as they are.
"""

import copy
import json
import pathlib
import re
import sys

import torch
from safetensors.torch import save_file
from torch.nn import functional as F

from golden_results import digest, sampled
from reference_models import CifarResNet, FedAvg2NN, FedAvgCNN, fill, values
from torchvision_models import vision

torch.manual_seed(0)
torch.set_num_threads(1)
here = pathlib.Path(__file__).parent
(here / "models").mkdir(exist_ok=True)


wanted = set(sys.argv[1:])


def inputs_of_head(model, x):
    """What goes into the last layer with weights, flattened."""
    kept = []
    head = [m for m in model.modules() if isinstance(m, (torch.nn.Linear, torch.nn.Conv2d))][-1]
    handle = head.register_forward_pre_hook(lambda module, inputs: kept.append(inputs[0].flatten(1)))
    model(x)
    handle.remove()
    return kept[0]


def cifar_resnet(depth):
    return lambda channels, size, classes: CifarResNet(depth, channels, classes)


# By architecture: what makes the reference network of (channels, size, classes), and the modules whose outputs a pass can capture.
images = {
    "fedavg-2nn": (FedAvg2NN, r"fc[12]"), "fedavg-cnn": (FedAvgCNN, r"conv\d|fc1"),
    **{f"resnet{d}": (vision(f"resnet{d}"), r"maxpool|layer\d(\.\d+)?") for d in (18, 34, 50, 101)},
    "vgg11": (vision("vgg11"), r"features\.(2|5|10|15|20)"), "vgg11_bn": (vision("vgg11_bn"), r"features\.(3|7|14|21|28)"),
    "vgg16": (vision("vgg16"), r"features\.(4|9|16|23|30)"), "vgg16_bn": (vision("vgg16_bn"), r"features\.(6|13|23|33|43)"),
    "alexnet": (vision("alexnet"), r"features\.(2|5|7|9|12)"),
    **{f"squeezenet1_{v}": (vision(f"squeezenet1_{v}"), r"features\.([2-9]|1\d)") for v in (0, 1)},
    **{n: (vision(n), r"features\.\d+") for n in ("mobilenet_v2", "mobilenet_v3_small", "mobilenet_v3_large")},
    **{f"cifar-resnet{d}": (cifar_resnet(d), r"layer\d(\.\d+)?") for d in (8, 20, 32, 56)},
}


def results(model, features, forward, labels, layers, limit=128):
    """features() and forward() give tensors; layers: a pattern of module names; limit: how much of large tensors to keep."""
    out = {}
    model.eval()

    def hook(name):
        def keep(module, inputs, output):
            out[f"layer/{name}"] = digest(name, output[0] if isinstance(output, tuple) else output, min(limit, 64))

        return keep

    hooks = [m.register_forward_hook(hook(n)) for n, m in model.named_modules() if re.fullmatch(layers, n)]
    with torch.no_grad():
        out["features"] = features()
        for handle in hooks:
            handle.remove()
        out["logits"] = forward()
    model.train()
    logits = forward()
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


def safest_input(model, shape, labels):
    """The first of 40 names, or the best of them, whose input has gradients that rounding hardly changes: no activation is so near a
    kink, and no two so near a tie in max pooling, that rounding decides. Weights that are off by 3e-6 of themselves stand for it."""
    best = (float("inf"), None)
    for index in range(40):
        x, worst = values(f"input.{index}", shape) * 8, 0
        exact = gradients(copy.deepcopy(model), x, labels)
        largest = max(float(g.abs().max()) for g in exact.values())
        for trial in range(3):
            rough = copy.deepcopy(model)
            generator = torch.Generator().manual_seed(trial)
            for p in rough.parameters():
                p.data *= 1 + 3e-6 * torch.randn(p.shape, generator=generator)
            for name, g in gradients(rough, x, labels).items():
                worst = max(worst, float((g - exact[name]).abs().max() / (exact[name].abs().max() + 0.01 * largest)))
            if worst > best[0]:
                break
        if worst < best[0]:
            best = (worst, index)
        if worst < 3e-4:
            break
    print(f"input.{best[1]}: gradients differ by {best[0]:.1e}", flush=True)
    return best[1]


cases = {case["case"]: case for case in json.loads((here / "cases.json").read_text())}


def is_wanted(case):
    return not wanted or case in wanted


def image_case(case, architecture, channels, size, classes, batch, limit=128, tolerance=None, **settings):
    """A line of cases.json with its golden file. tolerance: of gradients, relative, where a network is so deep that some
    activation always lies near enough to a kink. settings: as in config.json."""
    if not is_wanted(case):
        return
    make, layers = images[architecture]
    model = fill(make(channels, size, classes, **settings))
    shape = (batch, channels, size, size)
    labels = torch.arange(batch) % classes
    index = safest_input(model, shape, labels)
    model, x = model.double(), values(f"input.{index}", shape).double() * 8
    out = results(model, lambda: inputs_of_head(model, x), lambda: model(x), labels, layers, limit)
    save_file(out, here / f"models/{case}.safetensors")
    facts = dict(case=case, architecture=architecture, channels=channels, size=size, classes=classes, batch=batch, input=index, limit=limit)
    cases[case] = facts | ({"tolerance": tolerance} if tolerance else {}) | ({"settings": settings} if settings else {})


image_case("fedavg-2nn", "fedavg-2nn", 1, 28, 10, 3)
image_case("fedavg-cnn", "fedavg-cnn", 1, 28, 10, 3)
image_case("fedavg-cnn-rgb", "fedavg-cnn", 3, 18, 4, 3)
image_case("cifar-resnet8", "cifar-resnet8", 3, 32, 10, 4)
image_case("cifar-resnet8-grey", "cifar-resnet8", 1, 28, 5, 4)
image_case("cifar-resnet8-odd", "cifar-resnet8", 3, 19, 5, 4)
image_case("cifar-resnet20", "cifar-resnet20", 3, 16, 10, 4)
image_case("cifar-resnet32", "cifar-resnet32", 3, 12, 10, 4, limit=64)
image_case("cifar-resnet56", "cifar-resnet56", 3, 12, 10, 3, limit=32)
image_case("resnet18", "resnet18", 3, 48, 7, 3)
image_case("resnet18-grey", "resnet18", 1, 33, 3, 4)
image_case("resnet34", "resnet34", 3, 33, 3, 4, limit=16)
image_case("resnet50", "resnet50", 3, 33, 3, 4, limit=16)
image_case("resnet50-grouped", "resnet50", 3, 33, 3, 4, limit=8, groups=32, width_per_group=4)
image_case("resnet101", "resnet101", 3, 33, 3, 2, limit=8, tolerance=0.02, width_per_group=16)
image_case("vgg11", "vgg11", 3, 40, 3, 2, limit=64, hidden=24, dropout=0)
image_case("vgg11_bn", "vgg11_bn", 1, 32, 3, 4, limit=64, hidden=24, dropout=0)
image_case("vgg16", "vgg16", 3, 32, 3, 2, limit=64, hidden=24, dropout=0)
image_case("vgg16_bn", "vgg16_bn", 3, 32, 3, 4, limit=64, tolerance=0.02, hidden=24, dropout=0)
image_case("alexnet", "alexnet", 3, 80, 3, 2, hidden=40, dropout=0)
image_case("squeezenet1_0", "squeezenet1_0", 3, 45, 5, 2, limit=64, dropout=0)
image_case("squeezenet1_1", "squeezenet1_1", 1, 48, 5, 2, limit=64, dropout=0)
image_case("mobilenet_v2", "mobilenet_v2", 3, 33, 3, 4, limit=32, dropout=0)
image_case("mobilenet_v2-narrow", "mobilenet_v2", 1, 40, 3, 4, limit=32, dropout=0, width=0.35)
image_case("mobilenet_v3_small", "mobilenet_v3_small", 3, 33, 3, 4, limit=32, dropout=0)
image_case("mobilenet_v3_large", "mobilenet_v3_large", 3, 33, 3, 4, limit=16, dropout=0)


(here / "cases.json").write_text("[\n" + ",\n".join(json.dumps(c) for c in cases.values()) + "\n]\n")


def write_names(architecture, model, **facts):
    """names/ARCHITECTURE.json: every tensor's shape at the sizes that `facts` say."""
    tensors = {n: list(t.shape) for n, t in model.state_dict().items() if not n.endswith(("num_batches_tracked", "position_ids"))}
    (here / f"names/{architecture}.json").write_text(json.dumps(facts | {"tensors": tensors}, separators=(",", ":")) + "\n")


for architecture, (make, _) in images.items():
    channels, size, classes = (1, 28, 10) if architecture.startswith("fedavg") else (3, 32, 10) if architecture.startswith("cifar") else (3, 224, 1000)
    with torch.device("meta"):
        write_names(architecture, make(channels, size, classes), classes=classes, size=size)
