import { expect, test } from "vitest";
import { draws } from "../../core/random.js";
import { type FileFacts, findRecordings } from "./recordings.js";

const [second, minute] = [1000, 60_000];
const start = Date.UTC(2026, 10, 29, 14, 3, 12);
const pad = (n: number, digits = 4): string => String(n).padStart(digits, "0");

/** Times of bursts: `sizes` pictures each, 2 s apart, with a pause between the bursts. */
const bursts = (sizes: readonly number[], pause: number, gap = 2 * second): number[] => {
  let time = start - pause;
  return sizes.flatMap((size) => {
    time += pause;
    return Array.from({ length: size }, (_, k) => {
      if (k > 0) time += gap;
      return time;
    });
  });
};
/** Pictures of two classes in turns, ten pictures of each, at these times. */
const pictures = (
  times: readonly number[],
  by: "taken" | "modified",
  nameOf = (k: number): string => `IMG_${pad(k)}.jpg`,
  labelOf = (k: number): string => (Math.floor(k / 4) % 2 === 0 ? "cup" : "hand"),
): FileFacts[] =>
  times.map((time, k) => ({ id: `${labelOf(k)}/${nameOf(k)}`, label: labelOf(k), [by]: time }));
const twelve = bursts(new Array(12).fill(4), 5 * minute);

test.each([
  ["EXIF", pictures(twelve, "taken"), "time"],
  ["the files", pictures(twelve, "modified"), "file time"],
  [
    "names",
    pictures(twelve, "modified", (k) => {
      const text = new Date(twelve[k]!).toISOString().replace(/[-:]/g, "");
      return `IMG_${text.slice(0, 8)}_${text.slice(9, 15)}${k % 2 === 0 ? "" : "123"}.jpg`;
    }).map((file) => ({ ...file, modified: start })),
    "time",
  ],
] as const)("bursts in the times of %s are recordings", (_, files, by) => {
  const found = findRecordings(files)!;
  expect(found).toMatchObject({ by, count: 12, single: [] });
  const of = (k: number) => found.groups[k];
  for (let k = 0; k < 48; k++) expect(of(k) === of(k - (k % 4))).toBe(true);
});

test("a recording is named by its first time, and is of one class", () => {
  const files = pictures(bursts([4, 8, 4], 10 * minute), "taken");
  const { groups } = findRecordings(files)!;
  expect(groups[0]).toBe("2026-11-29 14:03:12");
  expect(new Set(groups).size).toBe(4);
  // Two bursts of two classes that begin in the same second have different names.
  const both = [...files, ...files.map((one) => ({ ...one, label: `other ${one.label}` }))];
  expect(new Set(findRecordings(both)!.groups).size).toBe(8);
});

test("the order of the files does not matter", () => {
  const files = pictures(twelve, "taken");
  const { groups } = findRecordings(files)!;
  expect(findRecordings([...files].reverse())!.groups).toEqual([...groups].reverse());
});

test("a class that would be one recording is named", () => {
  const files = pictures(bursts([12, 12, 12], 10 * minute), "taken", undefined, (k) =>
    k < 12 ? "cup" : "hand",
  );
  expect(findRecordings(files)).toMatchObject({ count: 3, single: ["cup"] });
});

test("pictures without a time are none's", () => {
  const files = pictures(twelve, "taken").map((file, k) =>
    k % 4 === 3 ? { ...file, taken: undefined } : file,
  );
  const found = findRecordings(files)!;
  expect(found.groups[3]).toBeUndefined();
  expect(found.count).toBe(24);
});

const none: Readonly<Record<string, readonly FileFacts[]>> = {
  "ten minutes or less": pictures(bursts([4, 4, 4, 4], 150 * second), "taken"),
  "a picture every minute": pictures(
    Array.from({ length: 60 }, (_, k) => start + k * minute),
    "taken",
  ),
  "one time for all": pictures(new Array(60).fill(start), "modified"),
  "a clock that stands still": pictures(new Array(60).fill(start), "taken"),
  "unpacking, a millisecond each": pictures(
    Array.from({ length: 900 }, (_, k) => start + k),
    "modified",
  ),
  "twelve archives, unpacked on twelve days": pictures(
    bursts(new Array(12).fill(40), 24 * 60 * minute, 1),
    "modified",
  ),
  "a slow copy": pictures(
    Array.from({ length: 900 }, (_, k) => start + 900 * k + (k % 7) * 100),
    "modified",
  ),
  "a download that stops for some seconds": pictures(
    bursts(new Array(40).fill(9), 20 * second, 400),
    "modified",
  ),
  "counters against file times": pictures(twelve, "modified", (k) => `IMG_${pad((k * 37) % 48)}.jpg`),
  "EXIF times against file times": pictures(twelve, "modified").map((file, k) =>
    k % 3 === 0 ? { ...file, taken: start + ((k * 29) % 48) * 24 * 60 * minute } : file,
  ),
  "names of a downloaded set": Array.from({ length: 300 }, (_, k) => ({
    id: `cat/cat.${k}.jpg`,
    label: "cat",
  })),
  numbers: Array.from({ length: 300 }, (_, k) => ({ id: `cat/${pad(k)}.png`, label: "cat" })),
  "counters of a camera": Array.from({ length: 300 }, (_, k) => ({
    id: `cat/IMG_${pad(k)}.jpg`,
    label: "cat",
  })),
  "ids of photographs": Array.from({ length: 300 }, (_, k) => ({
    id: `ants/${(k * 7_654_321) % 1e9}_${((k + 1) * 0x9e3779b1).toString(16)}.jpg`,
    label: "ants",
  })),
  "times of messages": Array.from({ length: 60 }, (_, k) => ({
    id: `cat/WhatsApp Image 2026-11-${pad(1 + Math.floor(k / 5), 2)} at 12.34.5${k % 5}.jpeg`,
    label: "cat",
  })),
  "a frame of each clip": Array.from({ length: 60 }, (_, k) => ({
    id: `cat/video${k}_frame001.jpg`,
    label: "cat",
  })),
  "words that only contain frame and rec": Array.from({ length: 60 }, (_, k) => ({
    id: `${k % 2 === 0 ? `a/mainframe${k}` : `a/direc1_${k}`}.jpg`,
    label: "a",
  })),
  "no file": [],
  "one file": pictures([start], "taken"),
};
test.each(Object.keys(none))("%s: no recordings", (name) => {
  expect(findRecordings(none[name]!)).toBeUndefined();
});

test("times without bursts, of a picture each few seconds or each day, show recordings in at most 1 of 20 sets", () => {
  let [found, sets] = [0, 0];
  for (const middle of [3 * second, 40 * second, 60 * minute])
    for (let seed = 0; seed < 60; seed++) {
      const { uniform, normal } = draws(seed, "times", middle);
      let time = start;
      const times = Array.from({ length: 80 }, () => {
        const gap = seed % 2 === 0 ? -Math.log(1 - uniform()) : Math.exp(1.5 * normal());
        time += second * Math.round((middle * gap) / second);
        return time;
      });
      sets++;
      if (findRecordings(pictures(times, "taken"))) found++;
    }
  expect(found).toBeLessThanOrEqual(sets / 20);
});

const clip = (folder: string, prefix: string, label: string, n = 5): FileFacts[] =>
  Array.from({ length: n }, (_, k) => ({ id: `${folder}/${prefix}${pad(10 * k)}.jpg`, label }));

test.each([
  ["video3_frame", "video3"],
  ["clip12_", "clip12"],
  ["MVI_0012-", "MVI_0012"],
  ["seq_03_", "seq_03"],
  ["kitchen rec 7 ", "kitchen rec 7"],
])("frames %j… are of the recording %j", (prefix, name) => {
  const files = [...clip("cup", prefix, "cup"), ...clip("cup", "video9_frame", "cup")];
  const found = findRecordings(files)!;
  expect(found).toMatchObject({ by: "name", count: 2, single: [] });
  expect(found.groups[0]).toBe(name);
});

test("frames of a folder are of one recording, and a clip is the same in the folders of two splits", () => {
  const files = [
    ...clip("cup/monday", "frame_", "cup"),
    ...clip("cup/tuesday", "frame_", "cup"),
    ...clip("train/hand", "video1_frame", "hand"),
    ...clip("test/hand", "video1_frame", "hand"),
  ];
  const found = findRecordings(files)!;
  expect([...new Set(found.groups)]).toEqual(["monday", "tuesday", "video1"]);
  expect(found.single).toEqual(["hand"]);
});

test("frames in class folders without a clip would be one recording of each class", () => {
  const files = [...clip("cup", "frame_", "cup"), ...clip("hand", "frame_", "hand")];
  expect(findRecordings(files)).toMatchObject({ count: 2, single: ["cup", "hand"] });
});

test("long and strange names are read in no time", () => {
  const names = ["rec1".repeat(60), `rec${"1_".repeat(120)}x`, "frame".repeat(50), "1a".repeat(120), "", "…"];
  const files = Array.from({ length: 600 }, (_, k) => ({
    id: `a/${names[k % 6]}.jpg`,
    label: "a",
    modified: k,
  }));
  const begin = performance.now();
  expect(findRecordings(files)).toBeUndefined();
  expect(performance.now() - begin).toBeLessThan(3000);
});
