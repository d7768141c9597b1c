import { expect, test } from "vitest";
import { draws } from "../../core/random.js";
import { argmax } from "../../linalg/softmax.js";
import type { MapName } from "../../methods/adapt/index.js";
import type { OfClasses } from "../../run/training/head-of-classes.js";
import type { Domains } from "./domain.js";
import { chooseMap, type DomainFeatures, solveOnFeatures } from "./solve-maps.js";

const width = 8;
const classes = ["bad", "good"];

/** Rows around (±1.1, 0, …) for two classes, moved by `by` along the last feature. */
function rows(counts: readonly [number, number], key: string, by = 0) {
  const draw = draws(11, key);
  const labels = counts.flatMap((count, label) => new Array<number>(count).fill(label));
  const features = Float32Array.from(
    labels.flatMap((y) =>
      Array.from(
        { length: width },
        (_, d) => draw.normal() + (d === 0 ? (y === 1 ? 1.1 : -1.1) : 0) + (d === width - 1 ? by : 0),
      ),
    ),
  );
  return { labels, features };
}

/** Solves all maps from a balanced source to a target with 15 : 85. */
async function solve(by: number, maps: readonly MapName[] = ["none", "moments", "transport"]) {
  const source = { train: rows([150, 150], "train"), validation: rows([50, 50], "validation") };
  const target = {
    train: rows([45, 255], "target", by),
    validation: rows([12, 68], "target validation", by),
    test: rows([150, 850], "test", by),
  };
  const domain = (parts: Readonly<Record<string, { readonly labels: readonly number[] }>>) => ({
    classes,
    items: Object.entries(parts).flatMap(([part, { labels }]) =>
      labels.map((label, i) => ({ id: `${part} ${i}`, part, label })),
    ),
  });
  const features = (parts: Readonly<Record<string, { readonly features: Float32Array }>>) =>
    Object.fromEntries(Object.entries(parts).map(([part, one]) => [part, one.features]));
  const found = await solveOnFeatures(
    { options: { seed: 0 } } as unknown as OfClasses,
    { unit: "text", source: domain(source), target: domain(target), labelled: true } as unknown as Domains,
    maps,
    { source: features(source), target: features(target), body: { width } } as unknown as DomainFeatures,
  );
  const accuracy = ({ test: logits }: (typeof found)["chosen"]): number =>
    target.test.labels.filter((label, i) => argmax(logits, 2 * i, 2) === label).length / 1000;
  return { ...found, gain: accuracy(found.chosen) - accuracy(found.candidates[0]!) };
}

test("a target of the same domain with other shares keeps source-only, though a map has the higher score", async () => {
  const { candidates, chosen, gain } = await solve(0);
  expect(chosen.map).toEqual({ name: "none", self_trained: false });
  expect(gain).toBe(0);
  expect(candidates).toHaveLength(6);
  expect(chooseMap(candidates).score).toBeGreaterThanOrEqual(chosen.score);
});

test("in another domain with other shares, the chosen map is not worse than source-only", async () => {
  const { chosen, shares, gain } = await solve(3);
  expect(shares.guard.refused).toBe("differ");
  expect(shares.absent).toBeUndefined();
  expect(chosen.map).not.toEqual({ name: "none", self_trained: true });
  // A score that expects equal shares loses 10 points or more here: 35 % of the predictions would have to be wrong.
  expect(gain).toBeGreaterThanOrEqual(-0.02);
});

test("in another domain, a map that the user chose is kept, though source-only has the higher score", async () => {
  const { candidates, chosen } = await solve(3, ["moments"]);
  expect(chosen.map.name).toBe("moments");
  expect(candidates.map(({ map }) => map.name)).toEqual(["none", "moments", "moments"]);
  expect(candidates[0]!.score).toBeGreaterThan(chosen.score);
});
