// What every runtime on WebGPU is held to. What does not run on the device, runs only on the CPU, or runs in another form, is in the
// record of the runtime, with the runtime's words.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { float32, toNumbers } from "../../src/core/tensor.js";
import { Builder } from "../../src/graph/builder.js";
import { Graph } from "../../src/graph/graph.js";
import { fitWebGpu } from "../../src/graph/passes/fit-webgpu.js";
import { fuseForOrt } from "../../src/graph/passes/fuse-for-ort.js";
import { toOnnx } from "../../src/graph/to-onnx.js";
import type { Runtime, SessionOptions } from "../../src/runtime/runtime.js";
import { uniform } from "../../src/testing/cases/make.js";
import { allOperatorCases } from "../../src/testing/index.js";
import { interpret } from "../../src/testing/reference/index.js";
import { Golden, gradientErrors, type Mode } from "../support/golden-networks.js";
import {
  gradientCases,
  gradientOutcome,
  type Outcome,
  operatorOutcome,
  Records,
  runOnce,
  titleOf,
} from "./operator-suites.js";

/** @param name of the record in test/operators/records */
export function webGpuSuite(name: string, open: () => Promise<Runtime>): void {
  let strict: Pick<Runtime, "session">;
  let free: Runtime;
  const records = new Records(name);
  beforeAll(async () => {
    free = await open();
    strict = refusing(free);
  });
  afterAll(async () => {
    await free?.close();
    records.write();
  });

  /** Runs the operator itself on the device, then in the form for the device, then with the CPU for the rest. */
  async function onDevice(
    run: (on: Pick<Runtime, "session">, form: boolean) => Promise<Outcome | undefined>,
  ) {
    const asItIs = await run(strict, false);
    if (!asItIs) return undefined;
    if (!(await run(strict, true))) return { ...asItIs, is: "rewritten" } as const;
    const beside = await run(free, true);
    return beside ?? ({ ...asItIs, is: "elsewhere" } as const);
  }

  describe("operators on WebGPU", () => {
    test.each(allOperatorCases.map((c) => [titleOf(c), c] as const))("%s", async (title, c) => {
      const outcome = await onDevice((on, form) => operatorOutcome(on, c, form ? fitWebGpu : undefined));
      records.check("operators", title, outcome);
    });
  });

  describe("gradients on WebGPU", () => {
    // WGSL asks of sin and cos no more than an absolute error of 2^-11.
    const tolerance = 1e-3;
    test.each(gradientCases.map((c) => [titleOf(c), c] as const))("%s", async (title, c) => {
      const form = (graph: Graph) => fitWebGpu(fuseForOrt(graph));
      const outcome = await gradientOutcome(strict, c, [form], tolerance);
      const beside = outcome && (await gradientOutcome(free, c, [form], tolerance));
      records.check("gradients", title, outcome && (beside ?? { ...outcome, is: "elsewhere" }));
    });
  });

  test("its record speaks of cases that exist", () => {
    expect(records.stale).toEqual([]);
  });

  // Older versions bound one buffer for each input and failed from the ninth on.
  test.each([8, 9, 20, 64])("Concat of %i inputs", async (count) => {
    const graph = new Graph("concat");
    const parts = Array.from({ length: count }, (_, i) =>
      graph.input(`x${i}`, { dtype: "float32", shape: [1] }),
    );
    graph.outputs.push(new Builder(graph).concat(parts, 0));
    const session = await strict.session(toOnnx(graph));
    const feeds = Object.fromEntries(parts.map((x, i) => [x, float32([1], [i])]));
    const result = await session.run(feeds);
    expect([...(result[graph.outputs[0]!]!.data as Float32Array)]).toEqual(parts.map((_, i) => i));
    await session.dispose();
  });

  // Each of three channels by two of six: from the second group on, its kernel computes something else.
  test("a transposed convolution whose groups make one channel each", async () => {
    const graph = new Graph("groups");
    const feeds = { x: uniform([2, 6, 3, 3]), w: uniform([6, 1, 2, 2]), b: uniform([3]) };
    for (const [name, { dtype, dims }] of Object.entries(feeds)) graph.input(name, { dtype, shape: dims });
    graph.outputs.push(new Builder(graph).convTranspose("x", "w", "b", { strides: [2, 2], group: 3 }));
    const [y] = graph.outputs;
    const found = await runOnce(strict, toOnnx(fitWebGpu(graph)), feeds);
    const expected = interpret(graph, feeds).get(y!)!.data;
    toNumbers(found[y!]!).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 5);
    });
  });

  // Six channels into four: its kernel reads them by threes, and goes wrong.
  test.each(["conv", "convTranspose"] as const)("%s of six channels into four", async (op) => {
    const graph = new Graph("threes");
    const w = op === "conv" ? uniform([4, 6, 3, 3]) : uniform([6, 4, 3, 3]);
    const feeds = { x: uniform([2, 6, 5, 5]), w, b: uniform([4]) };
    for (const [name, { dtype, dims }] of Object.entries(feeds)) graph.input(name, { dtype, shape: dims });
    graph.outputs.push(new Builder(graph)[op]("x", "w", "b", { strides: [2, 2], pads: [1, 1, 1, 1] }));
    const [y] = graph.outputs;
    const found = await runOnce(strict, toOnnx(fitWebGpu(graph)), feeds);
    const expected = interpret(graph, feeds).get(y!)!.data;
    toNumbers(found[y!]!).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 4);
    });
  });

  describe.each([
    ["resnet-basic", ["frozen", "train"]],
    ["mobilenet-v2", ["frozen"]],
  ] as const)("a training step of %s on WebGPU", (network, modes) => {
    const golden = new Golden(network);

    test.each<Mode>(modes)("has the gradients of PyTorch, BatchNormalization %s", async (mode) => {
      const { loss, errors } = await gradientErrors(free, golden, mode);
      expect(loss).toBeCloseTo(golden.get(`${mode}/loss/0`)[0]!, 5);
      for (const { parameter, error, allowed } of errors) expect(error, parameter).toBeLessThan(allowed);
    });
  });
}

/** Returns the runtime without the CPU: operators for which the device has no kernel are refused. */
function refusing(runtime: Runtime): Pick<Runtime, "session"> {
  return {
    session: (model: Uint8Array, options?: SessionOptions) =>
      runtime.session(model, { ...options, fallback: false }),
  };
}
