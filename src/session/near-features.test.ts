// Near copies by features.
import { expect, test } from "vitest";
import { draws } from "../core/random.js";
import { nodePlatform } from "../platform/node.js";
import { openNearCopies } from "./open-near-copies.js";

const draw = draws(5, "near copies");
const vector = (scale = 1): number[] => Array.from({ length: 64 }, () => scale * draw.normal());
const near = (row: readonly number[]): number[] => vector(0.05).map((v, t) => row[t]! + v);

/** Returns the groups of sounds by their features. */
async function groupsOf(rows: readonly (readonly number[])[], groups: readonly (string | undefined)[] = []) {
  const how = { platform: nodePlatform, cache: false, onEvent: () => undefined, signal: undefined };
  const copies = await openNearCopies("audio", how);
  const samples = rows.map((row, i) => {
    return { row: Float32Array.from(row), label: `${i % 2}`, group: groups[i], print: undefined };
  });
  return [...(await copies.groupsOf(samples))];
}

const [a, b, c, d] = [vector(), vector(), vector(), vector()];

test("near copies are joined, also across classes and with the groups that they have", async () => {
  expect(await groupsOf([a, b, near(a), c, d, near(b)])).toEqual([0, 1, 0, 3, 4, 1]);
  expect(await groupsOf([a, b, near(a), c, d], ["one", "one", "two", "two"])).toEqual([0, 0, 0, 0, 4]);
  expect(await groupsOf([])).toEqual([]);
});

test("samples of one room, which share most of their features, are no copies", async () => {
  const room = vector(10);
  const rows = Array.from({ length: 12 }, () => vector().map((v, t) => v + room[t]!));
  expect(await groupsOf(rows)).toEqual([...rows.keys()]);
  // Copies among them are found.
  expect(await groupsOf([...rows, near(rows[0]!)])).toEqual([...rows.keys(), 0]);
});
