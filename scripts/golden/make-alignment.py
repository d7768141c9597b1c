#!/usr/bin/env python3
"""Golden values for MCC, CDAN and JAN: terms of the loss and gradients from PyTorch.

Run with Debian's interpreter:  /usr/bin/python3 scripts/golden/make-alignment.py
Writes test/golden/alignment.json.
"""

import json
import pathlib

import torch
from torch.nn import functional as F

OUT = pathlib.Path(__file__).resolve().parent.parent.parent / "test" / "golden" / "alignment.json"
torch.set_default_dtype(torch.float64)
torch.manual_seed(23)


def listed(t):
    return t.detach().flatten().tolist()


def drawn(*shape):
    """Draws numbers that are exact in float32, so that both sides have the same inputs."""
    return torch.randn(*shape).float().double()


def case(sizes, inputs, weights, value):
    """One case: the sizes, the inputs and weights by name, the value and its gradients in the same order."""
    given = [*inputs.values(), *weights]
    gradients = torch.autograd.grad(value, given, allow_unused=True)
    return {
        **sizes,
        **{name: listed(t) for name, t in inputs.items()},
        "weights": [listed(w) for w in weights],
        "value": value.item(),
        "gradients": [listed(torch.zeros_like(t) if g is None else g) for t, g in zip(given, gradients)],
    }


def batches(n, m, width, classes):
    return {
        "source": drawn(n, width).requires_grad_(),
        "target": drawn(m, width).requires_grad_(),
        "source_logits": (2 * drawn(n, classes)).requires_grad_(),
        "target_logits": (2 * drawn(m, classes)).requires_grad_(),
    }


def entropy(p):
    return -(p * p.log()).sum(1)


def mcc():
    """The paper's equations 2 to 6, one sample and one pair of classes after the other."""
    cases = []
    for m, classes, temperature in [(4, 3, 2.5), (6, 2, 1.0), (5, 4, 4.0)]:
        inputs = batches(3, m, 2, classes)
        p = F.softmax(inputs["target_logits"] / temperature, dim=1)
        w = 1 + torch.exp(-entropy(p).detach())
        w = m * w / w.sum()
        confusion = torch.stack([
            torch.stack([sum(w[i] * p[i, a] * p[i, b] for i in range(m)) for b in range(classes)])
            for a in range(classes)
        ])
        shares = confusion / confusion.sum(1, keepdim=True)
        value = sum(shares[a, b] for a in range(classes) for b in range(classes) if a != b) / classes
        sizes = {"n": 3, "m": m, "width": 2, "classes": classes, "temperature": temperature}
        cases.append(case(sizes, inputs, [], value))
    return cases


def cdan():
    """The whole term: outer product, reversal, the discriminator, weighted cross-entropy of each domain."""
    cases = []
    for n, m, width, classes, hidden, factor, conditioned in [
        (4, 4, 3, 2, 5, 0.7, False), (5, 3, 2, 3, 4, 1.0, True), (6, 6, 2, 4, 3, 0.4, True),
    ]:
        inputs = batches(n, m, width, classes)
        z = torch.cat([inputs["source_logits"], inputs["target_logits"]])
        f = torch.cat([inputs["source"], inputs["target"]])
        p = F.softmax(z, dim=1).detach()
        product = torch.einsum("nc,nd->ncd", p, f).reshape(n + m, -1)
        net = torch.nn.Sequential(
            torch.nn.Linear(width * classes, hidden), torch.nn.BatchNorm1d(hidden), torch.nn.ReLU(),
            torch.nn.Linear(hidden, hidden), torch.nn.BatchNorm1d(hidden), torch.nn.ReLU(),
            torch.nn.Linear(hidden, 1),
        )
        weights = list(net.parameters())
        with torch.no_grad():
            for one in weights:
                one.copy_(drawn(*one.shape))
        # Reversal: the value of the product, and its gradient times -factor.
        reversed_product = product.detach() - factor * (product - product.detach())
        told = net(reversed_product)
        w = 1 + torch.exp(-entropy(p)) if conditioned else torch.ones(n + m)
        losses = F.binary_cross_entropy_with_logits(
            told[:, 0], torch.cat([torch.ones(n), torch.zeros(m)]), reduction="none"
        )
        of_source = (w * losses)[:n].sum() / w[:n].sum()
        of_target = (w * losses)[n:].sum() / w[n:].sum()
        value = 0.5 * (of_source + of_target)
        sizes = {
            "n": n, "m": m, "width": width, "classes": classes, "hidden": hidden,
            "factor": factor, "entropy": conditioned,
        }
        cases.append(case(sizes, inputs, weights, value))
    return cases


def jan():
    """The unbiased estimate, with each pair of rows one after the other."""
    cases = []
    for n, m, width, classes in [(3, 3, 2, 2), (4, 3, 3, 4), (2, 5, 2, 3)]:
        inputs = batches(n, m, width, classes)
        f = torch.cat([inputs["source"], inputs["target"]])
        p = torch.cat([F.softmax(inputs["source_logits"], 1), F.softmax(inputs["target_logits"], 1)])
        total = n + m
        pairs = [[(f[i] - f[j]).pow(2).sum() for j in range(total)] for i in range(total)]
        mean = sum(d.detach() for row in pairs for d in row) / total**2

        def kernel(i, j):
            features = sum(torch.exp(-pairs[i][j] / (2 * 2.0**u * mean)) for u in range(-3, 2))
            return features * torch.exp(-(p[i] - p[j]).pow(2).sum() / (2 * 0.92**2))

        source, target = range(n), range(n, total)
        value = (
            sum(kernel(i, j) for i in source for j in source if i != j) / (n * (n - 1))
            + sum(kernel(i, j) for i in target for j in target if i != j) / (m * (m - 1))
            - 2 * sum(kernel(i, j) for i in source for j in target) / (n * m)
        )
        cases.append(case({"n": n, "m": m, "width": width, "classes": classes}, inputs, [], value))
    return cases


if __name__ == "__main__":
    values = {"mcc": mcc(), "cdan": cdan(), "jan": jan()}
    OUT.write_text(json.dumps(values) + "\n")
    print(OUT, OUT.stat().st_size, "bytes")
