"""Runs the recipe of `finetune` in PyTorch on the network, head and pictures of scripts/against-pytorch/finetune.mjs.

python3 finetune.py FOLDER SEED prints one JSON line: test accuracy of the epoch that was best on validation.
The recipe is written here once more, from its description: AdamW (betas .95-.85 cycled, .999; decoupled decay on
weights only), one-cycle by groups, gradient clipped to a norm, BatchNormalization with its running statistics.
"""

import json
import math
import sys
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

folder, seed = Path(sys.argv[1]), int(sys.argv[2])
net = json.loads((folder / "network.json").read_text())
picture = json.loads((folder / "picture.json").read_text())
torch.manual_seed(seed)
order = np.random.default_rng(seed)
torch.set_num_threads(2)

kinds = {"float32": np.float32, "int64": np.int64, "int32": np.int32, "uint8": np.uint8, "bool": np.bool_}
raw = (folder / "weights.bin").read_bytes()
values = {}
for name, t in net["tensors"].items():
    data = np.frombuffer(raw, dtype=kinds[t["dtype"]], offset=t["offset"], count=t["bytes"] // np.dtype(kinds[t["dtype"]]).itemsize)
    values[name] = torch.from_numpy(data.reshape(t["dims"]).copy())
groups = [[] for _ in net["rates"]]
for t in net["trainable"]:
    values[t["value"]].requires_grad_(True)
    groups[t["group"]].append((values[t["value"]], t["decay"]))


def two_sided(pads):
    """Converts ONNX padding [top, left, bottom, right] for F.pad."""
    half = len(pads) // 2
    return [p for i in reversed(range(half)) for p in (pads[i], pads[half + i])]


def convolution(a, x, w, b=None):
    pads = a.get("pads") or [0] * 4
    same = pads[: len(pads) // 2] == pads[len(pads) // 2 :]
    if not same:
        x = F.pad(x, two_sided(pads))
    return F.conv2d(x, w, b, stride=a.get("strides") or 1, padding=pads[: len(pads) // 2] if same else 0,
                    dilation=a.get("dilations") or 1, groups=a.get("group") or 1)


def max_pool(a, x):
    pads = a.get("pads") or [0] * 4
    x = F.pad(x, two_sided(pads), value=-math.inf)
    return F.max_pool2d(x, a.get("kernelShape"), a.get("strides") or 1, ceil_mode=bool(a.get("ceilMode")))


def average_pool(a, x):
    return F.avg_pool2d(x, a.get("kernelShape"), a.get("strides") or 1, (a.get("pads") or [0, 0])[0],
                        ceil_mode=bool(a.get("ceilMode")), count_include_pad=bool(a.get("countIncludePad")))


def axes_of(a, rest):
    return [int(i) for i in rest[0].tolist()] if rest and rest[0] is not None else a.get("axes")


operators = {
    "Conv": convolution,
    "MaxPool": max_pool,
    "AveragePool": average_pool,
    "GlobalAveragePool": lambda a, x: x.mean(dim=(2, 3), keepdim=True),
    "BatchNormalization": lambda a, x, s, b, m, v: F.batch_norm(x, m, v, s, b, False, 0, a.get("epsilon", 1e-5)),
    "Relu": lambda a, x: F.relu(x),
    "LeakyRelu": lambda a, x: F.leaky_relu(x, a.get("alpha", 0.01)),
    "Clip": lambda a, x, lo=None, hi=None: torch.clamp(x, None if lo is None else float(lo), None if hi is None else float(hi)),
    "Sigmoid": lambda a, x: torch.sigmoid(x),
    "HardSwish": lambda a, x: F.hardswish(x),
    "HardSigmoid": lambda a, x: torch.clamp(a["alpha"] * x + a["beta"], 0, 1),
    "Add": lambda a, x, y: x + y,
    "Sub": lambda a, x, y: x - y,
    "Mul": lambda a, x, y: x * y,
    "Div": lambda a, x, y: x / y,
    "MatMul": lambda a, x, y: x @ y,
    "Gemm": lambda a, x, w, b=None: a.get("alpha", 1) * (x.T if a.get("transA") else x) @ (w.T if a.get("transB") else w)
    + (0 if b is None else a.get("beta", 1) * b),
    "Concat": lambda a, *xs: torch.cat(xs, a["axis"]),
    "Flatten": lambda a, x: x.flatten(a.get("axis", 1)),
    "Reshape": lambda a, x, s: x.reshape([x.shape[i] if d == 0 else d for i, d in enumerate(s.tolist())]),
    "Squeeze": lambda a, x, *r: x.squeeze(tuple(axes_of(a, r))[-1]) if len(axes_of(a, r)) == 1 else x.flatten(1),
    "ReduceMean": lambda a, x, *r: x.mean(dim=axes_of(a, r), keepdim=bool(a.get("keepdims", 1))),
    "Transpose": lambda a, x: x.permute(a["perm"]),
    "Cast": lambda a, x: x.float() if a["to"] in (1, "float32") else x,
    "Gather": lambda a, x, i: torch.index_select(x, a.get("axis", 0), i.flatten()),
    "Identity": lambda a, x: x,
    "Dropout": lambda a, x, *r: x,
}
missing = sorted({n["op"] for n in net["nodes"]} - set(operators))
if missing:
    sys.exit(f"finetune.py has no {', '.join(missing)}")


def forward(pixels):
    known = {**values, net["input"]: pixels}
    for n in net["nodes"]:
        known[n["outputs"][0]] = operators[n["op"]](n["attributes"], *[known[i] if i else None for i in n["inputs"]])
    return known[net["output"]]


def part(name):
    labels = np.fromfile(folder / f"{name}.i32", dtype=np.int32)
    pixels = np.fromfile(folder / f"{name}.u8", dtype=np.uint8)
    return torch.from_numpy(pixels.reshape(len(labels), picture["height"], picture["width"], 3)), torch.from_numpy(labels).long()


def scores(x, y):
    with torch.no_grad():
        logits = torch.cat([forward(x[i : i + 32]) for i in range(0, len(x), 32)])
    return float((logits.argmax(1) == y).float().mean()), float(F.cross_entropy(logits, y))


def cosine(a, b, t):
    return b + (a - b) * (1 + math.cos(math.pi * t)) / 2


def schedule(p, start, div):
    if p < start:
        return cosine(1 / div, 1, p / start), cosine(0.95, 0.85, p / start)
    t = (p - start) / (1 - start)
    return cosine(1, 1e-5, t), cosine(0.85, 0.95, t)


(x, y), (xv, yv), (xt, yt) = part("train"), part("validation"), part("test")
begin = time.time()
optimizer = torch.optim.AdamW(
    [
        {"params": [p for p, decay in members if decay == wanted], "lr": rate, "peak": rate,
         "weight_decay": net["weight_decay"] if wanted else 0.0}
        for members, rate in zip(groups, net["rates"])
        for wanted in (True, False)
        if any(decay == wanted for _, decay in members)
    ],
    eps=1e-8,
)
every = [p for members in groups for p, _ in members]
steps = math.ceil(len(x) / net["batch"])
total, done = steps * net["epochs"], 0
at_start = scores(xt, yt)[0]
best = None
for epoch in range(net["epochs"]):
    rows = torch.from_numpy(order.permutation(len(x)))
    for s in range(steps):
        chosen = rows[s * net["batch"] : (s + 1) * net["batch"]]
        rate, momentum = schedule(done / total, net["schedule"]["start"], net["schedule"]["div"])
        for g in optimizer.param_groups:
            g["lr"], g["betas"] = g["peak"] * rate, (momentum, 0.999)
        optimizer.zero_grad()
        F.cross_entropy(forward(x[chosen]), y[chosen]).backward()
        torch.nn.utils.clip_grad_norm_(every, net["clip_norm"])
        optimizer.step()
        done += 1
    accuracy, loss = scores(xv, yv)
    if best is None or (accuracy, -loss) > best[:2]:
        best = (accuracy, -loss, scores(xt, yt)[0], epoch + 1)
print(json.dumps({"accuracy": best[2], "best_epoch": best[3], "head_alone": at_start, "seconds": round(time.time() - begin, 1)}))
