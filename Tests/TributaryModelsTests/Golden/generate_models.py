"""Writes models/*.safetensors, what each architecture must give in inference and training; cases.json; names.json.

Weights and inputs come from a formula (reference_models.values), so only results are stored: features, logits, loss, new
running statistics in full; of each gradient up to 128 elements at even distances and two projections onto formula vectors,
which every element enters. Of 60 inputs the one is taken whose activations stay farthest from ReLU's kink and from ties in
max pooling, so that rounding cannot send a gradient another way. Needs: torch torchvision transformers safetensors. Run: python generate_models.py
"""

import copy
import json
import pathlib

import numpy as np
import torch
import torchvision
from safetensors.torch import save_file
from torch.nn import functional as F
from transformers import BertConfig, BertForSequenceClassification

from reference_models import CifarResNet, FedAvg2NN, FedAvgCNN, fill, signed, values

torch.manual_seed(0)
torch.set_num_threads(1)
here = pathlib.Path(__file__).parent
(here / "models").mkdir(exist_ok=True)


def torch_resnet18(channels, size, classes):
    model = torchvision.models.resnet18(num_classes=classes)
    if channels != 3:
        model.conv1 = torch.nn.Conv2d(channels, 64, 7, 2, 3, bias=False)
    layers = torch.nn.Sequential(*list(model.children())[:-1], torch.nn.Flatten(1))
    model.features = lambda x: layers(x)
    return model


images = {
    "fedavg-2nn": FedAvg2NN, "fedavg-cnn": FedAvgCNN, "resnet18": torch_resnet18,
    **{f"cifar-resnet{d}": (lambda d: lambda c, s, n: CifarResNet(d, c, n))(d) for d in (8, 20, 32, 56)},
}


def results(model, features, forward, labels):
    """features() and forward() give tensors; the model is in evaluation mode at first and keeps its mode elsewhere."""
    out = {}
    model.eval()
    with torch.no_grad():
        out["features"], out["logits"] = features(), forward()
    model.train()
    logits = forward()
    loss = F.cross_entropy(logits, labels)
    loss.backward()
    out["train.logits"], out["train.loss"] = logits.detach(), loss.detach()
    for name, parameter in model.named_parameters():
        if parameter.grad is None:
            continue
        gradient = parameter.grad.flatten()
        step = max(1, -(-gradient.numel() // 128))
        out[f"gradient.sample/{name}"] = gradient[::step].clone()
        out[f"gradient.projection/{name}"] = torch.tensor(
            [float(gradient.double().numpy() @ signed(f"projection.{k}.{name}", gradient.numel()).astype(np.float64)) for k in range(2)])
    for name, buffer in model.named_buffers():
        if "running" in name:
            out[f"buffer/{name}"] = buffer.clone()
    return {n: t.float().contiguous() for n, t in out.items()}


class Margin(torch.overrides.TorchFunctionMode):
    """The smallest distance from a kink that a forward pass comes to."""

    smallest = float("inf")

    def __torch_function__(self, function, types, arguments=(), options=None):
        name, x = getattr(function, "__name__", ""), arguments[0] if arguments else None
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
    print(f"input.{best[1]}: margin {best[0]:.1e}")
    return best[1]


cases = []
for case, (architecture, channels, size, classes, batch) in {
    "fedavg-2nn": ("fedavg-2nn", 1, 28, 10, 3), "fedavg-cnn": ("fedavg-cnn", 1, 28, 10, 3), "fedavg-cnn-rgb": ("fedavg-cnn", 3, 18, 4, 3),
    "cifar-resnet8": ("cifar-resnet8", 3, 32, 10, 4), "cifar-resnet8-grey": ("cifar-resnet8", 1, 28, 5, 4), "cifar-resnet8-odd": ("cifar-resnet8", 3, 19, 5, 4),
    "cifar-resnet20": ("cifar-resnet20", 3, 16, 10, 4), "cifar-resnet32": ("cifar-resnet32", 3, 12, 10, 4), "cifar-resnet56": ("cifar-resnet56", 3, 12, 10, 3),
    "resnet18": ("resnet18", 3, 48, 7, 3), "resnet18-grey": ("resnet18", 1, 33, 3, 4),
}.items():
    model = fill(images[architecture](channels, size, classes))
    shape = (batch, channels, size, size)
    index = safest_input(model, shape)
    x = values(f"input.{index}", shape) * 8
    labels = torch.arange(batch) % classes
    out = results(model, lambda: model.features(x), lambda: model(x), labels)
    facts = dict(case=case, architecture=architecture, channels=channels, size=size, classes=classes, batch=batch, input=index)
    save_file(out, here / f"models/{case}.safetensors")
    cases.append(facts)


def mean_pooled(model, **inputs):
    hidden = model.bert(**inputs).last_hidden_state
    weights = inputs["attention_mask"][..., None].float()
    return (hidden * weights).sum(1) / weights.sum(1)


for case, (pooling, activation, segments) in {
    "bert-cls": ("cls", "gelu", False), "bert-cls-segments": ("cls", "gelu_new", True), "bert-mean": ("mean", "relu", False),
}.items():
    config = BertConfig(
        vocab_size=100, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64, max_position_embeddings=24, type_vocab_size=2,
        hidden_act=activation, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, num_labels=4)
    model = BertForSequenceClassification(config)
    model = fill(model)
    ids = torch.from_numpy(((signed("ids", 5 * 12) + 1) * 50).astype(np.int64).reshape(5, 12))
    mask = torch.ones(5, 12)
    for row, length in enumerate([12, 5, 9, 2, 11]):
        mask[row, length:] = 0
    inputs = {"input_ids": ids, "attention_mask": mask}
    if segments:
        inputs["token_type_ids"] = (torch.arange(12)[None, :] >= torch.arange(5)[:, None]).long()
    if pooling == "cls":
        features = lambda: model.bert(**inputs).pooler_output
        forward = lambda: model(**inputs).logits
    else:
        features = lambda: mean_pooled(model, **inputs)
        forward = lambda: model.classifier(mean_pooled(model, **inputs))
    out = results(model, features, forward, torch.arange(5) % 4)
    facts = dict(case=case, architecture="bert", channels=0, size=12, classes=4, batch=5, pooling=pooling, segments=segments)
    saved = json.loads(config.to_json_string(use_diff=False)) | {"model_type": "bert"}
    saved.pop("transformers_version", None)
    save_file(out, here / f"models/{case}.safetensors")
    cases.append(facts | {"config": saved})


(here / "cases.json").write_text("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")


def names(model):
    return {n: list(t.shape) for n, t in model.state_dict().items() if not n.endswith(("num_batches_tracked", "position_ids"))}


reference = {a: names(make(1 if a.startswith("fedavg") else 3, 28, 1000 if a == "resnet18" else 10)) for a, make in images.items()}
reference["bert"] = names(BertForSequenceClassification(BertConfig(hidden_size=384, num_hidden_layers=6, intermediate_size=1536, num_labels=10)))
(here / "names.json").write_text(json.dumps(reference, separators=(",", ":")) + "\n")
