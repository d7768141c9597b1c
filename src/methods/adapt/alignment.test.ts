import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { differentiate } from "../../autodiff/index.js";
import { float32, scalar } from "../../core/tensor.js";
import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import { classConfusion, jointMmd } from "../../losses/index.js";
import { interpret } from "../../testing/reference/index.js";
import type { Before } from "../../train/objectives/objective.js";
import type { Aligner } from "./align.js";
import { cdan } from "./cdan.js";
import { jan } from "./jan.js";
import { mcc } from "./mcc.js";

interface Case {
  readonly n: number;
  readonly m: number;
  readonly width: number;
  readonly classes: number;
  readonly temperature: number;
  readonly hidden: number;
  readonly factor: number;
  readonly entropy: boolean;
  readonly source: readonly number[];
  readonly target: readonly number[];
  readonly source_logits: readonly number[];
  readonly target_logits: readonly number[];
  readonly weights: readonly (readonly number[])[];
  readonly value: number;
  readonly gradients: readonly (readonly number[])[];
}
// From PyTorch, scripts/golden/make-alignment.py.
const golden = JSON.parse(
  readFileSync(new URL("../../../test/golden/alignment.json", import.meta.url), "utf8"),
) as Readonly<Record<"mcc" | "cdan" | "jan", readonly Case[]>>;

const numbersOf = (t: { readonly data: unknown } | undefined): number[] => [...(t!.data as Float32Array)];

/** Compares the term of a method and its gradients with PyTorch's. A value that no gradient reaches has gradient 0. */
function expectGolden(aligner: Aligner, known: Case, option: Readonly<Record<string, unknown>>): void {
  const { n, m, width, classes } = known;
  const model = new Graph();
  const align = aligner(model, { width, classes, tradeOff: 1, seed: 0, option });
  const graph = new Graph();
  const g = new Builder(graph);
  const input = (name: string, ...shape: number[]) => graph.input(name, { dtype: "float32", shape });
  const features = { source: input("source", n, width), target: input("target", m, width) };
  const logits = { source: input("source_logits", n, classes), target: input("target_logits", m, classes) };
  const weights = (align.weights ?? []).map(({ value }) =>
    input(value, ...model.initializers.get(value)!.dims),
  );
  input("reversal");
  const before = { number: (name: string) => name } as Before;
  const { terms, constants } = align.terms(g, features, before, logits);
  const { value } = Object.values(terms)[0]!;
  const wanted = [features.source, features.target, logits.source, logits.target, ...weights];
  const gradients = differentiate(graph, value, wanted, { constants: constants ?? [] });
  const reached = wanted.filter((w) => gradients.has(w));
  graph.outputs.push(value, ...reached.map((w) => gradients.get(w)!));
  const given = [known.source, known.target, known.source_logits, known.target_logits, ...known.weights];
  const out = interpret(graph, {
    reversal: scalar(known.factor ?? 0),
    ...Object.fromEntries(wanted.map((name, i) => [name, float32(graph.dims(name), given[i]!)])),
  });
  expect(numbersOf(out.get(value))[0]).toBeCloseTo(known.value, 5);
  wanted.forEach((w, i) => {
    const own = gradients.has(w) ? numbersOf(out.get(gradients.get(w)!)) : given[i]!.map(() => 0);
    own.forEach((x, k) => {
      expect(x, `${w}[${k}]`).toBeCloseTo(known.gradients[i]![k]!, 5);
    });
  });
}

test.each(golden.mcc)("the term of MCC at temperature $temperature is PyTorch's, gradients too", (known) =>
  expectGolden(mcc, known, { temperature: known.temperature }),
);

test.each(golden.cdan)("the term of CDAN with entropy $entropy is PyTorch's, gradients too", (known) =>
  expectGolden(cdan, known, { hidden: known.hidden, entropy: known.entropy }),
);

test.each(golden.jan)("the term of JAN of $n and $m rows is PyTorch's, gradients too", (known) =>
  expectGolden(jan, known, {}),
);

/** Class confusion of logits of three classes. */
function confusionOf(logits: readonly (readonly number[])[]): number {
  const graph = new Graph();
  const z = graph.input("z", { dtype: "float32", shape: [logits.length, 3] });
  const { value } = classConfusion(new Builder(graph), z);
  graph.outputs.push(value);
  return numbersOf(interpret(graph, { z: float32([logits.length, 3], logits.flat()) }).get(value))[0]!;
}

test("class confusion is 0 for certain predictions, and 1 - 1 / C if all classes are alike", () => {
  const certain = [0, 1, 2].map((c) => [0, 1, 2].map((k) => (k === c ? 500 : 0)));
  expect(confusionOf(certain)).toBeCloseTo(0, 6);
  expect(
    confusionOf([
      [0, 0, 0],
      [1, 1, 1],
    ]),
  ).toBeCloseTo(2 / 3, 6);
  // No sample has a probability above 0 for the last two classes: no division by 0.
  expect(
    confusionOf([
      [900, 0, 0],
      [900, 0, 0],
    ]),
  ).toBeCloseTo(2 / 3, 6);
});

test("joint MMD finds a difference that each layer alone does not show", () => {
  // Of both domains one layer is 0, 1, 0, 1. In the source the other equals it, in the target it is the opposite.
  const rows = [0, 1, 0, 1];
  const opposite = rows.map((x) => 1 - x);
  const mmdOf = (layers: readonly (readonly [readonly number[], readonly number[]])[]): number => {
    const graph = new Graph();
    const g = new Builder(graph);
    const column = (x: readonly number[]) => g.constant(float32([4, 1], x));
    const { value } = jointMmd(
      g,
      layers.map(([s, t]) => ({ source: column(s), target: column(t), sigma: 0.5 })),
    );
    graph.outputs.push(value);
    return numbersOf(interpret(graph, {}).get(value))[0]!;
  };
  const alone = mmdOf([[rows, opposite]]);
  // Four rows with the values 0, 1, 0, 1: k is 1 for 2 of 6 pairs and e^-2 for 4 within, and each for half between.
  const [same, other] = [1, Math.exp(-2)];
  expect(alone).toBeCloseTo(2 * ((2 * same + 4 * other) / 6) - (same + other), 5);
  expect(
    mmdOf([
      [rows, rows],
      [rows, opposite],
    ]),
  ).toBeGreaterThan(alone + 0.5);
});

test("CDAN projects a wide outer product to 1,024 numbers, the same ones for a seed", () => {
  const sizeOf = (width: number) => {
    const align = cdan(new Graph(), { width, classes: 10, tradeOff: 1, seed: 0, option: { hidden: 4 } });
    return align.weights![0]!.size / 4;
  };
  expect(sizeOf(409)).toBe(4090);
  expect(sizeOf(410)).toBe(1024);
  const termOf = (seed: number): number => {
    const model = new Graph();
    const align = cdan(model, { width: 400, classes: 11, tradeOff: 1, seed, option: { hidden: 2 } });
    const g = new Builder(model);
    const rows = (n: number, width: number, from: number) =>
      g.constant(
        float32(
          [n, width],
          Array.from({ length: n * width }, (_, i) => Math.sin(from + i)),
        ),
      );
    const features = { source: rows(4, 400, 1), target: rows(4, 400, 9000) };
    const logits = { source: rows(4, 11, 5), target: rows(4, 11, 70) };
    const before = { number: () => g.number(1) } as unknown as Before;
    const { value } = align.terms(g, features, before, logits).terms.alignment!;
    model.outputs.push(value);
    return numbersOf(interpret(model, {}).get(value))[0]!;
  };
  const first = termOf(1);
  expect(first).toBeGreaterThan(0);
  expect(termOf(1)).toBe(first);
  expect(termOf(2)).not.toBe(first);
});
