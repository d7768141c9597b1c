import { expect, test } from "vitest";
import { inFolder } from "../../test/support/pictures.js";
import type { Sample } from "../data/index.js";
import { nodePlatform } from "../platform/node.js";
import { openFeatureCache } from "./feature-cache/feature-cache.js";
import { type FeatureStore, withoutFeatures } from "./features.js";

const item = (sha256: string): Sample => ({ id: sha256, sha256 }) as Sample;
const items = Array.from({ length: 2500 }, (_, i) => item(`picture ${i}`));

test("what has to be computed is what the store does not have, in order", async () => {
  const store: FeatureStore = {
    async forEach(names, found) {
      names.forEach((name, i) => {
        if (!name.endsWith("7")) found(Float32Array.of(1), i);
      });
    },
    async put() {},
  };
  const missing = await withoutFeatures(items, store);
  expect(missing.map((m) => m.id)).toEqual(items.map((m) => m.id).filter((id) => id.endsWith("7")));
});

test("each file of stored rows is read once, although two machines wrote them in turn", async () => {
  await inFolder(async (directory) => {
    const reads: string[] = [];
    const { files } = nodePlatform;
    const read: typeof files.read = (path, how) => {
      reads.push(path);
      return files.read(path, how);
    };
    const platform = { ...nodePlatform, files: { ...files, read } };
    const key = "a".repeat(64);
    const open = () => openFeatureCache({ platform, directory, shardBytes: 400 }).open(key, 1);
    for (const machine of [0, 1]) {
      const own = items.filter((_, i) => i % 2 === machine);
      const store = open();
      for (const { sha256 } of own) await store.put([sha256], Float32Array.of(machine));
      await store.close();
    }
    reads.length = 0;
    expect(await withoutFeatures(items, open())).toEqual([]);
    expect(reads.length).toBe(new Set(reads).size);
    expect(reads.length).toBeGreaterThan(20);
  });
});

test("without a store everything has to be computed", async () => {
  expect(await withoutFeatures(items, undefined)).toEqual(items);
});
