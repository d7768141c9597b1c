import { expect, test } from "vitest";
import { float32 } from "../../core/tensor.js";
import { GatheredWeights, type Weights } from "./average-weights.js";

const at = (...values: number[]): Weights => new Map([["w", float32([values.length], values)]]);
const score = (score: number, loss = 1) => ({ score, loss });
/** A soup scores by the distance of its first weight from 2. */
const judge = async (weights: Weights) => ({
  weights,
  validation: score(1 - Math.abs(Number(weights.get("w")!.data[0]) - 2) / 10),
});

test("swa is the mean of the epochs from its beginning on", async () => {
  const gathered = new GatheredWeights({ kind: "swa", from: 0.5 });
  [1, 2, 4, 9].forEach((w, i) => {
    gathered.add(i + 1, (i + 1) / 4 - 0.001, score(0.5), at(w, -w));
  });
  const joined = await gathered.join(judge);
  // 0.249 and 0.499 are before half of the run.
  expect(joined!.report.epochs).toEqual([3, 4]);
  expect([...(joined!.weights.get("w")!.data as Float32Array)]).toEqual([6.5, -6.5]);
});

test("a soup begins with the best, and takes what does not make it worse", async () => {
  const gathered = new GatheredWeights({ kind: "soup", size: 3 });
  // By validation: 2.5, then 1.5 (mean 2: better), then 9 (worse); 0 is not among the best three.
  gathered.add(0, 0, score(0.1), at(0));
  gathered.add(1, 0.25, score(0.95), at(2.5));
  gathered.add(2, 0.5, score(0.94), at(1.5));
  gathered.add(3, 0.75, score(0.3), at(9));
  const joined = await gathered.join(judge);
  expect(joined!.report.epochs).toEqual([1, 2]);
  expect(joined!.weights.get("w")!.data[0]).toBe(2);
  expect(joined!.report.validation.score).toBe(1);
});

test("with one epoch there is nothing to join", async () => {
  const soup = new GatheredWeights({ kind: "soup", size: 3 });
  soup.add(1, 1, score(1), at(2));
  expect(await soup.join(judge)).toBeUndefined();
  expect(await new GatheredWeights({ kind: "swa", from: 0 }).join(judge)).toBeUndefined();
});

test("what was saved goes on as if it had not been", async () => {
  const plan = { kind: "soup", size: 3 } as const;
  const gathered = new GatheredWeights(plan);
  gathered.add(1, 0.5, score(0.95), at(2.5));
  gathered.add(2, 1, score(0.94), at(1.5));
  const { tensors, note } = gathered.save();
  const loaded = GatheredWeights.load(plan, tensors, JSON.parse(JSON.stringify(note)));
  expect(await loaded.join(judge)).toEqual(await gathered.join(judge));
});
