import { expect, test } from "vitest";
import { float32 } from "../../core/tensor.js";
import type { DomainItem, Inputs } from "./domain.js";
import { twoStreams } from "./feeds.js";

/** Items whose input is their own number. */
const items = (n: number, first: number): DomainItem[] =>
  Array.from({ length: n }, (_, i) => ({
    id: `${first + i}`,
    label: i % 3,
    part: "train",
    sha256: `${first + i}`,
  }));
const inputs: Inputs = {
  unit: "text",
  async *batches(all, { order, batch }) {
    for (let i = 0; i < order.length; i += batch) {
      const indices = order.slice(i, i + batch);
      yield {
        x: float32(
          [indices.length, 1],
          indices.map((k) => Number(all[k]!.id)),
        ),
        indices,
      };
    }
  },
};
const streams = {
  inputs,
  source: items(10, 0),
  target: items(7, 100),
  batch: 4,
  epochs: 3,
  seed: 1,
  numbers: { p: (x: number) => x },
};

async function all(epoch: number, from = 0, options: Partial<typeof streams> = {}) {
  const out = [];
  for await (const feeds of twoStreams({ ...streams, ...options }, epoch, from))
    out.push(
      Object.fromEntries(
        Object.entries(feeds).map(([k, t]) => [k, [...(t.data as Float32Array)].map(Number)]),
      ),
    );
  return out;
}

test("a step has as many items of each domain; only whole batches; labels of the target are never there", async () => {
  const steps = await all(0);
  expect(steps).toHaveLength(2);
  for (const s of steps) {
    expect(s["source.x"]).toHaveLength(4);
    expect(s["target.x"]!.every((x) => x >= 100)).toBe(true);
    expect(s["target.labels"]).toEqual([0, 0, 0, 0]);
    expect(s["source.labels"]).toEqual(s["source.x"]!.map((x) => x % 3));
  }
});

test("the smaller domain goes round: every item once before any comes again", async () => {
  const seen = [...(await all(0)), ...(await all(1)), ...(await all(2))].flatMap((s) => s["target.x"]!);
  expect(seen).toHaveLength(24);
  for (const round of [seen.slice(0, 7), seen.slice(7, 14), seen.slice(14, 21)])
    expect(new Set(round).size).toBe(7);
});

test("begun in the middle of an epoch the steps are those of the whole one", async () => {
  expect(await all(1, 1)).toEqual((await all(1)).slice(1));
});

test("the numbers of a step follow the share of the run that is done", async () => {
  // Two steps an epoch, three epochs: the first step of the second epoch is step 2 of 6.
  expect((await all(1))[0]!.p![0]).toBeCloseTo(2 / 6, 6);
});

test("source items carry their weights", async () => {
  const weights = Float64Array.from({ length: 10 }, (_, i) => i / 4);
  const [first] = await all(0, 0, { weights } as never);
  expect(first!["source.weights"]).toEqual(first!["source.x"]!.map((x) => x / 4));
});
