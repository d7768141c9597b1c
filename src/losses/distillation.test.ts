import { expect, test } from "vitest";
import { float32 } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import { Graph } from "../graph/graph.js";
import { interpret } from "../testing/reference/index.js";
import { distillationLoss } from "./distillation.js";

function lossOf(student: number[], teacher: number[], temperature?: number): number {
  const graph = new Graph();
  const g = new Builder(graph);
  const s = graph.input("s", { dtype: "float32", shape: [1, student.length] });
  const t = graph.input("t", { dtype: "float32", shape: [1, teacher.length] });
  const out = distillationLoss(g, s, t, temperature === undefined ? {} : { temperature });
  graph.outputs.push(out);
  const row = (z: number[]) => float32([1, z.length], z);
  return interpret(graph, { s: row(student), t: row(teacher) }).get(out)!.data[0] as number;
}

test("is 0 where the student says what the teacher says, whatever is added to its scores", () => {
  expect(lossOf([1, 2, 3], [1, 2, 3], 3)).toBeCloseTo(0, 12);
  expect(lossOf([11, 12, 13], [1, 2, 3])).toBeCloseTo(0, 12);
});

test("for two classes is T² times the binary divergence at T", () => {
  const T = 2;
  const [s, t] = [1.5, -1];
  const at = (z: number) => 1 / (1 + Math.exp(-z / T));
  const [p, q] = [at(t), at(s)];
  const expected = T ** 2 * (p * Math.log(p / q) + (1 - p) * Math.log((1 - p) / (1 - q)));
  expect(lossOf([s, 0], [t, 0], T)).toBeCloseTo(expected, 12);
});

test("stays finite where a teacher is certain", () => {
  // p = (1, 0), q = (1/2, 1/2) at T = 1: log 2.
  expect(lossOf([0, 0], [1000, 0], 1)).toBeCloseTo(Math.log(2), 12);
});

test("refuses a temperature that is not positive", () => {
  expect(() => lossOf([0], [0], 0)).toThrow("the temperature of distillation is 0");
});
