"""Writes models/*.safetensors, what each architecture must give in inference and training; cases.json; names/*.json.

Weights and inputs come from a formula (reference_models.values), so only results are stored: features, logits and loss in full; of
each gradient and of the output of each layer that can be captured (by a forward hook) as many elements as the case says at even
distances, and two projections onto formula vectors, which every element enters; of the running statistics such elements only. Of 60
inputs the one is taken whose activations stay farthest from the kinks of ReLU and the like and from ties in max pooling, so that
rounding cannot send a gradient another way. Needs: torch torchvision safetensors.
Run: python generate_models.py [CASE...], to make all cases or only those; the others stay as they are.
"""

import copy
import json
import pathlib
import re
import sys

import numpy as np
import torch
from safetensors.torch import save_file
from torch.nn import functional as F

# torchvision without its compiled operators wants to know two of them by name.
library = torch.library.Library("torchvision", "FRAGMENT")
for operator in ("nms", "qnms"):
    if not hasattr(torch.ops.torchvision, operator):
        library.define(f"{operator}(Tensor d, Tensor s, float t) -> Tensor")
import timm
import torchvision

from golden_results import digest, sampled
from reference_models import CifarResNet, FedAvg2NN, FedAvgCNN, fill, signed, values

torch.manual_seed(0)
torch.set_num_threads(1)
here = pathlib.Path(__file__).parent
(here / "models").mkdir(exist_ok=True)


wanted = set(sys.argv[1:])


def resnet(name):
    def make(channels, size, classes, **settings):
        model = getattr(torchvision.models, name)(num_classes=classes, **settings)
        if channels != 3:
            model.conv1 = torch.nn.Conv2d(channels, 64, 7, 2, 3, bias=False)
        layers = torch.nn.Sequential(*list(model.children())[:-1], torch.nn.Flatten(1))
        # Through the model's own modules, so that their hooks see what passes.
        model.features = lambda x: layers(x)
        return model

    return make


def cifar_resnet(depth):
    return lambda channels, size, classes: CifarResNet(depth, channels, classes)


def headed(make, head, first=None):
    """A network of torchvision or timm: `head` names its last layer, whose input are the features, `first` its first convolution."""

    def build(channels, size, classes, **settings):
        model = make(size, classes, **settings)
        if channels != 3:
            old = model.get_submodule(first)
            parent = model.get_submodule(first.rpartition(".")[0])
            setattr(parent, first.rpartition(".")[2], torch.nn.Conv2d(channels, old.out_channels, old.kernel_size, old.stride, old.padding, bias=old.bias is not None))

        def backbone(x):
            seen = []
            handle = model.get_submodule(head).register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0]))
            model(x)
            handle.remove()
            return seen[0]

        model.backbone = backbone
        return model

    return build


def inception(size, classes, dropout=0.5):
    """With the auxiliary classifier where the images are large enough for it."""
    return torchvision.models.inception_v3(num_classes=classes, init_weights=False, dropout=dropout, aux_logits=size > 200)


def efficientnet(size, classes, dropout=0.2, stochastic_depth=0.2):
    return torchvision.models.efficientnet_b0(num_classes=classes, dropout=dropout, stochastic_depth_prob=stochastic_depth)


def convnext(size, classes, stochastic_depth=0.1):
    return torchvision.models.convnext_tiny(num_classes=classes, stochastic_depth_prob=stochastic_depth)


def vit(name):
    return lambda size, classes, **settings: timm.create_model(name, num_classes=classes, img_size=size, **settings)


# By architecture: what makes the reference network of (channels, size, classes), and the modules whose outputs a pass can capture.
images = {
    "densenet121": (headed(lambda size, classes: torchvision.models.densenet121(num_classes=classes), "classifier", "features.conv0"), r"features\.(pool0|denseblock\d|transition\d)"),
    "inception_v3": (headed(inception, "fc"), r"Mixed_\w+"),
    "efficientnet_b0": (headed(efficientnet, "classifier.1"), r"features\.\d"),
    "convnext_tiny": (headed(convnext, "classifier.2", "features.0.0"), r"features\.\d"),
    **{n: (headed(vit(n), "head"), r"blocks\.\d+") for n in (f"vit_{s}_patch16_224" for s in ("tiny", "small", "base"))},
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


class Margin(torch.overrides.TorchFunctionMode):
    """The smallest distance from a kink that a forward pass comes to."""

    smallest = float("inf")

    def __torch_function__(self, function, types, arguments=(), options=None):
        name, x = getattr(function, "__name__", ""), arguments[0] if arguments else None
        for kink in {"relu6": (0, 6), "hardswish": (-3, 3), "hardsigmoid": (-3, 3)}.get(name, ()):
            self.smallest = min(self.smallest, float((x.detach() - kink).abs().min()))
        if name in ("relu", "relu_"):
            self.smallest = min(self.smallest, float(x.detach().abs().min()))
        if name in ("max_pool2d", "boolean_dispatch"):
            kernel, stride, padding = (arguments + (2, None, 0)[len(arguments) - 1 :])[1:4]
            kernel, stride, padding = (options or {}).get("kernel_size", kernel), (options or {}).get("stride", stride), (options or {}).get("padding", padding)
            windows = F.unfold(x.detach().flatten(0, 1)[:, None], kernel, padding=padding, stride=stride or kernel)
            top = windows.topk(2, dim=1).values
            gap = (top[:, 0] - top[:, 1])[top[:, 0] > 0]
            self.smallest = min(self.smallest, float(gap.min()))
        return function(*arguments, **(options or {}))


def safest_input(model, shape):
    """Of 60 names the one whose input keeps a double-precision copy farthest from kinks, in both modes."""
    best = (0, None)
    for index in range(60):
        double, x = copy.deepcopy(model).double(), values(f"input.{index}", shape).double() * 8
        margin = Margin()
        with torch.no_grad(), margin:
            double.train()(x)
        if margin.smallest > best[0]:
            best = (margin.smallest, index)
        if best[0] == float("inf"):
            break
    print(f"input.{best[1]}: margin {best[0]:.1e}")
    return best[1]


cases = {case["case"]: case for case in json.loads((here / "cases.json").read_text())}


def is_wanted(case):
    return not wanted or case in wanted


def image_case(case, architecture, channels, size, classes, batch, limit=128, **settings):
    """A line of cases.json with its golden file. settings: the reference constructor's, and config.json's of the same names."""
    if not is_wanted(case):
        return
    make, layers = images[architecture]
    model = fill(make(channels, size, classes, **settings))
    shape = (batch, channels, size, size)
    index = safest_input(model, shape)
    x = values(f"input.{index}", shape) * 8
    out = results(model, lambda: (model.backbone if hasattr(model, "backbone") else model.features)(x), lambda: model(x), torch.arange(batch) % classes, layers, limit)
    save_file(out, here / f"models/{case}.safetensors")
    facts = dict(case=case, architecture=architecture, channels=channels, size=size, classes=classes, batch=batch, input=index, limit=limit)
    cases[case] = facts | ({"settings": settings} if settings else {})


image_case("densenet121", "densenet121", 3, 64, 5, 3, limit=6)
image_case("inception_v3", "inception_v3", 3, 75, 4, 6, limit=6, dropout=0.0)
image_case("efficientnet_b0", "efficientnet_b0", 3, 48, 5, 4, limit=32, dropout=0.0, stochastic_depth=0.0)
image_case("convnext_tiny", "convnext_tiny", 3, 64, 5, 2, limit=64, stochastic_depth=0.0)
image_case("convnext_tiny-grey", "convnext_tiny", 1, 37, 3, 3, limit=16, stochastic_depth=0.0)
image_case("vit_tiny_patch16_224", "vit_tiny_patch16_224", 3, 48, 5, 3, limit=64)
image_case("vit_small_patch16_224", "vit_small_patch16_224", 3, 32, 5, 3, depth=2)
image_case("vit_base_patch16_224", "vit_base_patch16_224", 3, 32, 3, 2, depth=2)


(here / "cases.json").write_text("[\n" + ",\n".join(json.dumps(c) for c in cases.values()) + "\n]\n")


def write_names(architecture, model, **facts):
    """names/ARCHITECTURE.json: every tensor's shape at the sizes that `facts` say."""
    tensors = {n: list(t.shape) for n, t in model.state_dict().items() if not n.endswith(("num_batches_tracked", "position_ids"))}
    (here / f"names/{architecture}.json").write_text(json.dumps(facts | {"tensors": tensors}, separators=(",", ":")) + "\n")


for architecture, (make, _) in images.items():
    channels, size, classes = (1, 28, 10) if architecture.startswith("fedavg") else (3, 32, 10) if architecture.startswith("cifar") else (3, 224, 1000)
    with torch.device("meta"):
        write_names(architecture, make(channels, size, classes), classes=classes, size=size)
