// Near copies among pictures that come and go.
import type { Sharp } from "sharp";
import { expect, test, vi } from "vitest";
import { picture } from "../../../test/support/pictures.js";
import { changes, cropped, scene } from "../../../test/support/scenes.js";
import { nodePlatform } from "../../platform/node.js";
import { agreementOf } from "./align-pictures.js";
import { groupDuplicates, thumbnailSide } from "./duplicate-groups.js";
import { type ComparedPicture, PictureIndex } from "./picture-index.js";

// Counts the alignments.
vi.mock("./align-pictures.js", async (original) => {
  const its = await original<typeof import("./align-pictures.js")>();
  return { ...its, agreementOf: vi.fn(its.agreementOf) };
});

async function shown(source: Sharp, group?: string): Promise<ComparedPicture> {
  const bytes = await source.png().toBuffer();
  return { thumbnail: (await nodePlatform.pictures.thumbnail(bytes, thumbnailSide)).data, group };
}

const scenes = (from: number, count: number, group?: string) =>
  Promise.all(Array.from({ length: count }, async (_, i) => shown(await scene(from + i), group)));

/** Returns the groups, and the number of alignments. */
function groupsOf(index: PictureIndex, pictures: readonly ComparedPicture[]) {
  vi.mocked(agreementOf).mockClear();
  const steps = index.group(pictures);
  let step = steps.next();
  while (!step.done) step = steps.next();
  return { groups: [...step.value], aligned: vi.mocked(agreementOf).mock.calls.length };
}

/** Returns the groups as sets of pictures, in the order of the given ones. */
const membersOf = (pictures: readonly ComparedPicture[], groups: readonly number[]) =>
  pictures.map((_, i) => new Set(pictures.filter((_other, j) => groups[j] === groups[i])));

test("the groups are those of a run, whichever pictures came and went before", async () => {
  const originals = await scenes(1, 10);
  const copies = await Promise.all(
    Object.values(changes).map(async (change, i) => shown(await change(1 + (i % 5)))),
  );
  const all = [...originals, ...copies];
  const expected = groupDuplicates(all.map(({ thumbnail }, i) => ({ sha256: `${i}`, thumbnail }))).near;
  const index = new PictureIndex();
  expect(groupsOf(index, [])).toEqual({ groups: [], aligned: 0 });
  const others = await scenes(40, 6);
  groupsOf(index, [...others, ...copies.slice(0, 4), ...originals.slice(3)]);
  groupsOf(index, [...originals.slice(0, 2), ...others.slice(1)]);
  const shuffled = [...copies, ...originals].toReversed();
  const later = membersOf(shuffled, groupsOf(index, shuffled).groups);
  const atOnce = membersOf(all, [...expected]);
  for (const [i, one] of all.entries()) expect(later[shuffled.indexOf(one)]).toEqual(atOnce[i]);
  // Each copy is with its original.
  expect(expected.slice(10)).toEqual(Int32Array.from(copies, (_, i) => i % 5));
});

test("one more picture is compared with few others, and the same ones with none", async () => {
  const index = new PictureIndex();
  const pictures = await scenes(1, 40);
  const first = groupsOf(index, pictures);
  expect(first.groups).toEqual([...pictures.keys()]);
  expect(groupsOf(index, pictures)).toEqual({ groups: first.groups, aligned: 0 });
  const next = groupsOf(index, [...pictures, await shown(await scene(50))]);
  expect([first.aligned, next.aligned < first.aligned / 4]).toEqual([160, true]);
  // Its copy agrees, so the least agreement of the set is measured once.
  const copy = await shown(await cropped(3, 8, 6, 0.9));
  const more = groupsOf(index, [...pictures, copy]);
  expect([more.groups, more.aligned > 41 * 7]).toEqual([[...pictures.keys(), 2], true]);
  const after = groupsOf(index, [...pictures, copy, await shown(await scene(51))]);
  expect([after.groups, after.aligned < 41]).toEqual([[...more.groups, 41], true]);
});

test("pictures of one recording are one group and are not compared; copies of others are found behind them", async () => {
  const frame = await scene(1);
  const frames = await Promise.all(
    Array.from({ length: 20 }, async (_, i) =>
      shown(frame.clone().extract({ left: i, top: 0, width: 130, height: 110 }), "recording"),
    ),
  );
  const others = await scenes(2, 12);
  const copy = await shown(await cropped(1, 8, 6, 0.9));
  const index = new PictureIndex();
  expect(groupsOf(index, frames)).toEqual({ groups: Array(20).fill(0), aligned: 0 });
  const { groups } = groupsOf(index, [...frames, ...others, copy]);
  expect(groups).toEqual([...Array(20).fill(0), ...others.map((_, i) => 20 + i), 0]);
  // Another recording of the same frames is joined, since it shows the same.
  const renamed = frames.map((one, i) => ({ ...one, group: i % 2 === 0 ? "first" : "second" }));
  expect(new Set(groupsOf(index, [...renamed, ...others]).groups.slice(0, 20)).size).toBeLessThan(3);
});

test("a picture that is given twice and pictures without texture are compared value by value", async () => {
  const [plain, mirrored, other] = await Promise.all(
    [picture(1, 96, 96), picture(1, 96, 96).flop(), picture(2, 96, 96)].map((one) => shown(one)),
  );
  const { groups } = groupsOf(new PictureIndex(), [plain!, other!, mirrored!, other!]);
  expect(groups).toEqual([0, 1, 0, 1]);
});
