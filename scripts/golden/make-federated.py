"""Federated averaging of a softmax head, by NumPy: test/golden/federated.json.

Run with Debian's python3-numpy: python3 scripts/golden/make-federated.py

Every client takes a gradient step on each of its batches. The gradient is made of central differences of the loss in float64: no formula
of a gradient is used. The loss of a batch is its mean cross-entropy plus mu / 2 times the squared distance from the
weights at the beginning of the round. The server adds eta times the mean of the changes, weighted by the numbers of samples.
"""
import json
from pathlib import Path

import numpy as np

draw = np.random.default_rng(11)
dims, classes, sizes = 4, 3, [7, 3, 5]
x = [np.hstack([draw.normal(size=(n, dims - 1)).round(3), np.ones((n, 1))]) for n in sizes]
y = [draw.integers(0, classes, size=n) for n in sizes]


def loss(w, rows, labels, start, mu):
    logits = rows @ w.T
    likelihood = np.exp(logits[np.arange(len(labels)), labels]) / np.exp(logits).sum(axis=1)
    return -np.log(likelihood).mean() + mu / 2 * ((w - start) ** 2).sum()


def gradient(w, *rest, h=1e-5):
    found = np.zeros_like(w)
    for at in np.ndindex(w.shape):
        step = np.zeros_like(w)
        step[at] = h
        found[at] = (loss(w + step, *rest) - loss(w - step, *rest)) / (2 * h)
    return found


def run(rounds, epochs, batch, rate, eta, mu):
    orders = [[[draw.permutation(n).tolist() for _ in range(epochs)] for _ in range(rounds)] for n in sizes]
    w = np.zeros((classes, dims))
    after = []
    for r in range(rounds):
        changes = []
        for k, n in enumerate(sizes):
            own = w.copy()
            for order in orders[k][r]:
                for first in range(0, n, batch):
                    places = order[first : first + batch]
                    own = own - rate * gradient(own, x[k][places], y[k][places], w, mu)
            changes.append(n / sum(sizes) * (own - w))
        w = w + eta * sum(changes)
        after.append(w.flatten().tolist())
    return {"rounds": rounds, "localEpochs": epochs, "batch": batch, "rate": rate, "serverRate": eta, "proximal": mu,
            "orders": orders, "after": after}


made = {
    "dims": dims,
    "classes": classes,
    "clients": [{"rows": rows.flatten().tolist(), "labels": labels.tolist()} for rows, labels in zip(x, y)],
    "runs": [run(3, 1, 2, 0.5, 1, 0), run(2, 3, 3, 0.8, 0.5, 0), run(3, 2, 2, 0.5, 1, 0.1), run(2, 2, 4, 1, 0.7, 2)],
}
out = Path(__file__).parents[2] / "test" / "golden" / "federated.json"
out.write_text(json.dumps(made) + "\n")
