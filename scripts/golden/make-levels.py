#!/usr/bin/env python3
"""Golden feature levels: what PyTorch's forward hooks see at the modules where an architecture's stages end.

Run with Debian's interpreter:  /usr/bin/python3 scripts/golden/make-levels.py   (python3-torchvision, python3-onnx)

Writes test/golden/levels.json, and test/golden/levels/NAME.onnx.gz for the networks of real size, exported for one fixed
size without the numbers of their weights. The table says for each architecture which modules end its stages; sizes,
channels and numbers come from the hooks.

- small: networks of test/golden/families with drawn weights, run at another size than they were exported for. Each
  level is kept as a digest (draw.py).
- real: torchvision's networks. Each level is kept as its shape and the scope of its ONNX node.
"""
import gzip
import io
import json
import os
import sys
import warnings

import onnx
import torch
from torch import nn
from torchvision import models
from torchvision.models.detection import FCOS, RetinaNet, ssd300_vgg16, ssdlite320_mobilenet_v3_large
from torchvision.models.detection.backbone_utils import resnet_fpn_backbone
from torchvision.ops.feature_pyramid_network import LastLevelP6P7

sys.dont_write_bytecode = True

import draw
import families
import steps
from family import Floats

warnings.filterwarnings("ignore")
GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "test", "golden")


class Tap:
    """A value to record: the output of a module, or an input of it (into), at one of its calls."""

    def __init__(self, path, call=0, into=None, then=lambda y: y, scope=None):
        self.path, self.call, self.into, self.then, self.scope = path, call, into, then, scope


def last(path, **how):
    """Channels last: [B, h, w, C]."""
    return Tap(path, then=lambda y: y.permute(0, 3, 1, 2), scope="", **how)


def tokens(path, prefix, height, width):
    return Tap(path, then=lambda y: y[:, prefix:].transpose(1, 2).unflatten(2, (height, width)))


relu = dict(then=torch.relu)


def record(model, taps, x):
    """Runs the model and returns what each tap saw."""
    seen = {path: [] for path in {tap.path for tap in taps}}
    handles = [model.get_submodule(path).register_forward_hook(
        lambda _m, args, y, path=path: seen[path].append((args, y))) for path in seen]
    with torch.no_grad():
        model(x)
    for handle in handles:
        handle.remove()

    def value(tap):
        args, y = seen[tap.path][tap.call]
        return tap.then(y if tap.into is None else args[0][tap.into] if isinstance(args[0], list) else args[0])

    return [value(tap) for tap in taps]


def into(path, index=0):
    return Tap(path, into=index, scope="")


# Levels by stride; a level is a list of taps.
SMALL = {
    "resnext": ((64, 96), {4: [Tap("5")], 8: [Tap("6")]}),
    "inception-v3": ((96, 128), {4: [Tap("4")], 8: [Tap("6")], 16: [Tap("8")]}),
    "googlenet": ((64, 96), {4: [Tap("3")], 8: [Tap("6")], 16: [Tap("7")]}),
    "densenet": ((64, 96), {4: [Tap("features.transition1.conv")], 8: [Tap("features.transition2.conv")],
                            16: [Tap("features.norm5", **relu)]}),
    "convnext": ((64, 96), {4: [Tap("features.2.0")], 8: [Tap("features.4.0")], 16: [Tap("features.5")]}),
    "regnet-y": ((64, 96), {4: [Tap("trunk_output.block1")], 8: [Tap("trunk_output.block2")]}),
    "mobilenet-v3": ((64, 96), {4: [Tap("features.3.block.0")], 8: [Tap("features.5")]}),
    "efficientnet": ((64, 96), {4: [Tap("features.3.0.block.0")], 8: [Tap("features.4")]}),
    "shufflenet": ((64, 96), {8: [Tap("5")], 16: [Tap("10")]}),
    "vit": ((32, 32), {8: [tokens("encoder.ln", 1, 4, 4)]}),
    "swin": ((32, 32), {4: [last("features.1")], 8: [last("norm")]}),
    "ssd": ((64, 96), {4: [into("head", 0), into("head", 1)], 8: [into("head", 2)]}),
    "faster-rcnn": ((64, 96), {2 ** (i + 1): [Tap("rpn.conv", call=i)] for i in range(4)}),
    "yolo": ((64, 96), {4: [Tap("n1")], 8: [Tap("n2")]}),
    "unet": ((64, 96), {4: [Tap("d3")]}),
    "fcn": ((64, 96), {4: [Tap("a")], 8: [Tap("b")]}),
    "deeplab": ((64, 96), {4: [into("classifier.0.project")]}),
}
DECODERS = {"unet": Tap("u2"), "fcn": into("classifier.4"), "deeplab": into("classifier.4")}


class Head(nn.Module):
    """A detector of torchvision, from pictures to what its head predicts: without anchors and suppression."""

    def __init__(self, detector):
        super().__init__()
        self.backbone, self.head = detector.backbone, detector.head

    def forward(self, x):
        return tuple(self.head(list(self.backbone(x).values())).values())


class Scores(nn.Module):
    def __init__(self, segmenter):
        super().__init__()
        self.body = segmenter

    def forward(self, x):
        return self.body(x)["out"]


def fpn(detector):
    blocks = LastLevelP6P7(256, 256)
    body = resnet_fpn_backbone(backbone_name="resnet18", weights=None, trainable_layers=5, returned_layers=[2, 3, 4],
                               extra_blocks=blocks)
    return Head(detector(body, num_classes=3))


def towers(**paths):
    return {2 ** (i + 3): [Tap(path, call=i) for path in paths.values()] for i in range(5)}


def segmenter(name):
    return Scores(getattr(models.segmentation, name)(weights=None, weights_backbone=None, num_classes=21))


def plain(name, **how):
    return lambda: getattr(models, name)(weights=None, **how)


# Size of the export, size of the facts, levels.
REAL = {
    "resnet18": (plain("resnet18"), 224, (256, 320), {2 ** (i + 1): [Tap(f"layer{i}")] for i in range(1, 5)}),
    "mobilenet_v2": (plain("mobilenet_v2"), 224, (256, 320), {
        4: [Tap("features.4.conv.0")], 8: [Tap("features.7.conv.0")], 16: [Tap("features.14.conv.0")],
        32: [Tap("features.18")]}),
    "mobilenet_v3_small": (plain("mobilenet_v3_small"), 224, (256, 320), {
        4: [Tap("features.2.block.0")], 8: [Tap("features.4.block.0")], 16: [Tap("features.9.block.0")],
        32: [Tap("features.12")]}),
    "efficientnet_b0": (plain("efficientnet_b0"), 224, (256, 320), {
        4: [Tap("features.3.0.block.0")], 8: [Tap("features.4.0.block.0")], 16: [Tap("features.6.0.block.0")],
        32: [Tap("features.8")]}),
    "shufflenet_v2_x0_5": (plain("shufflenet_v2_x0_5"), 224, (256, 320), {
        4: [Tap("maxpool")], 8: [Tap("stage2")], 16: [Tap("stage3")], 32: [Tap("conv5")]}),
    "squeezenet1_1": (plain("squeezenet1_1"), 224, (256, 320), {
        4: [Tap("features.4")], 8: [Tap("features.7")], 16: [Tap("features.12")]}),
    "densenet121": (plain("densenet121"), 224, (256, 320), {
        **{2 ** (i + 1): [Tap(f"features.transition{i}.conv")] for i in range(1, 4)},
        32: [Tap("features.norm5", scope="/Relu", **relu)]}),
    "mnasnet0_5": (plain("mnasnet0_5"), 224, (256, 320), {
        4: [Tap("layers.9.0.layers.2")], 8: [Tap("layers.10.0.layers.2")], 16: [Tap("layers.12.0.layers.2")],
        32: [Tap("layers.16")]}),
    "regnet_y_400mf": (plain("regnet_y_400mf"), 224, (256, 320), {
        2 ** (i + 1): [Tap(f"trunk_output.block{i}")] for i in range(1, 5)}),
    "googlenet": (plain("googlenet", aux_logits=False, init_weights=False), 224, (256, 320), {
        4: [Tap("conv3")], 8: [Tap("inception3b")], 16: [Tap("inception4e")], 32: [Tap("inception5b")]}),
    "inception_v3": (plain("inception_v3", aux_logits=False, init_weights=False), 299, (256, 320), {
        4: [Tap("Conv2d_4a_3x3")], 8: [Tap("Mixed_5d")], 16: [Tap("Mixed_6e")], 32: [Tap("Mixed_7c")]}),
    "convnext_tiny": (plain("convnext_tiny"), 224, (256, 320), {
        4: [Tap("features.2.0")], 8: [Tap("features.4.0")], 16: [Tap("features.6.0")], 32: [Tap("features.7")]}),
    "lraspp_mobilenet_v3_large": (lambda: segmenter("lraspp_mobilenet_v3_large"), 224, (256, 320), {
        4: [Tap("body.backbone.4.block.0")], 8: [Tap("body.backbone.7.block.0")], 16: [Tap("body.backbone.16")]}),
    "ssd300_vgg16": (lambda: Head(ssd300_vgg16(weights=None, weights_backbone=None)), 320, (320, 320), {
        2 ** (i + 3): [into("head", i)] for i in range(5)}),
    "ssdlite320": (lambda: Head(ssdlite320_mobilenet_v3_large(weights=None, weights_backbone=None)), 320, (256, 320), {
        16 * 2**i: [Tap(f"head.{tower}.module_list.{i}.0", scope=f"/head/{tower}/module_list.{i}/module_list.{i}.0/")
                    for tower in ["regression_head", "classification_head"]] for i in range(4)}),
    "retinanet": (lambda: fpn(RetinaNet), 320, (256, 320),
                  towers(classes="head.classification_head.conv", boxes="head.regression_head.conv")),
    "fcos": (lambda: fpn(FCOS), 320, (256, 320),
             towers(classes="head.classification_head.conv", boxes="head.regression_head.conv")),
}


def shape_of(stride, values):
    return {"stride": stride, "channels": [v.shape[1] for v in values],
            "height": values[0].shape[2], "width": values[0].shape[3]}


def small(name):
    size, levels = SMALL[name]
    family = families.FAMILIES[name]
    with open(os.path.join(GOLDEN, "families", f"{name}.json")) as f:
        salt = json.load(f)["salt"]
    model = family.make().eval()
    model.load_state_dict(steps.drawn(model, salt))
    x = Floats("pixel_values", [2, 3, *size]).values().double()
    rows = {**levels, **({"decoder": [DECODERS[name]]} if name in DECODERS else {})}
    found = []
    for stride, taps in rows.items():
        values = record(model.double(), taps, x)
        digests = [list(draw.digest(f"{name}/{stride}/{i}", v)) for i, v in enumerate(values)]
        found.append({**shape_of(stride, values), "digests": digests})
    decoder = found.pop() if name in DECODERS else None
    return {"size": size, "levels": found, **({"decoder": decoder} if decoder else {})}


def scope_of(path):
    """Returns the scope of a module's nodes: features.4.conv.0 -> /features/features.4/conv/conv.0/."""
    scope = []
    for part in path.split("."):
        scope.append(f"{scope[-1]}.{part}" if part.isdigit() and scope else part)
    return "/" + "/".join(scope) + "/"


def real(name):
    make, side, size, levels = REAL[name]
    torch.manual_seed(0)
    model = make().eval()
    buffer = io.BytesIO()
    torch.onnx.export(model, torch.zeros(1, 3, side, side), buffer, opset_version=13, input_names=["pixel_values"],
                      dynamic_axes={"pixel_values": {0: "batch"}})
    proto = onnx.load_from_string(buffer.getvalue())
    for tensor in proto.graph.initializer:
        # Large weights lie in a file that the test answers with zeros.
        if tensor.data_type == onnx.TensorProto.FLOAT and len(tensor.raw_data) > 256:
            length = len(tensor.raw_data)
            tensor.ClearField("raw_data")
            tensor.data_location = onnx.TensorProto.EXTERNAL
            for key, value in {"location": "zeros", "offset": "0", "length": str(length)}.items():
                entry = tensor.external_data.add()
                entry.key, entry.value = key, value
    for node in proto.graph.node:
        node.ClearField("doc_string")
    with open(os.path.join(GOLDEN, "levels", f"{name}.onnx.gz"), "wb") as f:
        with gzip.GzipFile(filename="", fileobj=f, mode="wb", mtime=0, compresslevel=9) as z:
            z.write(proto.SerializeToString())
    names = [node.name for node in proto.graph.node]
    found = []
    for stride, taps in levels.items():
        values = record(model, taps, torch.zeros(1, 3, *size))
        scopes = [scope_of(tap.path) if tap.scope is None else tap.scope for tap in taps]
        for scope in scopes:
            assert any(n.startswith(scope) for n in names), f"{name} has no nodes in {scope}"
        found.append({**shape_of(stride, values), "scopes": scopes})
    return {"size": size, "levels": found}


def main(only):
    os.makedirs(os.path.join(GOLDEN, "levels"), exist_ok=True)
    path = os.path.join(GOLDEN, "levels.json")
    facts = {"made": f"PyTorch {torch.__version__}", "small": {}, "real": {}}
    if only:
        with open(path) as f:
            facts = json.load(f)
    for kind, table, make in [("small", SMALL, small), ("real", REAL, real)]:
        for name in table:
            if not only or name in only:
                facts[kind][name] = make(name)
                print(kind, name, [(x["stride"], x["channels"], x["height"], x["width"])
                                   for x in facts[kind][name]["levels"]], flush=True)
    with open(path, "w") as f:
        json.dump(facts, f, separators=(",", ":"))
        f.write("\n")


main(sys.argv[1:])
