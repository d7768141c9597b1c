import { expect, test } from "vitest";
import { draws } from "../../core/random.js";
import { distanceOf, groupsOfDomains } from "./distances.js";
import type { DomainItem } from "./domain.js";

test("samples of few groups have no A-distance, and MMD never divides a group", () => {
  const features = (key: string, shift: number) => {
    const draw = draws(1, key);
    return Float32Array.from({ length: 60 * 3 }, () => draw.normal() + shift);
  };
  const rows = { source: features("source", 0), target: features("target", 4) };
  const items = (groups: number): DomainItem[] =>
    Array.from({ length: 60 }, (_, i) => ({
      id: String(i),
      path: String(i),
      sha256: String(i),
      part: "test",
      label: 0,
      ...(groups > 0 && { group: String(i % groups) }),
    }));
  const of = (groups: number) =>
    distanceOf(rows, 3, { groups: groupsOfDomains({ source: items(groups), target: items(groups) }) });
  expect(of(0).a_distance!.value).toBeGreaterThan(1.9);
  expect(of(0).mmd!.p).toBeLessThan(0.01);
  // Whole groups leave two divisions of 1 and 1, and both are as far.
  expect(of(1).a_distance).toBeUndefined();
  expect(of(1).mmd!.p).toBe(1);
});

test("samples of one domain that are sorted by class have no distance, even if one side is larger", () => {
  const draw = draws(2, "sorted");
  const sorted = (n: number) =>
    Float32Array.from({ length: n * 3 }, (_, i) => draw.normal() + (i < (n * 3) / 2 ? 0 : 4));
  const { mmd } = distanceOf({ source: sorted(120), target: sorted(60) }, 3, {
    groups: [undefined, undefined],
  });
  expect(mmd!.p).toBeGreaterThan(0.05);
  expect(mmd!.n).toBe(60);
});
