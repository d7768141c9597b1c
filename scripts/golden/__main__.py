#!/usr/bin/env python3
"""Golden files: networks as PyTorch's exporter writes them, with PyTorch's forward pass, gradients and
optimiser steps. One command makes all of them anew:

    python3 scripts/golden            (needs PyTorch, torchvision, onnx: Debian's python3-torchvision, python3-onnx)
    python3 scripts/golden swin gpt2  only these
    python3 scripts/golden constants  only test/golden/constants.json: see constants.py

Writes test/golden/families/NAME.opsetN.onnx.gz, NAME.json (names, sizes) and NAME.bin (float32, little endian), and
test/golden/NAME.* of the six networks in networks.py, which keep all their numbers. Small on purpose: weights, inputs
and targets are drawn by a formula (draw.py), large gradients and weights are kept as norms and projections.
"""
import json
import os
import sys
import time
import warnings

import torch

sys.dont_write_bytecode = True

import constants
import export
import families
import networks
import steps

warnings.filterwarnings("ignore")
FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "test", "golden", "families")


def make(name, family):
    begun = time.monotonic()
    torch.manual_seed(0)
    model = family.make().eval()
    salt = next(n for n in range(100) if steps.steady(family, steps.drawn(model, n)))
    start = steps.drawn(model, salt)
    model.load_state_dict(start)
    at = lambda suffix: os.path.join(FOLDER, f"{name}.{suffix}")
    bytes_ = [export.export(at(f"opset{family.opset}.onnx.gz"), family, model, family.opset, True)]
    bytes_ += [export.export(at(f"opset{n}.onnx.gz"), family, model, n, False) for n in family.others]
    numbers, noisy, outputs = steps.golden(family, start)
    header = {
        "inputs": [{"kind": type(i).__name__, **vars(i)} for i in family.inputs],
        "outputs": [{"name": n, "dims": d} for n, d in zip(family.outputs, outputs)],
        "labels": list(family.labels), "salt": salt, "opset": family.opset, "others": list(family.others),
        "modes": {m: steps.kinds(model, m) for m in steps.modes(model)}, "rates": steps.RATES, "momentum": steps.MOMENTUM,
        "weightDecay": steps.WEIGHT_DECAY, "made": f"PyTorch {torch.__version__}",
        "parameters": {n: list(p.shape) for n, p in model.named_parameters()},
        "running": {n: list(b.shape) for n, b in model.named_buffers() if "running" in n}, "noise": noisy}
    with open(at("json"), "w") as f:
        json.dump(header, f, separators=(",", ":"))
        f.write("\n")
    numbers.tofile(at("bin"))
    bytes_ += [os.path.getsize(at("json")), os.path.getsize(at("bin"))]
    print(f"{name:16} salt {salt} {sum(p.numel() for p in model.parameters()):7} parameters  "
          f"{[round(b / 1000) for b in bytes_]} KB  {time.monotonic() - begun:.1f} s", flush=True)


def main(names):
    os.makedirs(FOLDER, exist_ok=True)
    table = families.FAMILIES
    if names == ["constants"]:
        return constants.main(FOLDER, table)
    unknown = [n for n in names if n not in table]
    if unknown:
        sys.exit(f"no family {unknown}; there are {', '.join(table)}")
    if not names:
        networks.main()
    for name in names or table:
        make(name, table[name])
    constants.main(FOLDER, table)


main(sys.argv[1:])
