import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { draws } from "../../core/random.js";
import { rowsOf } from "../../core/results/rows.js";
import { nodePlatform } from "../../platform/node.js";
import { featureFindings } from "./feature-findings.js";
import * as leaks from "./feature-leaks.js";

const folder = mkdtempSync(join(tmpdir(), "engraft-findings-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const platform = { ...nodePlatform, cacheDir: () => folder };
const width = 16;
const part = (name: "train" | "validation" | "test", n: number, seed: number) => {
  const draw = draws(seed, "features", name);
  return {
    features: rowsOf(
      Float32Array.from({ length: n * width }, () => draw.normal()),
      width,
    ),
    labels: new Int32Array(n),
    items: Array.from({ length: n }, (_, i) => ({
      ...{ id: `${name}/${i}`, path: "", sha256: "", label: 0 },
      part: name,
    })),
  };
};
const parts = (seed = 0) => ({
  train: part("train", 70, seed),
  validation: part("validation", 20, seed),
  test: part("test", 20, seed),
});

test("findings are those of the features, remembered until one of them changes", async () => {
  const spy = vi.spyOn(leaks, "featureLeaks");
  const skip = new Set<string>();
  const first = await featureFindings(platform, parts(), { skip, cache: true });
  expect(first).toEqual(await featureFindings(platform, parts(), { skip, cache: false }));
  expect(await featureFindings(platform, parts(), { skip, cache: true })).toEqual(first);
  expect(spy).toHaveBeenCalledTimes(2);
  const other = parts();
  other.test.features.whole![3]! += 1e-3;
  await featureFindings(platform, other, { skip, cache: true });
  await featureFindings(platform, parts(), { skip: new Set(["a\nb"]), cache: true });
  expect(spy).toHaveBeenCalledTimes(4);
  // Of texts and numbers copies are not looked for.
  expect((await featureFindings(platform, parts(), { skip: undefined, cache: true })).leaks).toBeUndefined();
  expect(spy).toHaveBeenCalledTimes(4);
});
