import { afterAll, beforeAll, expect, test } from "vitest";
import { differentiate } from "../autodiff/index.js";
import { EngraftError } from "../core/errors.js";
import { float32 } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import { Graph } from "../graph/graph.js";
import type { Value } from "../graph/node.js";
import { nodeRuntime } from "../runtime/ort-node.js";
import type { Runtime } from "../runtime/runtime.js";
import { runSteps, type StepFeeds } from "./loop.js";
import { describeNonFinite, firstNonFinite } from "./non-finite.js";
import { trainingModel } from "./step/training-model.js";

let runtime: Runtime;
beforeAll(async () => {
  runtime = await nodeRuntime({ threads: 1 });
});
afterAll(() => runtime.close());

/** loss = mean(f(x w1) w2)²: two layers with `between` in the middle; w ← w - rate · dw. */
async function training(between: (g: Builder, v: Value) => Value, w2 = [1, -1], width = 2) {
  // Wider weights are padded with zeros.
  const wide = ([a, b, c, d]: readonly number[]) => {
    const data = new Float32Array(2 * width);
    [data[0], data[1], data[width], data[width + 1]] = [a!, b!, c!, d!];
    return float32([2, width], data);
  };
  const column = (values: readonly number[]) => {
    const data = new Float32Array(width);
    data.set(values);
    return float32([width, 1], data);
  };
  const graph = new Graph("step");
  const type = (...shape: number[]) => ({ dtype: "float32", shape }) as const;
  graph.input("x", type(2, 2));
  graph.input("fc1.weight", type(2, width));
  graph.input("fc2.weight", type(width, 1));
  graph.input("rates", type(1));
  const g = new Builder(graph, "net");
  const scores = g.matmul(between(g, g.matmul("x", "fc1.weight")), "fc2.weight");
  const mean = g.reduceMean(g.mul(scores, scores));
  graph.push(
    { kind: "op", op: "Identity", name: "loss", inputs: [mean], outputs: ["loss"], attributes: {} },
    [type()],
  );
  const weights = ["fc1.weight", "fc2.weight"];
  const gradients = differentiate(graph, mean, weights);
  const u = new Builder(graph, "step");
  const state = weights.map((w) => ({
    input: w,
    output: u.sub(w, u.mul("rates", gradients.get(w)!)),
    initial: w === "fc1.weight" ? wide([1, 0.5, -0.5, 1]) : column(w2),
  }));
  graph.outputs.push(...state.map((s) => s.output), "loss");
  const step = { graph, state, perStep: ["x", "rates"], scalars: ["loss"] };
  const session = await runtime.training(trainingModel(graph, step, runtime).bytes, {
    state: new Map(state.map((s) => [s.input, s.initial])),
  });
  const feeds = (x: readonly number[]): StepFeeds => ({ x: float32([2, 2], x), rates: float32([1], [0]) });
  return { step, session, feeds };
}

/** Returns the explanation for a first step on these numbers. */
async function said(
  between: (g: Builder, v: Value) => Value,
  x: readonly number[],
  w2?: readonly number[],
): Promise<string | undefined> {
  const { step, session, feeds } = await training(between, w2 && [...w2]);
  const found = await firstNonFinite(session, step, feeds(x), "loss");
  await session.dispose();
  return found && describeNonFinite(found);
}

test("the value that overflows first is named, with its operator and the layer before it", async () => {
  // exp(100) exceeds float32.
  expect(await said((g, v) => g.exp(v), [100, 0, 0, 1])).toBe(
    'the first value that is not finite is "net/Exp" of Exp "net/Exp", in the layer of "fc1.weight" (forward pass)',
  );
  // (1e30)² exceeds float32.
  expect(await said((g, v) => g.relu(v), [1, 0, 0, 1], [1e30, 0])).toBe(
    'the first value that is not finite is "net/Mul" of Mul "net/Mul", in the layer of "fc2.weight" (forward pass)',
  );
});

test("data that is no number is named by its place, not the operators behind it", async () => {
  expect(await said((g, v) => g.relu(v), [1, 0, 0, Number.NaN])).toBe(
    'the data holds it already: "x", item 1 of the batch',
  );
});

test("weights that were no numbers before the step are named", async () => {
  expect(await said((g, v) => g.relu(v), [1, 0, 0, 1], [Number.POSITIVE_INFINITY, 0])).toBe(
    '"fc2.weight" was not finite before the step',
  );
});

test("an infinity that a Softmax takes away is not to blame", async () => {
  const masked = (g: Builder, v: Value): Value => {
    const mask = g.constant(float32([1, 2], [0, Number.NEGATIVE_INFINITY]));
    return g.exp(g.mul(g.softmax(g.add(v, mask)), g.number(1000)));
  };
  expect(await said(masked, [1, 0, 0, 1])).toMatch(
    /^the first value that is not finite is "net\/Exp" of Exp/,
  );
});

test("a step that is finite names nothing", async () => {
  expect(await said((g, v) => g.relu(v), [1, 0, 0, 1])).toBeUndefined();
});

/** Runs steps over these rows, in blocks of up to four. */
async function run(rows: readonly (readonly number[])[], rate: number, width?: number) {
  const { step, session } = await training((g, v) => g.relu(v), undefined, width);
  const before = await session.readState();
  async function* feeds(): AsyncGenerator<StepFeeds> {
    for (const x of rows) yield { x: float32([2, 2], x) };
  }
  const error: unknown = await runSteps({
    session,
    step,
    totalSteps: rows.length,
    from: 0,
    to: rows.length,
    schedule: () => ({ rate: 1 }),
    rates: [rate],
    feeds: feeds(),
    blockSeconds: 100,
    explain: async (single, scalar) => {
      const found = await firstNonFinite(session, step, single, scalar);
      return found && describeNonFinite(found);
    },
  }).catch((e: unknown) => e);
  const after = await session.readState();
  const { refuses } = session;
  await session.dispose();
  return { before, after, refuses, text: error instanceof EngraftError ? error.format() : String(error) };
}

test.each([
  ["small", 2],
  ["so large that it is written over itself", 2 ** 21],
])(
  "a loss that is no number stops the run, says where it came from, and the state is the last good one: %s",
  async (_, width) => {
    const good = [1, 0, 0, 1];
    const rows = [good, good, good, [1, 0, Number.NaN, 1], good];
    const { text, before, after, refuses } = await run(rows, 0.01, width);
    expect(refuses).toBe(width > 2);
    expect(text).toBe(
      "NumericError: the loss became NaN at step 4\n" +
        '  at the data holds it already: "x", item 1 of the batch\n' +
        "  help: use a smaller learning rate (--lr), or look for broken items or labels",
    );
    for (const { data } of after.values()) expect((data as Float32Array).every(Number.isFinite)).toBe(true);
    // The first block was one step, and is kept.
    expect(after).not.toEqual(before);
  },
);

test("a rate that is too large is told by the layer that overflows", async () => {
  const good = [1, 0, 0, 1];
  const { text } = await run([good, good, good, good, good, good, good, good], 1e12);
  expect(text).toMatch(
    /^NumericError: the loss became (NaN|Infinity) at step [2-8]\n {2}at the first value that is not finite is "net\/\w+" of \w+ "net\/\w+", in the layer of "fc\d\.weight" \(forward pass\)\n/,
  );
});
