#!/usr/bin/env python3
"""Strengths of ridge and label heads, chosen by cross-validation over groups and fitted again, by scikit-learn.

Run with Debian's interpreter:  /usr/bin/python3 scripts/golden/make-folds.py
Writes test/golden/folds.json.
"""

import json
import pathlib
from importlib import import_module

import numpy as np
from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import LeaveOneGroupOut, cross_val_predict
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

evaluate = import_module("make-evaluate")
rounded = evaluate.rounded
GROUPS = 5


def samples(rng, n, d):
    """Draws features as float32 rows, and groups that are not divided: five of the same size."""
    x = (rng.normal(0, 1, (n, d)) * (2 / (1 + np.arange(d) / 3)) + 3).round(3)
    return x.astype(np.float32).astype(np.float64), np.arange(n) % GROUPS


def ridge_case(rng, n, d, targets):
    """RidgeCV over alpha / N with GroupKFold, as its folds: each model has n (1 - 1 / 5) samples."""
    x, groups = samples(rng, n, d)
    y = (x @ rng.normal(size=(d, targets)) + 5 + 2 * rng.normal(size=(n, targets))).round(3)
    validation = n // 5
    train = n - validation
    deviation = y[:train].std(axis=0)

    def model(share, count):
        return TransformedTargetRegressor(
            make_pipeline(StandardScaler(), Ridge(alpha=share * count)), transformer=StandardScaler()
        )

    shares = [1e-3, 1e-2, 1e-1, 1.0]
    losses, held = [], []
    for share in shares:
        own = model(share, n - n // GROUPS)
        predicted = cross_val_predict(own, x, y, groups=groups, cv=LeaveOneGroupOut()).reshape(n, targets)
        losses.append((((predicted - y) / deviation) ** 2).sum(axis=1).mean())
        held.append(predicted[train:])
    best = int(np.argmin(losses))
    test, _ = samples(rng, 10, d)
    return {
        **{"x": rounded(x, 3), "y": y.tolist(), "groups": groups.tolist(), "train": train, "strengths": shares},
        **{"strength": shares[best] * n, "held": rounded(held[best])},
        **{"test": rounded(test, 3), "predicted": rounded(model(shares[best], n).fit(x, y).predict(test).reshape(10, targets))},
        "of_train": rounded(model(shares[best], train).fit(x[:train], y[:train]).predict(test).reshape(10, targets)),
    }


def labels_case(rng, n, d, labels):
    """LogisticRegressionCV for several labels with one C: the lowest mean log loss of held-out samples."""
    x, groups = samples(rng, n, d)
    y = (((x - 3) @ rng.normal(size=(d, labels)) + rng.normal(size=(n, labels))) > 0.5).astype(int)
    validation = n // 5
    train = n - validation

    def model(strength):
        own = LogisticRegression(C=strength, tol=1e-9, max_iter=10000)
        return make_pipeline(evaluate.CommonScaler(), OneVsRestClassifier(own))

    strengths = [0.1, 1.0, 10.0, 100.0]
    losses, held = [], []
    for strength in strengths:
        p = cross_val_predict(model(strength), x, y, groups=groups, cv=LeaveOneGroupOut(), method="predict_proba")
        losses.append(-(y * np.log(p) + (1 - y) * np.log(1 - p)).mean())
        held.append(p[train:])
    best = int(np.argmin(losses))
    test, _ = samples(rng, 10, d)
    return {
        **{"features": rounded(x, 3), "targets": y.tolist(), "groups": groups.tolist(), "train": train},
        **{"strengths": strengths, "strength": strengths[best], "held": rounded(held[best])},
        **{"test": rounded(test, 3), "probabilities": rounded(model(strengths[best]).fit(x, y).predict_proba(test))},
        "of_train": rounded(model(strengths[best]).fit(x[:train], y[:train]).predict_proba(test)),
    }


if __name__ == "__main__":
    rng = np.random.default_rng(31)
    golden = {
        "ridge": [ridge_case(rng, 20, 6, 2), ridge_case(rng, 15, 30, 1)],
        "labels": [labels_case(rng, 40, 8, 3)],
    }
    path = pathlib.Path(__file__).resolve().parent.parent.parent / "test" / "golden" / "folds.json"
    path.write_text(json.dumps(golden) + "\n")
    print([case["strength"] for case in golden["ridge"] + golden["labels"]])
