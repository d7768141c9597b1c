import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { nodeSounds } from "./node-sounds.js";

const { codecs } = JSON.parse(
  readFileSync(new URL("../../../test/golden/sounds.json", import.meta.url), "utf8"),
) as { readonly codecs: readonly { readonly name: string; readonly file: string }[] };
const flac = Uint8Array.from(
  Buffer.from(codecs.find(({ name }) => name.startsWith("FLAC PCM_16"))!.file, "base64"),
);
const enough = { samples: 1e6, milliseconds: 60_000 };

test("decodes several files, two at a time", async () => {
  const sounds = nodeSounds();
  const all = await Promise.all(Array.from({ length: 5 }, () => sounds.decode(flac, "flac", enough)));
  // 3,000 samples of 2 channels, see make-sounds.py.
  for (const { rate, channels } of all) {
    expect(rate).toBe(44_100);
    expect(channels.map(({ length }) => length)).toEqual([3000, 3000]);
  }
});

test("stops at its limits, and goes on with the next file", async () => {
  const sounds = nodeSounds();
  await expect(sounds.decode(flac, "flac", { ...enough, samples: 100 })).rejects.toThrow("too many samples");
  await expect(sounds.decode(flac, "flac", { ...enough, milliseconds: -1 })).rejects.toThrow("took too long");
  expect((await sounds.decode(flac, "flac", enough)).channels.length).toBe(2);
});

test("ends a thread that does not answer", async () => {
  const sounds = nodeSounds();
  // The time is over before the thread has started, so only its end can settle the request.
  const started = sounds.decode(flac, "flac", { ...enough, milliseconds: -1001 });
  await expect(started).rejects.toThrow("took too long");
  expect((await sounds.decode(flac, "flac", enough)).channels.length).toBe(2);
});

test("stops on request", async () => {
  const sounds = nodeSounds();
  const stopper = new AbortController();
  const decoding = sounds.decode(flac, "flac", { ...enough, signal: stopper.signal });
  stopper.abort(new Error("stopped"));
  await expect(decoding).rejects.toThrow("stopped");
});
