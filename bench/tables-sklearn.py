"""Fits scikit-learn's histogram trees for bench/tables.mjs: python3 bench/tables-sklearn.py FOLDER ROWS DIMS ROUNDS

FOLDER holds x.bin (float32[rows, dims]), y.bin (float32[rows]) and the same of the test rows. ROUNDS 0 fits the default model, with
its early stopping; else that many rounds. Prints seconds, seconds of processors, rounds and the test rows that are right, as JSON.
"""
import json
import os
import sys
import time

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

folder = sys.argv[1]
rows, dims, rounds = map(int, sys.argv[2:5])
read = lambda name: np.fromfile(os.path.join(folder, name), dtype=np.float32)
x, y = read("x.bin").reshape(-1, dims)[:rows], read("y.bin")[:rows]
test = read("test-x.bin").reshape(-1, dims)


def fit(x, y, rounds):
    settings = {"max_iter": rounds, "early_stopping": False} if rounds else {}
    return HistGradientBoostingClassifier(random_state=0, **settings).fit(x, y)


fit(x[:500], y[:500], 2)  # Starts the threads.
begin, processor = time.perf_counter(), time.process_time()
model = fit(x, y, rounds)
seconds, processor = time.perf_counter() - begin, time.process_time() - processor
right = int((model.predict(test) == read("test-y.bin")).sum())
print(json.dumps({"seconds": seconds, "processor": processor, "rounds": int(model.n_iter_), "right": right}))
