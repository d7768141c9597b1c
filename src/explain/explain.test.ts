// Occlusion on models whose prediction depends on one known place; LIME's ridge and PCA compared with scikit-learn,
// scripts/golden/make-explain.py.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { float32 } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import { Graph } from "../graph/graph.js";
import {
  limeWeights,
  movedShare,
  movedWeights,
  occlude,
  pieces,
  planar,
  umapPlane,
  wordWeights,
} from "./index.js";

const golden = JSON.parse(
  readFileSync(new URL("../../test/golden/explain.json", import.meta.url), "utf8"),
) as {
  lime: { z: number[][]; f: number[]; weights: number[] };
  pca: { x: number[]; n: number; d: number; points: [number, number][]; explained: [number, number] };
};

const size = { height: 16, width: 16 };
/** Two classes: the first by how bright the picture is at one place, the second by chance of nothing. */
const byOnePixel =
  (y: number, x: number, sign = 1) =>
  async (pixels: Uint8Array, n: number): Promise<Float32Array> => {
    const scores = new Float32Array(2 * n);
    for (let i = 0; i < n; i++) scores[2 * i] = (sign * pixels[i * 768 + 3 * (16 * y + x)]!) / 50;
    return scores;
  };

test("occlusion finds the one place that the answer depends on, and nothing elsewhere", async () => {
  const white = new Uint8Array(768).fill(255);
  const map = await occlude(byOnePixel(5, 11), white, size, 0, { grey: [0, 0, 0], patch: 1 / 8 });
  expect([map.rows, map.columns]).toEqual([8, 8]);
  const most = map.values.indexOf(Math.max(...map.values));
  // Row 5 of 16 lies in cell 2 of 8, column 11 in cell 5.
  expect([Math.floor(most / 8), most % 8]).toEqual([2, 5]);
  expect(map.values.every((v) => v >= -1e-6)).toBe(true);
  map.values.forEach((v, cell) => {
    const far = Math.max(Math.abs(Math.floor(cell / 8) - 2), Math.abs((cell % 8) - 5)) > 1;
    if (far) expect(v).toBeCloseTo(0, 6);
  });
});

test("regions that speak against the prediction are below 0; a grey picture has no weights", async () => {
  const white = new Uint8Array(768).fill(255);
  const against = await occlude(byOnePixel(5, 11, -1), white, size, 0, { grey: [0, 0, 0] });
  expect(Math.min(...against.values)).toBeLessThan(-0.5);
  expect(Math.max(...against.values)).toBeLessThan(1e-6);
  const grey = await occlude(byOnePixel(5, 11), new Uint8Array(768).fill(127), size, 0);
  expect(grey.values.every((v) => v === 0)).toBe(true);
});

/** log p of the first class grows by one with each "good". */
const byGood = async (texts: readonly string[]): Promise<Float32Array> =>
  Float32Array.from(texts.flatMap((text) => [(text.match(/good|好/g) ?? []).length * 2, 0]));

test("only the word that the prediction depends on has a weight", async () => {
  const weights = await wordWeights(byGood, "A good pan, that lasts.", 0);
  expect(weights.map((w) => w.text).join("")).toBe("A good pan, that lasts.");
  const best = weights.reduce((a, b) => ((b.weight ?? 0) > (a.weight ?? 0) ? b : a));
  // log p = log σ(2) with the word, log σ(0) without.
  expect(best.text).toBe("good");
  expect(best.weight).toBeCloseTo(Math.log(1 / (1 + Math.exp(-2))) - Math.log(0.5), 6);
  expect(weights.filter((w) => (w.weight ?? 0) !== 0)).toHaveLength(1);
  expect(weights.find((w) => w.text === ", ")).toEqual({ text: ", " });
});

test("Chinese is taken character by character, other scripts word by word", async () => {
  expect(
    pieces("很好 don't 吃 3x")
      .filter((p) => p.word)
      .map((p) => p.text),
  ).toEqual(["很", "好", "don't", "吃", "3x"]);
  const weights = await wordWeights(byGood, "很好吃", 0);
  expect(weights.map((w) => [w.text, (w.weight ?? 0) > 0])).toEqual([
    ["很", false],
    ["好", true],
    ["吃", false],
  ]);
});

test("the pieces of any text join to the text; a long text has pieces of several words", async () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      expect(
        pieces(text)
          .map((p) => p.text)
          .join(""),
      ).toBe(text);
    }),
  );
  const long = Array.from({ length: 500 }, (_, i) => `w${i}`).join(" ");
  let asked = 0;
  const counted = (texts: readonly string[]) => {
    asked = texts.length;
    return byGood(texts);
  };
  const weights = await wordWeights(counted, long, 0, { most: 50 });
  expect(asked).toBe(51);
  expect(weights.map((w) => w.text).join("")).toBe(long);
  expect(await wordWeights(byGood, "good", 0)).toEqual([{ text: "good" }]);
});

test("LIME's weights are scikit-learn's ridge on the same versions", async () => {
  const { z, f, weights } = golden.lime;
  // The versions that PyTorch drew are used in their order.
  let at = 0;
  const drawn: boolean[][] = [];
  const own = await limeWeights(
    async (shown) => {
      drawn.push(...shown.map((row) => [...row]));
      return shown.map(() => f[at++]!);
    },
    6,
    { samples: 40, versions: z.map((row) => row.map((on) => on === 1)) },
  );
  expect(drawn.map((row) => row.map(Number))).toEqual(z);
  own.forEach((w, i) => {
    expect(w).toBeCloseTo(weights[i]!, 8);
  });
});

test("LIME gives an additive score its own terms, and the same seed the same weights", async () => {
  const score = async (shown: readonly (readonly boolean[])[]) =>
    shown.map((row) => 3 * Number(row[0]) - 2 * Number(row[4]));
  const weights = await limeWeights(score, 6, { samples: 400, ridge: 1e-6, seed: 3 });
  [3, 0, 0, 0, -2, 0].forEach((w, i) => {
    expect(weights[i]).toBeCloseTo(w, 4);
  });
  expect(await limeWeights(score, 6, { seed: 3 })).toEqual(await limeWeights(score, 6, { seed: 3 }));
});

test("PCA is scikit-learn's", () => {
  const { x, n, d, points, explained } = golden.pca;
  const own = planar(Float32Array.from(x), n, d);
  own.points.forEach((point, i) => {
    for (const axis of [0, 1] as const) expect(point[axis]).toBeCloseTo(points[i]![axis], 3);
  });
  for (const axis of [0, 1] as const) expect(own.explained[axis]).toBeCloseTo(explained[axis], 5);
  expect(planar(new Float32Array(12).fill(3), 4, 3).explained).toEqual([0, 0]);
});

test("UMAP keeps far groups apart, draws the same twice, and refuses too few rows", async () => {
  const rows = Float32Array.from({ length: 40 * 4 }, (_, at) => (at < 80 ? 0 : 50) + Math.sin(at * 12.9898));
  const first = (await umapPlane(rows, 40, 4, { epochs: 60 }))!;
  expect(await umapPlane(rows, 40, 4, { epochs: 60 })).toEqual(first);
  const near = (i: number): number =>
    first.points.reduce((best, _p, j) => {
      const d = (k: number) =>
        Math.hypot(first.points[k]![0] - first.points[i]![0], first.points[k]![1] - first.points[i]![1]);
      return j !== i && (best < 0 || d(j) < d(best)) ? j : best;
    }, -1);
  const kept = first.points.filter((_, i) => near(i) < 20 === i < 20).length;
  expect(kept).toBeGreaterThan(36);
  expect(await umapPlane(rows, 11, 4)).toBeUndefined();
});

test("weights moved by ‖w - w₀‖ / ‖w₀‖; frozen weights moved by 0", () => {
  const graph = (a: readonly number[], b: readonly number[]): Graph => {
    const made = new Graph();
    const g = new Builder(made);
    const x = made.input("x", { dtype: "float32", shape: ["batch", 2] });
    const h = g.matmul(x, g.weight("a", float32([2, 2], [...a])));
    made.outputs.push(g.matmul(h, g.weight("b", float32([2, 1], [...b]))));
    return made;
  };
  const moved = movedWeights(graph([3, 4, 0, 0], [1, 1]), graph([3, 4, 0, 5], [1, 1]));
  expect(moved.map((w) => [w.name, w.parameters, movedShare([w])])).toEqual([
    ["a", 4, 1],
    ["b", 2, 0],
  ]);
  // √(25 / (25 + 2))
  expect(movedShare(moved)).toBeCloseTo(Math.sqrt(25 / 27), 12);
});

test("LIME without a ridge says which option makes its weights unique", async () => {
  const always = Array.from({ length: 8 }, (_, s) => [true, s % 2 === 0]);
  const fit = limeWeights(async (z) => z.map(([, b]) => (b ? 1 : 0)), 2, { versions: always, ridge: 0 });
  await expect(fit).rejects.toMatchObject({
    message: "the linear model of 2 parts has no unique solution",
    help: "use a ridge above 0, it is 0",
  });
});
