"""LSTM, GRU and RNN: both directions, several layers, rows of unequal length, an initial state."""
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from family import Family, Floats, Given, Ints

CLASSES = 5


class Lstm(nn.Module):
    """Text classifier: two bidirectional layers, and the last states of both directions."""

    def __init__(self, words=30, width=8, hidden=6):
        super().__init__()
        self.words = nn.Embedding(words, width)
        self.lstm = nn.LSTM(width, hidden, num_layers=2, bidirectional=True, batch_first=True)
        self.classifier = nn.Linear(2 * hidden, CLASSES)

    def forward(self, ids):
        _, (h, _) = self.lstm(self.words(ids))
        return self.classifier(torch.cat((h[-2], h[-1]), 1))


class Packed(nn.Module):
    """Bidirectional layers on rows of unequal length."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(4, 6, bidirectional=True)
        self.classifier = nn.Linear(12, CLASSES)

    def forward(self, x, lengths):
        y, (h, _) = self.lstm(pack_padded_sequence(x.transpose(0, 1), lengths))
        y, _ = pad_packed_sequence(y)
        return self.classifier(torch.cat((h[0], h[1]), 1)), y.transpose(0, 1)


class Gru(nn.Module):
    """Two bidirectional layers and the mean over time."""

    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(4, 6, num_layers=2, bidirectional=True, batch_first=True)
        self.classifier = nn.Linear(12, CLASSES)

    def forward(self, x):
        y, _ = self.gru(x)
        return self.classifier(y.mean(dim=1))


class Rnn(nn.Module):
    """RNN with relu and a trainable first state, then a bidirectional one with tanh."""

    def __init__(self):
        super().__init__()
        self.first = nn.Parameter(torch.zeros(1, 1, 6))
        self.one, self.two = nn.RNN(4, 6, nonlinearity="relu", batch_first=True), nn.RNN(
            6, 5, bidirectional=True, batch_first=True)
        self.classifier = nn.Linear(10, CLASSES)

    def forward(self, x):
        y, _ = self.one(x, self.first.expand(1, x.size(0), 6).contiguous())
        y, _ = self.two(y)
        return self.classifier(y[:, -1])


FAMILIES = {
    "lstm": Family(Lstm, [Ints("input_ids", [2, 6], 30)], labels=[3, 1]),
    "lstm-lengths": Family(Packed, [Floats("x", [3, 5, 4]), Given("lengths", [3], [5, 3, 2])],
                           outputs=("logits", "steps")),
    "gru": Family(Gru, [Floats("x", [2, 6, 4])], labels=[3, 1]),
    "rnn": Family(Rnn, [Floats("x", [2, 6, 4])], labels=[3, 1]),
}
