# Writes test/golden/numbers.json: small regressions by scikit-learn and PyTorch. /usr/bin/python3 scripts/golden/make-numbers.py
import json, pathlib
import numpy as np
import torch
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error, mean_squared_error, r2_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

rng = np.random.default_rng(0)
def ridge(n, d, t, alpha):
    x = rng.normal(size=(n, d)).round(3) * np.array([1 + i for i in range(d)])
    y = (x @ rng.normal(size=(d, t)) + 5 + rng.normal(size=(n, t))).round(3)
    scale = StandardScaler().fit(y)
    model = make_pipeline(StandardScaler(), Ridge(alpha=alpha)).fit(x, scale.transform(y))
    return dict(x=x.tolist(), y=y.tolist(), alpha=alpha, predicted=scale.inverse_transform(model.predict(x).reshape(n, t)).tolist())

y = rng.normal(size=(12, 2)).round(2)
p = (y + rng.normal(size=(12, 2)) * 0.5).round(2)
metrics = dict(y=y.tolist(), p=p.tolist(), r2=r2_score(y, p, multioutput="raw_values").tolist(), mean_r2=r2_score(y, p),
    mae=mean_absolute_error(y, p, multioutput="raw_values").tolist(), rmse=np.sqrt(mean_squared_error(y, p, multioutput="raw_values")).tolist())

a = torch.tensor([[0.2, -3.0], [1.5, 0.1], [0.0, 0.5]], dtype=torch.float64, requires_grad=True)
b = torch.tensor([[0.0, 0.0], [1.0, 2.5], [0.0, 0.25]], dtype=torch.float64)
losses = []
for delta in (None, 0.5, 1.0):
    a.grad = None
    loss = torch.nn.functional.mse_loss(a, b) if delta is None else torch.nn.functional.huber_loss(a, b, delta=delta)
    loss.backward()
    losses.append(dict(delta=delta, value=loss.item(), gradient=a.grad.tolist()))

column = np.array([[3.0], [np.nan], [1.0], [8.0], [np.nan], [2.0]])
filled = make_pipeline(SimpleImputer(strategy="median"), StandardScaler()).fit_transform(column).ravel().tolist()

out = dict(ridge=[ridge(12, 3, 2, 0.7), ridge(5, 8, 1, 2.0)], metrics=metrics, losses=losses, p=a.tolist(), y=b.tolist(), filled=filled)
path = pathlib.Path(__file__).parent.parent.parent / "test/golden/numbers.json"
path.write_text(json.dumps(out))
