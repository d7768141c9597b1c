"""Golden values for what reads a detector and a segmenter: enlarged logits by PyTorch, Platt scaling by SciPy and scikit-learn.

    /usr/bin/python3 scripts/golden/make-dense-vision.py

Writes test/golden/dense-vision.json.
"""

import json
import pathlib

import numpy as np
import torch
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

from draw import uniform

OUT = pathlib.Path(__file__).resolve().parent.parent.parent / "test" / "golden" / "dense-vision.json"


def segmentation(name, classes, low, size):
    """Labels and mean probabilities of logits 6 u - 3 at the original size."""
    z = (6 * uniform(name, classes * low[0] * low[1]) - 3).astype(np.float32).reshape(1, classes, *low)
    large = torch.nn.functional.interpolate(torch.tensor(z), size=size, mode="bilinear", align_corners=False)[0].double()
    labels = large.argmax(0)
    p = large.softmax(0)
    top = large.topk(min(2, classes), 0).values
    # Labels do not depend on rounding.
    assert classes == 1 or (top[0] - top[1]).min() > 2e-6, name
    return {
        "name": name,
        "classes": classes,
        "low": low,
        "size": size,
        "labels": "".join(map(str, labels.flatten().tolist())),
        "probabilities": [float(p[k][labels == k].mean()) if (labels == k).any() else None for k in range(classes)],
    }


def loss(theta, z, t):
    u = theta[0] * z + theta[1]
    return np.sum(np.logaddexp(0, u) - t * u)


def platt(name, scores, right):
    """Slope and offset of the least logistic loss with Platt's targets; slope at least 0.01."""
    scores, right = np.round(scores, 4), np.asarray(right, bool)
    z = logit(scores)
    hits = right.sum()
    t = np.where(right, (hits + 1) / (hits + 2), 1 / (len(right) - hits + 2))

    def gradient(theta):
        d = expit(theta[0] * z + theta[1]) - t
        return np.array([np.sum(d * z), np.sum(d)])

    def curvature(theta):
        p = expit(theta[0] * z + theta[1])
        w = p * (1 - p)
        return np.array([[np.sum(w * z * z), np.sum(w * z)], [np.sum(w * z), np.sum(w)]])

    found = minimize(
        loss, [1.0, 0.0], (z, t), method="trust-exact", jac=lambda a, *_: gradient(a), hess=lambda a, *_: curvature(a), options={"gtol": 1e-11}
    )
    slope, offset = found.x
    assert np.abs(gradient(found.x)).max() < 1e-8, name
    # A soft target is a sample of each class, with the weights t and 1 - t.
    model = LogisticRegression(penalty="none", tol=1e-10, max_iter=10000)
    model.fit(np.r_[z, z][:, None], np.r_[np.ones(len(z)), np.zeros(len(z))], sample_weight=np.r_[t, 1 - t])
    assert abs(model.coef_[0, 0] - slope) < 1e-3 and abs(model.intercept_[0] - offset) < 1e-3, name
    if slope < 0.01:
        slope = 0.01
        offset = minimize_scalar(lambda c: loss([slope, c], z, t), bracket=(-5, 5), tol=1e-12).x
    return {"name": name, "scores": scores.tolist(), "right": right.astype(int).tolist(), "slope": float(slope), "offset": float(offset)}


rng = np.random.default_rng(0)
flat = rng.beta(3, 3, 300).clip(0.02, 0.95)
few = rng.uniform(0.1, 0.9, 12)
sure = rng.uniform(0.05, 0.95, 60)
result = {
    "segmentations": [
        segmentation("three classes", 3, (24, 32), (50, 70)),
        segmentation("smaller than the logits", 2, (24, 32), (15, 20)),
        segmentation("five classes, one axis smaller", 5, (7, 5), (40, 4)),
        segmentation("one place", 4, (1, 1), (3, 2)),
        segmentation("one class", 1, (4, 4), (5, 5)),
    ],
    "platt": [
        platt("flat scores", flat, rng.uniform(size=300) < expit(2.9 * logit(flat) - 0.54)),
        platt("few", few, few > 0.4),
        platt("separable", sure, sure > 0.5),
        platt("all right", sure, np.ones(60)),
        platt("reversed", sure, sure < 0.5),
    ],
}
OUT.write_text(json.dumps(result) + "\n")
