#!/usr/bin/env python3
"""Golden values for attributions: Shapley values by their definition over permutations, Integrated Gradients from PyTorch.

Run with Debian's interpreter:  /usr/bin/python3 scripts/golden/make-attributions.py
Writes test/golden/attributions.json.
"""

import itertools
import json
import pathlib

import numpy as np
import torch
from torch.nn import functional as F

OUT = pathlib.Path(__file__).resolve().parent.parent.parent / "test" / "golden" / "attributions.json"
torch.set_default_dtype(torch.float64)
torch.manual_seed(7)
rng = np.random.default_rng(7)


def shapley(m=6):
    """Draws a value for each subset; phi_i is the mean contribution of feature i over all orders."""
    v = rng.normal(size=2**m).round(6)
    phi = np.zeros(m)
    orders = list(itertools.permutations(range(m)))
    for order in orders:
        shown = 0
        for i in order:
            phi[i] += v[shown | (1 << i)] - v[shown]
            shown |= 1 << i
    return {"v": v.tolist(), "phi": (phi / len(orders)).tolist()}


def drawn(*shape):
    """Draws numbers that are exact in float32, so that both sides have the same inputs."""
    return torch.randn(*shape).float().double()


def integrated_gradients():
    """Returns integrated gradients of a class probability with respect to two values: embedding, linear layer, tanh and ReLU."""
    w = {"table": drawn(5, 3), "w1": drawn(4 + 2 * 3, 8), "b1": drawn(8), "w2": drawn(8, 3), "b2": drawn(3)}
    x, x0 = drawn(4), drawn(4)
    ids = torch.tensor([1, 4])
    e, e0 = w["table"][ids], w["table"][torch.tensor([0, 0])]
    chosen = 2

    def predict(numbers, words):
        h = torch.tanh(torch.cat([numbers, words.flatten()]) @ w["w1"] + w["b1"])
        return F.softmax(F.relu(h) @ w["w2"] + w["b2"], dim=0)[chosen]

    def attributions(n):
        total = [torch.zeros_like(x), torch.zeros_like(e)]
        for k in range(n):
            alpha = (k + 0.5) / n
            numbers = (x0 + alpha * (x - x0)).requires_grad_()
            words = (e0 + alpha * (e - e0)).requires_grad_()
            gradients = torch.autograd.grad(predict(numbers, words), [numbers, words])
            total = [t + g / n for t, g in zip(total, gradients)]
        return [(x - x0) * total[0], (e - e0) * total[1]]

    listed = lambda t: t.detach().flatten().tolist()
    few, many = attributions(48), attributions(20000)
    return {**{k: listed(v) for k, v in w.items()}, "x": listed(x), "x0": listed(x0), "ids": ids.tolist(),
            "class": chosen, "base": float(predict(x0, e0)), "prediction": float(predict(x, e)),
            "steps48": [listed(t) for t in few], "integral": [listed(t) for t in many]}


def rounded(value):
    if isinstance(value, float):
        return float(f"{value:.10g}")
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    return [rounded(v) for v in value] if isinstance(value, list) else value


OUT.write_text(json.dumps(rounded({"shapley": shapley(), "integrated_gradients": integrated_gradients()})) + "\n")
