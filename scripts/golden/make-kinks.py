#!/usr/bin/env python3
"""Gradients of PyTorch's autograd at points without a finite slope: ties, kinks and ends of domains.

    /usr/bin/python3 scripts/golden/make-kinks.py        (needs PyTorch; Debian's python3-torch will do)

Writes test/golden/kinks.json: [{op, attributes, inputs, constants, gradients}], the gradients those of
sum(y * w) with w = 1, 2, 3 … in float64. `constants` are inputs that have no gradient; infinities and NaN are strings.
"""
import json
import pathlib

import torch
import torch.nn.functional as F

OUT = pathlib.Path(__file__).resolve().parent.parent.parent / "test" / "golden" / "kinks.json"
CASES = []
inf, nan = float("inf"), float("nan")


def t(values):
    return torch.tensor(values, dtype=torch.float64)


def plain(x):
    """Converts numbers for JSON."""
    return [v if abs(v) < inf else str(v) for v in x.flatten().tolist()]


def kink(name, op, f, inputs, attributes=None, constants=None):
    """constants: {position: integers}; f takes the others."""
    xs = [t(x).requires_grad_() for x in inputs]
    y = f(*xs)
    weights = torch.arange(1, y.numel() + 1, dtype=torch.float64).reshape(y.shape)
    gradients = torch.autograd.grad((y * weights).sum(), xs, allow_unused=True)
    CASES.append({
        "name": f"{op}: {name}", "op": op, "attributes": attributes or {},
        "inputs": [{"dims": list(x.shape), "values": plain(x.detach())} for x in xs],
        "constants": constants or {},
        "gradients": [plain(torch.zeros_like(x) if d is None else d) for x, d in zip(xs, gradients)],
    })


def elementwise():
    near = [-1.0, 0.0, 1.0]
    kink("0", "Relu", F.relu, [near])
    for alpha in (0.1, 1.5, -0.5):
        kink(f"0, alpha {alpha}", "LeakyRelu", lambda x, a=alpha: F.leaky_relu(x, a), [near], {"alpha": alpha})
    kink("0", "PRelu", lambda x, s: torch.where(x > 0, x, s * x), [near, [0.25, 0.25, 0.25]])
    kink("0", "Elu", lambda x: F.elu(x, 0.5), [near], {"alpha": 0.5})
    kink("0", "Selu", F.selu, [near], {"alpha": 1.6732632423543772, "gamma": 1.0507009873554805})
    kink("its bounds", "HardSigmoid", F.hardsigmoid, [[-4.0, -3.0, 0.0, 3.0, 4.0]], {"alpha": 1 / 6, "beta": 0.5})
    # Not at ±3, where versions of PyTorch differ (#148049); the test has the chosen value.
    kink("beside its bounds", "HardSwish", F.hardswish, [[-4.0, -1.5, 0.0, 2.5, 4.0]])
    kink("0", "Softsign", F.softsign, [near])
    kink("far out", "Softplus", F.softplus, [[-800.0, 0.0, 800.0]])
    kink("far out", "Sigmoid", torch.sigmoid, [[-inf, -800.0, 800.0, inf]])
    kink("far out", "Tanh", torch.tanh, [[-inf, -800.0, 800.0, inf]])
    kink("0", "Gelu", F.gelu, [[-40.0, 0.0, 40.0]], {"approximate": "none"})
    kink("0", "Gelu", lambda x: F.gelu(x, approximate="tanh"), [[-40.0, 0.0, 40.0]], {"approximate": "tanh"})
    kink("0", "Mish", F.mish, [[-40.0, 0.0, 40.0]])
    kink("0", "Abs", torch.abs, [near])
    kink("0", "Sign", torch.sign, [near])
    kink("0", "Sqrt", torch.sqrt, [[0.0, 4.0]])
    kink("0", "Log", torch.log, [[0.0, 2.0]])
    kink("0", "Reciprocal", torch.reciprocal, [[0.0, 2.0]])
    kink("whole numbers", "Floor", torch.floor, [near])
    kink("whole numbers", "Ceil", torch.ceil, [near])
    kink("halves", "Round", torch.round, [[-0.5, 0.5, 1.5]])
    kink("the ends of its domain", "Asin", torch.asin, [[-1.0, 0.0, 1.0]])
    kink("the ends of its domain", "Acos", torch.acos, [[-1.0, 0.0, 1.0]])
    kink("the ends of its domain", "Acosh", torch.acosh, [[1.0, 2.0]])
    kink("the ends of its domain", "Atanh", torch.atanh, [[-1.0, 0.0, 1.0]])
    ties = [[1.0, 2.0, 3.0, 0.0], [2.0, 2.0, 1.0, 0.0]]
    kink("ties share", "Max", torch.maximum, ties)
    kink("ties share", "Min", torch.minimum, ties)
    kink("by 0", "Div", torch.div, [[1.0, 0.0, -1.0], [0.0, 2.0, 0.0]])
    for p in (-1.0, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0):
        kink(f"0 to the power {p}", "Pow", lambda x, p=p: torch.pow(x, p), [[0.0, 2.0]], constants={"1": {"dims": [], "values": [p]}})
    kink("both move", "Pow", torch.pow, [[0.0, 0.0, 0.0, 1.0, 2.0, 2.0], [0.0, 1.0, 2.0, 0.0, 0.0, -1.0]])
    kink("with a sign", "Mod", torch.fmod, [[-5.0, 5.0, 4.0], [3.0, -3.0, 2.0]], {"fmod": True})
    bounds = {"1": {"dims": [], "values": [-1.0]}, "2": {"dims": [], "values": [1.0]}}
    kink("its bounds", "Clip", lambda x: torch.clamp(x, -1, 1), [[-2.0, -1.0, 0.0, 1.0, 2.0]], constants=bounds)


def along_axes():
    reduce = {"keepdims": False, "noop_with_empty_axes": False}
    axis = {"1": {"dims": [1], "values": [1], "int": True}}
    rows = [[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]]
    kink("ties share", "ReduceMax", lambda x: torch.amax(x, 1), [rows], reduce, axis)
    kink("ties share", "ReduceMin", lambda x: torch.amin(x, 1), [rows], reduce, axis)
    zeros = [[0.0, 2.0, 3.0], [0.0, 0.0, 3.0], [0.0, 0.0, 0.0]]
    kink("zeros", "ReduceProd", lambda x: torch.prod(x, 1), [zeros], reduce, axis)
    kink("zeros", "ReduceL2", lambda x: torch.linalg.vector_norm(x, 2, 1), [zeros], reduce, axis)
    kink("zeros", "ReduceL1", lambda x: torch.linalg.vector_norm(x, 1, 1), [zeros], reduce, axis)
    kink("zeros", "ReduceSumSquare", lambda x: (x * x).sum(1), [zeros], reduce, axis)
    kink("sum 0", "ReduceLogSum", lambda x: x.sum(1).log(), [zeros], reduce, axis)
    kink("-infinity", "ReduceLogSumExp", lambda x: torch.logsumexp(x, 1), [[[-inf, 0.0, 0.0], [-inf, -inf, -inf]]],
         reduce, axis)
    kink("-infinity", "Softmax", lambda x: torch.softmax(x, 1), [[[-inf, 0.0, 1.0]]], {"axis": 1})
    k = {"1": {"dims": [1], "values": [2], "int": True}}
    kink("ties", "TopK", lambda x: torch.topk(x, 2).values, [[[5.0, 1.0, 4.0]]],
         {"axis": 1, "largest": True, "sorted": True}, k)
    places = {"1": {"dims": [1, 4], "values": [0, 0, 1, 1], "int": True}}
    at = torch.tensor([[0, 0, 1, 1]])
    for how, theirs in (("add", "sum"), ("mul", "prod"), ("max", "amax"), ("min", "amin")):
        kink(f"{how}, ties", "ScatterElements", lambda x, u, r=theirs: x.scatter_reduce(1, at, u, r),
             [[[3.0, 1.0, 2.0]], [[3.0, 3.0, 2.0, 5.0]]], {"axis": 1, "reduction": how}, places)
    kink("an index twice", "Gather", lambda x: x[[0, 2, 0]], [[1.0, 2.0, 3.0]], {"axis": 0},
         {"1": {"dims": [3], "values": [0, 2, 0], "int": True}})
    kink("an index twice", "GatherElements", lambda x: torch.gather(x, 1, at), [[[1.0, 2.0, 3.0]]], {"axis": 1}, places)


def windows():
    flat = [[[1.0, 1.0, 1.0, 0.0, 2.0, 2.0]]]
    window = {"kernel_shape": [3], "strides": [1], "dilations": [1], "pads": [0, 0], "ceil_mode": False}
    kink("ties: the first", "MaxPool", lambda x: F.max_pool1d(x, 3, 1), [flat], {**window, "storage_order": 0})
    kink("ties: the first", "GlobalMaxPool", lambda x: F.adaptive_max_pool1d(x, 1), [flat])
    kink("zeros", "LpPool", lambda x: F.lp_pool1d(x, 2, 2, 2), [[[[0.0, 0.0, 3.0, 4.0]]]],
         {**window, "kernel_shape": [2], "strides": [2], "p": 2})
    same = [[[2.0, 2.0, 2.0, 2.0], [1.0, 2.0, 3.0, 5.0]]]
    scale, bias = [1.0, 2.0], [0.0, 1.0]
    kink("a plane of equal values", "InstanceNormalization",
         lambda x, s, b: F.instance_norm(x, weight=s, bias=b, eps=1e-5), [same, scale, bias], {"epsilon": 1e-5})
    kink("a row of equal values", "LayerNormalization",
         lambda x, s, b: F.layer_norm(x, (4,), s, b, 1e-5), [same, [1.0, 2.0, -1.0, 0.5], [0.0, 1.0, 0.0, 1.0]],
         {"axis": -1, "epsilon": 1e-5})
    kink("where a side is not taken", "Where", lambda a, b: torch.where(torch.tensor([True, False]), a, b),
         [[1.0, inf], [inf, 2.0]], {}, {"0": {"dims": [2], "values": [1, 0], "bool": True}})


if __name__ == "__main__":
    elementwise()
    along_axes()
    windows()
    lines = ",\n".join(json.dumps(c) for c in CASES)
    OUT.write_text(f"[\n{lines}\n]\n")
    print(f"{len(CASES)} cases, {OUT.stat().st_size} bytes; PyTorch {torch.__version__}")
