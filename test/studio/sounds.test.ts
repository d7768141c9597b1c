// Projects of sounds: clips by microphone, files, playing, and live listening. The microphone is a tone whose pitch the test sets.
// @module-tag thorough
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "../support/chromium.js";
import { tone, wavOf } from "../support/sound-files.js";
import type { Site } from "../web/site.js";
import { openSamples, startSamplesSite } from "./samples-site.js";
import { expectAccessible } from "./studio-tab.js";

const flags = ["--use-fake-device-for-media-stream", "--disable-audio-output"];
let browser: Browser;
let site: Site;
beforeAll(async () => {
  [browser, site] = await Promise.all([
    launchChromium(...flags, "--use-fake-ui-for-media-stream"),
    startSamplesSite(),
  ]);
});
afterAll(async () => {
  await browser.close();
  await site.close();
});

/** Replaces the microphone by a tone, whose pitch and loudness the test sets. */
const toneForMicrophone = `
navigator.mediaDevices.getUserMedia = async () => {
  const context = new AudioContext();
  const source = context.createOscillator();
  const loudness = context.createGain();
  const out = context.createMediaStreamDestination();
  source.connect(loudness);
  loudness.connect(out);
  source.start();
  globalThis.pitch = source.frequency;
  globalThis.loudness = loudness.gain;
  pitch.value = 300;
  return out.stream;
};`;

async function openSounds(width?: number) {
  const viewport = width === undefined ? {} : { viewport: { width, height: 844 } };
  const tab = await openSamples(browser, site.url, { kind: "sounds" }, viewport);
  await tab.page.evaluate(toneForMicrophone);
  return tab;
}

const card = (page: Page, name: string) => page.getByRole("group", { name, exact: true });
const clips = (page: Page, name: string) => card(page, name).getByRole("option");
const recordButton = (page: Page, name: string) =>
  card(page, name).getByRole("button", { name: /Hold to record|Recording/ });

/** Holds the record button until there are some clips. */
async function hold(page: Page, name: string, count: number): Promise<void> {
  await recordButton(page, name).hover();
  await page.mouse.down();
  await clips(page, name)
    .nth(count - 1)
    .waitFor();
  await page.mouse.up();
  await card(page, name).getByRole("button", { name: "Hold to record" }).waitFor();
}

const shot = async (page: Page, name: string): Promise<void> => {
  const folder = process.env.ENGRAFT_SCREENSHOT;
  if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
};

test("two sounds are recorded while a button is held, then heard live, played and removed", async () => {
  const { page, faults, close } = await openSounds();
  await page.getByRole("button", { name: "Add the class “Background noise”" }).waitFor();
  await expectAccessible(page);
  // A short press is one clip of a second.
  await recordButton(page, "Class 1").click();
  await clips(page, "Class 1").nth(0).waitFor();
  await hold(page, "Class 1", 5);
  await page.evaluate("void (pitch.value = 2000)");
  await hold(page, "Class 2", 5);
  await card(page, "Class 1").getByText("2 recordings").waitFor();
  await card(page, "Class 2").getByText("1 recording").waitFor();
  await card(page, "Class 2").locator("path").first().waitFor();
  await expectAccessible(page);
  await shot(page, "sounds");
  const best = (name: string) => page.locator(".try-best", { hasText: name }).waitFor();
  await best("Class 2");
  await page.evaluate("void (pitch.value = 300)");
  await best("Class 1");
  await page.evaluate(`
    globalThis.played = 0;
    const { start } = AudioBufferSourceNode.prototype;
    AudioBufferSourceNode.prototype.start = function () {
      played++;
      start.call(this);
    };
  `);
  await clips(page, "Class 1").first().locator(".play").click();
  await page.waitForFunction("globalThis.played === 1");
  await clips(page, "Class 1").first().click();
  await page.keyboard.press("Enter");
  await page.waitForFunction("globalThis.played === 2");
  const before = await clips(page, "Class 1").count();
  await page.keyboard.press("Delete");
  await clips(page, "Class 1")
    .nth(before - 1)
    .waitFor({ state: "detached" });
  expect(faults).toEqual([]);
  await close();
});

test("a silent clip is reported, on a phone", async () => {
  const { page, faults, close } = await openSounds(390);
  const before = await recordButton(page, "Class 1").boundingBox();
  await recordButton(page, "Class 1").hover();
  await page.mouse.down();
  await clips(page, "Class 1").nth(0).waitFor();
  // The held button keeps its place and its size.
  expect(await recordButton(page, "Class 1").boundingBox()).toEqual(before);
  await page.mouse.up();
  await card(page, "Class 1").getByRole("button", { name: "Hold to record" }).waitFor();
  await page.evaluate("void (loudness.value = 0)");
  await page.waitForTimeout(300);
  await recordButton(page, "Class 1").click();
  await card(page, "Class 1").getByText("1 of 1 clips is silent. Is the microphone muted?").waitFor();
  await expectAccessible(page);
  await shot(page, "sounds-390");
  expect(faults).toEqual([]);
  await close();
});

test("silent files are named above the cards, and can be removed", async () => {
  const { page, faults, close } = await openSounds();
  const file = (name: string, samples: Float32Array) => {
    return { name, mimeType: "audio/wav", buffer: Buffer.from(wavOf([samples])) };
  };
  await card(page, "Class 1")
    .getByLabel("Add files")
    .setInputFiles([file("loud.wav", tone(440, 16_000, 1)), file("silent.wav", new Float32Array(16_000))]);
  await page.getByText("1 sound is silent.", { exact: true }).waitFor();
  await expectAccessible(page);
  await page.getByRole("button", { name: /^Remove.*1 sound is silent/ }).click();
  await clips(page, "Class 1").nth(1).waitFor({ state: "detached" });
  expect(await clips(page, "Class 1").count()).toBe(1);
  expect(faults).toEqual([]);
  await close();
});

test("the key R records into the selected class, and ends the recording", async () => {
  const { page, faults, close } = await openSounds();
  await card(page, "Class 2").getByText("0 sounds").click();
  await page.keyboard.press("r");
  await clips(page, "Class 2").nth(1).waitFor();
  await page.keyboard.press("r");
  await card(page, "Class 2").getByRole("button", { name: "Hold to record" }).waitFor();
  expect(await clips(page, "Class 1").count()).toBe(0);
  expect(faults).toEqual([]);
  await close();
});

test("sound files are added; empty files and other files are named with what to do", async () => {
  const { page, faults, close } = await openSounds();
  const file = (name: string, buffer: Buffer) => ({ name, mimeType: "", buffer });
  const wav = Buffer.from(wavOf([[...tone(400, 16_000, 0.5)]], 16_000));
  await card(page, "Class 1")
    .getByLabel("Add files")
    .setInputFiles([
      file("ok.wav", wav),
      file("none.mp3", Buffer.alloc(0)),
      file("a.docx", Buffer.from("x")),
    ]);
  await card(page, "Class 1").getByText("1 sound", { exact: true }).waitFor();
  await page.getByText("“none.mp3” is empty. Choose WAV, MP3, OGG, Opus or FLAC files.").waitFor();
  await page.getByText("“a.docx” is not a sound file. Choose WAV, MP3, OGG, Opus or FLAC files.").waitFor();
  expect(faults).toEqual([]);
  await close();
});

test("a class of background noise is proposed in a project without sounds", async () => {
  const { page, faults, close } = await openSounds();
  await page.getByRole("button", { name: "Add the class “Background noise”" }).click();
  await card(page, "Background noise").waitFor();
  await page.getByRole("button", { name: "Add the class “Background noise”" }).waitFor({ state: "detached" });
  expect(faults).toEqual([]);
  await close();
});

test("a refused microphone says what to do; nothing is lost", async () => {
  const denying = await launchChromium(...flags, "--use-fake-ui-for-media-stream=deny");
  const { page, close } = await openSamples(denying, site.url, { kind: "sounds" });
  await recordButton(page, "Class 1").click();
  const notice = page.locator(".notice.error");
  await notice.getByText("permission to use the microphone was refused").waitFor();
  expect(await notice.textContent()).toContain("allow the microphone for this site");
  await card(page, "Class 1").getByRole("button", { name: "Hold to record" }).waitFor();
  await close();
  await denying.close();
});
