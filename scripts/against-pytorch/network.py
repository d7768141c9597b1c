"""A network of Engraft in PyTorch: its operators, its weights, and the optimizer of `finetune`.

The recipe is written here once more, from its description: AdamW (betas .95-.85 cycled, .999; decoupled decay on weights only), one-cycle
by groups, gradients clipped to a norm, BatchNormalization with its running statistics.
"""

import functools
import json
import math
import sys

import numpy as np
import torch
import torch.nn.functional as F

kinds = {"float32": np.float32, "int64": np.int64, "int32": np.int32, "uint8": np.uint8, "bool": np.bool_}


def two_sided(pads):
    """Converts ONNX padding [top, left, bottom, right] for F.pad."""
    half = len(pads) // 2
    return [p for i in reversed(range(half)) for p in (pads[i], pads[half + i])]


def convolution(a, x, w, b=None):
    pads = a.get("pads") or [0] * 4
    same = pads[: len(pads) // 2] == pads[len(pads) // 2 :]
    if not same:
        x = F.pad(x, two_sided(pads))
    convolve = F.conv1d if x.dim() == 3 else F.conv2d
    return convolve(x, w, b, stride=a.get("strides") or 1, padding=pads[: len(pads) // 2] if same else 0,
                    dilation=a.get("dilations") or 1, groups=a.get("group") or 1)


def max_pool(a, x):
    pads = a.get("pads") or [0] * 4
    x = F.pad(x, two_sided(pads), value=-math.inf)
    return F.max_pool2d(x, a.get("kernel_shape"), a.get("strides") or 1, ceil_mode=bool(a.get("ceil_mode")))


def average_pool(a, x):
    return F.avg_pool2d(x, a.get("kernel_shape"), a.get("strides") or 1, (a.get("pads") or [0, 0])[0],
                        ceil_mode=bool(a.get("ceil_mode")), count_include_pad=bool(a.get("count_include_pad")))


def axes_of(a, rest):
    return [int(i) for i in rest[0].tolist()] if rest and rest[0] is not None else a.get("axes")


def pad(a, x, pads, value=None, axes=None):
    """Pads with a constant."""
    axes = list(range(x.dim()) if axes is None else axes.tolist())
    sides = [0] * (2 * x.dim())
    for i, axis in enumerate(axes):
        before, after = int(pads[i]), int(pads[i + len(axes)])
        sides[2 * (x.dim() - 1 - axis) : 2 * (x.dim() - axis)] = [before, after]
    return F.pad(x, sides, value=0.0 if value is None else float(value))


def unsqueeze(a, x, axes):
    for axis in sorted(int(i) for i in axes.tolist()):
        x = x.unsqueeze(axis)
    return x


def reduce_sum(a, x, *rest):
    axes = axes_of(a, rest)
    return x.sum(dim=axes, keepdim=bool(a.get("keepdims", 1))) if axes else x


def layer_norm(a, x, scale, bias=None):
    return F.layer_norm(x, x.shape[a["axis"] :], scale, bias, a["epsilon"])


def resize(a, x, roi, scales, sizes=None):
    """Enlarges maps: nearest by whole factors, or bilinear between centres of pixels."""
    if sizes is None:
        size = [round(n * float(s)) for n, s in zip(x.shape[-2:], scales[-2:])]
    else:
        size = [int(n) for n in sizes.tolist()][-2:]
    if a["mode"] == "linear":
        return F.interpolate(x, size=size, mode="bilinear", align_corners=False)
    return F.interpolate(x, size=size, mode="nearest")


def slices(a, x, starts, ends, axes=None, steps=None):
    axes = range(len(starts)) if axes is None else axes.tolist()
    cut = [slice(None)] * x.dim()
    for i, axis in enumerate(axes):
        cut[axis] = slice(int(starts[i]), int(ends[i]), 1 if steps is None else int(steps[i]))
    return x[tuple(cut)]


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
    "Cast": lambda a, x: x.to(torch.get_default_dtype()) if a["to"] in (1, "float32") else x,
    "Gather": lambda a, x, i: torch.index_select(x, a.get("axis", 0), i.flatten()),
    "Identity": lambda a, x: x,
    "Resize": resize,
    "Slice": slices,
    "Pad": pad,
    "Unsqueeze": unsqueeze,
    "ReduceSum": reduce_sum,
    "LayerNormalization": layer_norm,
    "Less": lambda a, x, y: x < y,
    "Where": lambda a, c, x, y: torch.where(c, x, y),
    "Max": lambda a, *xs: functools.reduce(torch.maximum, xs),
    "Log": lambda a, x: x.log(),
    "Dropout": lambda a, x, *r: x,
}


class Network:
    """The network of a folder that write-network.mjs wrote."""

    def __init__(self, folder):
        self.net = net = json.loads((folder / "network.json").read_text())
        raw = (folder / "weights.bin").read_bytes()
        self.values = {}
        for name, t in net["tensors"].items():
            kind = np.dtype(kinds[t["dtype"]])
            data = np.frombuffer(raw, dtype=kind, offset=t["offset"], count=t["bytes"] // kind.itemsize)
            value = torch.from_numpy(data.reshape(t["dims"]).copy())
            self.values[name] = value.to(torch.get_default_dtype()) if value.is_floating_point() else value
        self.groups = [[] for _ in net["rates"]]
        for t in net["trainable"]:
            self.values[t["value"]].requires_grad_(True)
            self.groups[t["group"]].append((self.values[t["value"]], t["decay"]))
        missing = sorted({n["op"] for n in net["nodes"]} - set(operators))
        if missing:
            sys.exit(f"network.py has no {', '.join(missing)}")

    def forward(self, pixels):
        known = {**self.values, self.net["input"]: pixels}
        for n in self.net["nodes"]:
            inputs = [known[i] if i else None for i in n["inputs"]]
            known[n["outputs"][0]] = operators[n["op"]](n["attributes"], *inputs)
        return known[self.net["output"]]


def cosine(a, b, t):
    return b + (a - b) * (1 + math.cos(math.pi * t)) / 2


def schedule(p, start, div):
    if p < start:
        return cosine(1 / div, 1, p / start), cosine(0.95, 0.85, p / start)
    t = (p - start) / (1 - start)
    return cosine(1, 1e-5, t), cosine(0.85, 0.95, t)


class Recipe:
    """Updates a network: AdamW by groups in one cycle."""

    def __init__(self, network, total):
        self.net, self.total, self.done = network.net, total, 0
        self.every = [p for members in network.groups for p, _ in members]
        self.optimizer = torch.optim.AdamW(
            [
                {"params": [p for p, decay in members if decay == wanted], "lr": rate, "peak": rate,
                 "weight_decay": self.net["weight_decay"] if wanted else 0.0}
                for members, rate in zip(network.groups, self.net["rates"])
                for wanted in (True, False)
                if any(decay == wanted for _, decay in members)
            ],
            eps=1e-8,
        )

    def step(self, loss):
        shape = self.net["schedule"]
        rate, momentum = schedule(self.done / self.total, shape["start"], shape["div"])
        for g in self.optimizer.param_groups:
            g["lr"], g["betas"] = g["peak"] * rate, (momentum, 0.999)
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.every, self.net["clip_norm"])
        self.optimizer.step()
        self.done += 1


def write_outputs(folder, network, kind):
    """Writes outputs.rows: the network's output for each array of tests.rows."""
    shapes = network.net["tests"]
    with torch.no_grad(), open(folder / "outputs.rows", "wb") as out:
        if shapes:
            values = np.fromfile(folder / "tests.rows", dtype=kind)
        start = 0
        for shape in shapes:
            size = math.prod(shape)
            output = network.forward(torch.from_numpy(values[start : start + size].reshape(shape)))
            out.write(output.float().contiguous().numpy().tobytes())
            start += size
