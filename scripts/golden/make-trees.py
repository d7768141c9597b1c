"""Writes test/golden/trees.json: scikit-learn's HistGradientBoosting on its own sets. python3 scripts/golden/make-trees.py"""
import json

import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

rounds = 12


def case(name, data, columns, regressor=False):
    x = np.round(data.data[:, :columns], 4).astype(np.float32)
    y = data.target
    model = (HistGradientBoostingRegressor if regressor else HistGradientBoostingClassifier)(
        max_iter=rounds, early_stopping=False, random_state=0
    ).fit(x.astype(np.float64), y)
    scores = model.predict(x) if regressor else model.decision_function(x)
    if scores.ndim == 2:  # Softmax does not see a constant.
        scores = scores - scores.mean(axis=1, keepdims=True)
    return {
        "name": name,
        "dims": columns,
        "outputs": 1 if regressor else len(data.target_names),
        "learns": "numbers" if regressor else "classes",
        "x": [float(f"{v:.7g}") for v in x.ravel()],
        "y": [float(v) for v in y],
        "scores": [float(f"{v:.8g}") for v in scores.ravel()],
    }


cases = [
    case("diabetes", load_diabetes(scaled=False), 10, regressor=True),
    case("breast cancer", load_breast_cancer(), 6),
    case("iris", load_iris(), 4),
]
with open("test/golden/trees.json", "w") as file:
    json.dump({"rounds": rounds, "cases": cases}, file, separators=(",", ":"))
    file.write("\n")
