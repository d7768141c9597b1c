import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nodePlatform } from "../../src/platform/index.js";
import { loadReportAssets, makeThumbnails } from "../../src/report/index.js";
import { findChromium, launchChromium } from "../support/chromium.js";
import { confusionCounts, exampleInsights, exampleReport } from "../support/report-data.js";
import { classesPage } from "../support/run-kinds.js";

const demo = fileURLToPath(new URL("../../assets/demo/", import.meta.url));
let browser: Browser;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "engraft-report-"));
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

const resolve = (specifier: string): string =>
  pathToFileURL(fileURLToPath(new URL(`../../node_modules/${specifier}`, import.meta.url))).href;

async function reportFile(classes?: readonly string[]): Promise<string> {
  const data = exampleReport(classes);
  const thumbnails = await makeThumbnails(
    data.result.test.worst.slice(1).map((w) => ({ id: w.item, path: join(demo, w.item) })),
  );
  const file = join(folder, `${classes ? "hostile" : "report"}.html`);
  const assets = await loadReportAssets(nodePlatform.files, resolve);
  await writeFile(file, classesPage({ ...data, thumbnails }, assets));
  return file;
}

/** A page with what was seen inside the model, in either language. */
async function insideFile(lang: "en" | "zh"): Promise<string> {
  const data = exampleReport();
  const insights = exampleInsights(data);
  const items = data.result.test.worst.map((w) => ({ id: w.item, path: join(demo, w.item) }));
  const whole = await makeThumbnails(items, { whole: true });
  const thumbnails = await makeThumbnails(items);
  const file = join(folder, `inside-${lang}.html`);
  const assets = await loadReportAssets(nodePlatform.files, resolve);
  await writeFile(file, classesPage({ ...data, insights, whole, thumbnails, lang }, assets));
  return file;
}

/** Opens a file and notes every request and everything that the console says. */
async function open(file: string, options: { dark?: boolean; width?: number; charts?: number } = {}) {
  const context = await browser.newContext({
    colorScheme: options.dark ? "dark" : "light",
    viewport: { width: options.width ?? 1200, height: 900 },
  });
  const page = await context.newPage();
  const requests: string[] = [];
  const said: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => said.push(error.message));
  await page.goto(pathToFileURL(file).href, { waitUntil: "load" });
  await page.waitForFunction(`document.querySelectorAll('.uplot canvas').length === ${options.charts ?? 3}`);
  const outside = requests.filter((url) => !url.startsWith("data:") && url !== pathToFileURL(file).href);
  return { page, outside, said };
}

/** Opens every folded part. */
const unfold = (page: Page): Promise<unknown> =>
  page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })");

/** Relative luminance contrast (WCAG 2.2) between an element's colour and the page's background. */
function contrast(page: Page, selector: string): Promise<number> {
  return page.evaluate(`(() => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d");
    const luminance = (colour) => {
      canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
      const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const a = luminance(getComputedStyle(document.querySelector(${JSON.stringify(selector)})).color);
    const b = luminance(getComputedStyle(document.body).backgroundColor);
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  })()`);
}

test("the report opens without a request and without a word on the console, in both colour schemes", {
  tags: ["thorough"],
}, async () => {
  const file = await reportFile();
  const backgrounds: string[] = [];
  for (const dark of [false, true]) {
    const { page, outside, said } = await open(file, { dark });
    expect(outside).toEqual([]);
    expect(said).toEqual([]);
    backgrounds.push(await page.evaluate("getComputedStyle(document.body).backgroundColor"));
    // 4.5:1 is what WCAG asks of small text.
    for (const selector of ["body", ".muted", ".mistake", ".verdict strong", "summary"])
      expect(await contrast(page, selector), `${selector}, ${dark ? "dark" : "light"}`).toBeGreaterThan(4.5);
    await page.context().close();
  }
  expect(backgrounds).toEqual(["rgb(255, 255, 255)", "rgb(17, 19, 23)"]);
});

test("result, verdict, confusion matrix and worst samples are on the first two screens of a desktop", {
  tags: ["thorough"],
}, async () => {
  const { page } = await open(await reportFile(), { width: 1280 });
  const bottoms: number[] = await page.evaluate(
    "['.headline', '.verdict', 'table.confusion', '.examples li'].map((s) => document.querySelector(s).getBoundingClientRect().bottom)",
  );
  expect(bottoms).toEqual([...bottoms].sort((a, b) => a - b));
  expect(bottoms.at(-1)).toBeLessThan(1600);
  expect(await page.evaluate("document.documentElement.scrollHeight")).toBeLessThan(4500);
  // The table of contents is left of the text, and each of its links has a target.
  const [contents, main] = await Promise.all([
    page.locator(".contents").boundingBox(),
    page.locator("main").boundingBox(),
  ]);
  expect(contents!.x + contents!.width).toBeLessThanOrEqual(main!.x);
  const links: string[] = await page.evaluate(
    "[...document.querySelectorAll('a[href^=\"#\"]')].map((a) => a.getAttribute('href')).filter((h) => !document.querySelector(h))",
  );
  expect(links).toEqual([]);
  await page.context().close();
});

test("a link of the contents opens its folded section, and a term leads to the glossary, by keyboard too", {
  tags: ["thorough"],
}, async () => {
  const { page } = await open(await reportFile(), { width: 1280 });
  expect(await page.locator("#settings").isVisible()).toBe(false);
  await page.getByRole("link", { name: "Training settings" }).click();
  expect(await page.locator("#settings").isVisible()).toBe(true);
  const term = page.locator("a.term", { hasText: "Macro F1" });
  expect(await term.getAttribute("title")).toContain("Mean of F1 over the classes");
  // The meaning of a term with the keyboard's focus is shown at the foot of the window.
  await page.keyboard.press("Tab");
  await page.evaluate("document.querySelector('.tiles a.term').focus()");
  const shown = await page.evaluate(
    "getComputedStyle(document.querySelector('.tiles a.term'), '::after').position",
  );
  expect(shown).toBe("fixed");
  await term.press("Enter");
  await expect.poll(() => page.locator("#term-macro-f1").isVisible()).toBe(true);
  await page.context().close();
});

test("on paper every folded part is open, and closed again afterwards", { tags: ["thorough"] }, async () => {
  const { page } = await open(await reportFile());
  const open_ = () => page.evaluate("document.querySelectorAll('details[open]').length");
  const before = await open_();
  await page.evaluate("dispatchEvent(new Event('beforeprint'))");
  expect(await page.evaluate("document.querySelectorAll('details:not([open])').length")).toBe(0);
  await page.evaluate("dispatchEvent(new Event('afterprint'))");
  expect(await open_()).toBe(before);
  await page.context().close();
});

test("the confusion matrix shows every count, with a header for each row and column", async () => {
  const { page } = await open(await reportFile());
  const table = page.locator("table.confusion");
  const cells: string[][] = await table
    .locator("tbody tr")
    .evaluateAll((rows) =>
      rows.map((row) =>
        [...(row as unknown as { cells: Iterable<{ tagName: string; textContent: string }> }).cells]
          .filter((c) => c.tagName === "TD")
          .map((c) => c.textContent),
      ),
    );
  expect(cells.map((row) => row.slice(0, 5).map(Number))).toEqual(confusionCounts);
  expect(await table.locator("th[scope=row]").count()).toBe(5);
  expect(await table.locator("thead th[scope=col]").count()).toBe(7);
  await page.context().close();
});

test("the matrix can be put into another order, and its numbers stay with their classes", {
  tags: ["thorough"],
}, async () => {
  const { page } = await open(await reportFile());
  const heads = () => page.locator("table.confusion thead th.class").allInnerTexts();
  const asGiven = await heads();
  await page.getByRole("button", { name: "by confusion" }).click();
  const sorted = await heads();
  expect([...sorted].sort()).toEqual([...asGiven].sort());
  expect(await page.locator("table.confusion tbody th").allInnerTexts()).toEqual(sorted);
  for (const [r, row] of (await page.locator("table.confusion tbody tr").all()).entries()) {
    const counts = (await row.locator("td").allInnerTexts()).map(Number);
    const kept = confusionCounts[asGiven.indexOf(sorted[r]!)]!;
    expect(counts.slice(0, 5)).toEqual(sorted.map((name) => kept[asGiven.indexOf(name)]));
  }
  await page.getByRole("button", { name: "as in the data" }).click();
  expect(await heads()).toEqual(asGiven);
  await page.context().close();
});

test("the worst examples show their thumbnails; one that is missing says so", {
  tags: ["thorough"],
}, async () => {
  const { page } = await open(await reportFile());
  await page.locator(".examples").scrollIntoViewIfNeeded();
  const pictures = page.locator(".examples img");
  expect(await pictures.count()).toBe(11);
  await page.waitForFunction(
    "[...document.querySelectorAll('.examples img')].every((i) => i.complete && i.naturalWidth === 96)",
  );
  expect(await page.locator(".examples .missing").count()).toBe(1);
  await page.context().close();
});

test("nothing is wider than a phone", { tags: ["thorough"] }, async () => {
  const { page } = await open(await reportFile(), { width: 360 });
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(360);
  await page.context().close();
});

test("the curves follow the width of the window and the colour scheme", { tags: ["thorough"] }, async () => {
  const { page } = await open(await reportFile());
  await page.setViewportSize({ width: 500, height: 900 });
  const wide = () =>
    page.evaluate(
      "[...document.querySelectorAll('.uplot')].filter((u) => u.checkVisibility() && u.offsetWidth >= 480).length",
    );
  await expect.poll(wide).toBe(0);
  await page.emulateMedia({ colorScheme: "dark" });
  expect(await page.locator(".uplot canvas").count()).toBe(3);
  await page.context().close();
});

test("what was seen inside the model fits a phone in both languages, without a request or a word on the console", {
  tags: ["thorough"],
}, async () => {
  for (const lang of ["en", "zh"] as const) {
    const { page, outside, said } = await open(await insideFile(lang), { width: 390 });
    expect(outside).toEqual([]);
    expect(said).toEqual([]);
    expect(await page.evaluate("document.documentElement.scrollWidth"), lang).toBeLessThanOrEqual(390);
    expect(await page.evaluate("document.documentElement.lang")).toBe(lang === "zh" ? "zh-Hans" : "en");
    await unfold(page);
    expect(await page.evaluate("document.documentElement.scrollWidth"), lang).toBeLessThanOrEqual(390);
    // A map lies on its picture, corner on corner.
    const boxes = await Promise.all(
      [".under img", ".under .over"].map((selector) => page.locator(selector).first().boundingBox()),
    );
    expect(Math.abs(boxes[0]!.width - boxes[1]!.width)).toBeLessThan(1);
    expect(Math.abs(boxes[0]!.height - boxes[1]!.height)).toBeLessThan(1);
    await page.context().close();
  }
});

test("a point of the map says which item it is when it is pointed at", async () => {
  const { page } = await open(await insideFile("en"));
  await unfold(page);
  const says = page.locator(".point-says");
  expect(await says.isVisible()).toBe(false);
  const point = page.locator('svg.points circle[data-i="20"]').first();
  await point.scrollIntoViewIfNeeded();
  // The page hides the words when it is scrolled, and hears of that a frame later: a hand moves on as well.
  let moves = 0;
  await expect
    .poll(async () => {
      const box = (await point.boundingBox())!;
      await page.mouse.move(box.x + box.width / 2 + (moves++ % 2), box.y + box.height / 2);
      return says.isVisible();
    })
    .toBe(true);
  expect(await says.innerText()).toMatch(
    /^test\/.+\.jpg: (crack|groove|none|pit|stain)$|: labelled .+, predicted .+$/,
  );
  await page.context().close();
});

test("hostile class and file names run nothing and load nothing", { tags: ["thorough"] }, async () => {
  const names = [
    "</script><script>document.title='hit'</script>",
    `"><img src=https://example.com/x onerror=document.title='hit'>`,
    "a' onmouseover='document.title=1",
    "\u202egnp",
    "x".repeat(300),
  ];
  const { page, outside, said } = await open(await reportFile(names), { width: 360 });
  expect(outside).toEqual([]);
  expect(said).toEqual([]);
  expect(await page.title()).toBe("demo: surfaces with defects: image classification");
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(360);
  await page.context().close();
});

test("it prints on paper, light even for a reader who prefers dark", { tags: ["thorough"] }, async () => {
  const { page } = await open(await reportFile(), { dark: true });
  await page.emulateMedia({ media: "print" });
  expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe("rgb(255, 255, 255)");
  expect((await page.pdf({ format: "A4" })).length).toBeGreaterThan(10_000);
  await page.context().close();
});

test("without a browser, the error says what to install", () => {
  expect(isAbsolute(findChromium())).toBe(true);
});
