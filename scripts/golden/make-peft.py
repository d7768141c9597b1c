"""Three steps of LoRA and DoRA in PyTorch, written from their formulas: test/golden/peft.json.

    /usr/bin/python3 scripts/golden/make-peft.py

W' = W + s B A; DoRA: m * (W + s B A) / ||W + s B A|| with the norm detached. Beside a linear layer over tokens and beside
a strided convolution, each with a bias, then ReLU, a mean, and a linear head; cross-entropy; plain SGD in float64.
"""

import json
import pathlib

import torch
from torch.nn import functional as F

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)


def drawn(*shape):
    """Draws numbers that are exact in float32, so that both sides have the same inputs."""
    return torch.randn(*shape).float().double()


RANK, SCALE, RATE, STEPS = 2, 1.5, 0.5, 3


def run(kind: str, layer: str) -> dict:
    conv = layer == "conv"
    x = drawn(4, 3, 6, 6) if conv else drawn(4, 5, 6)
    w = drawn(5, 3, 3, 3) if conv else drawn(5, 6)
    bias = drawn(5)
    labels = torch.tensor([0, 1, 2, 1])
    a = drawn(RANK, *w.shape[1:])
    b = drawn(5, RANK, *([1, 1] if conv else []))
    head, offset = drawn(3, 5), drawn(3)
    trained = {"a": a, "b": b, "head": head, "offset": offset}
    if kind == "dora":
        m = w.flatten(1).norm(dim=1).float().double()
        trained["m"] = m.reshape(1, 5, 1, 1) if conv else m
    given = {k: v.clone() for k, v in {"x": x, "w": w, "bias": bias, **trained}.items()}
    trained = {k: v.clone().requires_grad_() for k, v in trained.items()}
    losses, gradients = [], {}
    for step in range(STEPS):
        t = trained
        change = (t["b"].flatten(1) @ t["a"].flatten(1)).reshape(w.shape)
        weight = w + SCALE * change
        if kind == "dora":
            norm = weight.flatten(1).norm(dim=1).detach()
            factor = t["m"].flatten() / norm
            weight = weight * factor.reshape(-1, *([1] * (w.dim() - 1)))
        y = F.conv2d(x, weight, bias, stride=2, padding=1) if conv else F.linear(x, weight, bias)
        features = y.relu().mean(dim=(2, 3) if conv else 1)
        loss = F.cross_entropy(F.linear(features, t["head"], t["offset"]), labels)
        grads = torch.autograd.grad(loss, list(t.values()))
        losses.append(loss.item())
        if step == 0:
            gradients = {k: g.flatten().tolist() for k, g in zip(t, grads)}
        trained = {k: (v - RATE * g).detach().requires_grad_() for (k, v), g in zip(t.items(), grads)}
    return {
        "given": {k: {"dims": list(v.shape), "data": v.flatten().tolist()} for k, v in given.items()},
        "losses": losses,
        "gradients": gradients,
        "after": {k: v.flatten().tolist() for k, v in trained.items()},
    }


def rounded(value):
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    return [rounded(v) for v in value] if isinstance(value, list) else value


golden = {
    "torch": torch.__version__,
    "scale": SCALE,
    "rate": RATE,
    "rank": RANK,
    "cases": {f"{k} {l}": run(k, l) for k in ("lora", "dora") for l in ("linear", "conv")},
}
path = pathlib.Path(__file__).parent.parent.parent / "test" / "golden" / "peft.json"
path.write_text(json.dumps(rounded(golden)) + "\n")
