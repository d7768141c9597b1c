#!/usr/bin/env python3
"""Golden files: small-width networks as PyTorch's exporter writes them, with PyTorch's forward pass, gradients
and optimiser steps.

    python3 scripts/golden        (networks.py is one part of it)

Writes test/golden/NAME.opsetN.onnx, and NAME.json (names, sizes, offsets) with NAME.bin (float32, little endian).
The numbers are computed in float64 from the float32 weights in the file, and rounded at the end. The input is not
stored: x[i] = 2 * ((i * 2654435761 mod 2^32) / 2^32) - 1, exact in every language.
"""
import json
import os
import warnings

import numpy as np
import torch
from torch import nn
from torchvision.models.mobilenetv2 import InvertedResidual
from torchvision.models.resnet import BasicBlock, Bottleneck, conv1x1
from torchvision.models.squeezenet import Fire
from torchvision.ops.misc import Conv2dNormActivation

from steps import MOMENTUM, RATES, WEIGHT_DECAY, optimizer

warnings.filterwarnings("ignore")
FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "test", "golden")
BATCH, SIZE, CLASSES = 4, 32, 5
LABELS = [3, 0, 4, 1]


def downsample(inputs, outputs, stride):
    return nn.Sequential(conv1x1(inputs, outputs, stride), nn.BatchNorm2d(outputs))


def resnet_basic():
    """The stem of ResNet (7x7, stride 2, overlapping max pool), an identity block and a strided one."""
    return nn.Sequential(
        nn.Conv2d(3, 6, 7, 2, 3, bias=False), nn.BatchNorm2d(6), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1),
        BasicBlock(6, 6), BasicBlock(6, 8, 2, downsample(6, 8, 2)),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, CLASSES))


def resnet_bottleneck():
    return nn.Sequential(
        nn.Conv2d(3, 6, 3, 2, 1, bias=False), nn.BatchNorm2d(6), nn.ReLU(inplace=True),
        Bottleneck(6, 4, 1, downsample(6, 16, 1)), Bottleneck(16, 4),
        Bottleneck(16, 5, 2, downsample(16, 20, 2), groups=1),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(20, CLASSES))


def vgg():
    """VGG: no normalisation, biases everywhere, two fully connected layers, average pool from 4x4 to 2x2."""
    return nn.Sequential(
        nn.Conv2d(3, 6, 3, padding=1), nn.ReLU(inplace=True), nn.MaxPool2d(2, 2),
        nn.Conv2d(6, 8, 3, padding=1), nn.ReLU(inplace=True), nn.MaxPool2d(2, 2),
        nn.Conv2d(8, 12, 3, padding=1), nn.ReLU(inplace=True), nn.MaxPool2d(2, 2),
        nn.AdaptiveAvgPool2d(2), nn.Flatten(),
        nn.Linear(48, 16), nn.ReLU(inplace=True), nn.Linear(16, CLASSES))


def alexnet():
    """AlexNet: large strided kernels, overlapping max pools."""
    return nn.Sequential(
        nn.Conv2d(3, 8, 5, 2, 2), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2),
        nn.Conv2d(8, 12, 3, padding=1), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2),
        nn.Flatten(), nn.Linear(108, 12), nn.ReLU(inplace=True), nn.Linear(12, CLASSES))


def mobilenet_v2():
    """MobileNet: Relu6, depthwise convolutions with and without stride."""
    first = Conv2dNormActivation(3, 6, 3, 2, norm_layer=nn.BatchNorm2d, activation_layer=nn.ReLU6)
    last = Conv2dNormActivation(6, 24, 1, norm_layer=nn.BatchNorm2d, activation_layer=nn.ReLU6)
    return nn.Sequential(
        first, InvertedResidual(6, 4, 1, 1), InvertedResidual(4, 6, 2, 6), InvertedResidual(6, 6, 1, 6), last,
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(24, CLASSES))


def squeezenet():
    """SqueezeNet: concatenations, max pools that round up, a convolution as classifier before the pooling."""
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, 2), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, ceil_mode=True),
        Fire(8, 4, 6, 6), Fire(12, 4, 8, 8), nn.MaxPool2d(3, 2, ceil_mode=True),
        nn.Conv2d(16, CLASSES, 1), nn.ReLU(inplace=True), nn.AdaptiveAvgPool2d(1), nn.Flatten())


# name: (network, opsets, whether its BatchNormalization has moved away from 1, 0, 0, 1: equal initial values are
# what the exporter shares between layers)
MODELS = {
    "resnet-basic": (resnet_basic, [11, 13, 17], True),
    "resnet-bottleneck": (resnet_bottleneck, [13], False),
    "vgg": (vgg, [11, 17], True),
    "alexnet": (alexnet, [13], True),
    "mobilenet-v2": (mobilenet_v2, [11, 13], True),
    "squeezenet": (squeezenet, [13, 17], True),
}


def golden_input():
    n = BATCH * 3 * SIZE * SIZE
    hashed = (np.arange(n, dtype=np.uint64) * np.uint64(2654435761)) % np.uint64(2**32)
    x = (2 * (hashed.astype(np.float64) / 2**32) - 1).astype(np.float32)
    return torch.from_numpy(x.reshape(BATCH, 3, SIZE, SIZE))


def main():
    os.makedirs(FOLDER, exist_ok=True)
    x, labels = golden_input(), torch.tensor(LABELS)
    for index, (name, (make, opsets, moved)) in enumerate(MODELS.items()):
        torch.manual_seed(index)
        model = make()
        if moved:
            for m in model.modules():
                if isinstance(m, nn.BatchNorm2d):
                    nn.init.uniform_(m.weight, 0.5, 1.5)
                    nn.init.uniform_(m.bias, -0.3, 0.3)
                    nn.init.uniform_(m.running_mean, -0.3, 0.3)
                    nn.init.uniform_(m.running_var, 0.5, 1.5)
        if name == "squeezenet":
            # Otherwise the last Relu sets most logits to zero, and with them most gradients.
            nn.init.constant_(model[6].bias, 0.5)
        model.eval()
        for opset in opsets:
            torch.onnx.export(
                model, x, os.path.join(FOLDER, f"{name}.opset{opset}.onnx"), opset_version=opset,
                input_names=["input"], output_names=["logits"],
                dynamic_axes={"input": {0: "batch"}, "logits": {0: "batch"}},
                training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False)
        start = {k: v.clone() for k, v in model.state_dict().items()}
        arrays, numbers = {}, []

        def keep(key, value):
            value = value.detach().numpy().astype(np.float32)
            arrays[key] = {"dims": list(value.shape), "offset": sum(a.size for a in numbers)}
            numbers.append(value.ravel())

        norms = any(isinstance(m, nn.BatchNorm2d) for m in model.modules())
        for mode in ["frozen", "train"] if norms else ["frozen"]:
            for kind in ["sgd", "adam", "adamw"]:
                model = make()
                model.load_state_dict(start)
                model.double().train(mode == "train")
                step = optimizer(kind, model)
                for k in range(3):
                    for group in step.param_groups:
                        group["lr"] = RATES[kind][k]
                    step.zero_grad()
                    logits = model(x.double())
                    loss = nn.functional.cross_entropy(logits, labels)
                    loss.backward()
                    if kind == "sgd":
                        keep(f"{mode}/loss/{k}", loss)
                    if kind == "sgd" and k == 0:
                        keep(f"{mode}/logits", logits)
                        for key, p in model.named_parameters():
                            keep(f"{mode}/gradient/{key}", p.grad)
                    step.step()
                for key, p in model.named_parameters():
                    keep(f"{mode}/{kind}/{key}", p)
                if mode == "train" and kind == "sgd":
                    for key, b in model.named_buffers():
                        if "running" in key:
                            keep(f"{mode}/{kind}/{key}", b)
        header = {
            "input": [BATCH, 3, SIZE, SIZE], "labels": LABELS, "rates": RATES, "momentum": MOMENTUM,
            "weightDecay": WEIGHT_DECAY, "opsets": opsets, "made": f"PyTorch {torch.__version__}", "arrays": arrays}
        with open(os.path.join(FOLDER, f"{name}.json"), "w") as f:
            json.dump(header, f, separators=(",", ":"))
            f.write("\n")
        np.concatenate(numbers).astype("<f4").tofile(os.path.join(FOLDER, f"{name}.bin"))
