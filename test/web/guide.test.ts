// The programs of the guide's pages on browsers, each as a script of a page with a chosen folder.
// @module-tag thorough
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "../support/chromium.js";
import { wavOf } from "../support/sound-files.js";
import { demoPictures, type Site, startSite } from "./site.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const page = ["browser", "browser-tasks", "browser-sounds", "browser-camera", "live-session"]
  .map((name) => readFileSync(join(root, `docs/guide/${name}.md`), "utf8"))
  .join("\n");
const blocks = [...page.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map((match) => match[1]!);
/** Blocks without an import continue another program. */
const programs = blocks.filter((block) => block.includes("import "));

let folder: string;
let browser: Browser;
let site: Site;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "engraft-guide-"));
  for (const { url, name, label } of demoPictures(8, ["none", "stain"])) {
    mkdirSync(join(folder, "flowers", label), { recursive: true });
    cpSync(join(root, url.replace("/package/", "")), join(folder, "flowers", label, name));
  }
  const imports = JSON.stringify({ imports: { "engraft/web": "/package/dist/browser/engraft.js" } });
  const files = Object.fromEntries(
    programs.map((_, i) => [
      `/${i}.html`,
      `<!doctype html><link rel=icon href=data:,><script type=importmap>${imports}</script>
      <input type=file webkitdirectory multiple>
      <script type=module>document.querySelector("input").addEventListener("change", () => import("/${i}.js").then(
        () => { document.title = "done"; }, (error) => { document.title = error.message; }));</script>`,
    ]),
  );
  for (const [i, program] of programs.entries())
    files[`/${i}.js`] = program.replaceAll("/node_modules/", "/example/node_modules/");
  // A sound that never repeats itself: 30 s of a rising tone for the microphone.
  const sound = join(folder, "rising.wav");
  const rising = Float32Array.from(
    { length: 30 * 16_000 },
    (_, i) => 0.5 * Math.sin(0.05 * i + 2e-7 * i * i),
  );
  writeFileSync(sound, wavOf([rising]));
  const microphone = [
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    `--use-file-for-fake-audio-capture=${sound}`,
    "--disable-audio-output",
  ];
  [browser, site] = await Promise.all([launchChromium(...microphone), startSite({ isolated: true, files })]);
});
afterAll(async () => {
  await browser.close();
  await site.close();
  rmSync(folder, { recursive: true, force: true });
});

test("the page has programs", () => {
  expect(programs).toHaveLength(7);
});

test.each(programs.map((_, i) => i))("program %i of the page runs", async (i) => {
  const context = await browser.newContext();
  const tab = await context.newPage();
  const said: string[] = [];
  tab.on("console", (message) => said.push(message.text()));
  await tab.goto(`${site.url}${i}.html`);
  await tab.setInputFiles("input", join(folder, "flowers"));
  await tab.waitForFunction(() => (globalThis as unknown as { document: { title: string } }).document.title);
  expect(await tab.title()).toBe("done");
  expect(said).not.toEqual([]);
  await context.close();
});
