import { expect, test } from "vitest";
import { manualClock } from "../../../test/support/manual-clock.js";
import type { RecipeOptions } from "../../options/options.js";
import { rowTable } from "../../train/objectives/row-table.js";
import type { Context } from "../context.js";
import type { Trunk } from "../setup.js";
import { withFeatures } from "./frozen-features.js";

const part = (name: string, count: number) =>
  Array.from({ length: count }, (_, i) => ({
    ...{ id: `${name}${i}`, part: name, sha256: `${name}${i}` },
    label: name === "train" && i === count - 1 ? 1 : 0,
  }));
const items = [...part("train", 1000), ...part("validation", 100), ...part("test", 100)];

/** Computes features that take ten milliseconds each, unless the cache has them. @returns the samples, the seconds, the warnings */
async function computed(options: RecipeOptions, state: Record<string, string> = {}) {
  const clock = manualClock();
  const begin = performance.now();
  const cached = new Set<unknown>();
  const warnings: unknown[] = [];
  const trunk = {
    missing: async (wanted: readonly object[]) => wanted.filter((item) => !cached.has(item)),
    features: async (wanted: readonly object[]) => {
      for (const item of wanted) if (!cached.has(item)) clock.advance(10);
      for (const item of wanted) cached.add(item);
      return rowTable(wanted.length, 1);
    },
    close: async () => undefined,
  } as unknown as Trunk;
  const run = {
    path: "run",
    secondsOfProcess: () => (performance.now() - begin) / 1000,
    readState: async (name: string) => (state[name] === undefined ? undefined : JSON.parse(state[name])),
    writeState: async (name: string, text: string) => {
      state[name] = text;
    },
  };
  const onEvent = (event: { readonly sentence?: unknown }) => warnings.push(event.sentence);
  const training = { head: { classOf: (item: { readonly label: number }) => item.label } };
  const context = { run, options, training, onEvent, machine: {} } as unknown as Context;
  const ordered = await withFeatures(context, trunk, items as never, async (found) => found.ordered);
  return { ordered, seconds: run.secondsOfProcess(), warnings, state };
}

test("without a budget all features are computed", async () => {
  const { ordered, warnings } = await computed({ strategy: "probe" });
  expect(ordered).toHaveLength(1200);
  expect(warnings).toEqual([]);
});

test("a budget that is too short leaves out training samples, and no class", async () => {
  const { ordered, seconds, warnings } = await computed({ strategy: "probe", budget: 10 });
  const train = ordered.filter((item) => item.part === "train");
  // 60 % of ten seconds are 600 samples; 200 of them belong to validation and test.
  expect(seconds).toBeGreaterThan(5.5);
  expect(seconds).toBeLessThanOrEqual(6);
  expect(ordered.length - train.length).toBe(200);
  expect(train.some((item) => (item as unknown as { readonly label: number }).label === 1)).toBe(true);
  const values = { budget: 10, unit: "samples", done: train.length, total: 1000 };
  expect(warnings).toEqual([{ code: "head-cut-by-budget", values }]);
});

test("a budget that is long enough leaves out none, nor does one without any time", async () => {
  expect((await computed({ strategy: "probe", budget: 100 })).ordered).toHaveLength(1200);
  expect((await computed({ strategy: "probe", budget: 0.1 })).ordered).toHaveLength(264);
});

test("a resumed run has the same samples, although the cache now has their features", async () => {
  const first = await computed({ strategy: "finetune", budget: 10 });
  expect(first.ordered.length).toBeLessThan(1200);
  const again = await computed({ strategy: "finetune", budget: 10 }, first.state);
  expect(again.ordered.map(({ id }) => id)).toEqual(first.ordered.map(({ id }) => id));
});

test("sums count every sample", async () => {
  expect((await computed({ strategy: "sums", budget: 1 })).ordered).toHaveLength(1200);
});
