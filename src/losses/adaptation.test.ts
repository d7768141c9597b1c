import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { differentiate } from "../autodiff/index.js";
import { float32, scalar } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import { Graph } from "../graph/graph.js";
import { interpret } from "../testing/reference/index.js";
import { coral, domainConfusion, reversalFactor, reverseGradient } from "./index.js";

interface Case {
  readonly n: number;
  readonly m: number;
  readonly d: number;
  readonly source: readonly number[];
  readonly target: readonly number[];
  readonly value: number;
  readonly gradients: readonly (readonly number[])[];
}
// From PyTorch, scripts/golden/make-adaptation.py.
const golden = JSON.parse(
  readFileSync(new URL("../../test/golden/adaptation.json", import.meta.url), "utf8"),
) as { coral: readonly Case[] };

const numbers = (t: { readonly data: unknown } | undefined): number[] => [...(t!.data as Float32Array)];

test.each(golden.coral)("CORAL of $n and $m rows of $d is PyTorch's, gradients too", (known) => {
  const graph = new Graph();
  const g = new Builder(graph);
  const s = graph.input("s", { dtype: "float32", shape: [known.n, known.d] });
  const t = graph.input("t", { dtype: "float32", shape: [known.m, known.d] });
  const value = coral(g, s, t);
  const gradients = differentiate(graph, value, [s, t]);
  graph.outputs.push(value, gradients.get(s)!, gradients.get(t)!);
  const out = interpret(graph, {
    s: float32([known.n, known.d], known.source),
    t: float32([known.m, known.d], known.target),
  });
  expect(numbers(out.get(value))[0]).toBeCloseTo(known.value, 6);
  for (const [i, input] of [s, t].entries())
    numbers(out.get(gradients.get(input)!)).forEach((x, k) => {
      expect(x).toBeCloseTo(known.gradients[i]![k]!, 6);
    });
});

test("CORAL is 0 for rows that differ by a shift only", () => {
  const graph = new Graph();
  const g = new Builder(graph);
  const s = graph.input("s", { dtype: "float32", shape: [3, 2] });
  const value = coral(g, s, g.add(s, g.number(5)));
  graph.outputs.push(value);
  const out = interpret(graph, { s: float32([3, 2], [1, 2, 3, 5, -1, 0]) });
  expect(numbers(out.get(value))[0]).toBeCloseTo(0, 10);
});

test("a reversed gradient leaves the value as it is and turns the derivative round", () => {
  const graph = new Graph();
  const g = new Builder(graph);
  const x = graph.input("x", { dtype: "float32", shape: [3] });
  const factor = graph.input("factor", { dtype: "float32", shape: [] });
  const reversed = reverseGradient(g, x, factor);
  // d/dx Σ y² = 2 x, times -0.3
  const loss = g.reduceSumSquare(reversed.value);
  const gradient = differentiate(graph, loss, [x], { constants: reversed.constants }).get(x)!;
  graph.outputs.push(reversed.value, gradient);
  const values = [0.1, -7, 1e-8];
  const out = interpret(graph, { x: float32([3], values), factor: scalar(0.3) });
  expect(numbers(out.get(reversed.value))).toEqual([...Float32Array.from(values)]);
  numbers(out.get(gradient)).forEach((d, i) => {
    expect(d).toBeCloseTo(-0.6 * values[i]!, 6);
  });
});

test("the reversal grows from 0 to 1 as in the paper: λ(p) = 2 / (1 + e^(-10 p)) - 1", () => {
  expect(reversalFactor(0)).toBe(0);
  expect(reversalFactor(0.5)).toBeCloseTo(2 / (1 + Math.exp(-5)) - 1, 12);
  expect(reversalFactor(1)).toBeCloseTo(0.9999, 4);
  // Between 0.2 and 2 with α = 1: the formula of Transfer-Learning-Library's module, lo = 0.2, hi = 2.
  expect(reversalFactor(1, { low: 0.2, high: 2, alpha: 1 })).toBeCloseTo(
    3.6 / (1 + Math.exp(-1)) - 1.8 + 0.2,
    12,
  );
});

test("confusion is log 2 for a discriminator that cannot tell, and stays finite for one that is sure", () => {
  const graph = new Graph();
  const g = new Builder(graph);
  const s = graph.input("s", { dtype: "float32", shape: [2, 1] });
  const t = graph.input("t", { dtype: "float32", shape: [3, 1] });
  const value = domainConfusion(g, s, t);
  graph.outputs.push(value);
  const of = (a: number, b: number): number =>
    numbers(interpret(graph, { s: float32([2, 1], [a, a]), t: float32([3, 1], [b, b, b]) }).get(value))[0]!;
  expect(of(0, 0)).toBeCloseTo(Math.log(2), 6);
  expect(of(500, -500)).toBeCloseTo(0, 6);
  // Wrong by 500 everywhere: -log σ(-500) = 500.
  expect(of(-500, 500)).toBeCloseTo(500, 3);
});
