// What a page of the studio in Chinese must keep: no English word, except names and terms that Chinese writes in Latin letters.
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { tasks } from "../../src/core/results/task.js";
import { optionsOf } from "../../src/options/options-of-task.js";
import { englishLeft, markedEnglish, mixedMarks } from "../support/english-left.js";

/** Names of programs, formats, keys and commands; of the switch to English; and of the demo's classes and files. */
const names = `English CSV TSV JSON JSONL COCO YOLO Pascal VOC CVAT CoNLL ONNX README HEIC JPEG PNG WAV FLAC MP3 OGG Opus
  Ctrl Shift Delete Enter Space Node Python TypeScript npx engraft studio train export zip LAC APS
  JavaScript Huber csv model Teachable Machine Transformers js onnxruntime houses rooms price kind town image label audio text tokens tags messages prompt completion Hugging Face hub hf HuggingFaceTB SmolLM2-135M-Instruct SmolLM2 135M Instruct jpg delete swap mask typo shift gain noise speed specaugment ema swa soup mix after VALUE Grad-CAM TensorBoard BatchNormalization ReLU SAM CPU GPU crack groove none pit stain good bad Reviews`;

/** A command that the page shows. */
const command = "npx serve python3 -m http.server";

/** Returns the words that may stand in Latin letters. Values of options are names. */
async function latinWords(): Promise<string> {
  const values = (await Promise.all(tasks.map((task) => optionsOf(task))))
    .flat()
    .flatMap((info) => ("choices" in info ? info.choices : (info.word ?? [])));
  return [...names.split(/\s+/), ...values, ...command.split(/[\s.]+/)].join(" ");
}

/** The note of a browser without scripts. */
const inEnglish = ["The studio needs JavaScript."];

/**
 * Requires a page in Chinese: its title, its texts, and what its controls are called. No page is wider than the window.
 * @param name of the page, for messages and screenshots
 * @param own names of the test's data
 */
export async function expectChinese(page: Page, name: string, own = ""): Promise<void> {
  const known = `${await latinWords()} ${own}`;
  const folder = process.env.ENGRAFT_SCREENSHOT;
  if (folder)
    await page.screenshot({ path: `${folder}/${name}-${page.viewportSize()!.width}.png`, fullPage: true });
  const html = (await page.content()).replace(/ placeholder="/g, ' title="');
  expect.soft(englishLeft(html, known), name).toEqual([]);
  const english = markedEnglish(html).filter(
    (text) => !inEnglish.includes(text) && englishLeft(text, known).length > 0,
  );
  expect.soft([...mixedMarks(html), ...english], name).toEqual([]);
  expect.soft(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name).toBe(true);
  expect(await page.evaluate("[document.documentElement.lang, document.title]")).toEqual([
    "zh-CN",
    "Engraft 工作室",
  ]);
}
