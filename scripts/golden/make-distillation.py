#!/usr/bin/env python3
"""Golden values for distillation and for training on several tasks, from PyTorch (Debian: python3-torch), in float64.

Run with Debian's interpreter:  /usr/bin/python3 scripts/golden/make-distillation.py
Writes test/golden/distillation.json. Relational distillation and PCGrad are written here from their papers.
"""

import json
import pathlib

import torch
from torch.nn import functional as F

from values import drawn, listed, with_gradient

OUT = pathlib.Path(__file__).resolve().parent.parent.parent / "test" / "golden" / "distillation.json"
torch.set_default_dtype(torch.float64)
torch.manual_seed(13)


def soft():
    cases = []
    for temperature in [1, 4]:
        s, t = (2 * drawn(5, 4)).requires_grad_(), 3 * drawn(5, 4)
        kl = F.kl_div(F.log_softmax(s / temperature, 1), F.softmax(t / temperature, 1), reduction="batchmean")
        cases.append({"temperature": temperature, "student": listed(s), "teacher": listed(t)}
                     | with_gradient(kl * temperature**2, s))
    return cases


def hints():
    """Projects to the channels of the teacher by a 1 x 1 convolution, with both maps averaged to the smaller grid."""
    x, w, b, t = drawn(2, 3, 6, 7).requires_grad_(), drawn(4, 3, 1, 1).requires_grad_(), drawn(4).requires_grad_(), drawn(2, 4, 4, 3)
    value = F.mse_loss(F.adaptive_avg_pool2d(F.conv2d(x, w, b), (4, 3)), t)
    return {"x": listed(x), "w": listed(w), "b": listed(b), "teacher": listed(t), **with_gradient(value, x, w, b)}


def attention():
    cases = []
    for power in [1, 2, 3]:
        s, t = drawn(3, 4, 6, 6).requires_grad_(), drawn(3, 5, 4, 4)
        a = F.normalize(F.adaptive_avg_pool2d(s, 4).abs().pow(power).mean(1).flatten(1))
        b = F.normalize(t.abs().pow(power).mean(1).flatten(1))
        cases.append({"power": power, "student": listed(s), "teacher": listed(t)} | with_gradient((a - b).pow(2).mean(), s))
    return cases


def relational():
    """Relational distillation of six rows; the last is padding, which PyTorch does not get."""
    made = {}
    s, t = drawn(5, 4).requires_grad_(), 2 * drawn(5, 7)
    n = len(s)
    pairs = [(i, j) for i in range(n) for j in range(n) if i != j]

    def distances(x):
        d = torch.stack([(x[i] - x[j]).norm() for i, j in pairs])
        return d / d.mean()

    def angles(x):
        e = {(i, j): (x[i] - x[j]) / (x[i] - x[j]).norm() for i, j in pairs}
        triples = [(i, j, k) for i in range(n) for j in range(n) for k in range(n) if len({i, j, k}) == 3]
        return torch.stack([(e[i, j] * e[k, j]).sum() for i, j, k in triples])

    for name, relation in {"distance": distances, "angle": angles}.items():
        value = F.smooth_l1_loss(relation(s), relation(t))
        one = with_gradient(value, s)
        one["gradients"][0] += [0.0] * 4
        made[name] = one
    return {"student": listed(s) + listed(s[0]), "teacher": listed(t) + listed(t[0]), **made}


def tasks():
    """Losses of three heads on one layer with missing labels (-1): fixed weights, Kendall's uncertainty, PCGrad."""
    x, sizes = drawn(7, 5), [3, 2, 4]
    labels = [[0, 2, -1, 1, 0, -1, 2], [1, -1, 0, 0, 1, 1, -1], [-1, 3, 0, 2, 1, 0, 3]]
    w = drawn(5, 6).requires_grad_()
    heads = [drawn(size, 6).requires_grad_() for size in sizes]
    s = torch.tensor([0.25, -0.5, 1.0]).requires_grad_()

    def losses():
        h = (x @ w).tanh()
        return [F.cross_entropy(h @ v.T, torch.tensor(y), ignore_index=-1) for v, y in zip(heads, labels)]

    every = [w, *heads]
    fixed = with_gradient(sum(f * l for f, l in zip([1, 0.5, 2], losses())), *every)
    uncertainty = with_gradient(sum(torch.exp(-si) * l + si / 2 for si, l in zip(s, losses())), *every, s)
    # PCGrad, algorithm 1, with a given order of the other tasks for each task.
    made = []
    for order in [[[1, 2], [0, 2], [0, 1]], [[2, 1], [2, 0], [1, 0]]]:
        g = [torch.autograd.grad(l, w, retain_graph=True)[0].flatten() for l in losses()]
        projected = [one.clone() for one in g]
        for i, others in enumerate(order):
            for j in others:
                dot = projected[i] @ g[j]
                if dot < 0:
                    projected[i] -= dot / (g[j] @ g[j]) * g[j]
        made.append({"order": order, "shared": listed(sum(projected)), "conflicts": sum(
            int(g[i] @ g[j] < 0) for i in range(3) for j in range(3) if i < j)})
    return {"x": listed(x), "labels": labels, "sizes": sizes, "w": listed(w), "heads": [listed(v) for v in heads],
            "s": listed(s), "losses": [l.item() for l in losses()], "gradients": [listed(torch.autograd.grad(l, w, retain_graph=True)[0]) for l in losses()],
            "fixed": fixed, "uncertainty": uncertainty,
            "pcgrad": made}


OUT.write_text(
    json.dumps(
        {
            "made": f"PyTorch {torch.__version__}",
            "soft": soft(),
            "hints": hints(),
            "attention": attention(),
            "relational": relational(),
            "tasks": tasks(),
        }
    )
    + "\n"
)
