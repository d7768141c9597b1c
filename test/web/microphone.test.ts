// A microphone that plays a file of tones: clips are recorded, a model is trained on them, and it listens.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readSound } from "../../src/data/sounds/index.js";
import type { Answer } from "../../src/inference/answer.js";
import { nodePlatform } from "../../src/platform/node.js";
import type * as Web from "../../src/web/index.js";
import { launchChromium } from "../support/chromium.js";
import { speechRun } from "../support/shared-runs.js";
import { tone, wavOf } from "../support/sound-files.js";
import { type Site, startSite } from "./site.js";
import { openTab, ort } from "./tab.js";

const folder = mkdtempSync(join(tmpdir(), "engraft-microphone-"));
const file = join(folder, "tones.wav");
const flags = [
  "--use-fake-device-for-media-stream",
  `--use-file-for-fake-audio-capture=${file}`,
  "--disable-audio-output",
];
let browser: Browser;
let site: Site;
beforeAll(async () => {
  // The browser repeats the file: a second of each tone, at a rate that is not the model's.
  const rate = 44_100;
  writeFileSync(file, wavOf([[...tone(400, rate, 1), ...tone(1500, rate, 1)]], rate));
  [browser, site] = await Promise.all([
    launchChromium(...flags, "--use-fake-ui-for-media-stream", "--js-flags=--liftoff-only"),
    startSite({
      isolated: true,
      files: {
        "/strict.html": `<!doctype html><meta http-equiv=Content-Security-Policy content="script-src 'self' 'unsafe-eval'"><link rel=icon href=data:,>`,
      },
    }),
  ]);
});
afterAll(async () => {
  await browser.close();
  await site.close();
  rmSync(folder, { recursive: true });
});

/** Runs in the browser: nothing of this file is there. */
async function recordTrainListen({ ort, each, answers }: { ort: string; each: number; answers: number }) {
  const load = new Function("path", "return import(path)") as (path: string) => Promise<typeof Web>;
  const { listen, load: loadModel, openMicrophone, train } = await load("/package/dist/browser/engraft.js");
  /** The tone of a clip by its zero crossings; undefined if another one begins within it. */
  const toneOf = (samples: Float32Array, rate: number): "low" | "high" | undefined => {
    const quarter = Math.floor(samples.length / 4);
    const hertz = [0, 1, 2, 3].map((q) => {
      const part = samples.subarray(q * quarter, (q + 1) * quarter);
      const crossings = part.filter((v, i) => i > 0 && v < 0 !== part[i - 1]! < 0).length;
      return (crossings * rate) / (2 * quarter);
    });
    const isNear = (pitch: number) => hertz.every((one) => Math.abs(one - pitch) < 0.1 * pitch);
    return isNear(400) ? "low" : isNear(1500) ? "high" : undefined;
  };
  const microphone = await openMicrophone({ rate: 16_000 });
  const rows: { file: File; label: "low" | "high" }[] = [];
  const count = (label: string): number => rows.filter((row) => row.label === label).length;
  let [recorded, length] = [0, 0];
  while (Math.min(count("low"), count("high")) < each) {
    const { samples, rate, file } = await microphone.record({ seconds: 0.3 });
    recorded++;
    length = samples.length;
    const label = toneOf(samples, rate);
    if (label && count(label) < each) rows.push({ file, label });
  }
  const run = await train(rows, { ort, strategy: "probe", name: "tones" });
  const model = await loadModel({ run: "tones" }, { ort });
  if (model.task !== "audio-classification") throw new Error(model.task);
  const stop = new AbortController();
  const heard: { tone: string; label: string; at: number }[] = [];
  let window = new Float32Array(0);
  const result = await listen(
    {
      rate: model.rate,
      predict: (sounds) => {
        window = Float32Array.from(sounds[0]!);
        return model.predict(sounds);
      },
    },
    {
      ...{ microphone, window: 0.3, signal: stop.signal },
      onPrediction: ([best]: Answer[], { seconds }) => {
        const tone = toneOf(window, model.rate);
        if (tone) heard.push({ tone, label: best!.label, at: seconds });
        const hasBoth = heard.some(({ tone }) => tone !== heard[0]!.tone);
        if (heard.length >= answers && hasBoth) stop.abort();
      },
    },
  );
  await microphone.close();
  const closed = await microphone.record({ seconds: 1 }).catch((error: Error) => error.message);
  model.close();
  return { task: run.task, recorded, length, heard, result, closed, rate: model.rate };
}

test("records clips, trains on them, and hears the right class in every window", async ({ annotate }) => {
  const page = await openTab(browser, site.url);
  const { heard, result, ...found } = await page.evaluate(recordTrainListen, { ort, each: 6, answers: 8 });
  await page.close();
  expect(found).toMatchObject({ task: "audio-classification", length: 4800, rate: 16_000 });
  expect(found.closed).toBe("the microphone was closed");
  expect(heard.filter(({ tone, label }) => tone !== label)).toEqual([]);
  expect(new Set(heard.map(({ label }) => label))).toEqual(new Set(["low", "high"]));
  // Each window is newer than the one before.
  expect(heard.every(({ at }, i) => i === 0 || at > heard[i - 1]!.at)).toBe(true);
  expect(result.predictions).toBeGreaterThanOrEqual(8);
  await annotate(
    `${(result.predictions / result.seconds).toFixed(1)} predictions per second, ${result.skipped} skipped`,
  );
});

/** Runs in the browser: nothing of this file is there. */
async function recordAndTranscribe({
  ort,
  files,
}: {
  ort: string;
  files: [path: string, bytes: number[]][];
}) {
  const load = new Function("path", "return import(path)") as (path: string) => Promise<typeof Web>;
  const { load: loadModel, openMicrophone } = await load("/package/dist/browser/engraft.js");
  const content = files.map(([path, bytes]) => ({ path, content: Uint8Array.from(bytes) }));
  const model = await loadModel({ files: content }, { ort });
  if (model.task !== "automatic-speech-recognition") throw new Error(model.task);
  const microphone = await openMicrophone({ rate: model.rate });
  const { samples } = await microphone.record({ seconds: 5 });
  const [recognised] = await model.predict([samples]);
  await microphone.close();
  model.close();
  return recognised!;
}

test("speech is recorded, then transcribed with the times of its words", { tags: ["thorough"] }, async () => {
  const { data, result } = await speechRun();
  const { model } = result;
  const { samples } = await readSound(nodePlatform, join(data, "0.wav"), { rate: 16_000 });
  // The browser repeats the file: a sentence, and half a second of silence.
  const said = join(folder, "said.wav");
  writeFileSync(said, wavOf([[...samples, ...new Float32Array(8000)]]));
  const speaking = await launchChromium(
    ...flags.filter((flag) => !flag.includes("audio-capture")),
    `--use-file-for-fake-audio-capture=${said}`,
    "--use-fake-ui-for-media-stream",
  );
  const page = await openTab(speaking, site.url);
  const paths = readdirSync(model, { recursive: true, encoding: "utf8" }).filter((path) => extname(path));
  const files = paths.map((path): [string, number[]] => [path, [...readFileSync(join(model, path))]]);
  const { text, words } = await page.evaluate(recordAndTranscribe, { ort, files });
  await speaking.close();
  expect(text).toContain("ou aua");
  const i = words.findIndex(({ word }, at) => word === "ou" && words[at + 1]?.word === "aua");
  const frames = (words[i + 1]!.start - words[i]!.start) / 0.04;
  // The first word has two syllables of 0.16 s, then a pause of that length: 12 frames of 40 ms. The model may hear each
  // word a frame too early or too late, and the recording begins within a frame.
  expect(frames).toBeGreaterThan(12 - 3.5);
  expect(frames).toBeLessThan(12 + 3.5);
});

/** Replaces the microphone by a tone, whose pitch the test sets. */
const toneForMicrophone = `
navigator.mediaDevices.getUserMedia = async () => {
  const context = new AudioContext();
  const source = context.createOscillator();
  const out = context.createMediaStreamDestination();
  source.connect(out);
  source.start();
  globalThis.pitch = source.frequency;
  pitch.value = 300;
  return out.stream;
};`;

/** Opens a microphone in a page, which fails. */
async function refusal(page: Page): Promise<{ kind: string; message: string; help: string } | undefined> {
  return page.evaluate(async () => {
    const load = new Function("path", "return import(path)") as (path: string) => Promise<typeof Web>;
    const { openMicrophone } = await load("/package/dist/browser/engraft.js");
    return openMicrophone().then(
      () => undefined,
      ({ kind, message, help }) => ({ kind, message, help }),
    );
  });
}

test("says what to do if permission is refused", async () => {
  const denying = await launchChromium(...flags, "--use-fake-ui-for-media-stream=deny");
  const page = await openTab(denying, site.url);
  expect(await refusal(page)).toEqual({
    kind: "DataError",
    message: "permission to use the microphone was refused",
    help: 'allow the microphone for this site beside the browser\'s address bar, then try again; a page inside a frame also needs allow="microphone"',
  });
  await denying.close();
});

test.each([
  ["NotFoundError", "there is no microphone", "connect one, then try again"],
  [
    "NotReadableError",
    "the microphone is in use by another program",
    "close that program, or choose another microphone",
  ],
  [
    "OverconstrainedError",
    "no microphone fits the given constraints",
    "leave out `constraints`, or name another device",
  ],
  ["AbortError", "the microphone cannot be opened: it is broken", "try another microphone"],
])("says what to do after the browser's %s", async (name, message, help) => {
  const page = await openTab(browser, site.url);
  await page.evaluate((name) => {
    const { navigator } = globalThis as unknown as { navigator: { mediaDevices: object } };
    const refuse = () => Promise.reject(new DOMException("it is broken", name));
    Object.defineProperty(navigator.mediaDevices, "getUserMedia", { value: refuse });
  }, name);
  expect(await refusal(page)).toEqual({ kind: "DataError", message, help });
  await page.close();
});

test("a microphone that stops by itself ends a recording", async () => {
  const page = await openTab(browser, site.url);
  const failed = await page.evaluate(async () => {
    const load = new Function("path", "return import(path)") as (path: string) => Promise<typeof Web>;
    const { openMicrophone } = await load("/package/dist/browser/engraft.js");
    const { mediaDevices } = (
      globalThis as unknown as {
        navigator: { mediaDevices: { getUserMedia(how: object): Promise<{ getTracks(): EventTarget[] }> } };
      }
    ).navigator;
    const stream = await mediaDevices.getUserMedia({ audio: true });
    Object.defineProperty(mediaDevices, "getUserMedia", { value: async () => stream });
    const microphone = await openMicrophone();
    const recording = microphone.record({ seconds: 60 });
    stream.getTracks()[0]!.dispatchEvent(new Event("ended"));
    return recording.catch(({ message, help }: Error & { help: string }) => ({ message, help }));
  });
  expect(failed).toEqual({
    message: "the microphone stopped",
    help: "it was unplugged, or its permission was withdrawn: open it again",
  });
  await page.close();
});

test("a page whose policy forbids the audio worklet says what to allow", async () => {
  const page = await openTab(browser, `${site.url}strict.html`);
  expect(await refusal(page)).toEqual({
    kind: "DataError",
    message: "the page does not let the microphone's audio worklet run",
    help: "allow blob: in script-src of the page's content security policy",
  });
  await page.close();
});

/** Audio as in a page that nobody clicked on: it does not start. */
const suspendedAudio = `
globalThis.AudioContext = class extends AudioContext {
  constructor() {
    super();
    this.suspend();
  }
  resume = () => new Promise(() => undefined);
};`;

test("a page whose audio does not start says what to do", async () => {
  const page = await browser.newPage();
  await page.clock.install();
  await page.addInitScript(suspendedAudio);
  await page.goto(site.url);
  let ended = false;
  const refused = refusal(page).finally(() => {
    ended = true;
  });
  // The microphone waits 10 s for its first samples, from when the page has opened it.
  while (!ended) await page.clock.fastForward(10_000);
  expect(await refused).toEqual({
    kind: "DataError",
    message: "the microphone gives no samples",
    help: "browsers start audio only after a click: open the microphone in the listener of a button",
  });
  await page.close();
});

test("a page without https has no microphone", async () => {
  const page = await openTab(browser, site.url, "delete Navigator.prototype.mediaDevices");
  expect(await refusal(page)).toEqual({
    kind: "DataError",
    message: "this page has no access to microphones",
    help: "serve it over https or from localhost, and open it in a browser",
  });
  await page.close();
});

test("the example page records two classes, trains, and shows the right one live, on a phone", {
  tags: ["thorough"],
}, async () => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  await page.addInitScript(toneForMicrophone);
  const wrong: string[] = [];
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
  await page.goto(`${site.url}example/microphone.html`);
  const setPitch = (hertz: number) =>
    page.evaluate((hertz) => {
      (globalThis as unknown as { pitch: { value: number } }).pitch.value = hertz;
    }, hertz);
  const recordClips = async (place: number, name: string) => {
    const item = page.locator("#classes li").nth(place);
    await item.locator("input").fill(name);
    await item.locator(".record").click();
    if (place > 0) await setPitch(2000);
    // The first clip of another class may hold the earlier tone.
    await item.locator(".count", { hasText: "9 clips" }).waitFor();
    await item.locator(".record").click();
    await item.locator(".clear:enabled").waitFor();
  };
  await recordClips(0, "low");
  expect(await page.locator("#train").isDisabled()).toBe(true);
  await recordClips(1, "high");
  await page.click("#train");
  const best = (name: string) => page.locator("#live .best", { hasText: name });
  await best("high").waitFor();
  await setPitch(300);
  await best("low").waitFor();
  await setPitch(2000);
  await best("high").waitFor();
  const bars = await page
    .locator("#live .bar div")
    .evaluateAll((all) =>
      all.map(
        (bar) =>
          (bar as unknown as { getBoundingClientRect(): { width: number } }).getBoundingClientRect().width,
      ),
    );
  // The classes are in alphabetical order: high, low.
  expect(bars[0]).toBeGreaterThan(bars[1]!);
  const shot = process.env.ENGRAFT_SCREENSHOT;
  if (shot) await page.screenshot({ path: shot, fullPage: true });
  await page.click("#stop");
  await page.locator("#rate:not(:empty)").waitFor();
  expect(await page.locator("#rate").textContent()).toMatch(/^\d+ predictions per second$/);
  expect(await page.locator("#accuracy").textContent()).toMatch(/^\d+ % right$/);
  const widths = await page.evaluate(() => {
    const { document, innerWidth } = globalThis as unknown as {
      readonly innerWidth: number;
      readonly document: { readonly documentElement: { readonly scrollWidth: number } };
    };
    return [document.documentElement.scrollWidth, innerWidth];
  });
  expect(widths).toEqual([390, 390]);
  expect(wrong).toEqual([]);
  await context.close();
});

test("the example page says why it cannot record", { tags: ["thorough"] }, async () => {
  const denying = await launchChromium(...flags, "--use-fake-ui-for-media-stream=deny");
  const page = await openTab(denying, `${site.url}example/microphone.html`);
  await page.locator(".record").first().click();
  await page.locator("#refused:not(:empty)").waitFor();
  expect(await page.locator("#refused").textContent()).toMatch(
    /^permission to use the microphone was refused\nallow the microphone for this site /,
  );
  expect(await page.locator(".record").first().isEnabled()).toBe(true);
  await denying.close();
});
