"""ONNX files of PyTorch's exporter, without the numbers of weights that can be drawn again."""
import gzip
import io
import os

import numpy as np
import onnx
import torch
from onnx import numpy_helper


def export(path, family, model, opset, trains, whole=False):
    """Writes path (.onnx.gz). A weight of the model is stored as its shape and the name that its numbers are drawn from.

    In its doc_string: `drawn NAME`, or `drawn NAME transposed`. With whole, the file holds all numbers.
    """
    inputs = tuple(i.values() for i in family.inputs)
    names = [i.name for i in family.inputs]
    buffer = io.BytesIO()
    how = dict(training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False) if trains else {}
    torch.onnx.export(
        model, inputs, buffer, opset_version=opset, input_names=names, output_names=list(family.outputs),
        dynamic_axes={name: {0: "batch", **family.axes.get(name, {})} for name in [*names, *family.outputs]}, **how)
    proto = onnx.load_from_string(buffer.getvalue())
    known = {}
    parameters = dict(model.named_parameters())
    for name, value in model.state_dict().items():
        # Other buffers are set by the code of the network.
        if name not in parameters and "running" not in name:
            continue
        if value.dtype == torch.float32 and value.numel() >= 16:
            known[value.numpy().tobytes()] = f"drawn {name}"
            if value.dim() == 2:
                known[np.ascontiguousarray(value.numpy().T).tobytes()] = f"drawn {name} transposed"
    for tensor in proto.graph.initializer:
        text = known.get(numpy_helper.to_array(tensor).tobytes())
        if text is not None and not whole:
            tensor.ClearField("raw_data")
            tensor.doc_string = text
    for node in proto.graph.node:
        # Location of the node in PyTorch's sources.
        node.ClearField("doc_string")
    return write(path, proto)


def write(path, proto):
    """Writes a model (.onnx.gz). No time and no name in the header, so that the bytes are always the same."""
    with open(path, "wb") as f:
        with gzip.GzipFile(filename="", fileobj=f, mode="wb", mtime=0, compresslevel=9) as z:
            z.write(proto.SerializeToString())
    return os.path.getsize(path)
