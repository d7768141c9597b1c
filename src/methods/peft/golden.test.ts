import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { withWeights } from "../../bases/heads.js";
import { float32, int64, scalar, type Tensor } from "../../core/tensor.js";
import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import { sgd } from "../../optim/index.js";
import { interpret } from "../../testing/reference/index.js";
import { classification } from "../../train/objectives/objective.js";
import { buildStep } from "../../train/step/step.js";
import { adapt } from "./adapt.js";
import type { AdapterSpec } from "./adapter-spec.js";

// From PyTorch, scripts/golden/make-peft.py.
interface Case {
  readonly given: Readonly<Record<string, { readonly dims: number[]; readonly data: number[] }>>;
  readonly losses: readonly number[];
  readonly gradients: Readonly<Record<string, readonly number[]>>;
  readonly after: Readonly<Record<string, readonly number[]>>;
}
const golden = JSON.parse(
  readFileSync(new URL("../../../test/golden/peft.json", import.meta.url), "utf8"),
) as {
  readonly scale: number;
  readonly rate: number;
  readonly rank: number;
  readonly cases: Readonly<Record<string, Case>>;
};

/**
 * The same network as an exporter writes it: a product with its bias in an Add, or a convolution with its bias input.
 */
function network(conv: boolean, given: Readonly<Record<string, Tensor>>): Graph {
  const graph = new Graph("golden");
  const g = new Builder(graph);
  const x = graph.input("x", { dtype: "float32", shape: ["batch", ...given.x!.dims.slice(1)] });
  const bias = g.weight("layer.bias", given.bias!);
  let y: string;
  if (conv) y = g.conv(x, g.weight("layer.weight", given.w!), bias, { strides: [2, 2], pads: [1, 1, 1, 1] });
  else {
    const [out, inputs] = given.w!.dims as [number, number];
    const turned = Float32Array.from({ length: out * inputs }, (_, i) =>
      Number(given.w!.data[(i % out) * inputs + Math.floor(i / out)]),
    );
    y = g.add(g.matmul(x, g.weight("layer.weight", float32([inputs, out], turned))), bias);
  }
  const features = g.reduceMean(g.relu(y), { axes: conv ? [2, 3] : [1] });
  const [head, offset] = [g.weight("head", given.head!), g.weight("offset", given.offset!)];
  graph.outputs.push(g.gemm(features, head, offset, { transB: true }));
  return graph;
}

describe.each(Object.entries(golden.cases))("%s", (name, { given, losses, gradients, after }) => {
  const [kind, layer] = name.split(" ") as ["lora" | "dora", string];
  const tensors = Object.fromEntries(
    Object.entries(given).map(([k, { dims, data }]) => [k, float32(dims, data)]),
  );
  const { scale, rank: r } = golden;
  const places = [{ name: "layer", at: "layer.weight" }];
  const spec: AdapterSpec = { kind, r, scale, alpha: scale * r, rslora: false, dropout: 0, places };
  const base = network(layer === "conv", tensors);
  const adapted = adapt(base, spec);
  const names: Readonly<Record<string, string>> = {
    a: "engraft/peft/layer.lora_A.weight",
    b: "engraft/peft/layer.lora_B.weight",
    ...(kind === "dora" && { m: "engraft/peft/layer.lora_magnitude_vector.weight" }),
    head: "head",
    offset: "offset",
  };

  test("begins with the norms of the weights as its sizes", () => {
    if (kind === "lora") return;
    const m = adapted.graph.initializers.get(names.m!)!;
    expect(m.dims).toEqual(given.m!.dims);
    for (const [i, v] of given.m!.data.entries()) expect(m.data[i]).toBeCloseTo(v, 6);
  });

  test("takes PyTorch's steps", () => {
    const model = withWeights(
      adapted.graph,
      new Map(Object.entries(names).map(([k, v]) => [v, tensors[k]!])),
    );
    const penalties = [
      {
        exposes: adapted.constants,
        terms: (_g: Builder, now: { at: (v: string) => string }) => ({
          terms: {},
          constants: adapted.constants.map(now.at),
        }),
      },
    ];
    const step = buildStep({
      model,
      batch: 4,
      trainable: Object.values(names).map((value) => ({ value, group: 0, decay: false })),
      objective: classification({ penalties }),
      optimizer: sgd(),
      batchNorm: "frozen",
    });
    let state: Record<string, Tensor> = Object.fromEntries(step.state.map((s) => [s.input, s.initial]));
    const feeds = {
      "train.x": tensors.x!,
      "train.labels": int64([4], [0, 1, 2, 1]),
      "train.weights": float32([4], [1, 1, 1, 1]),
      rates: float32([1], [golden.rate]),
      momentum: scalar(0),
      step: scalar(1),
    };
    losses.forEach((loss, i) => {
      const out = interpret(
        step.graph,
        Object.fromEntries(
          Object.entries({ ...feeds, ...state }).filter(([n]) => step.graph.inputs.includes(n)),
        ),
      );
      // float32 in between: the state is rounded after each step.
      expect(out.get("loss")!.data[0]).toBeCloseTo(loss, 5);
      const next = Object.fromEntries(
        step.state.map((s) => [s.input, float32(s.initial.dims, [...out.get(s.output)!.data].map(Number))]),
      );
      if (i === 0)
        for (const [k, gradient] of Object.entries(gradients))
          gradient.forEach((v, j) => {
            const ours = (Number(state[names[k]!]!.data[j]) - Number(next[names[k]!]!.data[j])) / golden.rate;
            expect(Math.abs(ours - v), `${k}[${j}]`).toBeLessThan(2e-6);
          });
      state = next;
    });
    for (const [k, values] of Object.entries(after))
      values.forEach((v, j) => {
        expect(Math.abs(Number(state[names[k]!]!.data[j]) - v), `${k}[${j}]`).toBeLessThan(1e-5);
      });
  });
});
