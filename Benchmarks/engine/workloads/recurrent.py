"""The character model. A variant is how its batches lie: sequence by sequence, or time step by time step."""

import torch
import torch.nn as nn
import torch.nn.functional as F

from .step import sgd, training_step

ORDERS = ("batch-first", "time-first")
CHARACTERS, LENGTH, BATCH = 90, 80, 10


class CharLSTM(nn.Module):
    """Embedding 8, two layers of 256 units, scores of the next character everywhere (McMahan et al. 2017)."""

    def __init__(self, batch_first):
        super().__init__()
        self.embedding = nn.Embedding(CHARACTERS, 8)
        self.lstm = nn.LSTM(8, 256, 2, batch_first=batch_first)
        self.classifier = nn.Linear(256, CHARACTERS)

    def forward(self, ids):
        return self.classifier(self.lstm(self.embedding(ids))[0])


def char_lstm(order):
    model = CharLSTM(order == "batch-first").train()
    shape = (BATCH, LENGTH) if order == "batch-first" else (LENGTH, BATCH)
    ids, labels = torch.randint(0, CHARACTERS, shape), torch.randint(0, CHARACTERS, shape)
    return training_step(
        lambda: F.cross_entropy(model(ids).float().flatten(0, 1), labels.flatten()), sgd(model), BATCH)
