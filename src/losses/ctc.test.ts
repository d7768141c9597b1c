import { readFileSync } from "node:fs";
import * as ort from "onnxruntime-web";
import { afterAll, describe, expect, test } from "vitest";
import { digest, uniform } from "../../test/support/families/draw.js";
import { differentiate } from "../autodiff/index.js";
import { float32, int64 } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import { Graph } from "../graph/graph.js";
import { loopModel } from "../graph/to-onnx-loop.js";
import { openSession } from "../runtime/open.js";
import { nodeRuntime } from "../runtime/ort-node.js";
import { webRuntime } from "../runtime/ort-web.js";
import { ctcLoss } from "./ctc.js";

interface Problem {
  /** [B][T][V] as one list. */
  readonly logits: readonly number[];
  readonly size: readonly [batch: number, frames: number, classes: number];
  readonly targets: readonly (readonly number[])[];
  readonly frames: readonly number[];
}

/** The graph of Σ loss and its gradient. */
function lossGraph([batch, time, classes]: Problem["size"], most: number) {
  const graph = new Graph();
  const g = new Builder(graph, "loss");
  const z = graph.input("z", { dtype: "float32", shape: [batch, time, classes] });
  const targets = graph.input("targets", { dtype: "int64", shape: [batch, most] });
  const frames = graph.input("frames", { dtype: "int64", shape: [batch] });
  const { loss, possible, constants } = ctcLoss(g, z, { targets, frames });
  const gradient = differentiate(graph, g.reduceSum(loss), [z], { constants }).get(z)!;
  graph.outputs.push(loss, possible, gradient);
  return graph;
}

const padded = (targets: readonly (readonly number[])[]): { most: number; values: number[] } => {
  const most = Math.max(1, ...targets.map((y) => y.length));
  return { most, values: targets.flatMap((y) => [...y, ...new Array<number>(most - y.length).fill(0)]) };
};

const runtimes = { node: await nodeRuntime({ threads: 1 }), wasm: await webRuntime(ort, { threads: 1 }) };
afterAll(() => Promise.all(Object.values(runtimes).map((r) => r.close())));

async function solve(problem: Problem, runtime: keyof typeof runtimes = "node") {
  const { size, logits, targets, frames } = problem;
  const { most, values } = padded(targets);
  const graph = lossGraph(size, most);
  const session = await openSession(runtimes[runtime], graph);
  const results = await session.run({
    z: float32(size, logits),
    targets: int64([size[0], most], values),
    frames: int64([size[0]], frames),
  });
  await session.dispose();
  const [loss, possible, gradient] = graph.outputs.map((o) => [...(results[o]!.data as Float32Array)]);
  return { loss: loss!, possible: possible!, gradient: gradient! };
}

const zeros = (n: number) => new Array<number>(n).fill(0);

describe("on small problems", () => {
  test("is ln(4/3) for one character in two undecided frames: a·, ·a and aa of four", async () => {
    const { loss } = await solve({ size: [1, 2, 2], logits: zeros(4), targets: [[1]], frames: [2] });
    expect(loss[0]).toBeCloseTo(Math.log(4 / 3), 6);
  });

  test("is ln 8 for a double letter in three frames: only a·a", async () => {
    const { loss } = await solve({ size: [1, 3, 2], logits: zeros(6), targets: [[1, 1]], frames: [3] });
    expect(loss[0]).toBeCloseTo(Math.log(8), 6);
  });

  test("an impossible row has loss 0 and gradient 0, and is marked", async () => {
    const { loss, possible, gradient } = await solve({
      size: [2, 2, 2],
      logits: [1, 2, 3, 4, 1, 2, 3, 4],
      targets: [[1, 1], [1]],
      frames: [2, 2],
    });
    expect(possible).toEqual([0, 1]);
    expect(loss[0]).toBe(0);
    // p·Σγ with Σγ = 0: the row teaches nothing.
    expect(gradient.slice(0, 4).map(Math.abs)).toEqual([0, 0, 0, 0]);
    expect(loss[1]).toBeGreaterThan(0);
  });

  test("an empty target is all blank: Σ −ln p(blank), gradient softmax − [blank]", async () => {
    const { loss, gradient } = await solve({
      size: [1, 2, 2],
      logits: [0, 1, 2, 0],
      targets: [[]],
      frames: [2],
    });
    expect(loss[0]).toBeCloseTo(Math.log(1 + Math.E) + Math.log(1 + Math.exp(-2)), 5);
    const p = [1 / (1 + Math.E), 1 / (1 + Math.exp(-2))];
    [p[0]! - 1, 1 - p[0]!, p[1]! - 1, 1 - p[1]!].forEach((v, i) => {
      expect(gradient[i]).toBeCloseTo(v, 6);
    });
  });

  test("equals the sum over all alignments, and its differences the gradient", async () => {
    const problem: Problem = {
      size: [3, 5, 3],
      logits: uniform("ctc/enumerated", 45).map((u) => Math.fround(4 * u - 2)),
      targets: [[1, 2], [2, 2], [1]],
      frames: [5, 4, 3],
    };
    const { loss, gradient } = await solve(problem);
    problem.targets.forEach((_, b) => {
      expect(loss[b]).toBeCloseTo(enumerated(problem, b), 5);
    });
    const h = 1e-5;
    problem.logits.forEach((_, i) => {
      const at = (d: number) => ({ ...problem, logits: problem.logits.with(i, problem.logits[i]! + d) });
      const row = Math.floor(i / 15);
      const slope = (enumerated(at(h), row) - enumerated(at(-h), row)) / (2 * h);
      expect(gradient[i]).toBeCloseTo(slope, 5);
    });
  });
});

/** −ln of the summed probability of all V^T alignments whose repeats and blanks removed are the target. */
function enumerated({ size: [, time, classes], logits, targets, frames }: Problem, row: number): number {
  const length = frames[row]!;
  const p = Array.from({ length }, (_, t) => {
    const at = (row * time + t) * classes;
    const e = logits.slice(at, at + classes).map(Math.exp);
    const total = e.reduce((a, b) => a + b);
    return e.map((v) => v / total);
  });
  let sum = 0;
  for (let code = 0; code < classes ** length; code++) {
    const path = Array.from({ length }, (_, t) => Math.floor(code / classes ** t) % classes);
    const text = path.filter((c, t) => c !== 0 && c !== path[t - 1]);
    if (text.join() === targets[row]!.join()) sum += path.reduce((a, c, t) => a * p[t]![c]!, 1);
  }
  return -Math.log(sum);
}

interface Golden {
  readonly name: string;
  readonly batch: number;
  readonly frames: number;
  readonly labels: number;
  readonly classes: number;
  readonly scale: number;
  readonly losses: readonly number[];
  readonly gradient: readonly number[];
}
const golden = JSON.parse(readFileSync(new URL("../../test/golden/ctc.json", import.meta.url), "utf8")) as {
  readonly cases: readonly Golden[];
};

/** As in scripts/golden/make-ctc.py. */
function drawn({ name, batch, frames: time, labels: most, classes, scale }: Golden): Problem {
  const draw = (what: string, n: number) => uniform(`ctc/${name}/${what}`, n);
  const logits = draw("z", batch * time * classes).map((u) => Math.fround(scale * (2 * u - 1)));
  const y = draw("y", batch * most).map((u) => 1 + Math.floor(u * (classes - 1)));
  const lengths = draw("lengths", batch).map((u) => most - Math.floor(u * Math.floor(most / 2)));
  const frames = draw("frames", batch).map((u) => time - Math.floor(u * Math.floor(time / 4)));
  const targets = lengths.map((n, b) => y.slice(b * most, b * most + n));
  return { size: [batch, time, classes], logits, targets, frames };
}

describe.each(Object.keys(runtimes) as (keyof typeof runtimes)[])(
  "against PyTorch in float64, on %s",
  (runtime) => {
    test.each(golden.cases)("$name: $frames frames, $labels labels", async (expected) => {
      const { loss, gradient } = await solve(drawn(expected), runtime);
      // Rounding of float32 over 500 additions of numbers near 10: 1e-6 of the sum.
      loss.forEach((v, i) => {
        expect(Math.abs(v / expected.losses[i]! - 1)).toBeLessThan(2e-6);
      });
      // Projections of 64,000 elements whose errors are about 1e-5 each and have random signs: √64,000 · 1e-5.
      digest(`ctc/${expected.name}`, gradient).forEach((v, i) => {
        expect(Math.abs(v - expected.gradient[i]!)).toBeLessThan(3e-3);
      });
    });
  },
);

test("gives the same losses inside the Loop of a block of steps", async () => {
  const problem = drawn(golden.cases[0]!);
  const { most, values } = padded(problem.targets);
  const step = lossGraph(problem.size, most);
  step.input("kept", { dtype: "float32", shape: [] });
  const g = new Builder(step, "state");
  const next = g.add("kept", g.reduceSum(step.outputs[0]!));
  const perStep = ["z", "targets", "frames"];
  const bytes = loopModel(step, {
    state: [{ input: "kept", output: next }],
    perStep,
    scalars: [step.outputs[0]!],
    steps: "steps",
  });
  const session = await runtimes.node.session(bytes);
  const [batch, time, classes] = problem.size;
  const twice = <T>(list: readonly T[]): T[] => [...list, ...list];
  const results = await session.run({
    steps: int64([], [2]),
    z: float32([2, batch, time, classes], twice(problem.logits)),
    targets: int64([2, batch, most], twice(values)),
    frames: int64([2, batch], twice(problem.frames)),
    kept: float32([], [0]),
  });
  const losses = [...(results[step.outputs[0]!]!.data as Float32Array)];
  twice(golden.cases[0]!.losses).forEach((v, i) => {
    expect(losses[i]).toBeCloseTo(v, 4);
  });
  await session.dispose();
});
