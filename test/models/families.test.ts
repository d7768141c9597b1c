// Every family of networks, at small width, as PyTorch's exporter writes it: our forward pass, gradients of every
// parameter and three steps of each optimiser against PyTorch's in float64.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toNumbers } from "../../src/core/tensor.js";
import { parametersOf } from "../../src/graph/surgery/index.js";
import { toOnnx } from "../../src/graph/to-onnx.js";
import { nodeRuntime } from "../../src/runtime/ort-node.js";
import type { Runtime } from "../../src/runtime/runtime.js";
import { families, GoldenFamily, type Mode } from "../support/families/golden.js";
import { stepOf, train } from "../support/families/training.js";

let runtime: Runtime;
beforeAll(async () => {
  runtime = await nodeRuntime({ threads: 1 });
});
afterAll(() => runtime.close());

describe.each(families)("%s", { tags: ["thorough"] }, (name) => {
  const golden = new GoldenFamily(name);
  const { header } = golden;
  const parameters = Object.keys(header.parameters);

  test.each([header.opset, ...header.others])("gives what PyTorch gives, from opset %i", async (opset) => {
    const { graph } = golden.import(opset);
    // Recurrences stand whole until a gradient has to pass them.
    const passedOn = graph.nodes.filter((n) => n.kind !== "op" && !(n.kind === "opaque" && n.unrolls));
    expect(passedOn.map((n) => n.op)).toEqual([]);
    const session = await runtime.session(toOnnx(graph));
    const outputs = await session.run(golden.feeds);
    await session.dispose();
    for (const output of header.outputs) {
      const { error, size } = golden.compare(
        `frozen/output/${output.name}`,
        toNumbers(outputs[output.name]!),
      );
      // float32 against float64.
      expect(error, output.name).toBeLessThan(1e-5 * size);
    }
  });

  test.each(header.others)("can train from opset %i too", (opset) => {
    const { graph } = golden.import(opset);
    const trainable = parametersOf(graph)
      .filter((p) => p.kind !== "statistic")
      .map((p) => p.value);
    expect(stepOf(golden, graph, "frozen", "sgd", trainable).state.length).toBe(2 * trainable.length);
  });

  test.each(Object.keys(header.modes) as Mode[])(
    "trains as in PyTorch, BatchNormalization %s",
    async (mode) => {
      const { graph } = golden.import();
      const { losses, gradients, state } = await train(runtime, golden, graph, mode, "sgd");
      for (const k of [0, 1, 2]) expect(losses[k]).toBeCloseTo(golden.losses[mode][k]!, 4);
      const compared = parameters.map((p) => ({
        p,
        ...golden.compare(`${mode}/gradient/${p}`, [...gradients.get(p)!]),
      }));
      const largest = Math.max(...compared.map((c) => c.size));
      // The second term: a bias that batch statistics take away again has a gradient of exactly 0.
      for (const { p, error, size } of compared) expect(error, p).toBeLessThan(1e-4 * size + 1e-6 * largest);

      for (const kind of header.modes[mode]!) {
        const after = kind === "sgd" ? state : (await train(runtime, golden, graph, mode, kind)).state;
        const moved = mode === "train" && kind === "sgd" ? Object.keys(header.running) : [];
        for (const p of [...parameters, ...moved]) {
          const start = toNumbers(graph.initializers.get(p)!);
          const change = toNumbers(after.get(p)!).map((v, i) => v - start[i]!);
          if (kind !== "sgd") {
            const noise = header.noise[mode]?.[p] ?? [];
            for (let i = 0; i < noise.length; i += 2) change.fill(0, noise[i], noise[i]! + noise[i + 1]!);
          }
          const { error, size } = golden.compare(`${mode}/${kind}/${p}`, change);
          // Of the change; and three roundings of the weight itself, half of 2^-23 each.
          const rounding = 1.5 * 2 ** -23 * Math.hypot(...start);
          // Adam's steps are as long for a gradient near 0, whose rounding is the processor's own.
          const share = kind === "sgd" ? 1e-3 : 4e-3;
          expect(error, `${kind} ${p}`).toBeLessThan(share * size + rounding);
        }
      }
    },
  );
});
