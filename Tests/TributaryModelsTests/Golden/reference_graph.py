"""The graph networks in PyTorch with dense adjacency, written from the papers' formulas."""

import torch
from torch import nn


def symmetric(adjacency):
    """Kipf & Welling's renormalised adjacency."""
    a = adjacency + torch.eye(len(adjacency))
    root = a.sum(1).rsqrt()
    return root[:, None] * a * root[None, :]


def mean(adjacency):
    """The mean over neighbours; 0 of a node without any."""
    return adjacency / adjacency.sum(1, keepdim=True).clamp(min=1)


class Layer(nn.Module):
    """A weight and a bias, as the networks multiply by them."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(outputs, inputs))
        self.bias = nn.Parameter(torch.zeros(outputs))


class GCN(nn.Module):
    def __init__(self, inputs, hidden_size, classes):
        super().__init__()
        self.conv1, self.conv2 = Layer(inputs, hidden_size), Layer(hidden_size, classes)

    def hidden(self, x, adjacency):
        return (symmetric(adjacency) @ (x @ self.conv1.weight.T) + self.conv1.bias).relu()

    def features(self, x, adjacency, nodes):
        return (symmetric(adjacency) @ self.hidden(x, adjacency))[nodes]

    def forward(self, x, adjacency, nodes):
        # As the paper has it: propagation after the product.
        h = self.hidden(x, adjacency)
        return (symmetric(adjacency) @ (h @ self.conv2.weight.T) + self.conv2.bias)[nodes]


class GraphSAGE(nn.Module):
    def __init__(self, inputs, hidden_size, classes):
        super().__init__()
        self.layer1, self.layer2 = Layer(2 * inputs, hidden_size), Layer(2 * hidden_size, classes)

    @staticmethod
    def joined(x, adjacency):
        return torch.cat([x, mean(adjacency) @ x], 1)

    def hidden(self, x, adjacency):
        return (self.joined(x, adjacency) @ self.layer1.weight.T + self.layer1.bias).relu()

    def features(self, x, adjacency, nodes):
        return self.joined(self.hidden(x, adjacency), adjacency)[nodes]

    def forward(self, x, adjacency, nodes):
        h = self.joined(self.hidden(x, adjacency), adjacency)
        return (h @ self.layer2.weight.T + self.layer2.bias)[nodes]
