// Steps that compute again what the backward pass reads, on onnxruntime: the same numbers, and really again.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { differentiate } from "../../src/autodiff/index.js";
import { float32, toNumbers } from "../../src/core/tensor.js";
import { Builder } from "../../src/graph/builder.js";
import { executionOrder } from "../../src/graph/execution-order.js";
import { Graph } from "../../src/graph/graph.js";
import { fuseForOrt } from "../../src/graph/passes/fuse-for-ort.js";
import { recompute } from "../../src/graph/passes/recompute.js";
import { toOnnx } from "../../src/graph/to-onnx.js";
import { nodeRuntime } from "../../src/runtime/ort-node.js";
import { Golden, type Mode, minus, models, norm, trained } from "../support/golden-networks.js";

const runtime = await nodeRuntime({ threads: 1 });
afterAll(() => runtime.close());

describe.each(models)("three steps of %s", (name) => {
  const golden = new Golden(name);
  const modes: Mode[] = golden.under("train/").length > 0 ? ["frozen", "train"] : ["frozen"];
  test.each(modes)("lead to the same weights with less memory, BatchNormalization %s", async (mode) => {
    const usual = await trained(runtime, golden, golden.graph(), mode, "sgd", 3);
    const small = await trained(runtime, golden, golden.graph(), mode, "sgd", 3, true);
    // Its weights are larger than all that lies between its layers.
    if (name !== "vgg") expect(small.share).toBeGreaterThan(0);
    small.losses.forEach((loss, i) => {
      expect(loss).toBeCloseTo(usual.losses[i]!, 5);
    });
    const start = golden.graph().initializers;
    for (const [value, wanted] of usual.state) {
      const before = start.get(value);
      const [a, b] = [toNumbers(wanted), toNumbers(small.state.get(value)!)];
      // What the steps moved (running averages are among it), or the momentum itself.
      const moved = before ? norm(minus(a, toNumbers(before))) : norm(a);
      expect(norm(minus(a, b)), value).toBeLessThanOrEqual(1e-4 * moved + 1e-6 * norm(a) + 1e-7);
    }
  });
});

test("the runtime computes copies again, when the backward pass needs them, in the order that is forecast", async () => {
  const graph = new Graph("chain");
  const g = new Builder(graph);
  const [rows, width, layers] = [64, 8, 16];
  let x = graph.input("x", { dtype: "float32", shape: [rows, width] });
  const weights: string[] = [];
  for (let i = 0; i < layers; i++) {
    weights.push(graph.input(`w${i}`, { dtype: "float32", shape: [width, width] }));
    x = g.tanh(g.matmul(x, weights[i]!));
  }
  const loss = g.reduceSum(g.mul(x, x));
  const gradients = differentiate(graph, loss, weights);
  graph.outputs.push(loss, ...weights.map((w) => gradients.get(w)!));
  const fused = fuseForOrt(graph);
  const { graph: small, share } = recompute(fused, { ends: [loss] });
  expect(share).toBeGreaterThan(0.5);
  const feeds = Object.fromEntries(
    [...graph.inputs].map((v, k) => {
      const dims = graph.dims(v);
      const data = Array.from({ length: dims[0]! * dims[1]! }, (_, i) => Math.sin(i * (k + 1)) / 3);
      return [v, float32(dims, data)];
    }),
  );
  const folder = mkdtempSync(join(tmpdir(), "engraft-recompute-"));
  try {
    const outputs = [];
    for (const form of [fused, small]) {
      const options = form === small ? { profile: join(folder, "run") } : {};
      const session = await runtime.session(toOnnx(form), options);
      outputs.push(await session.run(feeds));
      await session.dispose();
    }
    // To the bit.
    for (const name of graph.outputs) expect(outputs[1]![name]!.data, name).toEqual(outputs[0]![name]!.data);
    const events = JSON.parse(readFileSync(join(folder, readdirSync(folder)[0]!), "utf8")) as {
      name: string;
      args?: { op_name?: string };
    }[];
    const tanhs = (names: readonly string[]) => names.filter((n) => /Tanh/.test(n) && !/from/.test(n));
    const ran = tanhs(
      events
        .filter((e) => e.args?.op_name === "Tanh" && e.name.endsWith("_kernel_time"))
        .map((e) => e.name.replace("_kernel_time", "")),
    );
    const forecast = executionOrder(small.nodes).filter((n) => n.op === "Tanh");
    expect(ran).toEqual(forecast.map((n) => n.name));
    expect(ran.length).toBeGreaterThan(layers + layers / 2);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
