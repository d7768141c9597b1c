import { utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { classTree, inFolder, platformIn, writeTree } from "../../../test/support/pictures.js";
import { openImages } from "./open-images.js";

/** Opens pictures of two classes: the file of picture k of a class has this time, of the second class a day later. */
const openedAt = (
  secondsOf: (k: number) => number,
  { groupFrom, list, pictures = 48 }: { groupFrom?: string; list?: string; pictures?: number } = {},
) =>
  inFolder(async (folder) => {
    await writeTree(folder, classTree({ cup: pictures / 2, hand: pictures / 2 }));
    for (const [c, label] of ["cup", "hand"].entries())
      for (let k = 0; k < pictures / 2; k++) {
        const time = 1.7e9 + 86_400 * c + secondsOf(k);
        await utimes(join(folder, label, `${k}.png`), time, time);
      }
    if (list !== undefined) await writeFile(join(folder, "list.csv"), list);
    const path = list === undefined ? folder : join(folder, "list.csv");
    const how = { platform: platformIn(folder), ...(groupFrom !== undefined && { groupFrom }) };
    return openImages(path, how);
  });

/** Bursts of four pictures, 3 s apart, every ten minutes. */
const inBursts = (k: number): number => 600 * Math.floor(k / 4) + 3 * (k % 4);
const groupsOf = ({ items }: Awaited<ReturnType<typeof openImages>>) =>
  new Set(items.map(({ group }) => group));

test("recordings by the times of files stay in one split, and the data say so", async () => {
  const data = await openedAt(inBursts);
  expect(groupsOf(data).size).toBe(12);
  const parts = new Map<string, Set<string>>();
  for (const { group, part } of data.items) parts.set(group!, (parts.get(group!) ?? new Set()).add(part));
  expect([...parts.values()].every(({ size }) => size === 1)).toBe(true);
  expect(data.warnings).toMatchObject([
    {
      code: "groups_by_recording",
      sentence: { values: { recordings: 12, by: "file time", unit: "picture" } },
    },
  ]);
});

test("none divides them, and a split without groups is that of the same pictures without times", async () => {
  const [apart, plain] = [await openedAt(inBursts, { groupFrom: "none" }), await openedAt(() => 0)];
  expect(apart.warnings).toEqual([]);
  expect(groupsOf(apart)).toEqual(new Set([undefined]));
  expect(apart.fingerprint).toBe(plain.fingerprint);
});

test("few recordings are named, and kept together on request", async () => {
  const few = { pictures: 32 };
  const data = await openedAt(inBursts, few);
  expect(data.warnings.map(({ code }) => code)).toEqual(["few_recordings"]);
  expect(groupsOf(data)).toEqual(new Set([undefined]));
  expect(groupsOf(await openedAt(inBursts, { ...few, groupFrom: "recordings" })).size).toBe(8);
});

test("a class that seems to be one recording makes no groups", async () => {
  const data = await openedAt((k) => 3 * k);
  expect(data.warnings).toMatchObject([
    { code: "one_recording", sentence: { values: { names: ["cup", "hand"], by: "file time" } } },
  ]);
  expect(groupsOf(data)).toEqual(new Set([undefined]));
});

test("recordings are asked for, and nothing shows any", async () => {
  await expect(openedAt(() => 0, { groupFrom: "recordings" })).rejects.toMatchObject({
    kind: "OptionError",
    details: { option: "groupFrom", value: "recordings" },
  });
});

test("a column of groups comes first", async () => {
  const rows = ["cup", "hand"].flatMap((label) =>
    Array.from({ length: 24 }, (_, k) => `${label}/${k}.png,${label},g${label}${k % 6}\n`),
  );
  const data = await openedAt(inBursts, { list: `image,label,group\n${rows.join("")}` });
  expect(groupsOf(data)).toEqual(
    new Set(["cup", "hand"].flatMap((label) => [0, 1, 2, 3, 4, 5].map((k) => `g${label}${k}`))),
  );
  expect(data.warnings.map(({ code }) => code)).not.toContain("groups_by_recording");
});
