#!/usr/bin/env python3
"""Golden values for explanations: Grad-CAM of a small network from PyTorch's autograd, LIME's ridge and PCA from scikit-learn.

Run with Debian's interpreter:  /usr/bin/python3 scripts/golden/make-explain.py
Writes test/golden/explain.json.
"""

import json
import pathlib

import numpy as np
import torch
from sklearn.decomposition import PCA
from sklearn.linear_model import Ridge
from torch.nn import functional as F

OUT = pathlib.Path(__file__).resolve().parent.parent.parent / "test" / "golden" / "explain.json"
torch.set_default_dtype(torch.float64)
torch.manual_seed(5)
rng = np.random.default_rng(5)


def drawn(*shape):
    """Draws numbers that are exact in float32, so that both sides have the same inputs."""
    return torch.randn(*shape).float().double()


def listed(t):
    return t.detach().flatten().tolist()


def grad_cam():
    """Network whose logit is not linear in the feature map: two strided convolutions, max pooling, two linear layers."""
    x = drawn(2, 3, 12, 10)
    weights = {"w1": drawn(4, 3, 3, 3), "b1": drawn(4), "w2": drawn(5, 4, 3, 3), "b2": drawn(5),
               "w3": drawn(6, 5 * 3 * 2), "b3": drawn(6), "w4": drawn(3, 6), "b4": drawn(3)}
    w = weights
    h = F.relu(F.conv2d(x, w["w1"], w["b1"], padding=1))
    maps = F.relu(F.conv2d(h, w["w2"], w["b2"], stride=2, padding=1))
    maps.retain_grad() if maps.requires_grad else maps.requires_grad_()
    pooled = F.max_pool2d(maps, 2)
    logits = F.linear(F.relu(F.linear(pooled.flatten(1), w["w3"], w["b3"])), w["w4"], w["b4"])
    classes = [2, 0]
    (gradient,) = torch.autograd.grad(logits[0, classes[0]] + logits[1, classes[1]], maps)
    alpha = gradient.mean(dim=(2, 3), keepdim=True)
    cam = F.relu((alpha * maps).sum(dim=1))
    return {"x": listed(x), **{k: listed(v) for k, v in weights.items()}, "classes": classes,
            "logits": listed(logits), "shape": list(cam.shape), "cam": listed(cam)}


def lime():
    """Fits ridge regression with intercept and the LIME kernel of pictures, on given masks."""
    z = rng.integers(0, 2, size=(40, 6))
    z[0] = 1
    f = rng.normal(size=40)
    distance = 1 - np.sqrt(z.sum(axis=1) / z.shape[1])
    pi = np.sqrt(np.exp(-(distance**2) / 0.25**2))
    fit = Ridge(alpha=1.0, fit_intercept=True).fit(z, f, sample_weight=pi)
    return {"z": z.tolist(), "f": f.tolist(), "weights": fit.coef_.tolist()}


def pca():
    x = rng.normal(size=(30, 7)) * np.array([5, 3, 1, 1, 0.5, 0.2, 0.1]) + 2
    x = x.astype(np.float32).astype(np.float64)
    fit = PCA(2, svd_solver="full").fit(x)
    signs = np.sign(fit.components_[range(2), np.abs(fit.components_).argmax(axis=1)])
    return {"x": x.flatten().tolist(), "n": 30, "d": 7, "points": (fit.transform(x) * signs).tolist(),
            "explained": fit.explained_variance_ratio_.tolist()}


def rounded(value):
    if isinstance(value, float):
        return float(f"{value:.10g}")
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    return [rounded(v) for v in value] if isinstance(value, list) else value


OUT.write_text(json.dumps(rounded({"grad_cam": grad_cam(), "lime": lime(), "pca": pca()})) + "\n")
