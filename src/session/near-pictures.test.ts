// Near copies of pictures and texts in a session.
import { expect, test } from "vitest";
import { inFolder, picture, platformIn } from "../../test/support/pictures.js";
import type { Platform } from "../platform/platform.js";
import type { NearCopiesOptions } from "./near-copies.js";
import { openNearCopies } from "./open-near-copies.js";

const how = { cache: true, onEvent: () => undefined, signal: undefined };

/** Returns a platform that counts the thumbnails that it makes. */
function counting(platform: Platform) {
  const made = { thumbnails: 0 };
  const thumbnail: Platform["pictures"]["thumbnail"] = (...given) => {
    made.thumbnails++;
    return platform.pictures.thumbnail(...given);
  };
  return { made, platform: { ...platform, pictures: { ...platform.pictures, thumbnail } } };
}

test("thumbnails are made once, and the next session reads them", async () => {
  await inFolder(async (folder) => {
    const { made, platform } = counting(platformIn(folder));
    const contents = await Promise.all(
      [1, 2, 3].map(async (seed) => {
        const bytes = new Uint8Array(await picture(seed, 48, 40).png().toBuffer());
        return { path: `bytes of ${seed}`, bytes, sha256: await platform.sha256(bytes) };
      }),
    );
    const prints: unknown[] = [];
    for (const options of [{}, {}, { cache: false }]) {
      const copies = await openNearCopies("image", { ...how, platform, ...options });
      prints.push(await copies.printsOf(contents));
      await copies.close();
    }
    expect(made.thumbnails).toBe(6);
    expect(prints[1]).toEqual(prints[0]);
    expect(prints[2]).toEqual(prints[0]);
  });
});

/** Opens a search for near copies without a cache. */
const opened = (modality: "image" | "text", options: Partial<NearCopiesOptions> = {}) =>
  openNearCopies(modality, { ...how, platform: platformIn("none"), cache: false, ...options });

test("fits that overlap have the groups of their own samples", async () => {
  const copies = await opened("image");
  const contents = await Promise.all(
    [picture(1, 96, 96), picture(2, 96, 96), picture(1, 96, 96).flop()].map(async (one, i) => {
      const bytes = new Uint8Array(await one.png().toBuffer());
      return { path: `bytes of ${i}`, bytes, sha256: `${i}` };
    }),
  );
  const prints = await copies.printsOf(contents);
  const samples = prints.map((print) => ({ print, label: "a", row: new Float32Array(1) }));
  const [all, some, none] = await Promise.all([
    copies.groupsOf(samples),
    copies.groupsOf(samples.slice(1)),
    copies.groupsOf([]),
  ]);
  expect([all, some, none].map((groups) => [...groups!])).toEqual([[0, 1, 0], [0, 1], []]);
});

test("after a stop no groups are found", async () => {
  const copies = await opened("image", { signal: AbortSignal.abort() });
  await expect(copies.groupsOf([])).rejects.toMatchObject({ kind: "Interrupted" });
});

test("texts are joined with a greeting and a signature around them in one class, and with their group", async () => {
  const copies = await opened("text");
  const text = "the parcel came two days late and the box was open";
  const texts = [text, `Hello, ${text}. Kind regards, Sam`, "I want my money back", `Hello, ${text}.`];
  const contents = texts.map((one) => ({ path: "", text: one, sha256: one }));
  const prints = await copies.printsOf(contents);
  const groupsOf = async (labels: string, groups: readonly (string | undefined)[]) => [
    ...(await copies.groupsOf(
      prints.map((print, i) => {
        return { print, label: labels[i]!, group: groups[i], row: new Float32Array(1) };
      }),
    )),
  ];
  expect(await groupsOf("aaab", [])).toEqual([0, 0, 2, 3]);
  expect(await groupsOf("aaab", [undefined, undefined, "Ann", "Ann"])).toEqual([0, 0, 2, 2]);
});
