// The loss of `pretrain` equals PyTorch's, and so does every gradient (scripts/golden/make-text-encoder.py).
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { languageStep } from "../../test/support/language-step.js";
import { float32, type Tensor } from "../core/tensor.js";
import type { Graph } from "../graph/graph.js";
import { openSession } from "../runtime/open.js";
import { nodeRuntime } from "../runtime/ort-node.js";
import type { Runtime } from "../runtime/runtime.js";
import { type BertOptions, bert } from "./architectures/index.js";
import { languageHead, languageModel, placeColumns } from "./language-model.js";

const { plain: golden } = JSON.parse(
  readFileSync(new URL("../../test/golden/text-encoder.json", import.meta.url), "utf8"),
) as {
  readonly plain: {
    readonly sizes: BertOptions;
    readonly names: readonly string[];
    readonly tied: {
      readonly ids: readonly number[][];
      readonly places: readonly number[];
      readonly labels: readonly number[];
      readonly loss: number;
      readonly right: number;
      readonly gradients: Readonly<Record<string, readonly number[]>>;
    };
  };
};
const { sizes, tied } = golden;
const [length, count] = [5, 2];
let runtime: Runtime;
beforeAll(async () => {
  runtime = await nodeRuntime({ threads: 1 });
});
afterAll(() => runtime.close());

/** The weights that scripts/golden/make-text-encoder.py uses. */
function sines(graph: Graph): Graph {
  golden.names.forEach((name, n) => {
    const { dims, data } = graph.initializers.get(name) ?? {};
    if (!dims || !data) return;
    const values = Float32Array.from(data as Float32Array, (_, i) => {
      const v = 0.3 * Math.sin(0.7 * i + 1.3 * n);
      return name.includes("LayerNorm.weight") ? 1 + 0.1 * v : v;
    });
    graph.initializers.set(name, float32(dims, values));
  });
  return graph;
}

/** Tokens with -1 as padding, two places per row, their tokens; the second row has only one place. */
function input(): Tensor {
  const places = [...tied.places, 0];
  const labels = [...tied.labels, 0];
  const rows = tied.ids.map((ids, r) => [
    ...ids.map((id) => (id === 0 ? -1 : id)),
    ...places.slice(r * count, (r + 1) * count),
    ...labels.slice(r * count, (r + 1) * count),
  ]);
  return { dtype: "int32", dims: [2, length + 2 * count], data: Int32Array.from(rows.flat()) };
}

const made = () =>
  languageModel(bert(sizes), { pad: 0, length, count, begin: { shares: new Float32Array(13).fill(1 / 13) } });

test("the loss of each place, and which are right, under a head tied to the word embedding", async () => {
  const { graph, head, words, tokens } = made();
  expect(head).toEqual(Object.values(languageHead));
  expect(words).toBe('tied to the word embedding "embeddings.word_embeddings.weight"');
  expect(tokens).toBe(13);
  // Before training it knows only the token frequencies: all equal here.
  const blank = await scores(graph);
  for (const i of [0, 1, 2]) expect(blank[placeColumns * i]).toBeCloseTo(Math.log(13), 5);
  const given = await scores(sines(graph));
  const mean = (column: number) =>
    [0, 1, 2].reduce((sum, i) => sum + given[placeColumns * i + column]!, 0) / 3;
  expect(mean(0)).toBeCloseTo(tied.loss, 5);
  expect(mean(1)).toBeCloseTo(tied.right, 6);
  // The best token is the correct one exactly where the place counts as right.
  for (const i of [0, 1, 2])
    expect(given[placeColumns * i + 2] === tied.labels[i]).toBe(given[placeColumns * i + 1] === 1);
});

async function scores(graph: Graph): Promise<Float32Array> {
  const session = await openSession(runtime, graph);
  const out = await session.run({ x: input() });
  await session.dispose();
  return Object.values(out)[0]!.data as Float32Array;
}

test("the loss and its gradient for every weight are PyTorch's; a place of weight 0 counts nothing", async () => {
  const { graph } = made();
  sines(graph);
  const { loss, gradients } = await languageStep(runtime, graph, {
    x: input(),
    count,
    weights: [1, 1, 1, 0],
  });
  expect(loss).toBeCloseTo(tied.loss, 5);
  expect([...gradients.keys()].sort()).toEqual(Object.keys(tied.gradients).sort());
  for (const [name, values] of Object.entries(tied.gradients)) {
    const ours = gradients.get(name)!;
    const size = Math.max(1, ...values.map(Math.abs));
    // PyTorch's float32 result is 1.3e-5 from its float64 result.
    for (const [i, want] of values.entries())
      expect(Math.abs(ours[i]! - want), `${name}[${i}]`).toBeLessThan(5e-5 * size);
  }
});

test("a file with scores of all tokens keeps its own head", () => {
  const graph = bert(sizes);
  const rows = { dtype: "float32", shape: ["batch", "sequence", 13] } as const;
  const table = graph.initializer("table", float32([13, 8], new Float32Array(104)));
  graph.push(
    {
      kind: "op",
      op: "Transpose",
      name: "t",
      inputs: [table],
      outputs: ["turned"],
      attributes: { perm: [1, 0] },
    },
    [{ dtype: "float32", shape: [8, 13] }],
  );
  graph.push(
    {
      kind: "op",
      op: "MatMul",
      name: "m",
      inputs: ["last_hidden_state", "turned"],
      outputs: ["logits"],
      attributes: {},
    },
    [rows],
  );
  graph.outputs.push("logits");
  const { head, words } = languageModel(graph, { pad: 0, length, count, begin: "tied" });
  expect(head).toEqual([]);
  expect(words).toBe('the file\'s own scores "logits"');
});
