import { expect, test } from "vitest";
import { draws } from "../../core/random.js";
import { beamSearch, continueRows, type Decoding, type NextScores, type Row } from "./decode.js";

const end = 3;
const ends = new Set([end]);

/** A model whose scores depend on the last two tokens; four tokens, the last one ends. */
function model(seed: number): NextScores {
  return async (rows) =>
    rows.map((ids) => {
      const source = draws(seed, "scores", ids.at(-2) ?? -1, ids.at(-1)!);
      return Float32Array.from({ length: 4 }, () => 2 * source.normal());
    });
}

async function written(next: NextScores, rows: readonly Row[], decoding: Decoding = { ends }) {
  const all = rows.map(() => ({ tokens: [] as number[], end: "" }));
  for await (const added of continueRows(next, rows, decoding)) {
    if ("end" in added) all[added.row]!.end = added.end;
    else all[added.row]!.tokens.push(added.token);
  }
  return all;
}

test("the token with the highest score, of equal ones the first; the end token ends a row, and is no part of it", async () => {
  const table: Readonly<Record<number, number[]>> = { 0: [1, 5, 5, 0], 1: [0, 0, 9, 1], 2: [0, 0, 0, 1] };
  const next: NextScores = async (rows) => rows.map((ids) => Float32Array.from(table[ids.at(-1)!]!));
  expect(
    await written(next, [
      { ids: [0], most: 9 },
      { ids: [0, 1], most: 1 },
      { ids: [2], most: 9 },
    ]),
  ).toEqual([
    { tokens: [1, 2], end: "end" },
    { tokens: [2], end: "limit" },
    { tokens: [], end: "end" },
  ]);
});

test("rows that are continued together are those that are continued alone", async () => {
  const rows = [3, 1, 5].map((most, key) => ({ ids: [key, 0], most, key }));
  for (const decoding of [{ ends }, { ends, temperature: 1.3, seed: 4 }]) {
    const together = await written(model(1), rows, decoding);
    for (const [i, row] of rows.entries())
      expect((await written(model(1), [row], decoding))[0]).toEqual(together[i]);
  }
});

test("samples have the probabilities of softmax(z / T); topP leaves the least probable ones out", async () => {
  const z = [1, 0, 2, -1];
  const next: NextScores = async (rows) => rows.map(() => Float32Array.from(z));
  const counts = async (decoding: Omit<Decoding, "ends">) => {
    const rows = Array.from({ length: 4000 }, (_, key) => ({ ids: [0], most: 1, key }));
    const all = await written(next, rows, { ends: new Set(), ...decoding });
    return z.map((_, token) => all.filter(({ tokens }) => tokens[0] === token).length / rows.length);
  };
  const share = (kept: readonly number[], t: number) => {
    const weights = z.map((x, i) => (kept.includes(i) ? Math.exp(x / t) : 0));
    return weights.map((w) => w / weights.reduce((a, b) => a + b));
  };
  // Three standard deviations of a share among 4,000.
  const close = (found: number[], wanted: number[]) => {
    for (const [i, p] of wanted.entries())
      expect(Math.abs(found[i]! - p)).toBeLessThan(3 * Math.sqrt((p * (1 - p)) / 4000) + 1e-9);
  };
  close(await counts({ temperature: 1 }), share([0, 1, 2, 3], 1));
  close(await counts({ temperature: 2.5, seed: 1 }), share([0, 1, 2, 3], 2.5));
  // 0.64 + 0.24 = 0.88: the third reaches 0.9.
  close(await counts({ temperature: 1, topP: 0.9, seed: 2 }), share([0, 1, 2], 1));
  expect(await counts({ temperature: 1, topP: 1e-9 })).toEqual([0, 0, 1, 0]);
  expect(await counts({ temperature: 1, seed: 5 })).toEqual(await counts({ temperature: 1, seed: 5 }));
  expect(await counts({ temperature: 1, seed: 5 })).not.toEqual(await counts({ temperature: 1, seed: 6 }));
});

/** Returns all texts up to a length, with Σ ln p: those that end, and those that reach the length. */
async function allTexts(next: NextScores, ids: readonly number[], most: number) {
  const found: { tokens: number[]; sum: number; length: number; end: string }[] = [];
  const follow = async (tokens: number[], sum: number): Promise<void> => {
    if (tokens.length === most) {
      found.push({ tokens, sum, length: most, end: "limit" });
      return;
    }
    const [scores] = await next([[...ids, ...tokens]], [0]);
    const all = Math.log(scores!.reduce((total, z) => total + Math.exp(z), 0));
    for (const [token, z] of scores!.entries())
      if (token === end) found.push({ tokens, sum: sum + z - all, length: tokens.length + 1, end: "end" });
      else await follow([...tokens, token], sum + z - all);
  };
  await follow([], 0);
  return found;
}

test.each([0, 1, 0.6, -1])(
  "a beam that holds every text finds the best one: length penalty %j",
  async (lengthPenalty) => {
    for (let seed = 0; seed < 12; seed++) {
      const next = model(seed);
      const all = await allTexts(next, [0], 4);
      const score = ({ sum, length }: { sum: number; length: number }) => sum / length ** lengthPenalty;
      const best = all.reduce((a, b) => (score(b) > score(a) ? b : a));
      const found = await beamSearch(next, { ids: [0], most: 4 }, { ends, beams: 64, lengthPenalty });
      expect(found).toEqual({ tokens: best.tokens, end: best.end });
    }
  },
);

test("a beam of one is the most probable token each; a wider one finds no worse text; a stopped search gives what it has", async () => {
  let better = 0;
  for (let seed = 0; seed < 30; seed++) {
    const next = model(seed);
    const row = { ids: [1], most: 5 };
    const all = await allTexts(next, row.ids, row.most);
    const sumOf = ({ tokens, end: how }: { tokens: readonly number[]; end: string }) =>
      all.find((one) => one.tokens.join() === tokens.join() && one.end === how)!.sum;
    const how = { ends, lengthPenalty: 0 };
    const [greedy] = await written(next, [row]);
    const wide = await beamSearch(next, row, { ...how, beams: 4 });
    expect(sumOf(wide)).toBeGreaterThanOrEqual(sumOf(greedy!) - 1e-12);
    if (sumOf(wide) > sumOf(greedy!) + 1e-6) better++;
  }
  expect(better).toBeGreaterThan(5);
  const stopped = await beamSearch(
    model(0),
    { ids: [1], most: 5 },
    {
      ...{ ends, beams: 2, lengthPenalty: 1, stopped: () => true },
    },
  );
  expect(stopped.tokens).toEqual([]);
});
