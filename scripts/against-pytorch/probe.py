"""Fits logistic regression with scikit-learn on features of Engraft; the strength has the lowest validation loss.

Called by scripts/against-pytorch/probe.mjs: python3 probe.py FOLDER, which holds {train,validation,test}.f32 and .i32
and shape.json. Prints one JSON line.
"""

import json
import sys
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.preprocessing import StandardScaler

folder = Path(sys.argv[1])
shape = json.loads((folder / "shape.json").read_text())
width, classes = shape["width"], shape["classes"]


def part(name):
    x = np.fromfile(folder / f"{name}.f32", dtype=np.float32).reshape(-1, width)
    return x, np.fromfile(folder / f"{name}.i32", dtype=np.int32)


(x, y), (xv, yv), (xt, yt) = part("train"), part("validation"), part("test")
scaler = StandardScaler().fit(x)
best = None
for c in shape["strengths"]:
    model = LogisticRegression(C=c, max_iter=5000, tol=1e-6).fit(scaler.transform(x), y)
    loss = log_loss(yv, model.predict_proba(scaler.transform(xv)), labels=list(range(classes)))
    if best is None or loss < best[0]:
        best = (loss, c, float((model.predict(scaler.transform(xt)) == yt).mean()))
print(json.dumps({"strength": best[1], "validation_loss": best[0], "test_accuracy": best[2]}))
