#!/usr/bin/env python3
"""A learned mix of layers in PyTorch: z = sum_i softmax(w)_i h_i.

    /usr/bin/python3 scripts/golden/make-layer-mix.py        (needs PyTorch; Debian's python3-torch will do)

Writes test/golden/layer-mix.json. network: features of the golden network wav2vec2-stable, the mean over time of the
mix, and gradients of sum(target * features) for w and some weights of the network. linear: loss, gradient and minimum of a
linear model of classes, labels and numbers on a mix of given features.
"""
import json
import math
import pathlib
import sys

import torch
import torch.nn.functional as F

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]

import draw
import steps
from families import speech

torch.set_default_dtype(torch.float64)
W = [0.7, -0.4, 0.2]
NAMES = ["encoder.layers.0.attention.v_proj.bias", "encoder.layers.1.layer_norm.weight", "encoder.layer_norm.bias"]


def network():
    salt = json.loads((ROOT / "test/golden/families/wav2vec2-stable.json").read_text())["salt"]
    torch.set_default_dtype(torch.float32)
    model = speech.SpeechEncoder(speech.Kind(norm="layer", stable=True, masked=True, states=True))
    model.load_state_dict(steps.drawn(model, salt))
    torch.set_default_dtype(torch.float64)
    model.double().eval()
    x = speech.Floats("input_values", [2, speech.SAMPLES]).values().double()
    states = model(x, torch.ones(2, speech.SAMPLES, dtype=torch.long))
    w = torch.tensor(W, requires_grad=True)
    features = sum(a * h for a, h in zip(F.softmax(w, 0), states)).mean(1)
    target = torch.from_numpy(draw.target("mix", [2, speech.WIDTH])).double()
    (target * features).sum().backward()
    named = dict(model.named_parameters())
    return {"weights": W, "features": features.flatten().tolist(), "gradient": w.grad.tolist(),
            "others": {n: named[n].grad.flatten().tolist() for n in NAMES}}


def linear():
    """12 samples of 3 classes, labels or numbers, 4 layers of width 5: the third and the fourth layer show them."""
    N, L, D, C = 12, 4, 5, 3
    m = torch.from_numpy((2 * draw.uniform("mix/features", N * L * D) - 1).astype("float32")).double().reshape(N, L, D)
    y = torch.arange(N) % C
    m[:, 2, :C] += F.one_hot(y, C)
    m[:, 3, :C] += F.one_hot(y, C)
    m = m.float().double()
    numbers = 2 * torch.from_numpy(draw.uniform("mix/parameters", L + C * D + C)) - 1

    one_hot = F.one_hot(y, C).double()
    targets = {
        "classes": one_hot,
        "labels": torch.clamp(one_hot + one_hot.roll(1, 1) * (torch.arange(N) % 2)[:, None], max=1),
        "numbers": m[:, 2, :C] - 0.5 * m[:, 3, 1 : 1 + C],
    }

    def loss(of, x, features):
        w, matrix, b = x[:L], x[L : L + C * D].reshape(C, D), x[L + C * D :]
        outputs = torch.einsum("i,nid->nd", F.softmax(w, 0), features) @ matrix.T + b
        t = targets[of]
        if of == "classes":
            data = F.cross_entropy(outputs, y, reduction="sum")
        elif of == "labels":
            data = F.binary_cross_entropy_with_logits(outputs, t, reduction="sum")
        else:
            data = F.mse_loss(outputs, t, reduction="sum") / 2
        return (data + ((matrix**2).sum() + (w**2).sum()) / 2) / N

    # The minimum for centred and scaled features: what fitLayerMix finds.
    flat = m.reshape(N, -1)
    centred = flat - flat.mean(0)
    scaled = (centred / math.sqrt((centred**2).mean())).reshape(N, L, D)

    def values(of):
        at = numbers.clone().requires_grad_()
        value = loss(of, at, m)
        value.backward()
        x = torch.zeros(L + C * D + C, requires_grad=True)
        optimizer = torch.optim.LBFGS([x], max_iter=3000, tolerance_grad=1e-10, tolerance_change=0, line_search_fn="strong_wolfe")

        def closure():
            optimizer.zero_grad()
            value = loss(of, x, scaled)
            value.backward()
            return value

        optimizer.step(closure)
        shares = F.softmax(x.detach()[:L], 0)
        print(of, "shares", shares.tolist(), "gradient", x.grad.abs().max().item())
        return {"targets": targets[of].flatten().tolist(), "value": value.item(), "gradient": at.grad.tolist(),
                "shares": shares.tolist()}

    return {"count": {"layers": L, "width": D, "outputs": C}, "layers": m.flatten().tolist(), "at": numbers.tolist(),
            "of": {of: values(of) for of in targets}}


OUT = ROOT / "test/golden/layer-mix.json"
OUT.write_text(json.dumps({"made": f"PyTorch {torch.__version__}", "network": network(), "linear": linear()}, separators=(",", ":")) + "\n")
