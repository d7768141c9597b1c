"""Writes test/golden/transferability.json: the scores as NumPy, SciPy and scikit-learn compute them.

Run: /usr/bin/python3 scripts/golden/make-transferability.py
"""
import json
import numpy as np
from scipy.stats import rankdata
from sklearn.covariance import LedoitWolf
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import LeaveOneOut, cross_val_score
from sklearn.neighbors import KNeighborsClassifier


def logme(f, y, c, correct):
    n, d = f.shape
    u, s, _ = np.linalg.svd(f, full_matrices=False)
    sig, k, out = s**2, len(s), []
    for j in range(c):
        t_ = (y == j).astype(float)
        x2 = (u.T @ t_) ** 2
        r0 = t_ @ t_ - x2.sum()
        a = b = 1.0
        for _ in range(11):
            t = a / b
            g = (sig / (sig + t)).sum()
            m2 = (sig * x2 / (t + sig) ** 2).sum()
            r2 = (x2 / (1 + sig / t) ** 2).sum() + r0
            a, b = g / (m2 + 1e-5), (n - g) / (r2 + 1e-5)
            if abs(a / b - t) / t <= 1e-3:
                break
        e = d / 2 * np.log(a) + n / 2 * np.log(b) - 0.5 * np.log(a + b * sig).sum() - b / 2 * r2 - a / 2 * m2
        e -= n / 2 * np.log(2 * np.pi)
        if correct:
            e -= 0.5 * (d - k) * np.log(a)
        out.append(e / n)
    return float(np.mean(out))


def leep(p, y, c):
    joint = np.array([p[y == j].sum(0) for j in range(c)]) / len(y)
    cond = joint / joint.sum(0)
    return float(np.mean(np.log((cond[y] * p).sum(1))))


def nce(p, y, c):
    z, n, total = p.argmax(1), len(y), 0.0
    for k in set(z):
        for j in range(c):
            q = np.mean((y == j) & (z == k))
            if q > 0:
                total += q * np.log(q / np.mean(z == k))
    return float(total)


def class_means(f, y):
    g = np.zeros_like(f)
    for j in set(y):
        g[y == j] = f[y == j].mean(0)
    return g


def h(f, y):
    g = class_means(f, y)
    return float(np.trace(np.linalg.pinv(np.cov(f.T), rcond=1e-10) @ np.cov(g.T)))


def h_reg(f, y):
    f = f - f.mean(0)
    lw = LedoitWolf(assume_centered=True).fit(f)
    g = class_means(f, y)
    return float(np.trace(np.linalg.pinv(lw.covariance_) @ ((1 - lw.shrinkage_) * (g.T @ g / len(y)))))


def rate(f, eps=1e-4):
    return 0.5 * np.linalg.slogdet(np.eye(f.shape[1]) + f.T @ f / (len(f) * eps))[1]


def trans_rate(f, y):
    f = f - f.mean(0)
    return float(rate(f) - np.mean([rate(f[y == j]) for j in sorted(set(y))]))


def gbc(f, y, how):
    total, cs = 0.0, sorted(set(y))
    for i in cs:
        for j in cs:
            if i == j:
                continue
            a, b = f[y == i], f[y == j]
            va, vb = a.var(0), b.var(0)
            if how != "diagonal":
                va, vb = np.full_like(va, va.mean()), np.full_like(vb, vb.mean())
            va, vb = np.maximum(va, 1e-4), np.maximum(vb, 1e-4)
            v = (va + vb) / 2
            log = (np.log(v) - 0.5 * np.log(va * vb)).sum()
            if how == "google-spherical":
                log /= f.shape[1]
            total -= np.exp(-((a.mean(0) - b.mean(0)) ** 2 / v).sum() / 8 - log / 2)
    return float(total)


def parc(f, y, c):
    pca = PCA(min(32, *f.shape), svd_solver="full")
    g = pca.fit_transform(f)
    # Signs as in scikit-learn 1.5 and later, with any version.
    g = g * np.sign([v[np.abs(v).argmax()] for v in pca.components_])
    g = np.where(g.std(0) > 1e-10, g / np.maximum(g.std(0), 1e-10), 0)
    iu = np.triu_indices(len(y), 1)
    a, b = (1 - np.corrcoef(g))[iu], (1 - np.corrcoef(np.eye(c)[y]))[iu]
    # Correlations that differ by rounding are equal.
    return float(100 * np.corrcoef(rankdata(a.round(12)), rankdata(b.round(9)))[0, 1])


def cka(x, y):
    x, y = x - x.mean(0), y - y.mean(0)
    return float(np.sum((y.T @ x) ** 2) / np.linalg.norm(x.T @ x) / np.linalg.norm(y.T @ y))


def root(a):
    """Returns the square root of a covariance. Eigenvalues near zero are set to zero; SciPy's sqrtm takes the root of rounding errors."""
    values, vectors = np.linalg.eigh(a)
    return (vectors * np.sqrt(np.where(values > 1e-12 * values.max(), values, 0))) @ vectors.T


def frechet(x, y):
    a, b = np.cov(x.T), np.cov(y.T)
    half = root(a)
    return float(((x.mean(0) - y.mean(0)) ** 2).sum() + np.trace(a + b - 2 * root(half @ b @ half)))


def pairs(x):
    return ((x[:, None] - x[None]) ** 2).sum(2)


def mmd_of(k, n):
    ss, tt, st = k[:n, :n], k[n:, n:], k[:n, n:]
    m = len(tt)
    return float((ss.sum() - np.trace(ss)) / (n * (n - 1)) + (tt.sum() - np.trace(tt)) / (m * (m - 1)) - 2 * st.mean())


def mmd(x, y):
    q = pairs(np.r_[x, y])
    return mmd_of(np.exp(-q / (2 * np.median(q[q > 0]))), len(x))


def multi_kernel_mmd(x, y):
    # Transfer-Learning-Library: alpha = 2^k, k = -3 .. 1, times the mean over all pairs
    q = pairs(np.r_[x, y])
    return mmd_of(sum(np.exp(-q / (2 * 2.0**k * q.mean())) for k in range(-3, 2)), len(x))


def a_distance(x, y, folds=5):
    """Returns the A-distance by logistic regression (scikit-learn, C 0.01) on standardised features, with row i in fold i % 5."""
    n, wrong = min(len(x), len(y)), 0
    x, y = x[:n], y[:n]
    for fold in range(folds):
        held = np.arange(n) % folds == fold
        train, test = np.r_[x[~held], y[~held]], np.r_[x[held], y[held]]
        mean, std = train.mean(0), train.std(0)
        # Softmax has two rows of weights with a penalty each; scikit-learn has one row with half of it.
        fit = LogisticRegression(C=0.02, tol=1e-10, max_iter=5000).fit((train - mean) / std, np.r_[np.zeros((~held).sum()), np.ones((~held).sum())])
        wrong += (fit.predict((test - mean) / std) != np.r_[np.zeros(held.sum()), np.ones(held.sum())]).sum()
    return float(max(0, 2 * (1 - 2 * wrong / (2 * n))))


cases = []
for seed, (n, d, c) in enumerate([(40, 6, 3), (18, 30, 2), (25, 40, 4)]):
    rng = np.random.default_rng(seed)
    y = np.arange(n) % c
    f = (rng.normal(size=(n, d)) + 1.2 * rng.normal(size=(c, d))[y]).round(3).astype(np.float32).astype(float)
    p = rng.dirichlet(np.ones(5), n)
    p = (p + 0.8 * np.eye(5)[y]) / 1.8
    other = rng.normal(size=(n, 4)).round(3).astype(np.float32).astype(float)
    shifted = (rng.normal(size=(n + 5, d)) * 1.3 + 0.4).round(3).astype(np.float32).astype(float)
    loo = lambda k: float(cross_val_score(KNeighborsClassifier(k), f, y, cv=LeaveOneOut()).mean())
    cases.append(dict(
        n=n, d=d, c=c, features=f.ravel().tolist(), labels=y.tolist(), probabilities=p.ravel().tolist(),
        other=other.ravel().tolist(), shifted=shifted.ravel().tolist(),
        logme=logme(f, y, c, True), thuml=logme(f, y, c, False), leep=leep(p, y, c), nce=nce(p, y, c),
        h=h(f, y), h_reg=h_reg(f, y), trans_rate=trans_rate(f, y), diagonal=gbc(f, y, "diagonal"),
        spherical=gbc(f, y, "spherical"), google=gbc(f, y, "google-spherical"), parc=parc(f, y, c),
        knn=loo(1), cka=cka(f, other), frechet=frechet(f, shifted),
        relative=frechet(f, shifted) / (f.var(0, ddof=1).sum() + shifted.var(0, ddof=1).sum()),
        mmd=mmd(f, shifted), mk_mmd=multi_kernel_mmd(f, shifted), a_distance=a_distance(f, shifted)))
with open("test/golden/transferability.json", "w") as file:
    json.dump(cases, file)
