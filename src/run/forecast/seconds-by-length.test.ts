import { expect, test } from "vitest";
import type { ItemInputs, Sample } from "../../data/index.js";
import { secondsByLength, secondsOfAll } from "./seconds-by-length.js";

const item = (length: number, i: number): Sample => ({
  id: `${length}/${i}`,
  path: "",
  part: "train",
  sha256: String(length),
});
const inputs = { sizeOf: ({ sha256 }: { sha256: string }) => Number(sha256) } as unknown as ItemInputs;
/** 100 of 8, 33 of 16, 5 of 32, 1 of 128 */
const items = [100, 33, 0, 5, 0, 1].flatMap((n, i) =>
  Array.from({ length: n }, (_, k) => item([8, 16, 24, 32, 64, 128][i]!, k)),
);

test("a few lengths are measured, and the time of all is that of their batches, not of as many of the longest", async () => {
  const seen: number[] = [];
  const secondsOf = await secondsByLength(items, inputs, async (some) => {
    const size = Number(some[0]!.sha256);
    expect(new Set(some.map((one) => one.sha256)).size).toBe(1);
    seen.push(size);
    // 1 s per batch and 0.1 s per token
    return 1 + 0.1 * size;
  });
  expect(seen).toEqual([8, 32, 128]);
  expect(secondsOf(16)).toBeCloseTo(2.6, 10);
  // Batches of 32, padded: 4 of 8, 2 of 16, 1 of 32, 1 of 128.
  expect(secondsOfAll(items, inputs, secondsOf, { batch: 32, whole: true })).toBeCloseTo(
    4 * 1.8 + 2 * 2.6 + 4.2 + 13.8,
    10,
  );
  expect(secondsOfAll(items, inputs, secondsOf, { batch: 32, whole: false })).toBeCloseTo(
    (100 * 1.8 + 33 * 2.6 + 5 * 4.2 + 13.8) / 32,
    10,
  );
});

test("one length, and none at all", async () => {
  expect((await secondsByLength(items.slice(0, 3), inputs, async () => 2))(8)).toBe(2);
  expect((await secondsByLength([], inputs, async () => 2))(8)).toBe(0);
});
