"""Cases of the specification, converted to older opsets in which the operator had another form.

What was an attribute once and is an input today is turned back; the expected output stays the same.
"""
import onnx
from onnx import helper

OLDEST = 7


def opset_of(model):
    """Returns the opset version of a model; 0 without standard operators."""
    return max((o.version for o in model.opset_import if o.domain in ("", "ai.onnx")), default=0)


def forms(model, inputs):
    """Yields pairs of an opset and the model in that opset."""
    nodes = model.graph.node
    opset = opset_of(model)
    if len(nodes) != 1:
        return
    values = {i.name: v for i, v in zip(model.graph.input, inputs)}
    for version, write in FORMS.get(nodes[0].op_type, []):
        if version < opset:
            old = write(model, nodes[0], values)
            if old is not None:
                old = stamped(old, version)
                if valid(old):
                    yield version, old


def stamped(model, opset):
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    del copy.opset_import[:]
    copy.opset_import.append(helper.make_opsetid("", opset))
    copy.ir_version = 8
    return copy


def valid(model):
    """Returns true if types, attributes and number of inputs fit the older version of the operator."""
    try:
        onnx.checker.check_model(model, full_check=True)
        return True
    except Exception:
        return False


def rewritten(model, node, inputs, outputs=None, op=None, drop=(), **attributes):
    """Returns the model with other inputs and attributes of its node, without unused inputs."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    new = helper.make_node(op or node.op_type, inputs, outputs or list(node.output), **attributes)
    given = {a.name for a in new.attribute} | set(drop)
    new.attribute.extend(a for a in node.attribute if a.name not in given)
    del copy.graph.node[:]
    copy.graph.node.append(new)
    kept = [i for i in copy.graph.input if i.name in inputs]
    del copy.graph.input[:]
    copy.graph.input.extend(kept)
    return copy


def same(model, node, values):
    return model


def inputs_to_attributes(*names, scalars=()):
    """Converts inputs from the second on to attributes; missing ones stay missing."""

    def write(model, node, values):
        attributes = {}
        for i, name in enumerate(names, start=1):
            value = values.get(node.input[i]) if i < len(node.input) else None
            if value is not None:
                attributes[name] = value.reshape(-1)[0].item() if name in scalars else value.reshape(-1).tolist()
        return rewritten(model, node, [node.input[0]], **attributes)

    return write


def upsample(model, node, values):
    """Converts Resize without half pixels and with scales, which are the second input in opset 9."""
    shape = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    if shape.get("coordinate_transformation_mode") != b"asymmetric" or len(node.input) != 3:
        return None
    return rewritten(model, node, [node.input[0], node.input[2]], op="Upsample",
                     drop=["coordinate_transformation_mode", "nearest_mode"])


def scatter(model, node, values):
    return rewritten(model, node, list(node.input), op="Scatter")


def scales_to_attribute(model, node, values):
    return rewritten(model, node, [node.input[0]], scales=values[node.input[1]].tolist())


def whole_vectors(model, node, values):
    """Converts a softmax over the last axis of a matrix. In other cases the meaning differs before opset 13."""
    axis = next((a.i for a in node.attribute if a.name == "axis"), -1)
    rank = len(model.graph.input[0].type.tensor_type.shape.dim)
    return rewritten(model, node, list(node.input), axis=rank - 1) if axis in (-1, rank - 1) else None


REDUCE = [(11, same), (OLDEST, same)]
FORMS = {
    "BatchNormalization": [(14, same), (9, same), (OLDEST, same)],
    "ArgMax": [(11, same), (OLDEST, same)],
    "ArgMin": [(11, same), (OLDEST, same)],
    "AveragePool": [(10, same), (OLDEST, same)],
    "Cast": [(9, same), (OLDEST, same)],
    "Clip": [(OLDEST, inputs_to_attributes("min", "max", scalars=("min", "max")))],
    "ConvTranspose": [(OLDEST, same)],
    "Conv": [(OLDEST, same)],
    "CumSum": [(11, same)],
    "DepthToSpace": [(OLDEST, same)],
    "Dropout": [(10, inputs_to_attributes("ratio", scalars=("ratio",))),
                (OLDEST, inputs_to_attributes("ratio", scalars=("ratio",)))],
    "Flatten": [(9, same), (OLDEST, same)],
    "Gemm": [(9, same), (OLDEST, same)],
    "GRU": [(OLDEST, same)],
    "Hardmax": [(11, whole_vectors), (OLDEST, whole_vectors)],
    "LogSoftmax": [(11, whole_vectors), (OLDEST, whole_vectors)],
    "LSTM": [(OLDEST, same)],
    "MaxPool": [(11, same), (10, same), (8, same), (OLDEST, same)],
    "OneHot": [(9, same)],
    "Pad": [(10, inputs_to_attributes("pads", "value", scalars=("value",))),
            (OLDEST, inputs_to_attributes("pads", "value", scalars=("value",)))],
    "PRelu": [(9, same), (OLDEST, same)],
    "ReduceL1": REDUCE, "ReduceL2": REDUCE, "ReduceLogSum": REDUCE, "ReduceLogSumExp": REDUCE, "ReduceMax": REDUCE,
    "ReduceMean": REDUCE, "ReduceMin": REDUCE, "ReduceProd": REDUCE, "ReduceSumSquare": REDUCE,
    "ReduceSum": [(11, inputs_to_attributes("axes")), (OLDEST, inputs_to_attributes("axes"))],
    "Resize": [(9, upsample), (11, same)],
    "RNN": [(OLDEST, same)],
    "ScatterElements": [(9, scatter), (11, same)],
    "Slice": [(10, same), (9, lambda m, n, v: slice_attributes(m, n, v))],
    "Softmax": [(11, whole_vectors), (OLDEST, whole_vectors)],
    "Split": [(11, inputs_to_attributes("split")), (OLDEST, inputs_to_attributes("split"))],
    "Squeeze": [(11, inputs_to_attributes("axes")), (OLDEST, inputs_to_attributes("axes"))],
    "TopK": [(10, same), (OLDEST, lambda m, n, v: top_k(m, n, v))],
    "Unsqueeze": [(11, inputs_to_attributes("axes")), (OLDEST, inputs_to_attributes("axes"))],
    "Upsample": [(OLDEST, scales_to_attribute)],
}


def slice_attributes(model, node, values):
    """Converts Slice for opsets before 10: no steps, no negative axes."""
    names = list(node.input)
    if len(names) > 4 and any(s != 1 for s in values[names[4]].tolist()):
        return None
    if len(names) > 3 and any(a < 0 for a in values[names[3]].tolist()):
        return None
    write = inputs_to_attributes("starts", "ends", "axes")
    cut = onnx.NodeProto()
    cut.CopyFrom(node)
    del cut.input[4:]
    return write(model, cut, values)


def top_k(model, node, values):
    """Converts TopK for opsets before 11: the largest, in order."""
    attributes = {a.name: a.i for a in node.attribute}
    if attributes.get("largest", 1) != 1 or attributes.get("axis", -1) < 0:
        return None
    return rewritten(model, node, [node.input[0]], drop=["largest", "sorted"], k=int(values[node.input[1]][0]))
