// Sounds by microphone with the library itself: a rumble and a hiss of a fake microphone, recorded, trained, and heard.
// @module-tag thorough
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { draws } from "../../src/core/random.js";
import { wavOf } from "../support/sound-files.js";
import { openStudio, setUpStudio, startStudioSite } from "./studio-tab.js";
import { card, tryPart } from "./try-flow.js";

const folder = join(tmpdir(), `engraft-sounds-${process.pid}`);
const film = join(folder, "sounds.wav");
const [rate, seconds] = [48_000, 6];
const random = draws(1, "noise");
const noise = Array.from({ length: rate * seconds + 1 }, () => random.uniform() - 0.5);
// No two clips of a noise are equal; clips of a tone may be. Sums are loudest at low frequencies, differences at high ones.
let sum = 0;
const rumble = noise.slice(1).map((one) => {
  sum = 0.98 * sum + 0.2 * one;
  return sum;
});
const hiss = noise.slice(1).map((one, i) => one - noise[i]!);
beforeAll(() => {
  mkdirSync(folder);
  writeFileSync(film, wavOf([[...rumble, ...hiss]], rate));
});
afterAll(() => rmSync(folder, { recursive: true }));
const its = setUpStudio(
  () => startStudioSite(),
  "--use-fake-device-for-media-stream",
  `--use-file-for-fake-audio-capture=${film}`,
  "--use-fake-ui-for-media-stream",
  "--disable-audio-output",
  "--js-flags=--liftoff-only",
);

/** Lets the test hear what the page hears. */
const hearing = `
  const { mediaDevices } = navigator;
  const open = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = async (wanted) => {
    const stream = await open(wanted);
    const context = new AudioContext();
    globalThis.heard = context.createAnalyser();
    context.createMediaStreamSource(stream).connect(heard);
    return stream;
  };
`;

/** Class of the sound that the microphone hears. */
const soundNow = (page: Page): Promise<string> =>
  page.evaluate(`
    const loudness = new Uint8Array(heard.frequencyBinCount);
    heard.getByteFrequencyData(loudness);
    loudness.indexOf(Math.max(...loudness)) * heard.context.sampleRate / heard.fftSize < 1000 ? "Class 1" : "Class 2";
  `);

/** Makes some recordings of one clip of each sound, in its class. A recording in which the sound changed is undone. */
async function recordSounds(page: Page, count: number): Promise<void> {
  const left: Record<string, number> = { "Class 1": count, "Class 2": count };
  while (Object.values(left).some((one) => one > 0)) {
    const name = await soundNow(page);
    if (left[name] === 0) await page.waitForTimeout(100);
    else {
      const clips = card(page, name).getByRole("option");
      const before = await clips.count();
      await card(page, name).getByRole("button", { name: "Hold to record" }).click();
      await clips.nth(before).waitFor();
      if ((await soundNow(page)) === name) left[name]!--;
      else await page.getByRole("button", { name: "Undo" }).click();
    }
  }
}

/** Waits until a class is the most probable one. With five clips each, the model may be unsure. */
const heard = (page: Page, name: string): Promise<void> =>
  tryPart(page).getByRole("listitem").first().getByText(name).waitFor();

test("a rumble and a hiss by microphone: live predictions, a training, its number, and its model that hears them", async () => {
  const { page, faults, close } = await openStudio(its.browser, its.site.url, {
    permissions: ["microphone"],
  });
  await page.addInitScript(hearing);
  await page.reload();
  await page.getByRole("button", { name: /^Sounds From/ }).click();
  // The first clip opens the microphone.
  await card(page, "Class 1").getByRole("button", { name: "Hold to record" }).click();
  await card(page, "Class 1").getByRole("option").first().waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await recordSounds(page, 5);
  for (const name of ["Class 1", "Class 2"]) await heard(page, name);
  await page.getByRole("link", { name: "Train", exact: true }).first().click();
  await page.getByRole("button", { name: "Quick" }).click();
  await page.getByText(/^Done: /).waitFor();
  await page.getByRole("link", { name: "See the result" }).click();
  await page.getByText(/^On \d+ test samples/).waitFor();
  await page.getByRole("link", { name: "Try", exact: true }).first().click();
  await page.getByRole("combobox", { name: "Model" }).selectOption({ index: 1 });
  await tryPart(page).getByRole("button", { name: "Listen", exact: true }).click();
  for (const name of ["Class 1", "Class 2"]) await heard(page, name);
  expect(faults).toEqual([]);
  await close();
});
