"""Moves a network's biases so that no activation of one batch lies near the kink of a ReLU.

A gradient is compared with another implementation's element by element, and next to a kink rounding decides it. Of a few million
activations some always lie within rounding of 0. In a channel, though, the values of one batch leave gaps; its bias, which a batch norm
adds last, moves 0 into the middle of one.
"""

import torch

# Shifts are 0 to 255 of such steps. To the positive only: where more activations than not pass a ReLU, errors grow less from layer to layer.
STEP = 1 / 256


class Clearing(torch.overrides.TorchFunctionMode):
    """Watches a forward pass and moves the bias that was added last in front of each ReLU."""

    def __init__(self, model):
        self.last, self.shifts = None, {}
        for name, module in model.named_modules():
            if getattr(module, "bias", None) is not None:
                module.register_forward_hook(self.noting(f"{name}.bias"))

    def noting(self, name):
        def note(module, inputs, output):
            self.last = (name, module.bias)

        return note

    def __torch_function__(self, function, types, arguments=(), options=None):
        if getattr(function, "__name__", "") in ("relu", "relu_"):
            (name, bias), x = self.last, arguments[0]
            assert name not in self.shifts, f"two ReLUs behind {name}"
            steps = widest_gap(x.detach().transpose(0, 1).flatten(1))
            bias.data += steps * STEP
            self.shifts[name] = steps.to(torch.uint8)
            arguments = (x + (steps * STEP).view(1, -1, *[1] * (x.ndim - 2)), *arguments[1:])
        return function(*arguments, **(options or {}))


def widest_gap(channels):
    """[channels, values]: for each channel by how many steps to move it, so that the value nearest to 0 is farthest from it."""
    steps = torch.arange(256, dtype=channels.dtype)
    nearest = torch.stack([(channels + step * STEP).abs().amin(1) for step in steps])
    return steps[nearest.argmax(0)]


def clear(model, x):
    """Moves the model's biases for training with x; by `shift/NAME`, by how many steps."""
    clearing = Clearing(model)
    with torch.no_grad(), clearing:
        # Running statistics move, too.
        kept = {n: b.clone() for n, b in model.named_buffers()}
        model.train()(x)
    for name, buffer in model.named_buffers():
        buffer.copy_(kept[name])
    for module in model.modules():
        module._forward_hooks.clear()
    return {f"shift/{name}": steps for name, steps in clearing.shifts.items()}
