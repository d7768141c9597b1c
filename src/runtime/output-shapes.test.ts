import { expect, test } from "vitest";
import type { Shape } from "../core/shape.js";
import { float32, type Tensor } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import { Graph } from "../graph/graph.js";
import { requireDeclaredOutputs, withExpectedOutputs } from "./output-shapes.js";
import type { Session } from "./runtime.js";

/** A session that returns one tensor, whatever is fed. */
function returning(logits: Tensor): Session {
  return {
    inputs: [{ name: "x", type: { dtype: "float32", shape: ["batch", 4] } }],
    outputs: [{ name: "logits", type: { dtype: "float32", shape: undefined } }],
    run: async () => ({ logits }),
    dispose: async () => undefined,
  };
}
const x = float32([2, 4], new Float32Array(8));
const zeros = (...dims: number[]) => float32(dims, new Float32Array(dims.reduce((n, d) => n * d, 1)));
const ran = (logits: Tensor, shape: Shape) =>
  withExpectedOutputs(returning(logits), { shapes: [shape], at: "runs/x/model" }).run({ x });

test("an output of the expected shape is returned, with any size on a named axis", async () => {
  expect((await ran(zeros(2, 3), ["batch", 3])).logits!.dims).toEqual([2, 3]);
  expect((await ran(zeros(2, 7, 3), ["batch", "length", 3])).logits!.dims).toEqual([2, 7, 3]);
});

test("another number of classes, of rows or of axes is refused, and another type", async () => {
  const words = async (logits: Tensor) =>
    ran(logits, ["batch", 3]).catch((error: { message: string; kind: string; at: string }) => error);
  expect(await words(zeros(2, 2))).toMatchObject({
    kind: "ModelError",
    message: 'the output "logits" of the model is float32[2, 2], expected float32[2, 3]',
    at: "runs/x/model",
    help: "onnx/model.onnx and the other files of the folder are not of the same model",
  });
  expect((await words(zeros(1, 3))).toString()).toContain("float32[1, 3], expected float32[2, 3]");
  expect((await words(zeros(6))).toString()).toContain("float32[6], expected float32[2, 3]");
  const halves: Tensor = { dtype: "float16", dims: [2, 3], data: new Uint16Array(6) };
  expect((await words(halves)).toString()).toContain("float16[2, 3], expected float32[2, 3]");
});

test("a declared shape is compared before the model is loaded, as far as it is known", () => {
  const declared = (shape: Shape) => {
    const graph = new Graph();
    graph.input("x", { dtype: "float32", shape });
    graph.outputs.push(new Builder(graph).relu("x"));
    return () => requireDeclaredOutputs(graph, { shapes: [["batch", 3]], at: "runs/x/model" });
  };
  expect(declared(["n", 3])).not.toThrow();
  expect(declared(["n", "classes"])).not.toThrow();
  expect(declared(["n", 2])).toThrow("is float32[n, 2], expected float32[batch, 3]");
  expect(declared(["n", 3, 1])).toThrow("is float32[n, 3, 1], expected float32[batch, 3]");
});
