#!/usr/bin/env python3
"""Golden values for src/evaluate and src/methods/probe from scikit-learn (Debian: python3-sklearn).

Run with Debian's interpreter:  /usr/bin/python3 scripts/golden/make-evaluate.py
Writes test/golden/evaluate-scores.json, evaluate-probe.json, evaluate-selection.json, evaluate-refit.json and
evaluate-paired.json.
"""

import json
import pathlib
import warnings

import numpy as np
from scipy import stats
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.calibration import calibration_curve
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, log_loss, precision_recall_fscore_support
from sklearn.model_selection import GridSearchCV, GroupKFold, PredefinedSplit, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

OUT = pathlib.Path(__file__).resolve().parent.parent.parent / "test" / "golden"


def softmax(z):
    z = z - z.max(axis=1, keepdims=True)
    e = np.exp(z)
    return e / e.sum(axis=1, keepdims=True)


def rounded(array, digits=6):
    return np.asarray(array, dtype=np.float64).round(digits).tolist()


def score_case(name, rng, n, classes, labels=None, never=(), scale=2.0):
    """Draws better than random logits; classes in `never` are never predicted."""
    labels = rng.integers(0, classes, n) if labels is None else np.asarray(labels)
    z = rng.normal(0, 1, (n, classes))
    z[np.arange(n), labels] += 0.8
    z = z * scale
    for c in never:
        z[:, c] = -30
    z = z.round(4).astype(np.float32)
    p = softmax(z.astype(np.float64))
    predicted = p.argmax(axis=1)
    every = list(range(classes))
    precision, recall, f1, support = precision_recall_fscore_support(labels, predicted, labels=every, zero_division=0)
    confidence = p.max(axis=1)
    correct = (predicted == labels).astype(int)
    # ECE from scikit-learn's reliability curve: bins (i/15, (i+1)/15], without empty ones.
    edges = np.linspace(0, 1, 16)
    counts = np.bincount(np.searchsorted(edges[1:-1], confidence), minlength=15)
    true, mean = calibration_curve(correct, confidence, n_bins=15, strategy="uniform")
    ece = float(np.sum(counts[counts > 0] / n * np.abs(true - mean)))
    return {
        "name": name,
        "classes": classes,
        "labels": labels.tolist(),
        "logits": rounded(z.ravel(), 4),
        "accuracy": accuracy_score(labels, predicted),
        # Over the classes of the labels: a class that is only predicted has no score.
        "macro_f1": f1_score(labels, predicted, labels=np.unique(labels), average="macro", zero_division=0),
        "loss": log_loss(labels, p, labels=every),
        "ece": ece,
        "precision": precision.tolist(),
        "recall": recall.tolist(),
        "f1": f1.tolist(),
        "support": support.tolist(),
        "confusion": confusion_matrix(labels, predicted, labels=every).tolist(),
    }


def scores():
    rng = np.random.default_rng(20)
    return [
        score_case("five classes", rng, 80, 5),
        score_case("two classes", rng, 41, 2, scale=1.0),
        score_case("a class that never occurs and is never predicted", rng, 40, 4, rng.integers(0, 3, 40), never=[3]),
        score_case("a class that is predicted but never occurs", rng, 40, 4, rng.integers(0, 3, 40)),
        score_case("one class in the set", rng, 20, 3, np.full(20, 1)),
        score_case("very sure", rng, 60, 6, scale=5.0),
    ]


def probe_case(name, rng, n, d, classes, c, constant=False, offset=0.0):
    labels = np.concatenate([np.arange(classes), rng.integers(0, classes, n - classes)])
    centres = rng.normal(0, 0.6, (classes, d))
    mix = rng.normal(0, 1, (d, d)) / np.sqrt(d)
    x = (centres[labels] + rng.normal(0, 1, (n, d))) @ mix
    x = x * np.exp(rng.normal(0, 1.5, d)) + offset * rng.normal(0, 1, d)
    if constant:
        x[:, 0] = 3.25
    x = x.round(4).astype(np.float32)
    scaler = StandardScaler().fit(x.astype(np.float64))
    s = scaler.transform(x.astype(np.float64))
    model = LogisticRegression(C=c, multi_class="multinomial", solver="newton-cg", tol=1e-7, max_iter=10000).fit(s, labels)
    coef, bias = model.coef_, model.intercept_
    if classes == 2:
        # scikit-learn stores one of the two rows of a binary multinomial model: W1 = -W0.
        coef, bias = np.vstack([-coef, coef]), np.concatenate([-bias, bias])
    z = s @ coef.T + bias
    return {
        "name": name,
        "n": n,
        "d": d,
        "classes": classes,
        "strength": c,
        "features": rounded(x.ravel(), 4),
        "labels": labels.tolist(),
        "mean": scaler.mean_.tolist(),
        "scale": scaler.scale_.tolist(),
        "coef": rounded(coef.ravel()),
        "bias": rounded(bias),
        "probabilities": rounded(softmax(z).ravel()),
    }


def probes():
    rng = np.random.default_rng(21)
    return [
        probe_case("three classes", rng, 60, 5, 3, 1.0),
        probe_case("strong regularisation", rng, 60, 6, 4, 0.01),
        probe_case("weak regularisation", rng, 80, 4, 3, 100.0),
        probe_case("two classes", rng, 40, 5, 2, 0.5),
        probe_case("more features than examples", rng, 15, 40, 3, 0.1),
        probe_case("a constant feature", rng, 50, 5, 3, 1.0, constant=True),
        probe_case("features far from zero", rng, 50, 5, 3, 1.0, offset=30.0),
    ]


def selection():
    """Draws train, validation and test features with a few strong directions; C has the lowest validation loss on the grid."""
    rng = np.random.default_rng(22)
    d, classes = 16, 4
    centres = rng.normal(0, 0.55, (classes, d))
    scale = 2 / (1 + np.arange(d) / 3)

    def part(n):
        labels = np.arange(n) % classes
        x = (centres[labels] + rng.normal(0, 1, (n, d))) * scale
        return x.round(3).astype(np.float32), labels

    (train, y), (validation, v), (test, t) = part(80), part(60), part(200)
    scaler = StandardScaler().fit(train.astype(np.float64))
    tried = []
    for c in 10.0 ** (-4 + np.arange(13) / 2):
        model = LogisticRegression(C=c, multi_class="multinomial", solver="newton-cg", tol=1e-6, max_iter=10000)
        model.fit(scaler.transform(train.astype(np.float64)), y)
        loss = log_loss(v, model.predict_proba(scaler.transform(validation.astype(np.float64))))
        tried.append((loss, c, model))
    loss, c, model = min(tried, key=lambda m: m[0])
    standard = scaler.transform(test.astype(np.float64))
    parts = {"train": (train, y), "validation": (validation, v), "test": (test, t)}
    return {
        "dims": d,
        "classes": classes,
        **{k: {"features": rounded(x.ravel(), 3), "labels": l.tolist()} for k, (x, l) in parts.items()},
        "strength": float(c),
        "validation_loss": float(loss),
        "test_accuracy": float(model.score(standard, t)),
        "test_probabilities": rounded(model.predict_proba(standard).ravel(), 4),
    }


class CommonScaler(TransformerMixin, BaseEstimator):
    """Centres the features and divides them by one number: their mean squared length is then 1."""

    def fit(self, x, y=None):
        self.mean_ = x.mean(axis=0)
        self.scale_ = np.sqrt(((x - self.mean_) ** 2).sum(axis=1).mean())
        return self

    def transform(self, x):
        return (x - self.mean_) / self.scale_


class UsualLength(TransformerMixin, BaseEstimator):
    """Gives training rows the length 1, and divides other rows by the mean length of the training rows."""

    def fit(self, x, y=None):
        self.length_ = np.linalg.norm(x, axis=1).mean()
        return self

    def fit_transform(self, x, y=None):
        self.fit(x)
        return x / np.linalg.norm(x, axis=1, keepdims=True)

    def transform(self, x):
        return x / self.length_


def refit_case(rng, sizes, groups):
    """GridSearchCV(refit=True) over C on a validation split, or by groups if the validation split is small."""
    d, classes = 12, 3
    centres = rng.normal(0, 0.7, (classes, d))
    scale = 2 / (1 + np.arange(d) / 3)

    def part(n):
        labels = np.arange(n) % classes
        x = (centres[labels] + rng.normal(0, 1, (n, d))) * scale + 3
        return x.round(3).astype(np.float32).astype(np.float64), labels

    (train, y), (validation, v), (test, t) = (part(n) for n in (*sizes, 60))
    x, labels = np.concatenate([train, validation]), np.concatenate([y, v])
    model = LogisticRegression(multi_class="multinomial", solver="newton-cg", tol=1e-7, max_iter=10000)
    # Up to ten samples a class, the solver gets rows of length 1.
    few = len(x) <= 10 * classes
    pipeline = make_pipeline(*([UsualLength()] if few else []), CommonScaler(), model)
    if groups:
        # Every group has all classes, three of each.
        names = np.arange(len(x)) // 9
        splits = list(GroupKFold(n_splits=groups).split(x, labels, names))
    else:
        names = None
        splits = list(PredefinedSplit([-1] * len(train) + [0] * len(validation)).split())
    grid = {"logisticregression__C": [1.0, 10.0, 100.0]}
    search = GridSearchCV(pipeline, grid, scoring="neg_log_loss", cv=splits, refit=True).fit(x, labels)
    best = search.best_params_["logisticregression__C"]
    pipeline.set_params(logisticregression__C=best)
    if groups:
        held = cross_val_predict(pipeline, x, labels, cv=splits, method="predict_proba")[len(train) :]
    else:
        held = pipeline.fit(train, y).predict_proba(validation)
    parts = {"train": (train, y), "validation": (validation, v), "test": (test, t)}
    return {
        "dims": d,
        "classes": classes,
        **{k: {"features": rounded(x.ravel(), 3), "labels": l.tolist()} for k, (x, l) in parts.items()},
        **({"groups": [f"group {g}" for g in names]} if groups else {}),
        "strength": best,
        "losses": (-search.cv_results_["mean_test_score"]).tolist(),
        "held_probabilities": rounded(held.ravel(), 5),
        "test_probabilities": rounded(search.predict_proba(test).ravel(), 5),
    }


def refits():
    rng = np.random.default_rng(23)
    return [refit_case(rng, (60, 45), 0), refit_case(rng, (36, 9), 5), refit_case(rng, (18, 9), 3)]


def tango(both, b, c, neither, z=stats.norm.ppf(0.975)):
    """Computes Tango's interval by brute force: maximises the profile likelihood numerically at every difference."""
    from scipy.optimize import brentq, minimize_scalar

    n = both + b + c + neither

    def statistic(delta):
        # q = P(only classifier b is right); p = q + delta; log-likelihood of (b, c, rest).
        low, high = max(0.0, -delta), (1 - delta) / 2

        def negative(q):
            p = q + delta
            terms = [(b, p), (c, q), (n - b - c, 1 - p - q)]
            return -sum(k * np.log(max(v, 1e-300)) for k, v in terms if k > 0)

        q = minimize_scalar(negative, bounds=(low, high), method="bounded", options={"xatol": 1e-14}).x
        variance = n * max(2 * q + delta - delta * delta, 1e-300)
        return (b - c - n * delta) / np.sqrt(variance)

    d = (b - c) / n
    return [
        brentq(lambda x: statistic(x) - z, -1 + 1e-9, d - 1e-9) if d > -1 else -1.0,
        brentq(lambda x: statistic(x) + z, d + 1e-9, 1 - 1e-9) if d < 1 else 1.0,
    ]


def paired():
    tables = [(36, 12, 2, 0), (80, 10, 6, 4), (20, 1, 9, 30), (150, 3, 3, 44), (30, 8, 0, 12)]
    return {
        "tables": [
            {
                "table": list(t),
                "interval": tango(*t),
                "mcnemar": min(1.0, float(stats.binomtest(t[1], t[1] + t[2], 0.5).pvalue)),
            }
            for t in tables
        ],
        "student": [
            {"df": df, "p": p, "quantile": float(stats.t.ppf(p, df))}
            for df in (1, 2, 2.7, 4, 9.5, 30, 400)
            for p in (0.9, 0.975, 0.995)
        ],
        "student_tail": [
            {"df": df, "t": t, "p": float(2 * stats.t.sf(t, df))} for df in (1, 2.5, 4, 60) for t in (0.1, 1.0, 3.0, 12.0)
        ],
        "wilson": [
            {"k": k, "n": n, "interval": list(stats.binomtest(k, n).proportion_ci(method="wilson"))}
            for k, n in ((0, 10), (9, 10), (10, 10), (41, 80), (1, 400))
        ],
    }


if __name__ == "__main__":
    warnings.simplefilter("ignore", category=FutureWarning)
    warnings.simplefilter("error", category=ConvergenceWarning)
    OUT.mkdir(parents=True, exist_ok=True)
    cases = (
        ("scores", scores()),
        ("probe", probes()),
        ("selection", selection()),
        ("refit", refits()),
        ("paired", paired()),
    )
    for name, value in cases:
        path = OUT / f"evaluate-{name}.json"
        path.write_text(json.dumps(value, separators=(",", ":")) + "\n")
        print(path.name, path.stat().st_size, "bytes")
