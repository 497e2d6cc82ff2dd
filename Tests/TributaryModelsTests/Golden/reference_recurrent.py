"""The recurrent text models in PyTorch, built of torch.nn.LSTM and torch.nn.GRU."""

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


def packed(layers, x, mask):
    """Runs layers on batch-first x of which mask says where the sequences end."""
    lengths = mask.sum(1).long()
    output, final = layers(pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False))
    return pad_packed_sequence(output, batch_first=True, total_length=x.shape[1])[0], final


class TextRecurrent(nn.Module):
    """Final state of the last layer, both directions joined, through a classifier."""

    def __init__(self, cell, vocabulary_size, embedding_size, hidden_size, layers, bidirectional, classes):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, embedding_size)
        kind = {"lstm": nn.LSTM, "gru": nn.GRU}[cell]
        self.add_module(cell, kind(embedding_size, hidden_size, layers, batch_first=True, bidirectional=bidirectional))
        self.cell, self.directions = cell, 1 + bidirectional
        self.classifier = nn.Linear(self.directions * hidden_size, classes)

    def features(self, ids, mask):
        _, final = packed(getattr(self, self.cell), self.embedding(ids), mask)
        hidden = final[0] if self.cell == "lstm" else final
        return torch.cat(list(hidden[-self.directions :]), 1)

    def forward(self, ids, mask):
        return self.classifier(self.features(ids, mask))


class FrameRecurrent(nn.Module):
    """The same over the columns of a map, [batch, channels, rows, frames]."""

    def __init__(self, cell, channels, rows, classes, hidden_size=64, layers=1, bidirectional=True):
        super().__init__()
        kind = {"lstm": nn.LSTM, "gru": nn.GRU}[cell]
        self.add_module(cell, kind(channels * rows, hidden_size, layers, batch_first=True, bidirectional=bidirectional))
        self.cell, self.directions = cell, 1 + bidirectional
        self.classifier = nn.Linear(self.directions * hidden_size, classes)

    def forward(self, x):
        _, final = getattr(self, self.cell)(x.flatten(1, 2).transpose(1, 2))
        hidden = final[0] if self.cell == "lstm" else final
        return self.classifier(torch.cat(list(hidden[-self.directions :]), 1))


class TextBag(nn.Module):
    """The mean of the words' vectors through a classifier."""

    def __init__(self, vocabulary_size, embedding_size, classes):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, embedding_size)
        self.classifier = nn.Linear(embedding_size, classes)

    def features(self, ids, mask):
        return (self.embedding(ids) * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)

    def forward(self, ids, mask):
        return self.classifier(self.features(ids, mask))


class TextAttention(nn.Module):
    """Word attention of Yang et al. 2016 over the states of a bidirectional GRU."""

    def __init__(self, vocabulary_size, embedding_size, hidden_size, layers, attention_size, classes):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, embedding_size)
        self.gru = nn.GRU(embedding_size, hidden_size, layers, batch_first=True, bidirectional=True)
        self.attention = nn.ModuleDict({
            "projection": nn.Linear(2 * hidden_size, attention_size), "context": nn.Linear(attention_size, 1, bias=False)})
        self.classifier = nn.Linear(2 * hidden_size, classes)

    def features(self, ids, mask):
        states, _ = packed(self.gru, self.embedding(ids), mask)
        scores = self.attention["context"](self.attention["projection"](states).tanh())[..., 0]
        shares = scores.masked_fill(mask == 0, float("-inf")).softmax(1)
        return (shares[..., None] * states).sum(1)

    def forward(self, ids, mask):
        return self.classifier(self.features(ids, mask))


class CharLSTM(nn.Module):
    """Scores of the next character at every position."""

    def __init__(self, embedding_size, hidden_size, layers, classes):
        super().__init__()
        self.embedding = nn.Embedding(classes, embedding_size)
        self.lstm = nn.LSTM(embedding_size, hidden_size, layers, batch_first=True)
        self.classifier = nn.Linear(hidden_size, classes)

    def features(self, ids):
        return self.lstm(self.embedding(ids))[0].flatten(0, 1)

    def forward(self, ids):
        return self.classifier(self.features(ids))


class Seq2SeqLSTM(nn.Module):
    """Bidirectional encoder, decoder with Luong's general attention, target given."""

    def __init__(self, vocabulary_size, embedding_size, hidden_size, layers, classes):
        super().__init__()

        def part(count, size, bidirectional):
            return nn.ModuleDict({
                "embedding": nn.Embedding(count, embedding_size),
                "lstm": nn.LSTM(embedding_size, size, layers, batch_first=True, bidirectional=bidirectional)})

        self.encoder = part(vocabulary_size, hidden_size // 2, True)
        self.decoder = part(classes, hidden_size, False)
        self.attention = nn.ModuleDict({
            "score": nn.Linear(hidden_size, hidden_size, bias=False),
            "output": nn.Linear(2 * hidden_size, hidden_size, bias=False)})
        self.classifier = nn.Linear(hidden_size, classes)

    def features(self, source, mask, target):
        states, final = packed(self.encoder["lstm"], self.encoder["embedding"](source), mask)
        initial = tuple(torch.cat([s[0::2], s[1::2]], 2) for s in final)
        hidden, _ = self.decoder["lstm"](self.decoder["embedding"](target), initial)
        scores = (self.attention["score"](hidden) @ states.mT).masked_fill(mask[:, None] == 0, float("-inf"))
        context = scores.softmax(2) @ states
        return self.attention["output"](torch.cat([context, hidden], 2)).tanh().flatten(0, 1)

    def forward(self, source, mask, target):
        return self.classifier(self.features(source, mask, target))
