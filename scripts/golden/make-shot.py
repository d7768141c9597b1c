#!/usr/bin/env python3
"""Golden values for SHOT: its loss of a batch and the gradients of the features from PyTorch.

Run with Debian's interpreter:  /usr/bin/python3 scripts/golden/make-shot.py
Writes test/golden/shot.json.
"""

import json
import pathlib

import torch
from torch.nn import functional as F

OUT = pathlib.Path(__file__).resolve().parent.parent.parent / "test" / "golden" / "shot.json"
torch.set_default_dtype(torch.float64)
torch.manual_seed(29)


def drawn(*shape):
    """Draws numbers that are exact in float32, so that both sides have the same inputs."""
    return torch.randn(*shape).float().double()


def listed(t):
    return t.detach().flatten().tolist()


def case(rows, padding, width, classes):
    """A batch whose last rows only fill it: the authors' loss of the rows before them."""
    features = drawn(rows + padding, width).requires_grad_()
    weight, bias = drawn(classes, width), drawn(classes)
    labels = torch.arange(rows + padding) % (classes - 1)
    z = (features @ weight.T + bias)[:rows]
    p = F.softmax(z, dim=1)
    entropy = -(p * p.log()).sum(1).mean()
    mean = p.mean(0)
    diversity = -(mean * (mean + 1e-5).log()).sum()
    value = entropy - diversity + 0.3 * F.cross_entropy(z, labels[:rows])
    (gradient,) = torch.autograd.grad(value, [features])
    return {
        "rows": rows,
        "padding": padding,
        "width": width,
        "classes": classes,
        "features": listed(features),
        "weight": listed(weight),
        "bias": listed(bias),
        "labels": labels.tolist(),
        "value": value.item(),
        "gradient": listed(gradient),
    }


if __name__ == "__main__":
    OUT.write_text(json.dumps([case(6, 0, 3, 3), case(5, 3, 4, 2), case(4, 1, 2, 5)]) + "\n")
    print(OUT, OUT.stat().st_size, "bytes")
