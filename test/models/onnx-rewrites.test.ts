/** Operators that are brought to a plainer form when a file is read: on onnxruntime both give the same. */
import { create } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { decisionOf } from "../../src/autodiff/decision.js";
import { float32, int64, type Tensor, tensor } from "../../src/core/tensor.js";
import { across } from "../../src/graph/import/batch/batch-axis.js";
import { fromOnnx } from "../../src/graph/index.js";
import {
  AttributeProtoSchema,
  AttributeType,
  attribute as a,
  type NodeProto,
  tensorProto,
} from "../../src/onnx/index.js";
import { bytesOf, type Model, node, opsOf, same, weights } from "../support/onnx-models.js";

describe("Resize", () => {
  const picture: Model["inputs"] = { x: ["float32", ["N", 2, 4, 5]] };

  test.each([
    ["opset 10, nearest", 10, [a.string("mode", "nearest")], [1, 1, 2, 3], [8, 15]],
    ["opset 10, nearest, smaller", 10, [a.string("mode", "nearest")], [1, 1, 0.5, 0.4], [2, 2]],
    ["opset 10, nearest, smaller and larger", 10, [a.string("mode", "nearest")], [1, 1, 0.6, 3], [2, 15]],
    ["opset 10, linear", 10, [a.string("mode", "linear")], [1, 1, 2, 0.6], [8, 3]],
    ["opset 9 as Upsample, linear", 9, [a.string("mode", "linear")], [1, 1, 2, 1.5], [8, 7]],
  ] as const)("%s", async (_, opset, attributes, scales, [h, w]) => {
    const imported = await same({
      opset,
      inputs: picture,
      outputs: { y: ["float32", ["N", 2, h, w]] },
      weights: { scales: float32([4], scales) },
      nodes: [node(opset === 9 ? "Upsample" : "Resize", "x scales", "y", [...attributes])],
    });
    expect(imported.graph.nodes.every((n) => n.kind === "op" && n.op === "Resize")).toBe(true);
    expect(imported.graph.typeOf("y").shape).toEqual(["N", 2, h, w]);
  });

  const resize: [string, number, string, NodeProto["attribute"]][] = [
    ["opset 11, sizes with empty lists before them", 11, "x none none sizes", [a.string("mode", "linear")]],
    [
      "opset 11, TensorFlow's rounding",
      11,
      "x none scales",
      [a.string("coordinate_transformation_mode", "tf_half_pixel_for_nn"), a.string("nearest_mode", "floor")],
    ],
    [
      "opset 13, cubic",
      13,
      "x _ scales",
      [a.string("mode", "cubic"), a.float("cubic_coeff_a", -0.5), a.int("exclude_outside", 1)],
    ],
    [
      "opset 13, a crop",
      13,
      "x roi _ sizes",
      [a.string("mode", "linear"), a.string("coordinate_transformation_mode", "tf_crop_and_resize")],
    ],
    ["opset 18, some axes", 18, "x _ _ two", [a.ints("axes", [-1, 2]), a.string("mode", "linear")]],
    [
      "opset 19, symmetric",
      19,
      "x _ scales",
      [a.string("coordinate_transformation_mode", "half_pixel_symmetric"), a.string("mode", "linear")],
    ],
    [
      "opset 19, proportions kept",
      19,
      "x _ _ two",
      [a.ints("axes", [2, 3]), a.string("keep_aspect_ratio_policy", "not_larger")],
    ],
  ];
  test.each(resize)("%s", async (_, opset, inputs, attributes) => {
    const imported = await same({
      opset,
      inputs: { x: ["float32", [1, 2, 4, 5]] },
      outputs: { y: ["float32", [1, 2, null as never, null as never]] },
      weights: {
        none: float32([0], []),
        scales: float32([4], [1, 1, 1.5, 2]),
        sizes: int64([4], [1, 2, 7, 3]),
        two: int64([2], [9, 6]),
        roi: float32([8], [0, 0, 0.1, -0.2, 1, 1, 0.9, 1.1]),
      },
      nodes: [node("Resize", inputs, "y", attributes)],
    });
    expect(imported.graph.nodes).toMatchObject([{ kind: "op", op: "Resize" }]);
  });

  test("to the size of another value, as PyTorch writes it, leaves the batch free", async () => {
    const imported = await same({
      opset: 13,
      inputs: { x: ["float32", ["N", 2, 4, 5]], like: ["float32", ["N", 1, 8, 9]] },
      outputs: { y: ["float32", ["N", 2, 8, 9]] },
      weights: { zero: int64([1], [0]), two: int64([1], [2]), four: int64([1], [4]) },
      nodes: [
        node("Shape", "like", "s"),
        node("Slice", "s two four zero", "hw"),
        node("Shape", "x", "t"),
        node("Slice", "t zero two zero", "nc"),
        node("Concat", "nc hw", "sizes", [a.int("axis", 0)]),
        node("Resize", "x _ _ sizes", "y", [
          a.string("mode", "linear"),
          a.string("coordinate_transformation_mode", "align_corners"),
        ]),
      ],
    });
    expect(imported.graph.nodes).toMatchObject([{ op: "Resize", attributes: { axes: [2, 3] } }]);
    expect(imported.graph.typeOf("y").shape).toEqual(["N", 2, 8, 9]);
  });

  test("with a fixed batch in its sizes, too", () => {
    const { graph } = fromOnnx(
      bytesOf({
        opset: 11,
        inputs: { x: ["float32", [1, 2, 4, 5]] },
        outputs: { y: ["float32", [1, 2, 8, 10]] },
        weights: { none: float32([0], []), sizes: int64([4], [1, 2, 8, 10]) },
        nodes: [node("Resize", "x none none sizes", "y")],
      }),
    );
    expect(graph.typeOf("y").shape).toEqual(["batch", 2, 8, 10]);
  });

  test("with an antialias filter it is passed on, with the reason", async () => {
    const imported = await same({
      opset: 18,
      inputs: picture,
      outputs: { y: ["float32", ["N", 2, 2, 2]] },
      weights: { scales: float32([4], [1, 1, 0.5, 0.4]) },
      nodes: [node("Resize", "x _ scales", "y", [a.string("mode", "linear"), a.int("antialias", 1)])],
    });
    expect(imported.graph.nodes).toMatchObject([{ kind: "opaque", op: "Resize" }]);
    expect(imported.notes).toContainEqual(
      expect.stringMatching(/^Resize "y" .*: its antialias filter has no gradient$/),
    );
  });
});

test.each([
  ["DepthToSpace", "DCR", [8, 2, 3], [2, 4, 6]],
  ["DepthToSpace", "CRD", [8, 2, 3], [2, 4, 6]],
  ["SpaceToDepth", "", [2, 4, 6], [8, 2, 3]],
] as const)("%s %s is a Transpose between two Reshapes", async (op, mode, from, to) => {
  const imported = await same({
    opset: 13,
    inputs: { x: ["float32", ["N", ...from]] },
    outputs: { y: ["float32", ["N", ...to]] },
    nodes: [node(op, "x", "y", [a.int("blocksize", 2), ...(mode === "" ? [] : [a.string("mode", mode)])])],
  });
  expect(opsOf(imported)).toBe("Reshape Transpose Reshape");
});

test("Compress with a condition that is known is a Gather", async () => {
  const imported = await same({
    opset: 11,
    inputs: { x: ["float32", ["N", 4]] },
    outputs: { y: ["float32", ["N", 2]], z: ["float32", [1]] },
    weights: {
      keep: tensor("bool", [3], Uint8Array.of(1, 0, 1)),
      one: tensor("bool", [2], Uint8Array.of(0, 1)),
    },
    nodes: [node("Compress", "x keep", "y", [a.int("axis", 1)]), node("Compress", "x one", "z")],
  });
  expect(opsOf(imported)).toBe("Gather Reshape Gather");
});

test("selections are read with their attributes", async () => {
  const imported = await same({
    opset: 16,
    inputs: { x: ["float32", ["N", 3, 4]] },
    outputs: {
      g: ["float32", ["N", 2]],
      t: ["float32", ["N", 3, 2]],
      u: ["float32", ["N", 3, 4]],
      r: ["float32", ["N", 3, 4]],
      e: ["int64", [3, 4]],
      w: ["float32", [3, 4]],
    },
    weights: {
      tuples: int64([2, 2, 2], [0, 1, 2, 3, 1, 1, 0, -1]),
      two: int64([1], [2]),
      minus: int64([], [-1]),
      lengths: int64([2], [2, 3]),
      m: weights(3, 4),
      at: int64([2, 1], [2, 0]),
      rows: weights(2, 4),
    },
    nodes: [
      node("GatherND", "x tuples", "g", [a.int("batch_dims", 1)]),
      node("TopK", "x two", "t i", [a.int("largest", 0)]),
      node("Trilu", "x minus", "u", [a.int("upper", 0)]),
      node("ReverseSequence", "x lengths", "r", [a.int("batch_axis", 0), a.int("time_axis", 1)]),
      node("EyeLike", "m", "e", [a.int("dtype", 7), a.int("k", 1)]),
      node("ScatterND", "m at rows", "w", [a.string("reduction", "add")]),
    ],
  });
  expect(imported.graph.nodes.every((n) => n.kind === "op")).toBe(true);
});

const reasonInNotes = "the notes on the model give the reason";
test("what is only passed on says why no gradient passes it", () => {
  const because = (op: string, why?: string) => {
    const decision = decisionOf({
      ...{ kind: "opaque", op, domain: "", name: "", inputs: ["x"], outputs: ["y"] },
      ...{ captures: [], attributes: [], ...(why && { why }) },
    });
    return decision.kind === "refuse" ? decision.because : decision.kind;
  };
  expect(because("Loop")).toBe(
    "it runs a graph of its own, as often as the data says; it can stand in a frozen part only",
  );
  expect(because("If")).toContain("a condition that is known is folded when the model is read");
  expect(because("SequenceAt")).toContain("lists of tensors");
  expect(because("RandomNormalLike")).toBe("its output is drawn at random");
  expect(because("Einsum")).toContain(reasonInNotes);
  expect(because("Celu")).toContain(reasonInNotes);
  expect(because("Celu", "its alpha is -1")).toBe("its alpha is -1");
  expect(because("Twirl")).toBe('"Twirl" is not an operator Engraft knows');
});

test("Constant is read in each of its forms", () => {
  const forms: [NodeProto["attribute"][number], unknown][] = [
    [a.tensor("value", int64([2], [3, 4])), int64([2], [3, 4])],
    [a.float("value_float", 0.5), float32([], [0.5])],
    [a.floats("value_floats", [0.5, 2]), float32([2], [0.5, 2])],
    [a.int("value_int", 2n ** 62n + 1n), int64([], [2n ** 62n + 1n])],
    [a.ints("value_ints", [1, -1]), int64([2], [1, -1])],
    [a.string("value_string", "yes"), tensor("string", [], ["yes"])],
    [a.strings("value_strings", ["a", "b"]), tensor("string", [2], ["a", "b"])],
  ];
  for (const [form, value] of forms) {
    const { graph } = fromOnnx(
      bytesOf({
        opset: 13,
        inputs: {},
        outputs: { c: ["float32", []] },
        nodes: [node("Constant", "", "c", [form])],
      }),
    );
    expect(graph.initializers.get("c")).toEqual(value);
  }
});

test.each([
  ["GatherND", node("GatherND", "x two", "y"), "GatherND"],
  ["Trilu", node("Trilu", "x", "y"), "Trilu"],
  ["ReverseSequence", node("ReverseSequence", "x lengths", "y"), "ReverseSequence"],
])("%s over the rows of a batch keeps a fixed batch fixed", (_, made, name) => {
  const { notes } = fromOnnx(
    bytesOf({
      opset: 14,
      inputs: { x: ["float32", [2, 3]] },
      outputs: { y: ["float32", [2, 3]] },
      weights: { two: int64([2, 1], [1, 0]), lengths: int64([3], [1, 2, 2]) },
      nodes: [made],
    }),
  );
  expect(notes).toEqual([`the batch stays fixed: ${name} "y" ${across}`]);
});

test("a sparse Constant is filled with zeros, and must lie within its shape", () => {
  const read = (indices: Tensor, dims: bigint[]) => {
    const sparse = create(AttributeProtoSchema, {
      name: "sparse_value",
      type: AttributeType.SPARSE_TENSOR,
      sparseTensor: {
        values: tensorProto("", float32([2], [5, 7])),
        indices: tensorProto("", indices),
        dims,
      },
    });
    const nodes = [node("Constant", "", "c", [sparse])];
    return fromOnnx(bytesOf({ opset: 13, inputs: {}, outputs: { c: ["float32", [2, 3]] }, nodes })).graph;
  };
  const expected = float32([2, 3], [0, 5, 0, 0, 0, 7]);
  expect(read(int64([2], [1, 5]), [2n, 3n]).initializers.get("c")).toEqual(expected);
  expect(read(int64([2, 2], [0, 1, 1, 2]), [2n, 3n]).initializers.get("c")).toEqual(expected);
  expect(() => read(int64([2], [1, 6]), [2n, 3n])).toThrow(
    'Constant "c": one of its values is at 6, it has 6 elements',
  );
  expect(() => read(int64([3], [1, 2, 3]), [2n, 3n])).toThrow(
    'Constant "c": its 2 values have indices of shape [3]',
  );
  expect(() => read(int64([2], [1, 2]), [2n ** 40n, 3n])).toThrow(
    `Constant "c": its value is of shape [${2 ** 40},3], at most ${2 ** 24} elements are read`,
  );
});
