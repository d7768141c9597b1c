"""Heads that are solved from feature sums, by scikit-learn: test/golden/sums.json.

Run with Debian's python3-sklearn: python3 scripts/golden/make-sums.py

Classes: LinearDiscriminantAnalysis(solver="lsqr", shrinkage=r, priors=n_c / N) on unit rows. Its covariance is
(1 - r) (S_W / N + r / (1 - r) tr(S_W) / (N D) I), so (1 - r) times its weights are those of a within-class scatter with the
penalty r / (1 - r) tr(S_W) / D. r is chosen so that this penalty is t, the variance of the rows.
Numbers: Ridge(alpha=t) on unit rows.
"""
import json
from pathlib import Path

import numpy as np
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import Ridge

draw = np.random.default_rng(5)


def rows(n, d):
    """Raw features as float32 holds them, of different lengths."""
    return (draw.normal(size=(n, d)) * draw.uniform(0.5, 4, size=(n, 1)) + 0.7).astype(np.float32).astype(float)


def classes(counts, d):
    x = rows(sum(counts), d)
    y = np.repeat(np.arange(len(counts)), counts)
    x[:, 0] += (2 * y).astype(np.float32)
    x = x.astype(np.float32).astype(float)
    z = x / np.linalg.norm(x, axis=1, keepdims=True)
    n = len(y)
    within = sum((z[y == c] - z[y == c].mean(0)).T @ (z[y == c] - z[y == c].mean(0)) for c in range(len(counts)))
    t = np.trace((z - z.mean(0)).T @ (z - z.mean(0))) / n
    odds = t * d / np.trace(within)
    r = odds / (1 + odds)
    priors = np.array(counts) / n
    lda = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=r, priors=priors).fit(z, y)
    coef, intercept = lda.coef_, lda.intercept_
    if len(counts) == 2:
        # Two classes have one row in scikit-learn: the difference.
        return x, y, (1 - r) * coef, (1 - r) * (intercept - np.log(priors[1] / priors[0]))
    return x, y, (1 - r) * coef, (1 - r) * (intercept - np.log(priors))


def numbers(n, d, targets):
    x = rows(n, d)
    z = x / np.linalg.norm(x, axis=1, keepdims=True)
    y = z @ draw.normal(size=(d, targets)) * 30 + 100 + draw.normal(size=(n, targets))
    t = np.trace((z - z.mean(0)).T @ (z - z.mean(0))) / n
    ridge = Ridge(alpha=t).fit(z, y)
    return x, y, ridge.coef_, ridge.intercept_


def record(values):
    x, y, weight, bias = values
    return {"x": x.tolist(), "y": y.tolist(), "weight": weight.tolist(), "bias": bias.tolist()}


out = Path(__file__).parents[2] / "test" / "golden" / "sums.json"
made = {
    "classes": [record(classes(*one)) for one in (([7, 12, 4], 5), ([3, 3, 3, 3], 9), ([8, 11], 4))],
    "numbers": [record(numbers(*one)) for one in ((20, 4, 1), (8, 12, 2))],
}
out.write_text(json.dumps(made) + "\n")
