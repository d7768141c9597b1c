#!/usr/bin/env python3
"""The node tests of the ONNX specification, as one small file: test/golden/spec-cases.json.gz.

Run with Debian's interpreter:  /usr/bin/python3 scripts/operators/make-spec-cases.py      (needs python3-onnx, numpy and torch)

What is extracted: models of one operator (and what the specification's functions expand to), their inputs, and the
outputs that the specification's own NumPy code computes. They are run from onnx.backend.test.case.node of the ONNX
project, Copyright (c) ONNX Project Contributors, Apache-2.0 (https://github.com/onnx/onnx); no code is taken over.
Beside them: the same cases in the forms of older opsets (spec_cases/older.py), and cases of our own for operators and
forms that this version of onnx does not know or test, with outputs by formula or by PyTorch (spec_cases/own.py).

The file: {"blobs": [base64, …], "cases": [{name, from, opset, model, inputs, outputs}], "leftOut": {name: why}};
a tensor is [name, type, dims, number of the blob], little endian. Every draw is seeded: the file is the same each time.
"""
import base64
import gzip
import json
import pathlib
import sys
import warnings

import numpy as np

for alias, kind in (("float", float), ("bool", bool), ("int", int), ("object", object)):
    if alias not in np.__dict__:  # onnx 1.12 still uses names that NumPy has dropped
        setattr(np, alias, kind)

import onnx  # noqa: E402
from onnx import TensorProto, helper, numpy_helper  # noqa: E402

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from spec_cases import older, own  # noqa: E402

warnings.filterwarnings("ignore")
OUT = pathlib.Path(__file__).resolve().parent.parent.parent / "test" / "golden" / "spec-cases.json.gz"
LARGEST = 12_000  # bytes of inputs and outputs of one case
NAMES = {
    "float32": "float32", "float64": "float64", "float16": "float16", "int8": "int8", "int16": "int16",
    "int32": "int32", "int64": "int64", "uint8": "uint8", "uint16": "uint16", "uint32": "uint32",
    "uint64": "uint64", "bool": "bool",
}


def with_smaller_draws(collect):
    """Runs `collect` with smaller inputs for cases with pictures of 32 x 32 or 28 x 28 pixels or volumes."""
    randn = np.random.randn
    np.random.randn = lambda *dims: randn(*(smaller(dims) if len(dims) > 2 and max(dims) >= 28 else dims))
    try:
        return collect()
    finally:
        np.random.randn = randn


def smaller(dims):
    plane = 9 if len(dims) < 5 else 6
    return tuple(plane if d >= 28 else d for d in dims)


def specification():
    from onnx.backend.test.case import node as cases

    np.random.seed(0)
    for case in with_smaller_draws(lambda: cases.collect_testcases(None)):
        ((inputs, outputs),) = case.data_sets
        yield case.name, case.model, inputs, outputs


class Packed:
    def __init__(self):
        self.blobs, self.places, self.cases, self.left_out = [], {}, [], {}

    def blob(self, data):
        key = base64.b64encode(data).decode()
        if key not in self.places:
            self.places[key] = len(self.blobs)
            self.blobs.append(key)
        return self.places[key]

    def tensor(self, info, value):
        little = np.ascontiguousarray(value).astype(value.dtype.newbyteorder("<"))
        return [info.name, NAMES[value.dtype.name], list(value.shape), self.blob(little.tobytes())]

    def free(self, name):
        """Returns a unique name: two pairs of the specification's cases share one."""
        return name if all(c["name"] != name for c in self.cases) else f"{name} (2)"

    def add(self, origin, name, model, inputs, outputs):
        why = unfit(model, list(inputs) + list(outputs))
        if why:
            self.left_out[name] = why
            return False
        for entry in model.graph.input, model.graph.output:
            for info in entry:
                info.doc_string = ""
        model.producer_name = ""
        self.cases.append({
            "name": self.free(name.removeprefix("test_")),
            "from": origin,
            "opset": older.opset_of(model),
            "model": base64.b64encode(model.SerializeToString()).decode(),
            "inputs": [self.tensor(i, v) for i, v in zip(model.graph.input, inputs)],
            "outputs": [self.tensor(o, v) for o, v in zip(model.graph.output, outputs)],
        })
        return True


def unfit(model, values):
    if older.opset_of(model) == 0:
        return "it is of another domain than ai.onnx: an optimiser"
    kinds = {i.type.WhichOneof("value") for i in [*model.graph.input, *model.graph.output]}
    if kinds != {"tensor_type"}:
        return "its values are sequences or may be absent"
    if any(n.op_type in ("Bernoulli", "RandomUniformLike") for n in model.graph.node):
        return "its output is random"
    if any(i.type.tensor_type.elem_type == TensorProto.BFLOAT16 for i in [*model.graph.input, *model.graph.output]):
        return "its values are bfloat16, which NumPy does not hold"
    if not all(hasattr(v, "dtype") and v.dtype.name in NAMES for v in values):
        return "its values are strings or complex numbers"
    if sum(v.nbytes for v in values) > LARGEST:
        return "its values are too many for a small file"
    return None


def main():
    packed = Packed()
    for name, model, inputs, outputs in specification():
        inputs, outputs = [np.asarray(v) if np.isscalar(v) else v for v in inputs], list(outputs)
        outputs = [np.asarray(v) if np.isscalar(v) else v for v in outputs]
        if 0 < older.opset_of(model) < older.OLDEST:
            model = older.stamped(model, older.OLDEST)
        if packed.add("onnx", name, model, inputs, outputs):
            for opset, old in older.forms(model, inputs):
                kept = [v for i, v in zip(model.graph.input, inputs) if i.name in {x.name for x in old.graph.input}]
                packed.add("onnx, older form", f"{name} as of opset {opset}", old, kept, outputs)
    for name, model, inputs, outputs in own.cases():
        packed.add("own", name, model, inputs, outputs)
    names = [c["name"] for c in packed.cases]
    assert len(names) == len(set(names)), sorted(n for n in names if names.count(n) > 1)
    content = {"onnx": onnx.__version__, "blobs": packed.blobs, "cases": packed.cases, "leftOut": packed.left_out}
    text = json.dumps(content, separators=(",", ":"))
    OUT.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(f"{len(packed.cases)} cases, {len(packed.left_out)} left out, {OUT.stat().st_size} bytes")
    for why in sorted(set(packed.left_out.values())):
        print(f"  {sum(w == why for w in packed.left_out.values())}: {why}")


if __name__ == "__main__":
    main()
