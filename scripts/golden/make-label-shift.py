"""Adaptation of a model's last layer, by SciPy: test/golden/label-shift.json.

Run with Debian's python3-scipy: python3 scripts/golden/make-label-shift.py

Calibration: scipy.optimize.minimize (BFGS) on the penalised loss. Shares: not EM, but SciPy's SLSQP on the likelihood that EM climbs,
sum over x of log sum over k of p_s(k | x) pi_k / pi_k^s, over the simplex; it is concave, so both have the same maximum.
Pseudo labels: scipy's cdist with cosine distances, as the published code of SHOT does.
"""
import json
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.spatial.distance import cdist
from scipy.special import log_softmax, softmax

draw = np.random.default_rng(7)


def logits(labels, classes):
    """Overconfident logits with a bias, as float32 holds them."""
    z = draw.normal(size=(len(labels), classes)) + 1.5 * np.eye(classes)[labels]
    z = 2.5 * z + np.linspace(-0.5, 0.5, classes)
    return z.astype(np.float32).astype(float)


def calibrate(z, y):
    classes = z.shape[1]

    def loss(x):
        own = log_softmax(np.exp(x[0]) * z + x[1:], axis=1)[np.arange(len(y)), y]
        return (-own.sum() + x @ x / 20) / len(y)

    x = minimize(loss, np.zeros(1 + classes), method="BFGS", options={"gtol": 1e-9}).x
    return np.exp(x[0]), x[1:]


def shares(p, old):
    classes = len(old)
    found = minimize(
        lambda pi: -np.log((p * pi / old).sum(1)).mean(),
        np.full(classes, 1 / classes),
        jac=lambda pi: -((p / old) / (p * pi / old).sum(1, keepdims=True)).mean(0),
        method="SLSQP",
        bounds=[(0, 1)] * classes,
        constraints={"type": "eq", "fun": lambda pi: pi.sum() - 1},
        options={"ftol": 1e-14, "maxiter": 1000},
    )
    return found.x


def shift(held_counts, target_counts):
    classes = len(held_counts)
    y = np.repeat(np.arange(classes), held_counts)
    held, target = logits(y, classes), logits(np.repeat(np.arange(classes), target_counts), classes)
    scale, bias = calibrate(held, y)
    old = softmax(scale * held + bias, axis=1).mean(0)
    new = shares(softmax(scale * target + bias, axis=1), old)
    return {
        "classes": classes,
        "held": held.ravel().tolist(),
        "labels": y.tolist(),
        "target": target.ravel().tolist(),
        "scale": scale,
        "bias": bias.tolist(),
        "old": old.tolist(),
        "shares": new.tolist(),
    }


def shot(n, d, classes):
    y = np.arange(n) % classes
    f = (draw.normal(size=(n, d)) + 1.2 * np.eye(classes, d)[y]).astype(np.float32).astype(float)
    z = draw.normal(size=(n, classes)) + 1.0 * np.eye(classes)[y]
    z[:, -1] -= 20  # the last class is never predicted
    p = softmax(z, axis=1)
    wide = np.concatenate([f, np.ones((n, 1))], axis=1)
    wide /= np.linalg.norm(wide, axis=1, keepdims=True)
    weights, label = p, p.argmax(1)
    for _ in range(2):
        seen = np.flatnonzero(np.bincount(label, minlength=classes) > 0)
        centroids = weights.T @ wide / (1e-8 + weights.sum(0)[:, None])
        label = seen[cdist(wide, centroids[seen], "cosine").argmin(1)]
        weights = np.eye(classes)[label]
    return {
        "width": d,
        "features": f.ravel().tolist(),
        "probabilities": p.ravel().tolist(),
        "labels": label.tolist(),
    }


golden = {
    "shift": [shift([60, 60], [16, 64]), shift([40, 30, 50], [10, 60, 20])],
    "shot": [shot(40, 5, 4)],
}
path = Path(__file__).parents[2] / "test/golden/label-shift.json"
path.write_text(json.dumps(golden) + "\n")
