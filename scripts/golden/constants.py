"""Constants among the initializers of the exported files: their numbers do not depend on any parameter.

Each network is exported twice, the second time with every parameter of named_parameters() changed. An initializer
that holds the same numbers in both files is a constant or a buffer; one that changes is a parameter, or was folded
from some. Writes test/golden/constants.json: {family: {opset: [names]}}, float initializers only.
"""
import gzip
import json
import os
import tempfile

import onnx
import torch
from onnx import numpy_helper

import export
import steps


def initializers(family, model, opset, trains):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.onnx.gz")
        export.export(path, family, model, opset, trains, True)
        with gzip.open(path) as f:
            graph = onnx.load_from_string(f.read()).graph
    floats = {onnx.TensorProto.FLOAT, onnx.TensorProto.DOUBLE}
    return {t.name: numpy_helper.to_array(t) for t in graph.initializer if t.data_type in floats}


def constants(family, salt, opset):
    model = family.make().eval()
    model.load_state_dict(steps.drawn(model, salt))
    trains = opset == family.opset
    before = initializers(family, model, opset, trains)
    with torch.no_grad():
        for n, p in enumerate(model.parameters()):
            p.mul_(1.2 + 0.001 * n).add_(0.0137)
    after = initializers(family, model, opset, trains)
    assert before.keys() == after.keys()
    return [name for name, v in before.items() if v.tobytes() == after[name].tobytes()]


def main(folder, table):
    lists = {}
    for name, family in table.items():
        with open(os.path.join(folder, f"{name}.json")) as f:
            salt = json.load(f)["salt"]
        torch.manual_seed(0)
        lists[name] = {n: constants(family, salt, n) for n in [family.opset, *family.others]}
        print(f"{name:16} {[len(v) for v in lists[name].values()]} constants", flush=True)
    with open(os.path.join(folder, "..", "constants.json"), "w") as f:
        json.dump(lists, f, indent=1)
        f.write("\n")
