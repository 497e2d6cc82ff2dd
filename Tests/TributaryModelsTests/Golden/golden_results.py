"""What a golden file of the models' conformance suite holds of a reference network."""

import re

import numpy as np
import torch

from reference_models import signed


def sampled(x, limit):
    """Of a tensor at most `limit` elements at even distances."""
    x = x.detach().flatten()
    return x[:: max(1, -(-x.numel() // limit))].clone()


def digest(name, x, limit):
    """A sample and two projections onto formula vectors."""
    values = x.detach().flatten()
    directions = [signed(f"projection.{k}.{name}", values.numel()).astype(np.float64) for k in range(2)]
    return torch.cat([sampled(x, limit), torch.tensor([float(values.double().numpy() @ d) for d in directions])])


class Layers:
    """The outputs of the modules whose names match `pattern` in one forward pass, by `name(module name, number of the call)`."""

    def __init__(self, model, pattern, name=lambda module, call: module):
        self.outputs, self.calls = {}, 0

        def hook(module_name):
            def keep(module, inputs, output):
                self.outputs[name(module_name, self.calls)] = output[0] if isinstance(output, tuple) else output
                self.calls += 1

            return keep

        self.handles = [m.register_forward_hook(hook(n)) for n, m in model.named_modules() if re.fullmatch(pattern, n)]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for handle in self.handles:
            handle.remove()


def gradients(model, limit):
    return {f"gradient/{n}": digest(n, p.grad, limit) for n, p in model.named_parameters() if p.grad is not None}
