// The programs of the guide's pages on browsers, each as a script of a page with a chosen folder.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { launchChromium } from "../support/chromium.js";
import { demoPictures, type Site, startSite } from "./site.js";

// Wasm has the cores for itself in a browser only where nothing else runs: patience, not a measure.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

const root = fileURLToPath(new URL("../..", import.meta.url));
const page = ["browser", "browser-tasks"]
  .map((name) => readFileSync(join(root, `docs/guide/${name}.md`), "utf8"))
  .join("\n");
const programs = [...page.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map((match) => match[1]!);
const folder = mkdtempSync(join(tmpdir(), "engraft-guide-"));

let browser: Browser;
let site: Site;
beforeAll(async () => {
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
  [browser, site] = await Promise.all([launchChromium(), startSite({ isolated: true, files })]);
});
afterAll(async () => {
  await browser.close();
  await site.close();
  rmSync(folder, { recursive: true, force: true });
});

test("the page has programs", () => {
  expect(programs).toHaveLength(4);
});

test.each(programs.map((_, i) => i))("program %i of the page runs", async (i) => {
  const context = await browser.newContext();
  const tab = await context.newPage();
  const said: string[] = [];
  tab.on("console", (message) => said.push(message.text()));
  await tab.goto(`${site.url}${i}.html`);
  await tab.setInputFiles("input", join(folder, "flowers"));
  await tab.waitForFunction(
    () => (globalThis as unknown as { document: { title: string } }).document.title,
    undefined,
    {
      timeout: 200_000,
    },
  );
  expect(await tab.title()).toBe("done");
  expect(said).not.toEqual([]);
  await context.close();
});
