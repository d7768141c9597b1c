#!/usr/bin/env python3
"""Golden values for adaptation: losses and gradients from PyTorch, KLIEP from SciPy, MMD from NumPy.

Run with Debian's interpreter:  /usr/bin/python3 scripts/golden/make-adaptation.py
Writes test/golden/adaptation.json.
"""

import json
import pathlib

import numpy as np
import torch
from scipy.optimize import minimize
from torch.nn import functional as F

OUT = pathlib.Path(__file__).resolve().parent.parent.parent / "test" / "golden" / "adaptation.json"
torch.set_default_dtype(torch.float64)
torch.manual_seed(11)


def listed(t):
    return t.detach().flatten().tolist()


def drawn(*shape):
    """Draws numbers that are exact in float32, so that both sides have the same inputs."""
    return torch.randn(*shape).float().double()


class Reversed(torch.autograd.Function):
    """Gradient reversal as an operator."""

    @staticmethod
    def forward(context, x, factor):
        context.factor = factor
        return x.view_as(x)

    @staticmethod
    def backward(context, gradient):
        return -context.factor * gradient, None


def dann():
    """Computes the whole term: reversal, two hidden layers with BatchNorm1d in training, binary cross-entropy."""
    cases = []
    for n, m, width, hidden, factor in [(4, 4, 3, 5, 0.7), (6, 3, 4, 4, 1.0), (5, 5, 2, 3, 0.0)]:
        source, target = drawn(n, width).requires_grad_(), drawn(m, width).requires_grad_()
        net = torch.nn.Sequential(
            torch.nn.Linear(width, hidden), torch.nn.BatchNorm1d(hidden), torch.nn.ReLU(),
            torch.nn.Linear(hidden, hidden), torch.nn.BatchNorm1d(hidden), torch.nn.ReLU(),
            torch.nn.Linear(hidden, 1),
        )
        weights = list(net.parameters())
        with torch.no_grad():
            for w in weights:
                w.copy_(drawn(*w.shape))
        told = net(Reversed.apply(torch.cat([source, target]), factor))
        loss = 0.5 * (
            F.binary_cross_entropy_with_logits(told[:n], torch.ones(n, 1))
            + F.binary_cross_entropy_with_logits(told[n:], torch.zeros(m, 1))
        )
        gradients = torch.autograd.grad(loss, [source, target, *weights])
        cases.append({
            "n": n, "m": m, "width": width, "hidden": hidden, "factor": factor,
            "source": listed(source), "target": listed(target), "weights": [listed(w) for w in weights],
            "value": loss.item(), "gradients": [listed(g) for g in gradients],
        })
    return cases


def coral():
    cases = []
    for n, m, d in [(4, 4, 3), (6, 3, 5), (2, 8, 2)]:
        source, target = drawn(n, d).requires_grad_(), drawn(m, d).requires_grad_()
        value = (torch.cov(source.T) - torch.cov(target.T)).pow(2).sum() / (4 * d * d)
        gradients = torch.autograd.grad(value, [source, target])
        cases.append({
            "n": n, "m": m, "d": d, "source": listed(source), "target": listed(target),
            "value": value.item(), "gradients": [listed(g) for g in gradients],
        })
    return cases


def kliep():
    """Solves the problem as stated, by sequential least squares programming."""
    rng = np.random.RandomState(3)
    cases = []
    for k, m in [(3, 12), (6, 40)]:
        rows = np.exp(-rng.rand(m, k) * 4)
        means = np.exp(-rng.rand(k) * 2)
        found = minimize(
            lambda alpha: -np.log(rows @ alpha).mean(),
            np.ones(k) / means.sum(),
            jac=lambda alpha: -(rows / (rows @ alpha)[:, None]).mean(0),
            bounds=[(0, None)] * k,
            constraints={"type": "eq", "fun": lambda alpha: means @ alpha - 1, "jac": lambda alpha: means},
            method="SLSQP",
            options={"ftol": 1e-14, "maxiter": 2000},
        )
        cases.append({
            "k": k, "rows": rows.ravel().tolist(), "means": means.tolist(),
            "alpha": found.x.tolist(), "likelihood": -found.fun,
        })
    return cases


def mmd():
    rng = np.random.RandomState(5)
    cases = []
    for n, m, d, shift in [(6, 6, 3, 0.0), (8, 5, 2, 2.0)]:
        x = rng.randn(n, d).astype(np.float32)
        y = (rng.randn(m, d) + shift).astype(np.float32)
        z = np.concatenate([x, y]).astype(np.float64)
        squares = ((z[:, None] - z[None]) ** 2).sum(-1)
        bandwidth = np.median(squares[squares > 0])
        k = np.exp(-squares / (2 * bandwidth))
        xx, yy, xy = k[:n, :n], k[n:, n:], k[:n, n:]
        value = (xx.sum() - n) / (n * (n - 1)) + (yy.sum() - m) / (m * (m - 1)) - 2 * xy.mean()
        cases.append({"n": n, "m": m, "d": d, "x": x.ravel().tolist(), "y": y.ravel().tolist(), "bandwidth": bandwidth, "value": value})
    return cases


if __name__ == "__main__":
    values = {"dann": dann(), "coral": coral(), "kliep": kliep(), "mmd": mmd()}
    OUT.write_text(json.dumps(values) + "\n")
    print(OUT, OUT.stat().st_size, "bytes")
