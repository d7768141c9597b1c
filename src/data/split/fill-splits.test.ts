import { expect, test } from "vitest";
import type { Part } from "../../core/events/events.js";
import { fillSplits } from "./fill-splits.js";

const options = { classes: 2, seed: 0, stratified: undefined, unit: "text" } as const;

/** 60 samples of two classes; sample i belongs to group i / 3. @param given split of a sample, if the data name one */
function filled(given: (i: number) => Part | undefined) {
  const items = Array.from({ length: 60 }, (_, i) => ({
    given: given(i),
    sha256: `${i}`.padStart(8, "0"),
  }));
  const groups = items.map((_, i) => `group ${Math.floor(i / 3)}`);
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
  // Every second group is test: the samples that remain have other numbers than in the data.
  const { groups, parts, origin } = filled((i) => (Math.floor(i / 3) % 2 === 0 ? "test" : undefined));
  for (const [group, splits] of splitsOf(groups, parts)) expect([...splits], group).toHaveLength(1);
  expect(parts.filter((part) => part === "test")).toHaveLength(30);
  expect(parts).toContain("validation");
  expect(origin.map(({ code }) => code)).toEqual(["splits-taken", "groups-together"]);
});
