"""Golden values for the scores of a classification run: scikit-learn's metrics, temperature scaling, conformal sets and
distances on features, in NumPy, SciPy and PyTorch's own words.

    /usr/bin/python3 scripts/golden/make-metrics.py

Writes test/golden/metrics.json.
"""

import json
import pathlib
import warnings

import numpy as np
from scipy.optimize import minimize_scalar
from sklearn import metrics as m
from sklearn.covariance import LedoitWolf
from sklearn.neighbors import NearestNeighbors

OUT = pathlib.Path(__file__).resolve().parent.parent.parent / "test" / "golden" / "metrics.json"


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def rows(rng, labels, classes, steps=None, never=()):
    """Draws better than random probabilities; with `steps` they are multiples of 1/steps, so many are equal."""
    n = len(labels)
    z = rng.normal(0, 1, (n, classes))
    z[np.arange(n), labels] += 0.9
    for c in never:
        z[:, c] = -9
    p = softmax(1.5 * z)
    if steps is None:
        return p.round(9)
    counts = np.floor(p * steps).astype(int)
    counts[np.arange(n), p.argmax(axis=1)] += steps - counts.sum(axis=1)
    return counts / steps


def or_none(f):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = float(f())
    except ValueError:
        return None
    return None if np.isnan(value) else value


def case(name, labels, p):
    labels = np.asarray(labels)
    n, c = p.shape
    said = p.argmax(axis=1)
    every = np.arange(c)
    hot = (labels[:, None] == every).astype(int)
    present = [k for k in every if hot[:, k].any()]
    # Macro over the classes of the labels: a class that is only predicted has no score.
    among = {"macro": present, "micro": None, "weighted": None}
    prf = {
        average: [
            float(v)
            for v in m.precision_recall_fscore_support(labels, said, labels=of, average=average, zero_division=0)[:3]
        ]
        for average, of in among.items()
    }
    ap = lambda k: or_none(lambda: m.average_precision_score(hot[:, k], p[:, k])) if hot[:, k].any() else None
    auc = [or_none(lambda k=k: m.roc_auc_score(hot[:, k], p[:, k])) for k in every]
    value = {
        "name": name,
        "classes": c,
        "labels": labels.tolist(),
        "probabilities": p.ravel().tolist(),
        "balanced_accuracy": or_none(lambda: m.balanced_accuracy_score(labels, said)),
        "precision": {a: v[0] for a, v in prf.items()},
        "recall": {a: v[1] for a, v in prf.items()},
        "f1": {a: v[2] for a, v in prf.items()},
        "kappa": or_none(lambda: m.cohen_kappa_score(labels, said)),
        "mcc": m.matthews_corrcoef(labels, said),
        # scikit-learn's value for two classes; for more, its definition since 1.7.
        "brier": m.brier_score_loss(labels, p[:, 1]) if c == 2 else float(((p - hot) ** 2).sum(axis=1).mean()),
        "auroc": auc,
        "average_precision": [ap(k) for k in every],
        "auroc_micro": or_none(lambda: m.roc_auc_score(hot.ravel(), p.ravel())),
        "average_precision_micro": m.average_precision_score(hot.ravel(), p.ravel()),
        "top_k": {
            str(k): float(m.top_k_accuracy_score(labels, p if c > 2 else p[:, 1], k=k, labels=every))
            for k in (2, 3, 5)
            if k < c
        },
    }
    if len(present) == c:
        # If every class occurs, scikit-learn has the averages.
        one = {"multi_class": "ovr"} if c > 2 else {}
        for average in ("macro", "weighted"):
            value[f"auroc_{average}"] = m.roc_auc_score(labels, p, average=average, **one) if c > 2 else auc[1]
            value[f"average_precision_{average}"] = m.average_precision_score(hot, p, average=average)
    return value


def cases():
    rng = np.random.default_rng(51)
    five, two, four = rng.integers(0, 5, 60), rng.integers(0, 2, 40), rng.integers(0, 3, 40)
    seven = np.concatenate([np.arange(7), rng.integers(0, 7, 50)])
    return [
        case("five classes", five, rows(rng, five, 5)),
        case("two classes", two, rows(rng, two, 2)),
        case("two classes, many equal probabilities", two, rows(rng, two, 2, steps=8)),
        case("seven classes, many equal probabilities", seven, rows(rng, seven, 7, steps=8)),
        case("a class without an item", four, rows(rng, four, 4)),
        case("a class without an item that is never said", four, rows(rng, four, 4, never=[3])),
        case("one class in the test part", np.full(12, 1), rows(rng, np.full(12, 1), 3)),
        case("one class, and never another said", np.zeros(6, int), np.tile([0.75, 0.25], (6, 1))),
        case("the same answer to everything", five, np.tile([0.25, 0.25, 0.25, 0.125, 0.125], (60, 1))),
    ]


def nll(z, labels, t):
    s = z / t
    s = s - s.max(axis=1, keepdims=True)
    return float((np.log(np.exp(s).sum(axis=1)) - s[np.arange(len(labels)), labels]).mean())


def temperatures():
    rng = np.random.default_rng(52)
    made = []
    for name, n, c, scale in (("too sure", 80, 4, 4.0), ("not sure enough", 60, 3, 0.4), ("two classes", 50, 2, 2.0)):
        labels = rng.integers(0, c, n)
        z = rng.normal(0, 1, (n, c))
        z[np.arange(n), labels] += 1
        z = (z * scale).round(4)
        found = minimize_scalar(lambda u: nll(z, labels, np.exp(u)), bounds=(-4, 4), method="bounded", options={"xatol": 1e-12})
        t = float(np.exp(found.x))
        made.append(
            {"name": name, "classes": c, "labels": labels.tolist(), "logits": z.ravel().tolist(), "temperature": t,
             "before": nll(z, labels, 1), "after": nll(z, labels, t)}
        )
    return made


def conformal():
    """Split conformal prediction after Angelopoulos & Bates (arXiv:2107.07511, figures 2 and 4), without randomisation."""
    rng = np.random.default_rng(53)
    n, c = 60, 5
    labels = rng.integers(0, c, 2 * n)
    p = rows(rng, labels, c)
    p = p / p.sum(axis=1, keepdims=True)
    order = p.argsort(axis=1)[:, ::-1]
    mass = np.take_along_axis(np.take_along_axis(p, order, 1).cumsum(axis=1), order.argsort(axis=1), 1)
    held, new = slice(0, n), slice(n, 2 * n)
    own = lambda scores: scores[np.arange(2 * n), labels]
    result = {"classes": c, "labels": labels.tolist(), "probabilities": p.ravel().tolist(), "calibration": n, "sets": []}
    for coverage in (0.8, 0.9, 0.95):
        # The ⌈(n + 1) coverage⌉-th smallest. "higher", as in the code of the paper, can take the next one.
        level = np.ceil((n + 1) * coverage) / n
        for method, scores in (("lac", 1 - p), ("aps", mass)):
            q = float(np.quantile(own(scores)[held], level, method="inverted_cdf"))
            sets = scores[new] <= q
            # Sets are never empty.
            sets[np.arange(n), p[new].argmax(axis=1)] = True
            result["sets"].append(
                {"coverage": coverage, "method": method, "quantile": q, "sets": sets.astype(int).sum(axis=1).tolist(),
                 "covered": int(sets[np.arange(n), labels[new]].sum())}
            )
    return result


def distances():
    """Returns the Mahalanobis distance to the nearest class mean (shared, shrunk covariance) and the distance to the k-th neighbour."""
    rng = np.random.default_rng(54)
    n, d, c = 50, 6, 3
    labels = np.concatenate([np.arange(c), rng.integers(0, c, n - c)])
    x = (rng.normal(0, 1, (c, d))[labels] * 2 + rng.normal(0, 1, (n, d)) * (1 + np.arange(d))).round(3)
    new = (rng.normal(0, 3, (12, d))).round(3)
    means = np.stack([x[labels == k].mean(axis=0) for k in range(c)])
    fitted = LedoitWolf(assume_centered=True).fit(x - means[labels])
    away = [min(float((v - mu) @ fitted.precision_ @ (v - mu)) for mu in means) for v in new]
    unit = lambda a: a / np.linalg.norm(a, axis=1, keepdims=True)
    neighbour = NearestNeighbors(n_neighbors=5).fit(unit(x)).kneighbors(unit(new))[0][:, 4]
    return {"d": d, "classes": c, "labels": labels.tolist(), "features": x.ravel().tolist(), "new": new.ravel().tolist(),
            "shrinkage": float(fitted.shrinkage_), "mahalanobis": away, "neighbour": neighbour.tolist()}


if __name__ == "__main__":
    value = {"metrics": cases(), "temperature": temperatures(), "conformal": conformal(), "distances": distances()}
    OUT.write_text(json.dumps(value, separators=(",", ":")) + "\n")
    print(OUT.name, OUT.stat().st_size, "bytes")
