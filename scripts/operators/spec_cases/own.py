"""Further cases: forms and values that the tests of the specification lack, and operators newer than onnx in Debian.

Expected outputs come from NumPy by the operator's formula, or from PyTorch where that has the same operator.
"""
import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import helper
from onnx.helper import make_tensor_value_info

MADE = []
nan, inf = float("nan"), float("inf")


def case(name, op, opset, inputs, outputs, **attributes):
    """Adds a case of one node. Inputs are arrays by position; None is a missing input."""
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    inputs = [None if x is None else np.asarray(x) for x in inputs]
    outputs = [y.numpy() if isinstance(y, torch.Tensor) else np.asarray(y) for y in outputs]
    names = ["" if x is None else f"x{i}" for i, x in enumerate(inputs)]
    results = [f"y{i}" for i in range(len(outputs))]

    def infos(names, values):
        return [make_tensor_value_info(n, onnx.mapping.NP_TYPE_TO_TENSOR_TYPE[v.dtype], v.shape)
                for n, v in zip(names, values) if v is not None]

    node = helper.make_node(op, names, results, **attributes)
    graph = helper.make_graph([node], op, infos(names, inputs), infos(results, outputs))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    MADE.append((f"{op}-{opset}: {name}", model, [x for x in inputs if x is not None], outputs))


def draw(*dims):
    return np.random.RandomState(sum(dims) + 7).randn(*dims).astype(np.float32)


def f32(*values):
    return np.array(values, np.float32)


def i64(*values):
    return np.array(values, np.int64)


def cases():
    for make in (matrices, interpolation, reductions, movement, scatters, newer, windows, numbers, integers, empty):
        make()
    return MADE


def softmax(x, axis):
    e = np.exp(x - x.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


def matrices():
    """Adds cases of Softmax, LogSoftmax and Hardmax before opset 13: all axes from `axis` on are joined."""
    for dims in ((2, 3, 4), (3, 1, 4), (2, 3)):
        x = draw(*dims)
        for axis in range(len(dims)):
            flat = x.reshape(int(np.prod(dims[:axis])), -1)
            soft = softmax(flat, 1)
            hard = np.eye(flat.shape[1], dtype=np.float32)[flat.argmax(1)]
            for opset in (7, 11):
                attributes = {} if axis == 1 else {"axis": axis}
                what = f"axis {axis} of {list(dims)}"
                case(what, "Softmax", opset, [x], soft.reshape(dims).astype(np.float32), **attributes)
                case(what, "LogSoftmax", opset, [x], np.log(soft).reshape(dims).astype(np.float32), **attributes)
                case(what, "Hardmax", opset, [x], hard.reshape(dims), **attributes)
    x = draw(2, 3, 4)
    case("axis -2", "Softmax", 11, [x], softmax(x.reshape(2, 12), 1).reshape(2, 3, 4), axis=-2)


def linear(x, scales):
    """Interpolates at positions o / scale, clamped to the input, along each axis in turn."""
    for axis, s in enumerate(scales):
        n = x.shape[axis]
        at = np.clip(np.arange(int(n * s)) / s, 0, n - 1)
        low = np.floor(at).astype(int)
        high = np.minimum(low + 1, n - 1)
        shape = [-1 if i == axis else 1 for i in range(x.ndim)]
        w = (at - low).reshape(shape)
        x = x.take(low, axis) * (1 - w) + x.take(high, axis) * w
    return x.astype(np.float32)


def interpolation():
    """Resize-10 and Upsample: positions without half pixels."""
    x = draw(1, 2, 3, 4)
    scales = f32(1, 1, 2, 1.5)
    case("linear", "Resize", 10, [x, scales], linear(x, scales), mode="linear")
    case("linear", "Upsample", 9, [x, scales], linear(x, scales), mode="linear")
    case("linear", "Upsample", 7, [x], linear(x, scales), mode="linear", scales=[1.0, 1.0, 2.0, 1.5])
    down = f32(1, 1, 0.5, 0.75)
    case("linear, smaller", "Resize", 10, [x, down], linear(x, down), mode="linear")
    case("nearest", "Resize", 10, [x, f32(1, 1, 2, 3)], x.repeat(2, 2).repeat(3, 3), mode="nearest")
    # The specification's own test of Resize-10, which took the upper neighbour of 1 / 0.6.
    line = np.arange(1, 9, dtype=np.float32).reshape(1, 1, 2, 4)
    case("nearest, smaller", "Resize", 10, [line, f32(1, 1, 0.6, 0.6)], np.float32([[[[1, 3]]]]), mode="nearest")
    t = torch.from_numpy(x)
    for align in (False, True):
        transform = "align_corners" if align else "half_pixel"
        kinds = {"linear": "bilinear", "cubic": "bicubic"}
        for mode, theirs in kinds.items():
            y = F.interpolate(t, size=(5, 7), mode=theirs, align_corners=align)
            case(f"{mode}, {transform}, sizes", "Resize", 13, [x, None, None, i64(1, 2, 5, 7)], y, mode=mode,
                 coordinate_transformation_mode=transform)
    y = F.interpolate(t, size=(2, 3), mode="nearest")
    case("floor, asymmetric, sizes of some axes", "Resize", 18, [x, None, None, i64(2, 3)], y, mode="nearest",
         coordinate_transformation_mode="asymmetric", nearest_mode="floor", axes=[2, 3])
    y = F.interpolate(t, scale_factor=(2.0, 2.0), mode="bilinear", align_corners=False)
    case("scales of some axes", "Resize", 18, [x, None, f32(2, 2)], y, mode="linear", axes=[2, 3])
    # From 3 x 4 to at most 9 x 8 (scale 2) or at least 9 x 8 (scale 3).
    for policy, scale in (("not_larger", 2.0), ("not_smaller", 3.0)):
        y = F.interpolate(t, scale_factor=scale, mode="bilinear", align_corners=False)
        case(policy, "Resize", 18, [x, None, None, i64(9, 8)], y, mode="linear", axes=[2, 3],
             keep_aspect_ratio_policy=policy)


def reductions():
    """Adds cases of reductions of opset 18: axes are an input; no axes mean all, or none with noop_with_empty_axes. 0-d inputs."""
    x = np.abs(draw(2, 3, 4)) + 0.5
    with_axes = {
        "ReduceSum": np.sum, "ReduceMean": np.mean, "ReduceMax": np.max, "ReduceMin": np.min, "ReduceProd": np.prod,
        "ReduceSumSquare": lambda v, axis=None, keepdims=False: np.sum(v * v, axis, keepdims=keepdims),
        "ReduceL1": lambda v, axis=None, keepdims=False: np.sum(np.abs(v), axis, keepdims=keepdims),
        "ReduceL2": lambda v, axis=None, keepdims=False: np.sqrt(np.sum(v * v, axis, keepdims=keepdims)),
        "ReduceLogSum": lambda v, axis=None, keepdims=False: np.log(np.sum(v, axis, keepdims=keepdims)),
        "ReduceLogSumExp": lambda v, axis=None, keepdims=False: np.log(np.sum(np.exp(v), axis, keepdims=keepdims)),
    }
    for op, f in with_axes.items():
        case("two axes", op, 18, [x, i64(-1, 0)], f(x, axis=(2, 0), keepdims=True).astype(np.float32))
        case("no axis kept", op, 18, [x, i64(1)], f(x, axis=1).astype(np.float32), keepdims=0)
        case("all axes", op, 18, [x], np.float32(f(x)), keepdims=0)
        case("an empty list is all", op, 18, [x, i64()], np.float32(f(x)), keepdims=0)
        case("of one number", op, 18, [np.float32(2.5)], np.float32(f(np.float32(2.5))), keepdims=0)
    case("an empty list is none", "ReduceSum", 18, [x, i64()], x, noop_with_empty_axes=1)
    case("an empty list is none", "ReduceMax", 18, [x, i64()], x, noop_with_empty_axes=1)
    ints = np.random.RandomState(3).randint(-9, 9, (2, 5))
    for kind in (np.int32, np.int64):
        v = ints.astype(kind)
        case(f"{v.dtype}", "ReduceSum", 13, [v, i64(1)], v.sum(1, dtype=kind), keepdims=0)
        case(f"{v.dtype}", "ReduceMax", 13, [v], v.max(1), axes=[1], keepdims=0)
        case(f"{v.dtype}", "ReduceMin", 13, [v], v.min(1), axes=[1], keepdims=0)
        case(f"{v.dtype}", "ReduceProd", 13, [v], v.prod(1, dtype=kind), axes=[1], keepdims=0)
    flags = np.array([[True, False], [True, True], [False, False]])
    case("of truths", "ReduceMax", 20, [flags, i64(1)], flags.any(1), keepdims=0)
    case("of truths", "ReduceMin", 20, [flags, i64(1)], flags.all(1), keepdims=0)
    holes = f32(1, nan, 3, -inf).reshape(2, 2)
    case("of NaN", "ReduceMax", 13, [holes], f32(nan, 3), axes=[1], keepdims=0)
    case("of NaN", "ReduceMin", 13, [holes], f32(nan, -inf), axes=[1], keepdims=0)
    case("of infinities", "ReduceLogSumExp", 13, [f32(-inf, -inf, 0, 1, inf, 0).reshape(3, 2)],
         f32(-inf, np.log(1 + np.e), inf), axes=[1], keepdims=0)


def movement():
    x = draw(2, 3, 4)
    case("parts of unequal size", "Split", 18, [draw(7, 2)], np.split(draw(7, 2), [3, 6]), num_outputs=3)
    case("some axes", "Pad", 18, [x, i64(1, 0, 0, 2), np.float32(9), i64(-1, 0)],
         np.pad(x, ((0, 2), (0, 0), (1, 0)), constant_values=9))
    case("taking away", "Pad", 13, [x, i64(0, -1, 1, 0, 0, -2)],
         np.pad(x[:, 1:, :2], ((0, 0), (0, 0), (1, 0))))
    case("wrap", "Pad", 19, [x, i64(0, 1, 2, 0, 2, 3)], np.pad(x, ((0, 0), (1, 2), (2, 3)), mode="wrap"), mode="wrap")
    case("edge", "Pad", 11, [x, i64(1, 0, 2, 0, 0, 3)], np.pad(x, ((1, 0), (0, 0), (2, 3)), mode="edge"), mode="edge")
    case("reflect", "Pad", 11, [x, i64(0, 1, 2, 0, 2, 3)],
         np.pad(x, ((0, 0), (1, 2), (2, 3)), mode="reflect"), mode="reflect")
    case("backwards", "Slice", 13, [x, i64(-1, 3), i64(-100, 0), i64(1, 2), i64(-1, -2)], x[:, ::-1, 3:0:-2])
    case("beyond the end", "Slice", 13, [x, i64(1, 5), i64(2**63 - 1, 9), i64(0, 1)], x[1:, 5:])
    case("axes beyond the rank of a number", "Expand", 13, [np.float32(3), i64(2, 1, 3)], np.full((2, 1, 3), 3, np.float32))
    case("the other way", "Expand", 13, [x, i64(3, 1)], x)
    case("copy and rest", "Reshape", 13, [x, i64(0, -1)], x.reshape(2, 12))
    case("0 is a size", "Reshape", 14, [np.zeros((0, 3), np.float32), i64(3, 0)], np.zeros((3, 0), np.float32), allowzero=1)
    case("of no axes", "Transpose", 13, [np.float32(3)], np.float32(3))
    case("of no axes", "Flatten", 13, [np.float32(3)], np.float32([[3]]), axis=0)
    case("all ones", "Squeeze", 13, [np.zeros((1, 2, 1), np.float32)], np.zeros(2, np.float32))
    case("to no axes", "Squeeze", 13, [np.ones((1, 1), np.float32), i64(0, -1)], np.float32(1))
    case("of no axes", "Unsqueeze", 13, [np.float32(3), i64(0, 1)], np.float32([[3]]))
    case("negative axes", "Unsqueeze", 13, [x, i64(-1, 0)], x.reshape(1, 2, 3, 4, 1))
    case("sizes from the end", "Shape", 15, [x], i64(3, 4), start=-2)
    case("counts 0", "Tile", 13, [x, i64(1, 0, 2)], np.zeros((2, 0, 8), np.float32))
    case("counts", "Tile", 13, [x, i64(2, 1, 3)], np.tile(x, (2, 1, 3)))
    case("going down", "Range", 11, [np.float32(2), np.float32(-1), np.float32(-0.5)], np.arange(2, -1, -0.5, dtype=np.float32))
    case("nothing", "Range", 11, [np.int64(3), np.int64(3), np.int64(1)], i64())
    for op, table in (("BitwiseAnd", np.bitwise_and), ("BitwiseOr", np.bitwise_or), ("BitwiseXor", np.bitwise_xor)):
        for kind in (np.int32, np.int64, np.uint8):
            a = np.arange(100, 220, 10).astype(kind).reshape(3, 4)
            b = np.array([3, 85, 60, 127]).astype(kind)
            case(f"{a.dtype}", op, 18, [a, b], table(a, b))
    for kind in (np.int8, np.int32, np.int64, np.uint8):
        a = np.array([0, 1, 100, 127]).astype(kind)
        case(f"{a.dtype}", "BitwiseNot", 18, [a], np.bitwise_not(a))


def scatters():
    x, u = draw(3, 3), draw(2, 3)
    at = i64(0, 1, 2, 0, -1, 2).reshape(2, 3)
    torch_names = {"add": "sum", "mul": "prod", "max": "amax", "min": "amin"}
    for reduction, theirs in torch_names.items():
        y = torch.from_numpy(x).scatter_reduce(0, torch.from_numpy(at % 3), torch.from_numpy(u), theirs)
        case(f"{reduction}, equal places", "ScatterElements", 18, [x, at, u], y, axis=0, reduction=reduction)
    f = {"add": np.add, "mul": np.multiply, "max": np.maximum, "min": np.minimum}
    rows, values = i64(2, 0, 2).reshape(3, 1), draw(3, 3) * 2
    for reduction, ufunc in f.items():
        y = x.copy()
        for r, v in zip(rows[:, 0], values):
            y[r] = ufunc(y[r], v)
        case(f"{reduction}, equal places", "ScatterND", 18, [x, rows, values], y, reduction=reduction)
    y = x.copy()
    y[[2, 0], [1, 1]] = [5, 6]
    case("negative places", "ScatterND", 16, [x, i64(-1, 1, 0, -2).reshape(2, 2), f32(5, 6)], y)
    case("negative places", "GatherND", 13, [x, i64(-1, 0, 1, -1).reshape(2, 2)], x[[2, 1], [0, 2]])
    case("in a batch, blocks", "GatherND", 13, [draw(2, 3, 4), i64(1, 0).reshape(2, 1)],
         draw(2, 3, 4)[[0, 1], [1, 0]], batch_dims=1)
    case("of no axes", "Gather", 13, [x, np.int64(-1)], x[:, -1], axis=1)
    case("matrix of places", "Gather", 13, [x, i64(0, 2, -2, 1).reshape(2, 2)], x[[[0, 2], [1, 1]]])
    case("negative", "OneHot", 11, [i64(1, -1, 5), np.int64(3), f32(-1, 2)],
         np.float32([[-1, -1, -1], [2, -1, -1], [-1, 2, -1]]), axis=0)
    ties = f32(1, 3, 3, 2, 3)
    case("equal values: the first place", "TopK", 11, [ties, i64(2)], [f32(3, 3), i64(1, 2)])
    case("smallest", "TopK", 11, [ties, i64(2)], [f32(1, 2), i64(0, 3)], largest=0)
    case("smallest, in any order", "TopK", 11, [f32(4, 1, 3), i64(3)], [f32(1, 3, 4), i64(1, 2, 0)], largest=0)
    case("of whole numbers", "TopK", 11, [i64(4, 9, -3, 9), i64(3)], [i64(9, 9, 4), i64(1, 3, 0)])
    case("the last of equal values", "ArgMax", 12, [ties], np.int64(4), keepdims=0, select_last_index=1)
    case("the first of equal values", "ArgMax", 12, [ties], np.int64(1), keepdims=0)


def newer():
    x = draw(2, 4, 3)
    t = torch.from_numpy(x)
    case("erf", "Gelu", 20, [x], F.gelu(t))
    case("tanh", "Gelu", 20, [x], F.gelu(t, approximate="tanh"), approximate="tanh")
    case("", "Mish", 18, [x], F.mish(t))
    scale, bias = f32(0.5, 2, 1, -1), f32(0, 1, -1, 3)
    case("scales of channels", "GroupNormalization", 21, [x, scale, bias],
         F.group_norm(t, 2, torch.from_numpy(scale), torch.from_numpy(bias), 1e-5), num_groups=2)
    ones = F.group_norm(t, 2, eps=1e-3).numpy().reshape(2, 2, 6)
    case("scales of groups", "GroupNormalization", 18, [x, scale[:2], bias[:2]],
         (ones * scale[None, :2, None] + bias[None, :2, None]).reshape(2, 4, 3), num_groups=2, epsilon=1e-3)
    rms = x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-5)
    case("", "RMSNormalization", 23, [x, f32(1, 2, 3)], rms * f32(1, 2, 3))
    case("only infinities above", "IsInf", 20, [f32(inf, -inf, nan, 1)], np.array([True, False, False, False]),
         detect_negative=0)
    case("of a float", "CastLike", 15, [f32(1.9, -1.9, 0), i64(0)], i64(1, -1, 0))
    case("", "HardSwish", 14, [f32(-4, -3, -1, 0, 1, 3, 4)], F.hardswish(torch.tensor([-4.0, -3, -1, 0, 1, 3, 4])))
    case("", "ThresholdedRelu", 10, [f32(-1, 0.5, 1, 2)], f32(0, 0, 0, 2), alpha=1.0)
    case("", "Shrink", 9, [f32(-2, -0.5, 0, 0.5, 2)], f32(-1.75, 0, 0, 0, 1.75), bias=0.25)
    case("", "LpNormalization", 7, [f32(3, 4, 0, 0).reshape(2, 2)], f32(0.6, 0.8, 0, 0).reshape(2, 2))
    case("p = 1", "GlobalLpPool", 7, [draw(1, 2, 3)], np.abs(draw(1, 2, 3)).sum(2, keepdims=True), p=1)


def windows():
    x = draw(1, 2, 7, 6)
    t = torch.from_numpy(x)
    for ceil in (0, 1):
        for count in (0, 1):
            y = F.avg_pool2d(t, 3, 2, 1, bool(ceil), bool(count))
            case(f"ceil {ceil}, pads counted {count}", "AveragePool", 11, [x], y, kernel_shape=[3, 3], strides=[2, 2],
                 pads=[1, 1, 1, 1], ceil_mode=ceil, count_include_pad=count)
        y, at = F.max_pool2d(t, 3, 2, 1, 1, bool(ceil), return_indices=True)
        at = at.numpy() + np.array([0, 42]).reshape(1, 2, 1, 1)
        case(f"ceil {ceil}, places", "MaxPool", 12, [x], [y, at], kernel_shape=[3, 3], strides=[2, 2],
             pads=[1, 1, 1, 1], ceil_mode=ceil)
    case("dilated", "MaxPool", 11, [x], F.max_pool2d(t, 2, 1, 0, 2), kernel_shape=[2, 2], dilations=[2, 2])
    spread = torch.zeros(2, 1, 3, 3)
    spread[:, :, ::2, ::2] = 0.25
    case("dilated", "AveragePool", 19, [x], F.conv2d(t, spread, groups=2), kernel_shape=[2, 2], dilations=[2, 2])
    case("p = 2", "LpPool", 18, [np.abs(x)], F.lp_pool2d(t.abs(), 2, 3, 2), kernel_shape=[3, 3], strides=[2, 2], p=2)
    case("a NaN in the window", "MaxPool", 12, [f32(1, nan, 3, 4, 5).reshape(1, 1, 5)], f32(nan, nan, 4, 5).reshape(1, 1, 4),
         kernel_shape=[2])
    w = draw(4, 2, 3, 3)
    tw = torch.from_numpy(w)
    case("groups of a transposed one", "ConvTranspose", 11, [draw(1, 4, 3, 3), draw(4, 1, 3, 3), f32(1, 2)],
         F.conv_transpose2d(torch.from_numpy(draw(1, 4, 3, 3)), torch.from_numpy(draw(4, 1, 3, 3)), torch.tensor([1.0, 2]),
                            (2, 1), (1, 0), (1, 0), 2, (1, 2)),
         strides=[2, 1], pads=[1, 0, 1, 0], output_padding=[1, 0], group=2, dilations=[1, 2])
    case("dilated and strided", "Conv", 11, [x, w, f32(1, 2, 3, 4)],
         F.conv2d(t, tw, torch.tensor([1.0, 2, 3, 4]), (2, 1), (2, 1), (2, 1)), strides=[2, 1], pads=[2, 1, 2, 1],
         dilations=[2, 1])
    line, kernel = draw(2, 4, 9), draw(6, 2, 3)
    case("one axis, groups", "Conv", 11, [line, kernel],
         F.conv1d(torch.from_numpy(line), torch.from_numpy(kernel), None, 2, 1, 1, 2), strides=[2], pads=[1, 1], group=2)
    for name, before, after in (("SAME_UPPER", 0, 1), ("SAME_LOWER", 1, 0)):
        padded = F.pad(t, (before, after, 1, 1))
        case(name, "Conv", 11, [x, w], F.conv2d(padded, tw, None, 2), strides=[2, 2], auto_pad=name)


def numbers():
    """NaN, infinities and kinks."""
    x = f32(-inf, -2, -0.0, 0, 0.5, 1, 3, inf, nan)
    with np.errstate(all="ignore"):
        ops = {
            "Abs": np.abs(x), "Neg": -x, "Exp": np.exp(x), "Log": np.log(x), "Sqrt": np.sqrt(x), "Reciprocal": 1 / x,
            "Floor": np.floor(x), "Ceil": np.ceil(x), "Tanh": np.tanh(x), "Sigmoid": 1 / (1 + np.exp(-x)),
            "Relu": torch.relu(torch.from_numpy(x)), "Round": np.round(x), "Erf": torch.erf(torch.from_numpy(x)),
        }
        for op, y in ops.items():
            case("NaN, infinities and zeros", op, 11 if op == "Round" else 13, [x], y)
        halves = f32(-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 0.49999997, 8388609)
        case("halves to even", "Round", 11, [halves], np.round(halves))
        a, b = np.meshgrid(x, x)
        a, b = a.astype(np.float32), b.astype(np.float32)
        for op, f in {"Add": np.add, "Sub": np.subtract, "Mul": np.multiply, "Div": np.divide, "Max": np.maximum,
                      "Min": np.minimum, "Pow": np.power}.items():
            case("NaN, infinities and zeros", op, 13, [a, b], f(a, b).astype(np.float32))
        for op, f in {"Equal": np.equal, "Less": np.less, "Greater": np.greater}.items():
            case("NaN, infinities and zeros", op, 13, [a, b], f(a, b))
        case("NaN, infinities and zeros", "GreaterOrEqual", 16, [a, b], a >= b)
        case("NaN, infinities and zeros", "LessOrEqual", 16, [a, b], a <= b)
        case("of NaN", "Clip", 13, [x, np.float32(-1), np.float32(1)], np.clip(x, -1, 1))
        case("only from above", "Clip", 13, [x, None, np.float32(0.25)], np.minimum(x, 0.25))
        case("to float", "Mod", 13, [a[:, 1:7], b[:, 1:7]], np.fmod(a[:, 1:7], b[:, 1:7]), fmod=1)
        case("to truth", "Cast", 13, [x], x != 0, to=onnx.TensorProto.BOOL)
        case("to whole", "Cast", 13, [f32(-2.9, -0.5, 0.5, 2.9, 1e6)], np.int32([-2, 0, 0, 2, 1000000]),
             to=onnx.TensorProto.INT32)
    scores = f32(1000, 1000, -1000, -inf, 0, 0).reshape(2, 3)
    case("large scores", "Softmax", 13, [scores], f32(0.5, 0.5, 0, 0, 0.5, 0.5).reshape(2, 3))
    case("large scores", "LogSoftmax", 13, [scores],
         f32(-np.log(2), -np.log(2), -2000 - np.log(2), -inf, -np.log(2), -np.log(2)).reshape(2, 3))
    case("NaN on the side not taken", "Where", 9, [np.array([True, False]), f32(1, nan), f32(nan, 2)], f32(1, 2))


def integers():
    a = np.array([7, -7, 7, -7, 2, 0], np.int64)
    b = np.array([2, 2, -2, -2, 5, 3], np.int64)
    for kind in (np.int32, np.int64):
        p, q = a.astype(kind), b.astype(kind)
        what = f"{p.dtype}"
        case(what, "Div", 14, [p, q], np.trunc(a / b).astype(kind))
        case(what, "Mod", 13, [p, q], np.mod(p, q))
        case(what, "Mod", 10, [p, q], np.fmod(p, q), fmod=1)
        case(what, "Pow", 15, [p, np.abs(q)], np.power(p, np.abs(q)))
        case(what, "Neg", 13, [p], -p)
        case(what, "Abs", 13, [p], np.abs(p))
        case(what, "Sign", 13, [p], np.sign(p))
        case(what, "Max", 13, [p, q], np.maximum(p, q))
        case(what, "Min", 13, [p, q], np.minimum(p, q))
        case(what, "Clip", 13, [p, kind(-3), kind(4)], np.clip(p, -3, 4))
        case(what, "MatMul", 13, [p.reshape(2, 3), q.reshape(3, 2)], p.reshape(2, 3) @ q.reshape(3, 2))
        case(what, "CumSum", 14, [p, np.int64(0)], np.cumsum(p, dtype=kind))
        case(what, "Where", 16, [p > q, p, q], np.where(p > q, p, q))
        case(what, "Equal", 13, [p, q], p == q)
    with np.errstate(over="ignore"):
        big = np.array([2**31 - 1, -(2**31), 100000], np.int32)
        case("overflow", "Add", 14, [big, big], big + big)
        case("overflow", "Mul", 14, [big, big], big * big)
        bytes_ = np.array([250, 5, 128], np.uint8)
        case("overflow", "Add", 14, [bytes_, bytes_], bytes_ + bytes_)
        case("overflow", "Sub", 14, [bytes_[::-1].copy(), bytes_], bytes_[::-1] - bytes_)
    case("bytes of a larger number", "Cast", 13, [i64(300, -1, 255)], np.array([44, 255, 255], np.uint8),
         to=onnx.TensorProto.UINT8)
    far = i64(2**53 + 1, -(2**53) - 1, 2**62 + 3)
    case("beyond 2^53", "Add", 14, [far, i64(1, 1, 1)], far + 1)
    case("beyond 2^53", "Neg", 13, [far], -far)
    case("beyond 2^53", "Gather", 13, [far, i64(2, 0)], far[[2, 0]])


def empty():
    """Tensors without elements."""
    x = np.zeros((2, 0, 3), np.float32)
    case("no elements", "Add", 14, [x, np.float32(1)], x)
    case("no elements", "Mul", 14, [x, np.ones((1, 1, 3), np.float32)], x)
    case("no elements", "Relu", 14, [x], x)
    case("no elements", "Softmax", 13, [x], x)
    case("no elements", "Transpose", 13, [x], x.transpose())
    case("no elements", "Concat", 13, [x, np.ones((2, 2, 3), np.float32)], np.ones((2, 2, 3), np.float32), axis=1)
    case("no elements", "ReduceSum", 13, [x, i64(1)], np.zeros((2, 3), np.float32), keepdims=0)
    case("no elements", "ReduceProd", 18, [x, i64(1)], np.ones((2, 3), np.float32), keepdims=0)
    case("no elements", "ReduceMax", 20, [x, i64(1)], np.full((2, 3), -inf, np.float32), keepdims=0)
    case("no elements", "ReduceMin", 20, [x, i64(1)], np.full((2, 3), inf, np.float32), keepdims=0)
    case("no elements left", "ReduceMax", 20, [x, i64(2)], np.zeros((2, 0), np.float32), keepdims=0)
    case("no elements", "ReduceL2", 18, [x, i64(1)], np.zeros((2, 3), np.float32), keepdims=0)
    case("nothing to add", "MatMul", 13, [np.zeros((2, 0), np.float32), np.zeros((0, 3), np.float32)], np.zeros((2, 3), np.float32))
    case("nothing to add", "Gemm", 13, [np.zeros((2, 0), np.float32), np.zeros((0, 3), np.float32), f32(1, 2, 3)],
         np.float32([[1, 2, 3], [1, 2, 3]]))
    case("no rows", "MatMul", 13, [np.zeros((0, 2), np.float32), draw(2, 3)], np.zeros((0, 3), np.float32))
    case("no rows", "Gemm", 13, [np.zeros((0, 2), np.float32), draw(2, 3), f32(1, 2, 3)], np.zeros((0, 3), np.float32))
    case("no pictures", "Conv", 11, [np.zeros((0, 2, 5, 5), np.float32), draw(4, 2, 3, 3)], np.zeros((0, 4, 3, 3), np.float32))
    case("no pictures", "MaxPool", 12, [np.zeros((0, 2, 5, 5), np.float32)], np.zeros((0, 2, 3, 3), np.float32), kernel_shape=[3, 3])
    case("no places", "Gather", 13, [draw(3, 2), i64()], np.zeros((0, 2), np.float32))
    case("nothing left", "Slice", 13, [draw(3, 2), i64(2), i64(1)], np.zeros((0, 2), np.float32))
    case("no part", "Split", 13, [draw(3, 2), i64(0, 3)], [np.zeros((0, 2), np.float32), draw(3, 2)])
    case("none of them", "TopK", 11, [draw(3, 2), i64(0)], [np.zeros((3, 0), np.float32), np.zeros((3, 0), np.int64)])
    case("all zeros", "NonZero", 13, [np.zeros((2, 3), np.float32)], np.zeros((2, 0), np.int64))
    case("no elements", "Where", 9, [np.zeros((2, 0, 3), bool), x, np.float32(1)], x)
    case("no elements", "Reshape", 13, [x, i64(0, 0, 3)], x)
    case("no elements", "Cast", 13, [x], x.astype(np.int64), to=onnx.TensorProto.INT64)
    case("no elements", "CumSum", 14, [x, np.int64(1)], x)
    case("no elements", "LayerNormalization", 17, [np.zeros((0, 3), np.float32), f32(1, 1, 1)], np.zeros((0, 3), np.float32))
    case("no elements", "Expand", 13, [np.float32([[1]]), i64(0, 2)], np.zeros((0, 2), np.float32))
    case("no elements", "Equal", 13, [x, x], np.zeros((2, 0, 3), bool))
    case("no elements", "Size", 13, [x], np.int64(0))
    case("no elements", "ConstantOfShape", 9, [i64(2, 0)], np.zeros((2, 0), np.float32))
    case("to no axes", "ConstantOfShape", 9, [i64()], np.float32(0))
    case("made of nothing", "Pad", 13, [x, i64(0, 1, 0, 0, 1, 0), np.float32(2)], np.full((2, 2, 3), 2, np.float32))
    case("no elements", "ArgMax", 13, [np.zeros((0, 3), np.float32)], np.zeros((0, 1), np.int64), axis=1)
