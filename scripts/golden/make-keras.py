"""A network of every Keras layer that is read, in the form of TF.js, and what it computes, by PyTorch in float64.

    /usr/bin/python3 scripts/golden/make-keras.py

Writes test/golden/keras.json: the network as model.json holds it, the list of its weights, and its outputs. Weights and pictures are drawn as
in draw.py, so that they are not stored. Each layer follows Keras's documentation: maps are [N, H, W, C], "same" pads more at the end.
"""

import json
from math import ceil
from pathlib import Path

import torch
import torch.nn.functional as F
from draw import uniform

BATCH, HEIGHT, WIDTH = 2, 14, 11
EPSILON = 1e-3


class Network:
    """Builds the description and computes the values at once. Values are NCHW or rows."""

    def __init__(self, name):
        self.name = name
        self.layers, self.manifest, self.values = [], [], {}

    def drawn(self, layer, weight, shape, low=-0.5, high=0.5):
        """Returns a weight, and lists it."""
        path = f"{layer}/{weight}"
        size = 1
        for one in shape:
            size *= one
        self.manifest.append({"name": path, "shape": list(shape), "dtype": "float32", "low": low, "high": high})
        numbers = torch.tensor(uniform(f"keras/{path}", size) * (high - low) + low).float().double()
        return numbers.reshape(shape)

    def add(self, kind, name, inputs, config, value, node=None):
        """Adds a layer with one call. @param node number of the call of each input"""
        nodes = node or [0] * len(inputs)
        inbound = [[[one, nodes[i], 0, {}] for i, one in enumerate(inputs)]] if inputs else []
        self.layers.append({"class_name": kind, "name": name, "config": {"name": name, **config}, "inbound_nodes": inbound})
        self.values[name] = value
        return name


def same(x, kernel, strides, dilations=(1, 1), value=0.0):
    """Pads as "same"."""
    pads = []
    for size, k, s, d in zip(x.shape[2:], kernel, strides, dilations):
        total = max(0, (ceil(size / s) - 1) * s + (k - 1) * d + 1 - size)
        pads.append((total // 2, total - total // 2))
    return F.pad(x, (*pads[1], *pads[0]), value=value)


def conv(x, kernel, bias, strides=(1, 1), dilations=(1, 1), padding="valid", groups=1):
    """kernel: [h, w, in, out]."""
    if padding == "same":
        x = same(x, kernel.shape[:2], strides, dilations)
    return F.conv2d(x, kernel.permute(3, 2, 0, 1), bias, strides, 0, dilations, groups)


def depthwise(x, kernel, bias, strides=(1, 1), padding="valid"):
    """kernel: [h, w, in, multiplier]. Output channel in * multiplier + m."""
    height, width, channels, multiplier = kernel.shape
    if padding == "same":
        x = same(x, (height, width), strides)
    weight = kernel.permute(2, 3, 0, 1).reshape(channels * multiplier, 1, height, width)
    return F.conv2d(x, weight, bias, strides, 0, (1, 1), channels)


def average(x, size, strides):
    """Means of windows of "same": padded places do not count."""
    padded, ones = same(x, size, strides), same(torch.ones_like(x), size, strides)
    return F.avg_pool2d(padded, size, strides) / F.avg_pool2d(ones, size, strides)


def main():
    n = Network("every_layer")
    v = n.values
    pictures = torch.tensor(uniform("keras/pictures", BATCH * HEIGHT * WIDTH * 3) * 255).float().double()
    x = pictures.reshape(BATCH, HEIGHT, WIDTH, 3).permute(0, 3, 1, 2)
    n.add("InputLayer", "picture", [], {"batch_input_shape": [None, HEIGHT, WIDTH, 3], "dtype": "float32"}, x)
    n.add("Rescaling", "scaled", ["picture"], {"scale": 1 / 127.5, "offset": -1}, v["picture"] / 127.5 - 1)
    mean, variance = n.drawn("centred", "mean", [3]), n.drawn("centred", "variance", [3], 0.5, 1.5)
    shift = lambda t: t.reshape(1, -1, 1, 1)
    n.add("Normalization", "centred", ["scaled"], {"axis": [-1]}, (v["scaled"] - shift(mean)) / shift(variance).sqrt())
    n.add("ZeroPadding2D", "padded", ["centred"], {"padding": [[0, 1], [2, 1]]}, F.pad(v["centred"], (2, 1, 0, 1)))
    kernel, bias = n.drawn("conv", "kernel", [3, 3, 3, 6]), n.drawn("conv", "bias", [6])
    config = {"kernel_size": [3, 3], "filters": 6, "strides": [2, 2], "padding": "same", "activation": "linear", "use_bias": True}
    n.add("Conv2D", "conv", ["padded"], config, conv(v["padded"], kernel, bias, (2, 2), padding="same"))
    moments = [n.drawn("norm", "gamma", [6], 0.5, 1.5), n.drawn("norm", "beta", [6])]
    moments += [n.drawn("norm", "moving_mean", [6]), n.drawn("norm", "moving_variance", [6], 0.5, 1.5)]
    gamma, beta, mu, var = map(shift, moments)
    config = {"axis": [3], "epsilon": EPSILON, "scale": True, "center": True}
    n.add("BatchNormalization", "norm", ["conv"], config, (v["conv"] - mu) / (var + EPSILON).sqrt() * gamma + beta)
    n.add("ReLU", "relu6", ["norm"], {"max_value": 6, "negative_slope": 0, "threshold": 0}, v["norm"].clamp(0, 6))
    config = {"kernel_size": [3, 3], "depth_multiplier": 2, "strides": [2, 2], "padding": "same", "activation": "relu", "use_bias": False}
    kernel = n.drawn("deep", "depthwise_kernel", [3, 3, 6, 2])
    n.add("DepthwiseConv2D", "deep", ["relu6"], config, F.relu(depthwise(v["relu6"], kernel, None, (2, 2), "same")))
    each, points = n.drawn("apart", "depthwise_kernel", [2, 2, 6, 1]), n.drawn("apart", "pointwise_kernel", [1, 1, 6, 12])
    bias = n.drawn("apart", "bias", [12])
    config = {"kernel_size": [2, 2], "filters": 12, "strides": [2, 2], "padding": "same", "activation": "swish", "use_bias": True}
    mixed = conv(depthwise(v["relu6"], each, None, (2, 2), "same"), points, bias)
    n.add("SeparableConv2D", "apart", ["relu6"], config, F.silu(mixed))
    # Channels that gates scale, as in EfficientNet and MobileNetV3.
    n.add("GlobalAveragePooling2D", "pooled", ["deep"], {}, v["deep"].mean((2, 3)))
    n.add("Reshape", "column", ["pooled"], {"target_shape": [1, 1, 12]}, v["pooled"][:, :, None, None])
    kernel, bias = n.drawn("gate", "kernel", [1, 1, 12, 12]), n.drawn("gate", "bias", [12])
    config = {"kernel_size": [1, 1], "filters": 12, "strides": [1, 1], "padding": "valid", "activation": "hard_sigmoid"}
    n.add("Conv2D", "gate", ["column"], config, (0.2 * conv(v["column"], kernel, bias) + 0.5).clamp(0, 1))
    n.add("Multiply", "gated", ["deep", "gate"], {}, v["deep"] * v["gate"])
    n.add("Add", "sum", ["gated", "apart"], {}, v["gated"] + v["apart"])
    n.add("Concatenate", "joined", ["sum", "apart"], {"axis": -1}, torch.cat([v["sum"], v["apart"]], 1))
    n.add("MaxPooling2D", "highest", ["joined"], {"pool_size": [3, 3], "strides": [2, 2], "padding": "same"},
          F.max_pool2d(same(v["joined"], (3, 3), (2, 2), value=float("-inf")), 3, 2))
    n.add("AveragePooling2D", "means", ["joined"], {"pool_size": [3, 3], "strides": [2, 2], "padding": "same"},
          average(v["joined"], (3, 3), (2, 2)))
    n.add("Average", "both", ["highest", "means"], {}, (v["highest"] + v["means"]) / 2)
    n.add("Maximum", "larger", ["both", "means"], {}, torch.maximum(v["both"], v["means"]))
    n.add("LeakyReLU", "leaky", ["larger"], {"alpha": 0.2}, F.leaky_relu(v["larger"], 0.2))
    slope = n.drawn("slopes", "alpha", [1, 1, 24], 0, 1)
    n.add("PReLU", "slopes", ["leaky"], {"shared_axes": [1, 2]},
          torch.where(v["leaky"] > 0, v["leaky"], v["leaky"] * slope.permute(2, 0, 1)))
    # A grouped and dilated convolution, called twice with the same weights.
    kernel, bias = n.drawn("twice", "kernel", [3, 3, 12, 24]), n.drawn("twice", "bias", [24])
    config = {"kernel_size": [3, 3], "filters": 24, "strides": [1, 1], "dilation_rate": [2, 2], "padding": "same", "groups": 2, "activation": "tanh"}
    once = torch.tanh(conv(v["slopes"], kernel, bias, dilations=(2, 2), padding="same", groups=2))
    again = torch.tanh(conv(once, kernel, bias, dilations=(2, 2), padding="same", groups=2))
    n.add("Conv2D", "twice", ["slopes"], config, once)
    n.layers[-1]["inbound_nodes"].append([["twice", 0, 0, {}]])
    n.add("Subtract", "difference", ["twice", "slopes"], {}, again - v["slopes"], node=[1, 0])
    gamma, beta = n.drawn("layer_norm", "gamma", [24], 0.5, 1.5), n.drawn("layer_norm", "beta", [24])
    last = F.layer_norm(v["difference"].permute(0, 2, 3, 1), [24], gamma, beta, EPSILON).permute(0, 3, 1, 2)
    n.add("LayerNormalization", "layer_norm", ["difference"], {"axis": [3], "epsilon": EPSILON}, last)
    n.add("Cropping2D", "cut", ["layer_norm"], {"cropping": [[0, 0], [0, 1]]}, v["layer_norm"][:, :, :, :-1])
    n.add("Permute", "turned", ["cut"], {"dims": [2, 1, 3]}, v["cut"].permute(0, 1, 3, 2))
    kernel, bias = n.drawn("places", "kernel", [24, 5]), n.drawn("places", "bias", [5])
    places = F.elu(torch.einsum("nchw,cd->ndhw", v["turned"], kernel) + bias.reshape(1, -1, 1, 1))
    n.add("Dense", "places", ["turned"], {"units": 5, "activation": "elu"}, places)
    n.add("Flatten", "flat", ["places"], {}, v["places"].permute(0, 2, 3, 1).flatten(1))
    n.add("GlobalMaxPooling2D", "peaks", ["difference"], {}, v["difference"].amax((2, 3)))
    n.add("Concatenate", "row", ["flat", "peaks"], {"axis": -1}, torch.cat([v["flat"], v["peaks"]], 1))
    n.add("Dropout", "dropped", ["row"], {"rate": 0.5}, v["row"])
    # A network in the network, as Teachable Machine puts its head behind its features.
    width = v["row"].shape[1]
    head, value = [], v["dropped"]
    for name, units, activation, apply in (
        ("hidden", 8, "gelu", F.gelu),
        ("scores", 4, "softmax", lambda z: F.softmax(z, -1)),
    ):
        kernel, bias = n.drawn(name, "kernel", [width, units]), n.drawn(name, "bias", [units])
        head.append({"class_name": "Dense", "config": {"name": name, "units": units, "activation": activation, "use_bias": True}})
        value, width = apply(value @ kernel + bias), units
    head[0]["config"]["batch_input_shape"] = [None, v["row"].shape[1]]
    n.add("Sequential", "head", ["dropped"], {"layers": head}, value)
    topology = {
        "keras_version": "2.1.6",
        "backend": "tensorflow",
        "model_config": {
            "class_name": "Model",
            "config": {
                "name": n.name,
                "layers": n.layers,
                "input_layers": [["picture", 0, 0]],
                "output_layers": [["head", 0, 0]],
            },
        },
    }
    result = {
        "torch": torch.__version__,
        "pictures": {"shape": [BATCH, HEIGHT, WIDTH, 3]},
        "modelTopology": topology,
        "weights": n.manifest,
        "outputs": v["head"].tolist(),
        "map": {"layer": "layer_norm", "shape": list(v["layer_norm"].shape), "sum": v["layer_norm"].sum().item(),
                "squares": v["layer_norm"].square().sum().item()},
    }
    path = Path(__file__).parents[2] / "test" / "golden" / "keras.json"
    path.write_text(json.dumps(result, separators=(",", ":")) + "\n")


main()
