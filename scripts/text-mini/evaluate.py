#!/usr/bin/env python3
"""Logistic regression (scikit-learn, C = 10) on features that scripts/text-mini/evaluate.mjs --to DIR has written.

    /usr/bin/python3 scripts/text-mini/evaluate.py DIR assets/text-mini/scores.json [8,32,128,all]        (Debian's python3-sklearn will do)

Adds the accuracy of each draw to the file, for scripts/text-mini/card.mjs.
"""
import json
import pathlib
import sys

import numpy as np
from sklearn.linear_model import LogisticRegression

folder, out = map(pathlib.Path, sys.argv[1:3])
wanted = sys.argv[3].split(",") if len(sys.argv) > 3 else ["8", "32", "128", "all"]
scores = json.loads(out.read_text()) if out.exists() else {}
for amount in wanted:
    for path in sorted(folder.glob("*.json")):
        about = json.loads(path.read_text())
        x, y = {}, {}
        for part in ("train", "test"):
            x[part] = np.fromfile(path.with_suffix(f".{part}.f32"), np.float32).reshape(-1, about["width"])
            y[part] = np.array(about[part])
        cells = scores.setdefault(about["set"], {}).setdefault(about["from"], {})
        cells[amount] = []
        for rows in about["draws"][amount]:
            model = LogisticRegression(C=10, max_iter=1000).fit(x["train"][rows], y["train"][rows])
            cells[amount].append(float((model.predict(x["test"]) == y["test"]).mean()))
        print(about["set"], about["from"], amount, f"{np.mean(cells[amount]):.3f}", flush=True)
        out.write_text(json.dumps(scores) + "\n")
