#!/usr/bin/env python3
"""Golden values for src/statistics from SciPy (Debian: python3-scipy) and from the formulas written out with NumPy.

Run with Debian's interpreter:  /usr/bin/python3 scripts/golden/make-statistics.py
Writes test/golden/statistics.json.
"""

import json
import pathlib

import numpy as np
from scipy import stats

OUT = pathlib.Path(__file__).resolve().parent.parent.parent / "test" / "golden" / "statistics.json"


def half_width(values, level, pseudo=0.0):
    """Returns the half width of the crossed interval of values[seed, unit]; each component has its own quantile."""
    k, n = values.shape
    mean = values.mean()
    ms_seeds = n * ((values.mean(axis=1) - mean) ** 2).sum() / (k - 1)
    ms_units = (k * ((values.mean(axis=0) - mean) ** 2).sum() + k * pseudo) / (n - 1)
    rest = values - values.mean(axis=1, keepdims=True) - values.mean(axis=0, keepdims=True) + mean
    ms_both = (rest**2).sum() / ((k - 1) * (n - 1))
    t = lambda df: stats.t.ppf((1 + level) / 2, df)
    parts = t(k - 1) ** 2 * ms_seeds / (k * n) + t(n - 1) ** 2 * max(0, ms_units - ms_both) / (k * n)
    return float(np.sqrt(max(parts, t(n - 1) ** 2 * ms_units / (k * n))))


def clustered(scores, groups, level=0.95):
    """Wilson's interval with the effective number of samples and t of the groups (Korn & Graubard 1998)."""
    n, names = len(scores), sorted(set(groups))
    g, p = len(names), float(np.mean(scores))
    residual = [(scores[groups == name] - p).sum() / n for name in names]
    variance = float(np.sum(np.square(residual))) * g / (g - 1)
    effective = n / max(1, variance / (p * (1 - p) / n))
    z = stats.t.ppf((1 + level) / 2, g - 1)
    centre = (p + z * z / (2 * effective)) / (1 + z * z / effective)
    half = z * np.sqrt(p * (1 - p) / effective + z * z / (4 * effective**2)) / (1 + z * z / effective)
    return {"effective": effective, "interval": [centre - half, centre + half]}


def main():
    draw = np.random.default_rng(20261123)
    a = (draw.random((4, 60)) < 0.8).astype(float)
    b = (draw.random((4, 60)) < 0.7).astype(float)
    real_a, real_b = draw.normal(0.6, 0.3, (3, 40)), draw.normal(0.5, 0.3, (3, 40))
    groups = np.array([f"g{i % 12}" for i in range(60)])
    gains = draw.normal(0.01, 0.02, 5)
    t = lambda level, df: float(stats.t.ppf((1 + level) / 2, df))
    golden = {
        "chi_square": [[p, df, float(stats.chi2.ppf(p, df))] for p in (0.05, 0.2, 0.5, 0.95) for df in (1, 2, 4, 19, 200)],
        "binomial": [[k, n, p, float(stats.binom.cdf(k, n, p))] for k, n, p in ((0, 59, 0.05), (3, 100, 0.05), (7, 9, 0.6), (0, 1, 0.5))],
        "student": [[level, df, t(level, df)] for level in (0.6, 0.9, 0.95, 0.995) for df in (1, 2, 9, 299)],
        "binary": {"a": a.tolist(), "b": b.tolist(), "gain": float((a - b).mean()), "half": half_width(a - b, 0.95, 1.0)},
        "real": {"a": real_a.tolist(), "b": real_b.tolist(), "gain": float((real_a - real_b).mean()), "half": half_width(real_a - real_b, 0.95), "half90": half_width(real_a - real_b, 0.9)},
        "clustered": {"scores": a[0].tolist(), "groups": groups.tolist(), **clustered(a[0], groups)},
        "splits": {"gains": gains.tolist(), "half": t(0.95, 4) * float(np.sqrt((1 / 5 + 60 / 240) * gains.var(ddof=1)))},
    }
    OUT.write_text(json.dumps(golden) + "\n")


main()
