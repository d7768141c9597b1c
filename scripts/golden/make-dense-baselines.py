"""Golden values for the baselines of boxes and masks: scikit-image's Otsu threshold, k-means with the distance 1 - IoU in NumPy's
words, features of pixels by SciPy's filters, and scikit-learn's logistic regression on them.

    /usr/bin/python3 scripts/golden/make-dense-baselines.py

Writes test/golden/dense-baselines.json.
"""

import json
import pathlib

import numpy as np
from scipy.ndimage import uniform_filter
from skimage.filters import threshold_otsu
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

OUT = pathlib.Path(__file__).resolve().parent.parent.parent / "test" / "golden" / "dense-baselines.json"


def otsu_case(rng, low, high, share):
    bright = rng.random((12, 15)) < share
    grey = np.where(bright, rng.normal(high, 18, bright.shape), rng.normal(low, 12, bright.shape))
    grey = grey.round().clip(0, 255).astype(np.uint8)
    return {"grey": grey.ravel().tolist(), "threshold": int(threshold_otsu(grey))}


def iou(a, b):
    w = np.minimum(a[:, None, 2], b[None, :, 2]) - np.maximum(a[:, None, 0], b[None, :, 0])
    h = np.minimum(a[:, None, 3], b[None, :, 3]) - np.maximum(a[:, None, 1], b[None, :, 1])
    shared = w.clip(0) * h.clip(0)
    area = lambda boxes: (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    return shared / (area(a)[:, None] + area(b)[None, :] - shared)


def k_means(boxes, centres):
    before = None
    while True:
        chosen = iou(boxes, centres).argmax(axis=1)
        if before is not None and (chosen == before).all():
            return centres
        before = chosen
        centres = np.stack([boxes[chosen == k].mean(axis=0) for k in range(len(centres))])


def cluster_case(rng):
    boxes = []
    for x, y, w, h in ((0.3, 0.3, 0.4, 0.3), (0.6, 0.5, 0.5, 0.5), (0.5, 0.4, 0.8, 0.6)):
        c = np.array([x, y, w, h]) + rng.normal(0, 0.05, (9, 4))
        boxes.append(np.stack([c[:, 0] - c[:, 2] / 2, c[:, 1] - c[:, 3] / 2, c[:, 0] + c[:, 2] / 2, c[:, 1] + c[:, 3] / 2], 1))
    boxes = np.concatenate(boxes).round(4)
    start = boxes[[0, 1, 10]]
    return {"boxes": boxes.tolist(), "start": start.tolist(), "centres": k_means(boxes, start).tolist()}


def features(rgb):
    """The edge is handled by NaN-free sums: the filter of ones counts the pixels inside the picture."""
    h, w, _ = rgb.shape
    c = rgb / 255
    mean = lambda v: uniform_filter(v, 5, mode="constant") / uniform_filter(np.ones((h, w)), 5, mode="constant")
    r, g, b = c[..., 0], c[..., 1], c[..., 2]
    means = [mean(v) for v in (r, g, b)]
    deviations = [np.sqrt((mean(v * v) - m * m).clip(0)) for v, m in zip((r, g, b), means)]
    x, y = np.meshgrid((np.arange(w) + 0.5) / w, (np.arange(h) + 0.5) / h)
    return np.stack([r, g, b, r * r, g * g, b * b, r * g, r * b, g * b, *means, *deviations, x, y], -1).reshape(h * w, -1)


def regression_case(rng):
    h, w = 14, 18
    y, x = np.mgrid[:h, :w]
    mask = ((x - 6) ** 2 + (y - 6) ** 2 < 20).astype(int) + 2 * (x > 13)
    colour = np.array([[90, 120, 80], [170, 110, 70], [70, 90, 160]])[mask]
    rgb = (colour + rng.normal(0, 40, (h, w, 3))).round().clip(0, 255).astype(np.uint8)
    f = features(rgb)
    labels = mask.ravel()
    z = StandardScaler().fit_transform(f)
    fit = LogisticRegression(C=1, tol=1e-10, max_iter=10000).fit(z, labels)
    other = rgb[::-1, ::-1]
    logits = fit.decision_function(StandardScaler().fit(f).transform(features(other)))
    # Pixels whose two best logits are nearly equal may fall on either side.
    best = np.sort(logits, axis=1)
    return {
        "width": w, "height": h, "rgb": rgb.ravel().tolist(), "mask": labels.tolist(),
        "features": f[[0, 5, w + 3, h * w - 1]].tolist(), "positions": [0, 5, w + 3, h * w - 1],
        "other": other.ravel().tolist(), "predicted": logits.argmax(axis=1).tolist(),
        "margin": (best[:, -1] - best[:, -2]).round(6).tolist(),
    }


def main():
    rng = np.random.default_rng(0)
    golden = {
        "otsu": [otsu_case(rng, 60, 180, 0.4), otsu_case(rng, 30, 90, 0.08), otsu_case(rng, 100, 110, 0.5)],
        "clusters": cluster_case(rng),
        "regression": regression_case(rng),
    }
    OUT.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
    print(OUT.stat().st_size, "bytes")


main()
