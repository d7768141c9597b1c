import { expect, test } from "vitest";
import type { Sample } from "../data/index.js";
import { type FeatureStore, withoutFeatures } from "./features.js";

const item = (sha256: string): Sample => ({ id: sha256, sha256 }) as Sample;
const items = Array.from({ length: 2500 }, (_, i) => item(`picture ${i}`));

test("what has to be computed is what the store does not have, in order", async () => {
  const asked: number[] = [];
  const store: FeatureStore = {
    async get(names) {
      asked.push(names.length);
      return names.map((name) => (name.endsWith("7") ? undefined : Float32Array.of(1)));
    },
    async put() {},
  };
  const missing = await withoutFeatures(items, store);
  expect(missing.map((m) => m.id)).toEqual(items.map((m) => m.id).filter((id) => id.endsWith("7")));
  // Not all rows are in memory at once.
  expect(Math.max(...asked)).toBeLessThan(items.length);
});

test("without a store everything has to be computed", async () => {
  expect(await withoutFeatures(items, undefined)).toEqual(items);
});
