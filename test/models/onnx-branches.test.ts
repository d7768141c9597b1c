import { describe, expect, test } from "vitest";
import { float32, int64, tensor } from "../../src/core/tensor.js";
import { fromOnnx } from "../../src/graph/index.js";
import { attribute as a } from "../../src/onnx/index.js";
import { bytesOf, graphOf, node, opsOf, same } from "../support/onnx-models.js";

describe("If", () => {
  const branch = (op: string) =>
    graphOf({
      inputs: {},
      outputs: { r: ["float32", [null as never, null as never]] },
      weights: { k: float32([1], [2]), axes: int64([1], [1]) },
      nodes: [
        op === "ReduceSum"
          ? node(op, "x axes", "r", [a.int("keepdims", 0)])
          : node(op, op === "Mul" ? "x k" : "x", "r"),
      ],
    });
  const choose = (condition: string) =>
    node("If", condition, "y", [
      a.graph("then_branch", branch("ReduceSum")),
      a.graph("else_branch", branch("Mul")),
    ]);

  test("with a constant condition its branch is put in place", async () => {
    const imported = await same({
      opset: 13,
      inputs: { x: ["float32", ["N", 1, 4]] },
      outputs: { y: ["float32", ["N", 4]] },
      nodes: [
        node("Constant", "", "yes", [a.tensor("value", tensor("bool", [], Uint8Array.of(1)))]),
        choose("yes"),
      ],
    });
    expect(opsOf(imported)).toBe("ReduceSum");
  });

  test("that asks for a size is decided when the size is known, as PyTorch writes squeeze(1)", async () => {
    for (const [size, ops] of [
      [1, "ReduceSum"],
      [3, "Mul"],
    ] as const) {
      const imported = await same({
        opset: 13,
        inputs: { x: ["float32", ["N", size, 4]] },
        outputs: { y: ["float32", size === 1 ? ["N", 4] : ["N", size, 4]] },
        weights: { one: int64([], [1]), at: int64([], [1]) },
        nodes: [
          node("Shape", "x", "s"),
          node("Gather", "s at", "d"),
          node("Equal", "d one", "c"),
          node("Not", "c", "n"),
          node("Not", "n", "nn"),
          choose("nn"),
        ],
      });
      expect(opsOf(imported)).toBe(ops);
      expect(imported.graph.outputs).toEqual(["y"]);
    }
  });

  test("in an If, both known; a branch may give out what it only reads", () => {
    const inner = graphOf({ inputs: {}, outputs: { x: ["float32", ["N", 1, 4]] }, nodes: [] });
    const outer = graphOf({
      inputs: {},
      outputs: { q: ["float32", ["N", 1, 4]] },
      weights: { no: tensor("bool", [1], Uint8Array.of(0)) },
      nodes: [
        node("If", "no", "p", [a.graph("then_branch", branch("Mul")), a.graph("else_branch", inner)]),
        node("Relu", "p", "q"),
      ],
    });
    // onnxruntime wants an Identity there; other programs leave it out.
    const { graph } = fromOnnx(
      bytesOf({
        opset: 13,
        inputs: { x: ["float32", ["N", 1, 4]] },
        outputs: { y: ["float32", ["N", 1, 4]] },
        weights: { yes: tensor("bool", [], Uint8Array.of(1)) },
        nodes: [node("If", "yes", "y", [a.graph("then_branch", outer), a.graph("else_branch", inner)])],
      }),
    );
    expect(graph.nodes).toMatchObject([{ op: "Relu", inputs: ["x"], outputs: ["y"] }]);
  });

  test("stays as it came when its condition depends on the batch or on the data", async () => {
    const imported = await same({
      opset: 13,
      inputs: { x: ["float32", ["N", 3, 4]] },
      outputs: { y: ["float32", ["N", 3, 4]] },
      weights: { one: int64([], [1]), at: int64([], [0]) },
      nodes: [
        node("Shape", "x", "s"),
        node("Gather", "s at", "d"),
        node("Equal", "d one", "c"),
        node("If", "c", "y", [a.graph("then_branch", branch("Relu")), a.graph("else_branch", branch("Mul"))]),
      ],
    });
    expect(imported.graph.nodes.at(-1)).toMatchObject({ kind: "opaque", op: "If", captures: ["x"] });
  });

  test("with other outputs than its branch is refused", () => {
    const file = bytesOf({
      opset: 13,
      inputs: { x: ["float32", ["N", 1, 4]] },
      outputs: { y: ["float32", ["N", 1, 4]] },
      weights: { yes: tensor("bool", [], Uint8Array.of(1)) },
      nodes: [
        node("If", "yes", "y z", [
          a.graph("then_branch", branch("Mul")),
          a.graph("else_branch", branch("Relu")),
        ]),
      ],
    });
    expect(() => fromOnnx(file)).toThrow('If "y z": its then_branch has 1 outputs, it has 2');
  });
});
