#!/usr/bin/env python3
"""Golden values for src/losses and src/optim from PyTorch (Debian: python3-torch), in float64.

Run with Debian's interpreter:  /usr/bin/python3 scripts/golden/make-training.py
Writes test/golden/training.json. Lion is written here from its paper: PyTorch has none.
"""

import json
import pathlib

import torch
from torch.nn import functional as F

from values import drawn, listed, with_gradient

OUT = pathlib.Path(__file__).resolve().parent.parent.parent / "test" / "golden" / "training.json"
torch.set_default_dtype(torch.float64)
torch.manual_seed(7)


def spectral():
    cases = []
    for rows, columns, k in [(5, 8, 1), (5, 8, 3), (8, 5, 1), (8, 5, 2)]:
        f = drawn(rows, columns).requires_grad_()
        value = torch.linalg.svdvals(f).flip(0)[:k].pow(2).sum()
        cases.append({"rows": rows, "columns": columns, "k": k, "x": listed(f), **with_gradient(value, f)})
    # Two padding rows, which PyTorch does not get.
    f = drawn(4, 8).requires_grad_()
    value = torch.linalg.svdvals(f).min().pow(2)
    made = with_gradient(value, f)
    fill = [0.5] * 16
    made["gradients"] = [made["gradients"][0] + [0.0] * 16]
    cases.append({"rows": 6, "columns": 8, "k": 1, "live": 4, "x": listed(f) + fill, **made})
    return cases


def drift():
    w, w0 = drawn(3, 4).requires_grad_(), drawn(3, 4)
    weights = {"w": listed(w), "before": listed(w0), **with_gradient(((w - w0) ** 2).sum() / 2, w)}
    a, b = drawn(2, 3, 4, 5).requires_grad_(), drawn(2, 3, 4, 5)
    per_channel = ((a - b) ** 2).sum(dim=(2, 3)) / (4 * 5) / 2
    maps = {"now": listed(a), "before": listed(b), **with_gradient(per_channel.sum(1).mean(), a)}
    return {"weights": weights, "maps": maps}


def losses():
    cases = []
    labels = [0, 2, 2, 1, 0, 2]
    for smoothing, weight, gamma in [
        (0.1, None, 0),
        (0, [0.5, 2.0, 1.25], 0),
        (0.2, [0.5, 2.0, 1.25], 0),
        (0, None, 2),
        (0, [0.5, 2.0, 1.25], 1.5),
    ]:
        z = (2 * drawn(6, 3)).requires_grad_()
        y = torch.tensor(labels)
        w = None if weight is None else torch.tensor(weight)
        if gamma == 0:
            value = F.cross_entropy(z, y, weight=w, label_smoothing=smoothing)
        else:
            # Lin et al. 2017, equation 5, for softmax: alpha of the class, normalised by the sum of the alphas.
            alpha = torch.ones(6) if w is None else w[y]
            p = z.softmax(1)[torch.arange(6), y]
            value = (-alpha * (1 - p) ** gamma * p.log()).sum() / alpha.sum()
        cases.append(
            {"z": listed(z), "labels": labels, "smoothing": smoothing, "weights": weight, "gamma": gamma}
            | with_gradient(value, z)
        )
    return cases


RATES = [0.02, 0.05, 0.01]


class Lion(torch.optim.Optimizer):
    """Lion (Chen et al. 2023, algorithm 2)."""

    def __init__(self, params, lr, betas, weight_decay):
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            b1, b2 = group["betas"]
            for p in group["params"]:
                m = self.state[p].setdefault("m", torch.zeros_like(p))
                c = (b1 * m + (1 - b1) * p.grad).sign()
                p.sub_(group["lr"] * (c + group["weight_decay"] * p))
                m.mul_(b2).add_(p.grad, alpha=1 - b2)


def optimizers():
    made = {}
    makers = {
        "rmsprop": lambda p: torch.optim.RMSprop([p], lr=1),
        "lion": lambda p: Lion([p], 1, (0.9, 0.99), 0.1),
    }
    start, gradients = drawn(6), [drawn(6) for _ in RATES]
    for name, maker in makers.items():
        p = start.clone().requires_grad_()
        optimizer = maker(p)
        after = []
        for rate, gradient in zip(RATES, gradients):
            optimizer.param_groups[0]["lr"] = rate
            p.grad = gradient.clone()
            optimizer.step()
            after.append(listed(p))
        made[name] = after
    return {"start": listed(start), "gradients": [listed(g) for g in gradients], "rates": RATES, "after": made}


def schedules():
    total = 70
    made = {}
    lr = torch.optim.lr_scheduler
    for name, maker in {
        "polynomial": lambda o: lr.PolynomialLR(o, total_iters=total, power=2),
        "step": lambda o: lr.MultiStepLR(o, milestones=[35, 56], gamma=0.1),
        "cosine-restarts": lambda o: lr.CosineAnnealingWarmRestarts(o, T_0=10, T_mult=2),
    }.items():
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1)
        scheduler = maker(optimizer)
        rates = []
        for _ in range(total):
            rates.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step()
        made[name] = rates
    return made


OUT.write_text(
    json.dumps(
        {
            "made": f"PyTorch {torch.__version__}",
            "spectral": spectral(),
            "drift": drift(),
            "losses": losses(),
            "optimizers": optimizers(),
            "schedules": schedules(),
        }
    )
    + "\n"
)
