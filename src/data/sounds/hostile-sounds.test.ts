import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { folderOf, tone, wavOf } from "../../../test/support/sound-files.js";
import { nodePlatform } from "../../platform/node.js";
import { openSounds, readSound } from "./index.js";

const golden = JSON.parse(
  readFileSync(new URL("../../../test/golden/sounds.json", import.meta.url), "utf8"),
) as {
  readonly codecs: readonly { readonly name: string; readonly file: string; readonly frames: number }[];
};

const stored = (name: string): Uint8Array => {
  const found = golden.codecs.find((one) => one.name.startsWith(name))!;
  return Uint8Array.from(Buffer.from(found.file, "base64"));
};
const text = (content: string): Uint8Array => new TextEncoder().encode(content);
const good = wavOf([tone(440)]);

/** A copy with some bytes changed. */
function changed(bytes: Uint8Array, change: (view: DataView, copy: Uint8Array) => void): Uint8Array {
  const copy = bytes.slice();
  change(new DataView(copy.buffer), copy);
  return copy;
}
/** Noise that never holds the start of a known format. */
const noise = Uint8Array.from({ length: 5000 }, (_, i) => (i * i * 31 + 7 * i + 3) % 251);

const videoFile = "it is an MP4 file, with video or AAC";
const unknownFormat = "it is no sound of a known format";
const undecodable = "it is damaged: nothing of it can be decoded";
const headerOnly = "it ends in its header";
const refused: readonly (readonly [name: string, bytes: Uint8Array, reason: string])[] = [
  ["an empty file", new Uint8Array(0), "it is empty"],
  ["random bytes", noise, unknownFormat],
  ["a text", text("label,1\n"), unknownFormat],
  [
    "a pointer of Git LFS",
    text("version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 1\n"),
    "it is a pointer of Git LFS instead of the sound itself",
  ],
  ["a web page", text("<!DOCTYPE html><title>404</title>"), "it is a web page"],
  ["a video", text("\0\0\0\x20ftypisom0000"), videoFile],
  ["M4A", text("\0\0\0\x20ftypM4A 0000"), "it is AAC or ALAC in an M4A file"],
  ["AAC", Uint8Array.of(0xff, 0xf1, 0x50, 0x80), "it is AAC"],
  ["WMA", Uint8Array.of(0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11), "it is Windows Media (WMA or WMV)"],
  ["AMR", text("#!AMR\n0000"), "it is AMR"],
  ["WebM", Uint8Array.of(0x1a, 0x45, 0xdf, 0xa3, 1), "it is WebM or Matroska, with video or sound"],
  ["half a WAV header", good.slice(0, 30), "its WAV header ends before the format of the samples"],
  ["a WAV header alone", changed(good.slice(0, 44), (v) => v.setUint32(40, 0, true)), "it holds no samples"],
  ["a WAV file without data", good.slice(0, 36), "it is a WAV file without samples"],
  [
    "a WAV file of 0 channels",
    changed(good, (v) => v.setUint16(22, 0, true)),
    "its header states 0 channels; 1 to 64 can be read",
  ],
  [
    "a WAV file of 65 channels",
    changed(good, (v) => v.setUint16(22, 65, true)),
    "its header states 65 channels; 1 to 64 can be read",
  ],
  [
    "a WAV file of 0 samples per second",
    changed(good, (v) => v.setUint32(24, 0, true)),
    "its header states 0 samples per second; 100 to 768,000 can be read",
  ],
  [
    "a WAV file of 1 sample per second",
    wavOf([new Float32Array(4000)], 1),
    "its header states 1 samples per second; 100 to 768,000 can be read",
  ],
  [
    "a WAV file that is too long when resampled",
    wavOf([new Float32Array(900_000)], 100),
    // 2^27 samples at 16,000 per second.
    "it is too long: 150 minutes at 100 samples per second with 1 channel; at most 139 minutes fit into memory",
  ],
  [
    "a WAV file whose rate has no common factor with the model's",
    wavOf([new Float32Array(500_000)], 700_001),
    "its rate of 700001 samples per second takes too long to convert",
  ],
  [
    "a WAV file of 4 billion samples per second",
    changed(good, (v) => v.setUint32(24, 0xffffffff, true)),
    "its header states 4294967295 samples per second; 100 to 768,000 can be read",
  ],
  [
    "a WAV file whose blocks do not fit its bits",
    changed(good, (v) => v.setUint16(32, 3, true)),
    "its WAV header contradicts itself: 3 bytes for 1 channel of 16 bits",
  ],
  [
    "a WAV file of 33 bits",
    changed(good, (v) => v.setUint16(34, 33, true)),
    "its WAV header states 33 bits in format 1, which do not exist together",
  ],
  [
    "a WAV file with ADPCM",
    changed(good, (v) => v.setUint16(20, 17, true)),
    "its samples are stored as IMA ADPCM, which cannot be read",
  ],
  [
    "a WAV file with values that are no numbers",
    changed(good, (v) => {
      v.setUint16(20, 3, true);
      v.setUint16(34, 32, true);
      v.setUint16(32, 4, true);
      v.setFloat32(48, Number.NaN, true);
    }),
    "it holds values that are infinite or no numbers",
  ],
  ["half a FLAC file", stored("FLAC PCM_16").slice(0, 6000), undecodable],
  ["the start of a FLAC header", stored("FLAC PCM_16").slice(0, 20), headerOnly],
  [
    "a FLAC file that states more samples than it has",
    changed(stored("FLAC PCM_16"), (v) => v.setUint32(22, 30_000)),
    "it is truncated: 0.07 of 0.68 seconds",
  ],
  [
    "a FLAC file that states more than fits into memory",
    changed(stored("FLAC PCM_16"), (v) => v.setUint32(22, 0xf0000000)),
    "it is too long: 1522 minutes at 44100 samples per second with 2 channels; at most 25 minutes fit into memory",
  ],
  ["half an Ogg Vorbis file", stored("OGG VORBIS, 2").slice(0, 4500), undecodable],
  ["the start of an Ogg header", stored("OGG OPUS").slice(0, 40), headerOnly],
];

describe("refuses with one sentence", () => {
  test.each(refused)("%s", async (_, bytes, reason) => {
    const root = folderOf({ "clip.wav": bytes });
    const path = `${root}/clip.wav`;
    await expect(readSound(nodePlatform, path, { rate: 16_000 })).rejects.toMatchObject({
      kind: "DataError",
      message: `cannot read ${JSON.stringify(path)}: ${reason}`,
    });
  });
});

describe("finds out that a file is truncated", () => {
  // 6,000 samples at 44,100 and 48,000 per second: 0.14 and 0.13 seconds.
  test.each([
    ["MP3", stored("MP3 MPEG_LAYER_III, 2").slice(0, 1500), /: it is truncated: 0\.0\d of 0\.14 seconds$/],
    [
      "Opus",
      stored("OGG OPUS, 2").slice(0, 1500),
      /: it is (truncated after 0\.\d\d seconds|damaged: nothing of it can be decoded)$/,
    ],
  ])("%s", async (_, bytes, message) => {
    const root = folderOf({ "clip.mp3": bytes });
    await expect(readSound(nodePlatform, `${root}/clip.mp3`, { rate: 16_000 })).rejects.toThrow(message);
  });
});

const samples = (bytes: Uint8Array) => {
  const root = folderOf({ "clip.wav": bytes });
  return readSound(nodePlatform, `${root}/clip.wav`, { rate: 16_000 });
};

describe("reads unusual files", () => {
  test.each([
    ["a data length of 0", 0],
    ["a data length of 0xFFFFFFFF", 0xffffffff],
    ["a data length beyond the end", 100_000],
  ])("%s: up to the end of the file", async (_, length) => {
    const lying = changed(good, (v) => v.setUint32(40, length, true));
    expect((await samples(lying)).samples).toEqual((await samples(good)).samples);
  });

  test("one sample", async () => {
    expect((await samples(wavOf([[0.5]]))).samples).toEqual(Float32Array.of(0.5));
  });

  test("384,000 samples per second", async () => {
    const sound = await samples(wavOf([tone(440, 384_000)], 384_000));
    expect(sound.samples.length).toBe(4000);
    // The tone has an amplitude of 0.5.
    expect(Math.max(...sound.samples)).toBeCloseTo(0.5, 3);
  });

  test("64 channels: the first one", async () => {
    const first = tone(440);
    const others = Array.from({ length: 63 }, () => new Float32Array(first.length));
    expect((await samples(wavOf([first, ...others]))).samples).toEqual((await samples(good)).samples);
  });

  test("silence", async () => {
    expect((await samples(wavOf([new Float32Array(100)]))).samples).toEqual(new Float32Array(100));
  });

  test("a chunk of odd length before the format, and one after the samples", async () => {
    const chunk = text("LIST\x03\0\0\0abc\0");
    const file = Uint8Array.from([...good.slice(0, 12), ...chunk, ...good.slice(12), ...chunk]);
    expect((await samples(file)).samples).toEqual((await samples(good)).samples);
  });
});

test("a dataset counts what it skips and why, and loses nothing", async () => {
  const files: Record<string, Uint8Array> = {};
  for (let i = 0; i < 20; i++)
    files[`${i % 2 ? "low" : "high"}/${i}.wav`] = wavOf([tone(i % 2 ? 200 + i : 2000 + i)]);
  files["low/empty.wav"] = new Uint8Array(0);
  files["high/video.wav"] = text("\0\0\0\x20ftypisom0000");
  files["low/silent.wav"] = wavOf([new Float32Array(4000)]);
  files["low/lying.wav"] = changed(wavOf([tone(500)]), (v) => v.setUint32(40, 0xffffffff, true));
  files["low/phone.amr"] = text("#!AMR\n0000");
  const { items, skipped, warnings, summary } = await openSounds(nodePlatform, folderOf(files));
  expect(items.length).toBe(22);
  expect(skipped).toEqual([
    { item: "high/video.wav", reason: videoFile },
    { item: "low/empty.wav", reason: "it is empty" },
  ]);
  expect(summary.silent).toBe(1);
  expect(warnings.map(({ message }) => message)).toEqual([
    '1 file left out, since AMR cannot be read: "low/phone.amr"; convert it to WAV, FLAC, MP3 or Opus, for example with ffmpeg',
    '1 clip holds nothing but silence: "low/silent.wav"',
    '1 WAV file states another length than it has: it is read to the end: "low/lying.wav"',
  ]);
});

test("channels in opposite phase are named: mixed into one they are silence", async () => {
  const loud = tone(500);
  const opposite = loud.map((x) => -x);
  await expect(samples(wavOf([loud, opposite]))).rejects.toMatchObject({
    message: expect.stringContaining("its 2 channels cancel each other: mixed into one, nothing is left"),
  });
  // One silent channel, silence in both, and channels that differ are sounds as they are.
  for (const channels of [
    [loud, new Float32Array(loud.length)],
    [new Float32Array(9), new Float32Array(9)],
    [loud, tone(510)],
  ])
    expect((await samples(wavOf(channels))).samples).toHaveLength(channels[0]!.length);
});

test("refuses data of which more than a tenth cannot be read", async () => {
  const root = folderOf({ "a/1.wav": good, "a/2.wav": noise, "b/3.wav": good, "b/4.wav": good });
  await expect(openSounds(nodePlatform, root)).rejects.toMatchObject({
    kind: "DataError",
    message: `1 of 4 clips (25 %) in ${JSON.stringify(root)} cannot be read; at most 10 % may be`,
    at: `a/2.wav: ${unknownFormat}`,
  });
});
