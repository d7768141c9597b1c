// The report of speech recognition in a browser: words with their times, and what a click on one plays.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TranscriptResultEvent } from "../../src/core/results/sequences/transcripts.js";
import { nodePlatform } from "../../src/platform/index.js";
import type { RunPageData } from "../../src/report/report-data.js";
import { sheetPage } from "../../src/report/sheet/sheet-page.js";
import { shownSounds } from "../../src/run/report/shown-sounds.js";
import { transcriptsSheet } from "../../src/tasks/transcripts/transcripts-sheet.js";
import { launchChromium } from "../support/chromium.js";
import { englishLeft } from "../support/english-left.js";
import { tone, wavOf } from "../support/sound-files.js";
import { exampleTranscripts } from "../support/transcript-data.js";

const pageOf = (data: RunPageData<TranscriptResultEvent>): string => sheetPage(transcriptsSheet, data);

const folder = mkdtempSync(join(tmpdir(), "engraft-transcripts-"));
let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium("--disable-audio-output");
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

/** Two seconds of a tone for each of two clips. */
async function sounds() {
  const path = join(folder, "tone.wav");
  writeFileSync(path, wavOf([tone(300, 16_000, 2)]));
  const items = ["door.wav", "<b>.wav"].map((id) => ({ id, path }));
  return shownSounds(nodePlatform, items, { kind: "speech" });
}

async function open(html: string, width: number) {
  const file = join(folder, "report.html");
  writeFileSync(file, html);
  const page = await browser.newPage({ viewport: { width, height: 900 } });
  const requests: string[] = [];
  const wrong: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("console", (message) => wrong.push(message.text()));
  await page.goto(pathToFileURL(file).href);
  return { page, requests, wrong };
}

/** Records when a player starts and stops, in seconds of its sound. */
function watchPlayer(player: unknown): void {
  const audio = player as { currentTime: number } & EventTarget;
  const seen: [string, number][] = [];
  for (const kind of ["play", "pause"])
    audio.addEventListener(kind, () => seen.push([kind, audio.currentTime]));
  Object.assign(globalThis, { seen });
}

test("a click on a word plays it and stops; nothing comes from elsewhere", {
  tags: ["thorough"],
}, async () => {
  const html = pageOf({ ...exampleTranscripts(), sounds: await sounds() });
  const { page, requests, wrong } = await open(html, 390);
  const first = page.locator(".said li").first();
  expect(await first.locator(".aligned > *").allInnerTexts()).toEqual([
    "please\nplease\n0.20–0.40",
    // The time of a missing word is unknown.
    "open\n–",
    "the\nthe\n0.70–0.80",
    "old\nold\n0.85–1.00",
    "–\nvery\n1.00–1.10",
    "green\ngreen\n1.10–1.15",
    "door\nfloor\n1.20–1.50",
  ]);
  const kinds = await first
    .locator(".aligned > *")
    .evaluateAll((all) => all.map((one) => (one as unknown as { className: string }).className));
  expect(kinds).toEqual(["match", "deletion", "match", "match", "insertion", "match", "substitution"]);

  await first.locator("audio").evaluate(watchPlayer);
  await first.locator("button", { hasText: "floor" }).click();
  await expect.poll(() => page.evaluate("seen.length")).toBe(2);
  const [begun, ended] = (await page.evaluate("seen")) as [string, number][];
  // A tenth of a second more on both sides, and at the end what a frame of the page takes.
  expect(begun).toEqual(["play", 1.1]);
  expect(ended![0]).toBe("pause");
  expect(ended![1]).toBeGreaterThanOrEqual(1.6);
  expect(await page.locator(".playing").count()).toBe(0);

  // A missing word plays what lies between its neighbours, 0.4 to 0.7 s.
  const missing = first.locator(".deletion");
  expect([await missing.getAttribute("data-from"), await missing.getAttribute("data-to")]).toEqual([
    "0.300",
    "0.800",
  ]);
  expect(await page.evaluate("[document.documentElement.scrollWidth, innerWidth]")).toEqual([390, 390]);
  expect(requests.filter((url) => !/^(data|file):/.test(url))).toEqual([]);
  expect(wrong).toEqual([]);
  const shot = process.env.ENGRAFT_SCREENSHOT;
  if (shot) await page.screenshot({ path: shot, fullPage: true });
  await page.close();
});

test("words of a transcript are text, whatever they hold", async () => {
  const html = pageOf({ ...exampleTranscripts(), sounds: await sounds() });
  const { page } = await open(html, 1280);
  expect(await page.locator(".said li").nth(1).locator(".aligned > *").innerText()).toBe(
    "<i>yes</i>\nyes\n0.10–0.40",
  );
  await page.close();
});

test("without the sounds nothing is played, and the page runs no script", () => {
  const html = pageOf(exampleTranscripts());
  expect(html).toContain("0.85–1.00");
  expect(html).not.toMatch(/<script|<audio|<button|script-src/);
  // Samples were not to be shown.
  const hidden = pageOf({ ...exampleTranscripts(), samples: false });
  expect(hidden).not.toContain("floor");
});

test("in Chinese no English is left but names and the texts of the clips", async () => {
  const page = pageOf({ ...exampleTranscripts(), sounds: await sounds(), lang: "zh" });
  expect(page).toContain("点击一个词即可播放。");
  const own = "recordings engraft node finetune runs one model speech base Apache";
  const said = "please open the old very green door floor yes wav";
  expect(englishLeft(page.replaceAll("\u00a0", " "), `${own} ${said}`)).toEqual([]);
});
