// Updates of clients that make an average worse are named, and only those.
import { describe, expect, test } from "vitest";
import { draws } from "../../core/random.js";
import { rowsOf } from "../../core/results/rows.js";
import type { FederatedClient } from "./average-rounds.js";
import { harmfulUpdates, scoreUpdates } from "./score-updates.js";
import { scoringOfClasses } from "./scoring.js";

const names = ["a", "b", "c"];
const dims = 7;

/** Samples of three classes that overlap, with a 1 for the bias. */
function made(samples: number, seed: number, given = (label: number) => label) {
  const own = draws(seed, "updates");
  const truth = Array.from({ length: samples }, (_, i) => i % 3);
  const rows = truth.flatMap((label) =>
    Array.from({ length: dims }, (_, t) => (t === dims - 1 ? 1 : own.normal() + (t === label ? 2 : 0))),
  );
  return { rows, labels: truth.map(given) };
}
const clientOf = (...given: Parameters<typeof made>): FederatedClient => {
  const { rows, labels } = made(...given);
  return { rows: Float64Array.from(rows), labels };
};

const { rows, labels } = made(900, 99);
const server = scoringOfClasses({ rows: rowsOf(Float32Array.from(rows), dims), labels, names });
const scored = (clients: readonly FederatedClient[], rounds = 5, signal?: AbortSignal) =>
  scoreUpdates(
    clients,
    {
      ...{ dims, classes: names.length, rounds, localEpochs: 2, batch: 20, rate: 0.3 },
      order: (k) => Array.from(clients[k]!.labels, (_, i) => i),
    },
    server,
    signal,
  );
const honest = Array.from({ length: 4 }, (_, k) => clientOf(60, k));

describe("the last update of a client", () => {
  test("is not named if its labels are right, whatever its number of samples", async () => {
    const scores = await scored([...honest, clientOf(12, 50)]);
    expect(scores.length).toBe(5);
    expect(harmfulUpdates(scores)).toEqual([]);
    // The same average is "with" for each, on the same samples.
    expect(new Set(scores.map((one) => one.with)).size).toBe(1);
    expect(scores[0]).toMatchObject({ n: 900 });
  });

  test("is named if all its labels are those of the next class", async () => {
    const scores = await scored([clientOf(120, 60, (label) => (label + 1) % 3), ...honest]);
    expect(harmfulUpdates(scores)).toEqual([0]);
    expect(scores[0]!.without).toBeGreaterThan(scores[0]!.with);
  });

  test("is nothing to compare with if there is no other, and an abort stops it", async () => {
    expect(await scored(honest.slice(0, 1))).toEqual([]);
    await expect(scored(honest, 5, AbortSignal.abort())).rejects.toMatchObject({ kind: "Interrupted" });
  });
});

test("p is corrected for the number of clients, and the worst comes first", () => {
  const one = (without: number, p: number) => ({ n: 200, with: 0.7, without, p });
  // Holm: 0.001 · 4, 0.012 · 3 and 0.03 · 2; a score that falls is not named.
  expect(harmfulUpdates([one(0.72, 0.012), one(0.71, 0.03), one(0.75, 0.001), one(0.6, 0.9)])).toEqual([
    2, 0,
  ]);
});
