import { rmSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { folderOf, tone, wavOf } from "../../../test/support/sound-files.js";
import { inEnglish } from "../../core/messages/message.js";
import { nodePlatform } from "../../platform/node.js";
import { recognize } from "../../tasks/recognition/recognize.js";
import { labelTargets, numberTargets } from "../targets.js";
import { openSounds, openSoundTargets, openTranscripts, readSound } from "./index.js";

const many = (n: number, hertz: number) => Array.from({ length: n }, (_, i) => wavOf([tone(hertz + 10 * i)]));
/** Returns the targets of the sounds at a path; undefined if other inputs are recognized. */
async function targetOf(path: string): Promise<string | undefined> {
  const { input, head } = await recognize({ platform: nodePlatform, path }, {});
  return input === "audio" ? head : undefined;
}

test("opens class folders", async () => {
  const files: Record<string, Uint8Array> = {};
  for (const [i, bytes] of many(8, 300).entries()) files[`low/${i}.wav`] = bytes;
  for (const [i, bytes] of many(8, 2000).entries()) files[`high/${i}.wav`] = bytes;
  const root = folderOf(files);
  expect(await targetOf(root)).toBe("classes");
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
  expect(await targetOf(root)).toBe("transcript");
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

test("finds copies of a recording in other formats, loudness and cuts, and keeps them in one split", async () => {
  const word = (i: number) => {
    // Tones that change every 50 ms, other ones in each clip.
    const pitch = (block: number) => 300 + ((7919 * (block + 1) * (i + 3)) % 2500);
    const samples = Float32Array.from(
      { length: 24_000 },
      (_, t) => 0.3 * Math.sin((2 * Math.PI * pitch(Math.floor(t / 800)) * t) / 16_000),
    );
    // The loudest place.
    samples[12_000] = 0.9;
    return samples;
  };
  const files: Record<string, Uint8Array> = {};
  for (let i = 0; i < 12; i++) files[`${i % 2 ? "a" : "b"}/${i}.wav`] = wavOf([word(i)]);
  files["a/same.wav"] = wavOf([word(1)]);
  files["a/quiet.wav"] = wavOf([word(3).map((x) => 0.4 * x)]);
  files["a/cut.wav"] = wavOf([word(5).slice(1234)]);
  const { items, duplicates } = await openSounds(nodePlatform, folderOf(files));
  expect(duplicates).toMatchObject({ exact: 1, near: 2 });
  const partOf = (id: string) => items.find((item) => item.id === id)!.part;
  for (const [copy, original] of [
    ["a/same.wav", "a/1.wav"],
    ["a/quiet.wav", "a/3.wav"],
    ["a/cut.wav", "a/5.wav"],
  ] as const)
    expect(partOf(copy)).toBe(partOf(original));
});

test("reports clips of one speaker on two sides of a given split", async () => {
  const files: Record<string, Uint8Array | string> = {};
  const rows = ["audio,label,split,speaker"];
  for (let i = 0; i < 12; i++) {
    files[`${i}.wav`] = wavOf([tone(300 + 50 * i)]);
    rows.push(`${i}.wav,${i % 2},${i < 6 ? "train" : i < 9 ? "val" : "test"},s${i === 11 ? 0 : i}`);
  }
  files["list.csv"] = rows.join("\n");
  const { leaks, warnings } = await openSounds(nodePlatform, folderOf(files));
  expect(leaks).toEqual([
    { kind: "group", item: "0.wav", part: "train", other: "11.wav", other_part: "test" },
  ]);
  expect(warnings.map(({ message }) => message)).toContain(
    "1 clip of 1 group on two sides of the given split: the test score may be optimistic; leave the split out, and groups stay together",
  );
});

test("proposes speakers that the file names state, and does not take them", async () => {
  const files: Record<string, Uint8Array> = {};
  for (const [s, speaker] of ["ann", "bob", "eve"].entries())
    for (let i = 0; i < 8; i++)
      files[`${i % 2 ? "yes" : "no"}/${i}_${speaker}_${i}.wav`] = wavOf([tone(300 + 100 * s + 9 * i)]);
  const root = folderOf(files);
  const { warnings, items } = await openSounds(nodePlatform, root);
  expect(items.every(({ group }) => group === undefined)).toBe(true);
  const proposal = warnings.find(({ code }) => code === "speakers_in_names")!;
  expect(proposal.message).toContain('3 speakers or recordings, such as "0_ann_0", "0_bob_0", "0_eve_0"');
  const [, pattern] = /--group-from (".*") keeps/.exec(proposal.message)!;
  const grouped = await openSounds(nodePlatform, root, { groupFrom: JSON.parse(pattern!) as string });
  expect(new Set(grouped.items.map(({ group }) => group))).toEqual(new Set(["ann", "bob", "eve"]));
});

test("summarizes rates, lengths, channels, clipping, zeros and an empty upper band", async () => {
  const low = tone(440, 8000, 0.5);
  const files: Record<string, Uint8Array> = {};
  for (let i = 0; i < 8; i++) files[`${i % 2 ? "a" : "b"}/${i}.wav`] = wavOf([tone(5000 + 10 * i)]);
  files["a/low.wav"] = wavOf([low], 8000);
  files["b/stereo.wav"] = wavOf([tone(5100), tone(5200)]);
  files["a/clipped.wav"] = wavOf([tone(5300).map((x) => 9 * x)]);
  files["b/zeros.wav"] = wavOf([Float32Array.from([...tone(5400), ...new Float32Array(1000)])]);
  const { summary, warnings } = await openSounds(nodePlatform, folderOf(files));
  expect(summary).toMatchObject({
    ...{ clips: 12, clipped: 1, silent: 0, narrow: 1, zeros: 1, longest: 0.5 },
    rates: [
      { value: 16_000, clips: 11 },
      { value: 8000, clips: 1 },
    ],
    channels: [
      { value: 1, clips: 11 },
      { value: 2, clips: 1 },
    ],
  });
  // 10 clips of 0.25 s, one of 0.3125 s and one of 0.5 s: 3.3 s.
  expect(summary.messages.map((one) => inEnglish([one]))).toEqual([
    "12 clips, 3.3 s in all: 0.25 to 0.50 s, median 0.25 s",
    "samples per second: 16,000 (11 clips), 8,000 (1 clip)",
    "more than one channel in 1 of 12 clips",
    "clipped at full scale: 1 of 12 clips",
    "nothing above 4 kHz in 1 of 12 clips",
  ]);
  expect(warnings.map(({ message }) => message)).toEqual([
    "1 of 12 clips end in digital silence: a model may learn that instead of the sound, if it is more frequent in some classes",
  ]);
});

test("digital silence is not said to belong to classes if there are none", async () => {
  const files: Record<string, Uint8Array | string> = {};
  const rows = ["file_name,text"];
  for (let i = 0; i < 20; i++) {
    files[`${i}.wav`] = wavOf([Float32Array.from([...tone(300 + 50 * i), ...new Float32Array(1000)])]);
    rows.push(`${i}.wav,word ${i}`);
  }
  files["metadata.csv"] = rows.join("\n");
  const { warnings } = await openTranscripts(nodePlatform, folderOf(files));
  expect(warnings.find(({ code }) => code === "zeros_at_the_end")!.message).toBe(
    "all 20 clips end in digital silence: a model may learn that instead of the sound",
  );
});

test("opens several labels and numbers of a list", async () => {
  const files: Record<string, Uint8Array | string> = {};
  const [labels, numbers] = [["audio,labels"], ["path;value"]];
  for (let i = 0; i < 20; i++) {
    files[`data/${i}.wav`] = wavOf([tone(300 + 50 * i)]);
    labels.push(`data/${i}.wav,${["rain|wind", "rain", "wind", ""][i % 4]}`);
    numbers.push(`data/${i}.wav;${i},5`);
  }
  files["labels.csv"] = labels.join("\n");
  files["numbers.csv"] = numbers.join("\n");
  const root = folderOf(files);
  expect(await targetOf(`${root}/labels.csv`)).toBe("labels");
  const several = await openSoundTargets(nodePlatform, `${root}/labels.csv`, labelTargets({}));
  expect(several.classes).toEqual(["rain", "wind"]);
  const labelsOf = (n: number) => several.items.find(({ id }) => id === `data/${n}.wav`)!.labels;
  expect([0, 1, 2, 3].map(labelsOf)).toEqual([[0, 1], [0], [1], []]);
  expect(await targetOf(`${root}/numbers.csv`)).toBe("numbers");
  const { targets, items } = await openSoundTargets(
    nodePlatform,
    `${root}/numbers.csv`,
    numberTargets(undefined),
  );
  expect(targets).toEqual(["value"]);
  expect(items.find(({ id }) => id === "data/7.wav")!.values).toEqual([7.5]);
});

test("is undefined for data without sounds", async () => {
  const root = folderOf({ "table.csv": "x,y\n1,2\n", "pictures/a.jpg": "" });
  expect(await targetOf(root)).toBeUndefined();
  expect(await targetOf(`${root}/table.csv`)).toBeUndefined();
});

test("remembers what it found in files that have not changed", async () => {
  const files: Record<string, Uint8Array> = {};
  for (let i = 0; i < 12; i++)
    files[`${i % 2 ? "a" : "b"}/${i}.wav`] = wavOf([tone(300 + 50 * i, 16_000, 1.5)]);
  const root = folderOf(files);
  let reads = 0;
  const platform = {
    ...nodePlatform,
    cacheDir: () => `${root}-cache`,
    files: {
      ...nodePlatform.files,
      // Files of the last two seconds are not remembered, and the time of a change cannot be set.
      stat: async (path: string) => {
        const state = await nodePlatform.files.stat(path);
        return state && { ...state, changed: state.changed - 3_600_000 };
      },
      read: (...[path, options]: Parameters<typeof nodePlatform.files.read>) => {
        if (path.endsWith(".wav")) reads++;
        return nodePlatform.files.read(path, options);
      },
    },
  };
  onTestFinished(() => rmSync(`${root}-cache`, { recursive: true }));
  const first = await openSounds(platform, root);
  expect(reads).toBe(12);
  expect(await openSounds(platform, root)).toEqual(first);
  expect(reads).toBe(12);
  await openSounds(platform, root, { downmix: "mean" });
  expect(reads).toBe(24);
});
