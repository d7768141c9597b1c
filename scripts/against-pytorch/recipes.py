"""The recipes of textbooks in PyTorch, on the backbone, splits and features of scripts/against-pytorch/recipes.mjs.

python3 recipes.py FOLDER RECIPE SEED prints one JSON line: test accuracy of the epoch that was best on validation.
"""

import json
import math
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from network import Network

folder, recipe, seed = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
torch.manual_seed(seed)
order = np.random.default_rng(seed)
torch.set_num_threads(2)


class Task:
    """Labels, features and, with a backbone, pixels of the splits of a set."""

    def __init__(self, at):
        self.at = at
        shape = json.loads((at / "features.json").read_text())
        self.width, self.batch, self.epochs = shape["width"], shape["batch"], shape["epochs"]
        self.y = {part: torch.from_numpy(np.fromfile(at / f"{part}.i32", dtype=np.int32)).long() for part in parts}
        self.classes = int(self.y["train"].max()) + 1

    def features(self, name="features"):
        width = json.loads((self.at / f"{name}.json").read_text())["width"]
        return {part: torch.from_numpy(np.fromfile(self.at / f"{part}.{name}", dtype=np.float32)).reshape(-1, width) for part in parts}

    def pixels(self):
        picture = json.loads((self.at / "picture.json").read_text())
        dims = (-1, picture["height"], picture["width"], 3)
        return {part: torch.from_numpy(np.fromfile(self.at / f"{part}.u8", dtype=np.uint8)).reshape(dims) for part in parts}

    def batches(self):
        rows = torch.from_numpy(order.permutation(len(self.y["train"])))
        return [rows[i : i + self.batch] for i in range(0, len(rows), self.batch)]


parts = ("train", "validation", "test")


def scores(model, x, y):
    with torch.no_grad():
        logits = torch.cat([model(x[i : i + 32]) for i in range(0, len(x), 32)])
    return float((logits.argmax(1) == y).float().mean()), float(F.cross_entropy(logits, y))


class Best:
    """Test accuracy of the epoch that was best on validation."""

    def __init__(self, model, task, x):
        self.model, self.task, self.x, self.best = model, task, x, None

    def look(self):
        accuracy, loss = scores(self.model, self.x["validation"], self.task.y["validation"])
        if self.best is None or (accuracy, -loss) > self.best[:2]:
            self.best = (accuracy, -loss, scores(self.model, self.x["test"], self.task.y["test"])[0])


def fit(model, task, x, stages):
    """Trains in stages, each with a number of epochs and an optimizer."""
    best = Best(model, task, x)
    for epochs, optimizer in stages:
        for _ in range(epochs):
            for rows in task.batches():
                optimizer.zero_grad()
                F.cross_entropy(model(x["train"][rows]), task.y["train"][rows]).backward()
                optimizer.step()
            best.look()
    return best.best


task = Task(folder / "target")
half = task.epochs // 2


def frozen(x, make):
    """Trains a new head on frozen features at each of three rates, and keeps the one that is best on validation."""
    heads = [(make(), rate) for rate in (1e-3, 1e-2, 1e-1)]
    return max(fit(head, task, x, [(task.epochs, torch.optim.Adam(head.parameters(), lr=rate))]) for head, rate in heads)


def backbone():
    """The network, its groups of layers from the input on, a new head, and the pixels."""
    network = Network(task.at)
    groups = [[value for value, _ in group] for group in network.groups]
    return network, groups, nn.Linear(task.width, task.classes), task.pixels()


def gradual():
    """The head alone for half of the epochs, then also the last group of layers at a hundredth of the rate."""
    network, groups, head, x = backbone()
    for weight in (w for group in groups[:-1] for w in group):
        weight.requires_grad_(False)
    first = fit(head, task, task.features(), [(half, torch.optim.Adam(head.parameters(), lr=1e-3))])
    top = torch.optim.Adam([*head.parameters(), *groups[-1]], lr=1e-5)
    return max(first, fit(lambda rows: head(network.forward(rows)), task, x, [(task.epochs - half, top)]))


def everything():
    network, groups, head, x = backbone()
    optimizer = torch.optim.Adam([*head.parameters(), *(w for group in groups for w in group)], lr=1e-4)
    return fit(lambda rows: head(network.forward(rows)), task, x, [(task.epochs, optimizer)])


def layers():
    """Each group of layers at 1 / 2.6 of the rate of the next one."""
    network, groups, head, x = backbone()
    rates = [{"params": g, "lr": 1e-3 / 2.6 ** (len(groups) - k)} for k, g in enumerate(groups)]
    optimizer = torch.optim.Adam([*rates, {"params": head.parameters(), "lr": 1e-3}])
    return fit(lambda rows: head(network.forward(rows)), task, x, [(task.epochs, optimizer)])


def shared():
    """A batch of the source and a batch of the target in turn: one backbone, two heads."""
    network, groups, head, x = backbone()
    source = Task(folder / "source")
    pixels, other = source.pixels(), nn.Linear(source.width, source.classes)
    weights = [w for group in groups for w in group]
    optimizer = torch.optim.Adam([{"params": weights, "lr": 1e-4}, {"params": [*head.parameters(), *other.parameters()], "lr": 1e-3}])
    best = Best(lambda rows: head(network.forward(rows)), task, x)
    for _ in range(task.epochs):
        for theirs, rows in zip(source.batches(), task.batches() * math.ceil(len(source.y["train"]) / len(task.y["train"]))):
            for own, images, labels in ((other, pixels, source.y), (head, x, task.y)):
                chosen = theirs if own is other else rows
                optimizer.zero_grad()
                F.cross_entropy(own(network.forward(images["train"][chosen])), labels["train"][chosen]).backward()
                optimizer.step()
        best.look()
    return best.best


def two():
    a, b = task.features(), task.features("second")
    x = {part: torch.cat([a[part], b[part]], 1) for part in parts}
    return frozen(x, lambda: nn.Linear(x["train"].shape[1], task.classes))


def linear():
    return nn.Linear(task.width, task.classes)


recipes = {
    "frozen": lambda: frozen(task.features(), linear),
    "hidden": lambda: frozen(
        task.features(), lambda: nn.Sequential(nn.Linear(task.width, 512), nn.ReLU(), nn.Linear(512, task.classes))
    ),
    "gradual": gradual,
    "all": everything,
    "layers": layers,
    "shared": shared,
    "two": two,
    "chinese": lambda: frozen(task.features(), linear),
}
print(json.dumps({"accuracy": recipes[recipe]()[2]}))
