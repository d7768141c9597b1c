import { expect, test } from "vitest";
import { folderOf, tone, wavOf } from "../../../test/support/sound-files.js";
import { nodePlatform } from "../../platform/node.js";
import { openSounds, openTranscripts, readSound, soundsAt } from "./index.js";

const many = (n: number, hertz: number) => Array.from({ length: n }, (_, i) => wavOf([tone(hertz + 10 * i)]));

test("opens class folders", async () => {
  const files: Record<string, Uint8Array> = {};
  for (const [i, bytes] of many(8, 300).entries()) files[`low/${i}.wav`] = bytes;
  for (const [i, bytes] of many(8, 2000).entries()) files[`high/${i}.wav`] = bytes;
  const root = folderOf(files);
  expect(await soundsAt(nodePlatform, root)).toBe("class");
  const data = await openSounds(nodePlatform, root);
  expect(data.classes).toEqual(["high", "low"]);
  expect(data.items.length).toBe(16);
  expect(new Set(data.items.map(({ part }) => part))).toEqual(new Set(["train", "validation", "test"]));
  expect(data.items.filter(({ id }) => id.startsWith("low/")).every(({ label }) => label === 1)).toBe(true);
  expect(data.summary).toMatchObject({
    ...{ clips: 16, shortest: 0.25, median: 0.25, longest: 0.25, seconds: 4 },
    rates: [{ value: 16_000, clips: 16 }],
  });
});

test("opens a list with transcripts and speakers, and keeps each speaker in one split", async () => {
  const files: Record<string, Uint8Array | string> = {};
  const rows = ["audio,text,speaker"];
  for (const [i, bytes] of many(40, 300).entries()) {
    files[`wavs/${i}.wav`] = bytes;
    rows.push(`wavs/${i}.wav,word ${i},s${i % 20}`);
  }
  files["list.csv"] = rows.join("\n");
  const root = folderOf(files);
  expect(await soundsAt(nodePlatform, root)).toBe("text");
  const { items, groupedBy } = await openTranscripts(nodePlatform, root);
  expect(groupedBy).toBe("speaker");
  expect(new Set(items.map(({ group }) => group)).size).toBe(20);
  expect(items.find(({ id }) => id === "wavs/3.wav")!.text).toBe("word 3");
  for (const speaker of new Set(items.map(({ group }) => group)))
    expect(new Set(items.filter(({ group }) => group === speaker).map(({ part }) => part)).size).toBe(1);
});

test("reads a sound at the rate of the base", async () => {
  const root = folderOf({ "a.wav": wavOf([tone(440, 8000)], 8000) });
  const { rate, samples } = await readSound(nodePlatform, `${root}/a.wav`, { rate: 16_000 });
  expect(rate).toBe(16_000);
  expect(samples.length).toBe(4000);
});
