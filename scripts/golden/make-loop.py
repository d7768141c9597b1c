"""Expected values of the training loop's parts, from PyTorch and from fastai's definition: test/golden/loop.json.

    /usr/bin/python3 scripts/golden/make-loop.py
"""

import json
import math
import pathlib

import torch

torch.manual_seed(0)


def valley(losses):
    """Returns the position that `valley` of fastai callback/schedule.py finds."""
    n = len(losses)
    max_start, max_end = 0, 0
    lds = [1] * n
    for i in range(1, n):
        for j in range(0, i):
            if losses[i] < losses[j] and lds[i] < lds[j] + 1:
                lds[i] = lds[j] + 1
            if lds[max_end] < lds[i]:
                max_end = i
                max_start = max_end - lds[max_end]
    sections = (max_end - max_start) / 3
    return max_start + int(sections) + int(sections / 2)


def smooth(values, beta=0.98):
    """Computes `AvgSmoothLoss` of fastai."""
    val, out = torch.tensor(0.0, dtype=torch.float64), []
    for i, v in enumerate(values):
        val = torch.lerp(torch.tensor(v, dtype=torch.float64), val, beta)
        out.append((val / (1 - beta ** (i + 1))).item())
    return out


def valleys():
    g = torch.Generator().manual_seed(1)
    cases = []
    for k in range(4):
        noise = torch.randn(85, generator=g, dtype=torch.float64) * 0.05 * (k + 1)
        raw = [1.6 - 1.2 / (1 + math.exp(-(i - 40) / 6)) + math.exp((i - 78) / 3) for i in range(85)]
        losses = smooth([v + e.item() for v, e in zip(raw, noise)])
        cases.append({"losses": losses, "at": valley(losses)})
    cases.append({"losses": [1.0, 2.0, 3.0], "at": max(0, valley([1.0, 2.0, 3.0]))})
    return cases


def sam():
    """Computes three steps of SAM (Foret et al., algorithm 1) around SGD with momentum, on a small network."""
    torch.manual_seed(3)
    w1 = torch.randn(4, 5, dtype=torch.float64) * 0.5
    w2 = torch.randn(5, 3, dtype=torch.float64) * 0.5
    x = torch.randn(6, 4, dtype=torch.float64)
    y = torch.tensor([0, 1, 2, 0, 1, 2])
    start = {"w1": w1.tolist(), "w2": w2.tolist(), "x": x.tolist(), "y": y.tolist()}
    params = [w1.requires_grad_(), w2.requires_grad_()]
    optimizer = torch.optim.SGD(params, lr=0.1, momentum=0.9)
    rho = 0.2

    def loss():
        return torch.nn.functional.cross_entropy(torch.tanh(x @ params[0]) @ params[1], y)

    after = []
    for _ in range(3):
        optimizer.zero_grad()
        loss().backward()
        norm = torch.sqrt(sum((p.grad**2).sum() for p in params))
        with torch.no_grad():
            moves = [rho * p.grad / (norm + 1e-12) for p in params]
            for p, e in zip(params, moves):
                p.add_(e)
        optimizer.zero_grad()
        loss().backward()
        with torch.no_grad():
            for p, e in zip(params, moves):
                p.sub_(e)
        optimizer.step()
        after.append({"w1": params[0].tolist(), "w2": params[1].tolist()})
    return {"start": start, "rho": rho, "rate": 0.1, "momentum": 0.9, "after": after}


def statistics():
    """Runs torch.optim.swa_utils.update_bn on conv -> BN -> relu -> conv -> BN."""
    torch.manual_seed(5)
    net = torch.nn.Sequential(
        torch.nn.Conv2d(2, 3, 3, padding=1, bias=False),
        torch.nn.BatchNorm2d(3),
        torch.nn.ReLU(),
        torch.nn.Conv2d(3, 2, 1, bias=False),
        torch.nn.BatchNorm2d(2),
    )
    batches = [torch.randn(4, 2, 5, 5) * (k + 1) + k for k in range(3)]
    torch.optim.swa_utils.update_bn(batches, net)
    return {
        "w1": net[0].weight.detach().flatten().tolist(),
        "w2": net[3].weight.detach().flatten().tolist(),
        "batches": [b.flatten().tolist() for b in batches],
        "mean1": net[1].running_mean.tolist(),
        "variance1": net[1].running_var.tolist(),
        "mean2": net[4].running_mean.tolist(),
        "variance2": net[4].running_var.tolist(),
    }


golden = {"valleys": valleys(), "sam": sam(), "statistics": statistics()}
path = pathlib.Path(__file__).parent.parent.parent / "test" / "golden" / "loop.json"
path.write_text(json.dumps(golden) + "\n")
