"""Fits scikit-learn's models on the tables of scripts/measure/tables.mjs and prints all figures:
python3 scripts/measure/tables_sklearn.py OUT

The models see every row that is not in the test split. Their settings are scikit-learn's defaults. `kept` counts the models that
engraft kept; "own" are its three models.
"""
import glob
import json
import os
import sys

import numpy as np
import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

folder = sys.argv[1]
path = os.path.join(folder, "sklearn.jsonl")
known = [json.loads(line) for line in open(path)] if os.path.exists(path) else []


def models(seed, classes):
    forest = RandomForestClassifier if classes else RandomForestRegressor
    boosted = HistGradientBoostingClassifier if classes else HistGradientBoostingRegressor
    linear = LogisticRegression(max_iter=2000) if classes else Ridge()
    return {"linear": linear, "forest": forest(random_state=seed), "boosted": boosted(random_state=seed)}


for table in sorted(glob.glob(os.path.join(folder, "*-*.csv"))):
    name, seed = os.path.basename(table)[:-4].rsplit("-", 1)
    if any(row["set"] == name and row["seed"] == int(seed) for row in known):
        continue
    rows = pd.read_csv(table)
    train, test = rows[rows.split == "train"], rows[rows.split == "test"]
    classes = rows.target.dtype == object
    x = lambda part: part.drop(columns=["target", "split"])
    encode = make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler()), make_column_selector(dtype_exclude=object)),
        (OneHotEncoder(handle_unknown="ignore", sparse_output=False), make_column_selector(dtype_include=object)),
    )
    row = {"set": name, "seed": int(seed)}
    for kind, model in models(int(seed), classes).items():
        row[kind] = round(float(make_pipeline(encode, model).fit(x(train), train.target).score(x(test), test.target)), 4)
    known.append(row)
    with open(path, "a") as file:
        file.write(json.dumps(row) + "\n")

theirs = pd.DataFrame(known)
ours = pd.DataFrame([json.loads(line) for line in open(os.path.join(folder, "rows.jsonl"))])
both = ours.merge(theirs, on=["set", "seed"])
# The model that a run kept has no column of its own in that run.
for kind, columns in {"linear": ["logistic", "ridge"], "trees": ["trees"], "network": ["network"]}.items():
    known_scores = both.reindex(columns=columns).bfill(axis=1).iloc[:, 0]
    both[f"own {kind}"] = both.engraft.where(both.kept == kind, known_scores)
runs = both.groupby(["name", "set"])
table = runs[["engraft", "own linear", "own trees", "own network", "linear", "forest", "boosted"]].mean().round(3)
table.insert(0, "test rows", runs.rows.apply(lambda rows: f"{len(rows)} x {rows.iloc[0]}"))
table.insert(1, "kept", runs.kept.apply(lambda kept: ", ".join(f"{n} {kind}" for kind, n in kept.value_counts().items())))
print(table.to_string())
