// Methods that train a base of texts or sounds: a shift where the source alone fails, and the method recovers.
// @module-tag thorough
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { audioNet } from "../../src/bases/architectures/audio-net.js";
import { draws } from "../../src/core/random.js";
import { adapt, load, resume } from "../../src/index.js";
import { writeSoundBase } from "../support/sound-data.js";
import { wavOf } from "../support/sound-files.js";
import { stopRun } from "../support/stop-run.js";
import { reviews, writeTextBase } from "../support/text-base.js";

const root = mkdtempSync(join(tmpdir(), "engraft-adapt-bases-"));
const at = (...parts: string[]): string => join(root, ...parts);
afterAll(() => rmSync(root, { recursive: true, force: true }));
const common = { batchSize: 16, threads: 1, cache: false } as const;

const texts = reviews(320);
/** Writes reviews as a list, each between the same words of its domain. */
function list(name: string, some: typeof texts, [before, after]: readonly [string, string]): string {
  const lines = some.map(({ text, label }) => `${before}${text}${after},${label}`);
  writeFileSync(at(name), ["text,label", ...lines].join("\n"));
  return at(name);
}
const books = list("books.csv", texts.slice(0, 160), ["", ""]);
// "slow" is a word of blame in the source, and in every review of the target.
const phones = list("phones.csv", texts.slice(160), ["slow ", " phone phone"]);
const textBase = writeTextBase(at("text-base"));

/** Writes high and low tones with another tone in the background of all. */
function tones(name: string, background: number): string {
  for (const [c, label] of ["high", "low"].entries())
    for (let i = 0; i < 80; i++) {
      const file = at(name, label, `${name}${i}.wav`);
      mkdirSync(dirname(file), { recursive: true });
      const draw = draws(5, name, c, i);
      const pitch = c === 1 ? 400 + 200 * draw.uniform() : 1200 + 600 * draw.uniform();
      const length = Math.round((0.1 + 0.1 * draw.uniform()) * 16_000);
      const wave = (hertz: number, k: number): number => Math.sin((2 * Math.PI * hertz * k) / 16_000);
      const samples = Float32Array.from(
        { length },
        (_, k) => 0.1 * wave(pitch, k) + background * wave(3000, k) + 0.03 * draw.normal(),
      );
      writeFileSync(file, wavOf([samples]));
    }
  return at(name);
}

test("a text encoder that is trained with JAN reads the target, and without it does not", async () => {
  const how = { ...common, base: textBase, method: "jan", epochs: 8 } as const;
  const result = await adapt(books, phones, { ...how, out: at("texts") });
  expect(result.unit).toBe("text");
  expect(result.source_only.source_accuracy).toBeGreaterThan(0.9);
  expect(result.source_only.test!.accuracy).toBeLessThan(0.65);
  expect(result.test!.accuracy).toBeGreaterThan(0.85);
  const model = await load(result.model);
  expect(model.task).toBe("text-classification");
  // Stopped after an epoch and resumed, the run is the same.
  await stopRun((stop) => adapt(books, phones, { ...how, out: at("resumed"), ...stop }));
  const resumed = (await resume(at("resumed"))) as typeof result;
  expect(resumed.candidates).toEqual(result.candidates);
});

test.each(["dann", "deep-coral", "mcc", "cdan", "kliep"] as const)(
  "%s trains a text encoder on batches of several lengths",
  async (method) => {
    const how = { ...common, base: textBase, method, epochs: 1, lr: 1e-3 } as const;
    const result = await adapt(books, phones, { ...how, out: at(method) });
    expect(result.method.name).toBe(method);
    expect(result.candidates.every(({ score }) => Number.isFinite(score))).toBe(true);
    expect(result.base.name).toBe("text-base");
  },
);

test("a base of sounds that is trained with JAN hears the target, and without it does not", async () => {
  const [clean, background] = [tones("clean", 0), tones("h3000", 0.4)];
  const base = writeSoundBase(at("sound-base"), audioNet({ widths: [8, 16] }));
  const how = { ...common, base, method: "jan", epochs: 15, lr: 0.01 } as const;
  const result = await adapt(clean, background, { ...how, out: at("sounds") });
  expect(result.unit).toBe("clip");
  expect(result.source_only.source_accuracy).toBe(1);
  expect(result.source_only.test!.accuracy).toBeLessThan(0.65);
  expect(result.test!.accuracy).toBeGreaterThan(0.85);
});
