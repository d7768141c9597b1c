// Forward pass, gradients and optimiser steps of networks as PyTorch exports them, against PyTorch's own.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toNumbers } from "../../src/core/tensor.js";
import { toOnnx } from "../../src/graph/to-onnx.js";
import { nodeRuntime } from "../../src/runtime/ort-node.js";
import type { Runtime } from "../../src/runtime/runtime.js";
import {
  Golden,
  gradientErrors,
  largestGradient,
  type Mode,
  minus,
  models,
  norm,
  trained,
} from "../support/golden-networks.js";

describe.each(models)("%s equals PyTorch", (name) => {
  const golden = new Golden(name);
  const modes: Mode[] = golden.under("train/").length > 0 ? ["frozen", "train"] : ["frozen"];
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await nodeRuntime({ threads: 1 });
  });
  afterAll(() => runtime.close());

  /** Adam divides a gradient by its own size: where it is 0 up to rounding, the update is noise in PyTorch too. */
  const hasNoGradient = (mode: Mode, value: string): boolean =>
    golden.header.arrays[`${mode}/gradient/${value}`] !== undefined &&
    norm(golden.get(`${mode}/gradient/${value}`)) < 1e-6 * largestGradient(golden, mode);

  test.each(golden.header.opsets)("in its scores, exported with opset %i", async (opset) => {
    const session = await runtime.session(toOnnx(golden.graph(opset)));
    const { [session.outputs[0]!.name]: logits } = await session.run({
      [session.inputs[0]!.name]: golden.input,
    });
    // float32 against float64.
    const expected = golden.get("frozen/logits");
    expect(norm(minus(toNumbers(logits!), expected))).toBeLessThan(1e-5 * norm(expected));
    await session.dispose();
  });

  test.each(modes)("in the gradient of every parameter, BatchNormalization %s", async (mode) => {
    const { loss, errors } = await gradientErrors(runtime, golden, mode);
    expect(loss).toBeCloseTo(golden.get(`${mode}/loss/0`)[0]!, 5);
    for (const { parameter, error, allowed } of errors) expect(error, parameter).toBeLessThan(allowed);
  });

  const runs = modes.flatMap((mode) => (["sgd", "adam", "adamw"] as const).map((kind) => ({ mode, kind })));
  test.each(runs)("after three steps of $kind, BatchNormalization $mode", async ({ mode, kind }) => {
    const graph = golden.graph();
    const { state, losses } = await trained(runtime, golden, graph, mode, kind, 3);
    if (kind === "sgd") {
      for (const k of [0, 1, 2]) expect(losses[k]).toBeCloseTo(golden.get(`${mode}/loss/${k}`)[0]!, 4);
    }
    // Running averages are among them.
    for (const value of golden.under(`${mode}/${kind}/`)) {
      if (kind !== "sgd" && hasNoGradient(mode, value)) continue;
      const start = toNumbers(graph.initializers.get(value)!);
      const expected = golden.get(`${mode}/${kind}/${value}`);
      const error = norm(minus(toNumbers(state.get(value)!), expected));
      // Of the change; and three roundings of the weight itself, half of 2^-23 each.
      const rounding = 1.5 * 2 ** -23 * norm(start);
      expect(error, value).toBeLessThan(1e-3 * norm(minus(expected, start)) + rounding);
    }
  });
});
