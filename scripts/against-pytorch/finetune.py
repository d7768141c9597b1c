"""Runs the recipe of `finetune` in PyTorch on the network, head and pictures of scripts/against-pytorch/finetune.mjs.

python3 finetune.py FOLDER SEED prints one JSON line: test accuracy of the epoch that was best on validation.
"""

import json
import math
import sys
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from network import Network, Recipe

folder, seed = Path(sys.argv[1]), int(sys.argv[2])
picture = json.loads((folder / "picture.json").read_text())
torch.manual_seed(seed)
order = np.random.default_rng(seed)
torch.set_num_threads(2)
network = Network(folder)
net = network.net


def part(name):
    labels = np.fromfile(folder / f"{name}.i32", dtype=np.int32)
    pixels = np.fromfile(folder / f"{name}.u8", dtype=np.uint8)
    return torch.from_numpy(pixels.reshape(len(labels), picture["height"], picture["width"], 3)), torch.from_numpy(labels).long()


def scores(x, y):
    with torch.no_grad():
        logits = torch.cat([network.forward(x[i : i + 32]) for i in range(0, len(x), 32)])
    return float((logits.argmax(1) == y).float().mean()), float(F.cross_entropy(logits, y))


(x, y), (xv, yv), (xt, yt) = part("train"), part("validation"), part("test")
begin = time.time()
steps = math.ceil(len(x) / net["batch"])
recipe = Recipe(network, steps * net["epochs"])
at_start = scores(xt, yt)[0]
best = None
for epoch in range(net["epochs"]):
    rows = torch.from_numpy(order.permutation(len(x)))
    for s in range(steps):
        chosen = rows[s * net["batch"] : (s + 1) * net["batch"]]
        recipe.step(F.cross_entropy(network.forward(x[chosen]), y[chosen]))
    accuracy, loss = scores(xv, yv)
    if best is None or (accuracy, -loss) > best[:2]:
        best = (accuracy, -loss, scores(xt, yt)[0], epoch + 1)
print(json.dumps({"accuracy": best[2], "best_epoch": best[3], "head_alone": at_start, "seconds": round(time.time() - begin, 1)}))
