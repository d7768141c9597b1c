import { expect, test } from "vitest";
import { float32 } from "../../core/tensor.js";
import { uniformInputs } from "../../data/index.js";
import type { TrainSource } from "../../run/training/train-source.js";
import type { DomainItem } from "./domain.js";
import { type DomainStreams, domainStreams } from "./domain-streams.js";

/** Returns samples whose input is their number. */
const items = (n: number, first: number): DomainItem[] =>
  Array.from({ length: n }, (_, i) => ({
    id: `${first + i}`,
    path: "",
    label: i % 3,
    part: "train",
    sha256: `${first + i}`,
  }));
const source = {
  items: items(10, 0),
  classOf: ({ label }: DomainItem) => label,
  ...{ batch: 4, seed: 1 },
  inputs: uniformInputs([], {
    ...{ unit: "texts", atOnce: 4 },
    tensor: (some) =>
      float32(
        [some.length, 1],
        some.map(({ sha256 }) => Number(sha256)),
      ),
  }),
} as unknown as TrainSource;
const streams: DomainStreams = { target: items(7, 100), numbers: { p: (x) => x } };

async function all(epoch: number, from = 0, more: DomainStreams = {}) {
  const out = [];
  const { feeds: steps } = domainStreams(source, { epochs: 3 }, { ...streams, ...more });
  for await (const feeds of steps(epoch, from))
    out.push(
      Object.fromEntries(
        Object.entries(feeds).map(([k, t]) => [k, [...(t.data as Float32Array)].map(Number)]),
      ),
    );
  return out;
}

test("a step has equally many samples of each domain, in whole batches, without target labels", async () => {
  const steps = await all(0);
  expect(steps).toHaveLength(2);
  for (const s of steps) {
    expect(s["source.x"]).toHaveLength(4);
    expect(s["target.x"]!.every((x) => x >= 100)).toBe(true);
    expect(s["target.labels"]).toEqual([0, 0, 0, 0]);
    expect(s["source.labels"]).toEqual(s["source.x"]!.map((x) => x % 3));
  }
});

test("the smaller domain repeats: every sample occurs once per pass", async () => {
  const seen = [...(await all(0)), ...(await all(1)), ...(await all(2))].flatMap((s) => s["target.x"]!);
  expect(seen).toHaveLength(24);
  for (const round of [seen.slice(0, 7), seen.slice(7, 14), seen.slice(14, 21)])
    expect(new Set(round).size).toBe(7);
});

test("steps from the middle of an epoch equal those of the whole epoch", async () => {
  expect(await all(1, 1)).toEqual((await all(1)).slice(1));
});

test("the numbers of a step follow the progress of the run", async () => {
  // Two steps an epoch, three epochs: the first step of the second epoch is step 2 of 6.
  expect((await all(1))[0]!.p![0]).toBeCloseTo(2 / 6, 6);
});

test("source samples carry their weights", async () => {
  const weights = Float64Array.from({ length: 10 }, (_, i) => i / 4);
  const [first] = await all(0, 0, { weights });
  expect(first!["source.weights"]).toEqual(first!["source.x"]!.map((x) => x / 4));
});

test("both batches of a step have one padded length, and most steps are shorter than the longest sample", async () => {
  const lengthOf = ({ sha256 }: { readonly sha256: string }) => (Number(sha256) % 5) + 1;
  const long = items(1, 9);
  const inputs = {
    ...{ unit: "texts", longest: 10, fill: -1, cut: { count: 0, of: 0, at: 10 } },
    lengthOf: (one: DomainItem) => (one.sha256 === "9" ? 10 : lengthOf(one)),
    tensor: (some: readonly DomainItem[], size: number) =>
      float32([some.length, size], new Float32Array(some.length * size)),
  } as unknown as TrainSource["inputs"];
  const texts: TrainSource = { ...source, inputs, items: [...items(39, 20), ...long] };
  const { feeds, lengths, stepsPerEpoch } = domainStreams(texts, { epochs: 1 }, streams);
  expect(lengths).toEqual({ sizes: expect.arrayContaining([10]), fill: -1 });
  const sizes: number[] = [];
  for await (const step of feeds(0, 0)) {
    expect(step["source.x"]!.dims[0]).toBe(4);
    expect(step["source.x"]!.dims).toEqual(step["target.x"]!.dims);
    sizes.push(step["source.x"]!.dims[1]!);
  }
  expect(sizes).toHaveLength(stepsPerEpoch);
  expect(sizes.filter((size) => size === 10)).toHaveLength(1);
});
