import { expect, test } from "vitest";
import type { Part } from "../../core/events/events.js";
import { fillSplits } from "./fill-splits.js";

const options = { classes: 2, seed: 0, stratified: undefined, unit: "text" } as const;

/** 20 groups of one to five samples of two classes. @param given split of a group, if the data name one */
function filled(given: (group: number) => Part | undefined) {
  const numbers = Array.from({ length: 20 }, (_, group) => Array<number>(1 + (group % 5)).fill(group)).flat();
  const items = numbers.map((group, i) => ({ given: given(group), sha256: `${i}`.padStart(8, "0") }));
  const groups = numbers.map((group) => `group ${group}`);
  const labels = items.map((_, i) => i % 2);
  return { groups, ...fillSplits(items, labels, groups, options) };
}

/** Returns the splits of each group. */
function splitsOf(groups: readonly string[], parts: readonly Part[]): Map<string, Set<Part>> {
  const splits = new Map<string, Set<Part>>();
  for (const [i, group] of groups.entries())
    splits.set(group, (splits.get(group) ?? new Set()).add(parts[i]!));
  return splits;
}

test("groups stay together", () => {
  const { groups, parts } = filled(() => undefined);
  for (const [group, splits] of splitsOf(groups, parts)) expect([...splits], group).toHaveLength(1);
  expect(new Set(parts)).toEqual(new Set(["train", "validation", "test"]));
});

test("groups stay together too where the data name test samples among the others", () => {
  // The samples that remain have other numbers than in the data.
  const { groups, parts, origin } = filled((group) => (group % 4 === 0 ? "test" : undefined));
  for (const [group, splits] of splitsOf(groups, parts)) expect([...splits], group).toHaveLength(1);
  // Groups 0, 4, 8, 12 and 16, with 1, 5, 4, 3 and 2 samples.
  expect(parts.filter((part) => part === "test")).toHaveLength(15);
  expect(parts).toContain("validation");
  expect(origin.map(({ code }) => code)).toEqual(["splits-taken", "groups-together"]);
});
