"""Fits logistic regression with scikit-learn on features of Engraft; the strength has the lowest validation loss.

All features are divided by one number: their mean squared length is then 1.

Called by scripts/against-pytorch/probe.mjs: python3 probe.py FOLDER, which holds {train,validation,test}.f32 and .i32
and shape.json. Prints one JSON line.
"""

import json
import sys
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

folder = Path(sys.argv[1])
shape = json.loads((folder / "shape.json").read_text())
width, classes = shape["width"], shape["classes"]


def part(name):
    x = np.fromfile(folder / f"{name}.f32", dtype=np.float32).reshape(-1, width)
    return x, np.fromfile(folder / f"{name}.i32", dtype=np.int32)


(x, y), (xv, yv), (xt, yt) = part("train"), part("validation"), part("test")
mean = x.mean(axis=0, dtype=np.float64)
length = np.sqrt(((x - mean) ** 2).sum(axis=1).mean())


def scaled(features):
    return (features - mean) / length


best = None
for c in shape["strengths"]:
    model = LogisticRegression(C=c, max_iter=5000, tol=1e-6).fit(scaled(x), y)
    loss = log_loss(yv, model.predict_proba(scaled(xv)), labels=list(range(classes)))
    if best is None or loss < best[0]:
        best = (loss, c, float((model.predict(scaled(xt)) == yt).mean()))
print(json.dumps({"strength": best[1], "validation_loss": best[0], "test_accuracy": best[2]}))
