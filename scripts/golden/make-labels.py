#!/usr/bin/env python3
"""Scores and logistic regressions of several labels by scikit-learn: test/golden/labels.json. Run by hand; needs scikit-learn."""
import json, pathlib, warnings
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (accuracy_score, average_precision_score, f1_score, hamming_loss, precision_score,
                             recall_score, roc_auc_score)
from sklearn.multiclass import OneVsRestClassifier

warnings.filterwarnings("ignore")
rng = np.random.default_rng(7)
cases = []
for n, l, share in ((40, 4, .4), (25, 3, .15), (60, 6, .3)):
    y = (rng.random((n, l)) < share).astype(int)
    if l == 3: y[:, 2] = 0                       # a label that nothing has
    if l == 6: y[:, 0] = 1                       # and one that everything has
    z = np.round(rng.normal(size=(n, l)) + 1.5 * y - 1, 1)   # rounded: with ties
    thresholds = [.5] * l if l == 4 else [round(.3 + .1 * k, 2) for k in range(l)]
    said = (z >= np.log(np.array(thresholds) / (1 - np.array(thresholds)))).astype(int)
    some = [k for k in range(l) if 0 < y[:, k].sum()]
    both = [k for k in range(l) if 0 < y[:, k].sum() < n]
    ap = [float(average_precision_score(y[:, k], z[:, k])) if k in some else None for k in range(l)]
    au = [float(roc_auc_score(y[:, k], z[:, k])) if k in both else None for k in range(l)]
    p = 1 / (1 + np.exp(-z))
    cases.append(dict(
        targets=y.tolist(), logits=z.tolist(), thresholds=thresholds,
        micro_f1=f1_score(y, said, average="micro", zero_division=0), macro_f1=f1_score(y, said, labels=some, average="macro", zero_division=0),
        micro_precision=precision_score(y, said, average="micro", zero_division=0),
        micro_recall=recall_score(y, said, average="micro", zero_division=0),
        f1=f1_score(y, said, average=None, zero_division=0).tolist(),
        subset_accuracy=accuracy_score(y, said), hamming_loss=hamming_loss(y, said),
        average_precision=ap, auroc=au, mean_average_precision=float(np.mean([a for a in ap if a is not None])),
        macro_auroc=float(np.mean([a for a in au if a is not None])),
        loss=float(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))))
fits = []
for n, d, l in ((60, 5, 3), (12, 20, 2)):
    x = np.round(rng.normal(size=(n, d)), 3).astype(np.float32)
    w = rng.normal(size=(l, d))
    y = (x @ w.T + rng.normal(size=(n, l)) > .3).astype(int)
    model = OneVsRestClassifier(LogisticRegression(C=.7, tol=1e-9, max_iter=10000)).fit(x, y)
    fits.append(dict(features=x.tolist(), targets=y.tolist(), strength=.7,
                     weight=[e.coef_[0].tolist() for e in model.estimators_],
                     bias=[float(e.intercept_[0]) for e in model.estimators_]))
out = pathlib.Path(__file__).parent.parent.parent / "test/golden/labels.json"
out.write_text(json.dumps(dict(cases=cases, fits=fits)) + "\n")
