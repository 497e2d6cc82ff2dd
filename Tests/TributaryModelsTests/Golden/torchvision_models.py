"""torchvision's networks, with other numbers of channels and inner units where a test needs small ones."""

import torch

# torchvision without its compiled operators wants to know two of them by name.
library = torch.library.Library("torchvision", "FRAGMENT")
for operator in ("nms", "qnms"):
    if not hasattr(torch.ops.torchvision, operator):
        library.define(f"{operator}(Tensor d, Tensor s, float t) -> Tensor")
import torchvision


def vision(name):
    """torchvision's network. settings are named as in our config.json: `hidden` narrows the inner layers of VGG's and AlexNet's
    classifiers, `width` multiplies MobileNetV2's channels, `stochastic_depth` is a probability; the others are the constructor's own."""

    def make(channels, size, classes, hidden=None, width=None, stochastic_depth=None, **settings):
        if width is not None:
            settings["width_mult"] = width
        if stochastic_depth is not None:
            settings["stochastic_depth_prob"] = stochastic_depth
        model = getattr(torchvision.models, name)(num_classes=classes, **settings)
        if hidden is not None:
            linears = [i for i, m in enumerate(model.classifier) if isinstance(m, torch.nn.Linear)]
            for i, (inputs, outputs) in zip(linears, [(model.classifier[linears[0]].in_features, hidden), (hidden, hidden), (hidden, classes)]):
                model.classifier[i] = torch.nn.Linear(inputs, outputs)
        if channels != 3:
            first = next(n for n, m in model.named_modules() if isinstance(m, torch.nn.Conv2d))
            old = model.get_submodule(first)
            new = torch.nn.Conv2d(channels, old.out_channels, old.kernel_size, old.stride, old.padding, bias=old.bias is not None)
            model.set_submodule(first, new)
        return model

    return make
