// The studio in a real browser: its site, its page, and what every flow must keep.
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";
import { sensorWorker } from "../contract/sensor-worker.js";
import { launchChromium } from "../support/chromium.js";
import { type Site, startSite } from "../web/site.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Starts a site with the static studio.
 * @param fake true for the stand-in of the library
 * @param prepared true to serve `test/studio/prepared/studio.tsx` in place of the start page
 * @param types content types by ending, in place of the usual ones
 * @param more more folders, by the first name of their paths
 * @param tasks true for a worker that also knows the task of `test/contract/sensor-task.ts`
 */
export async function startStudioSite({
  fake = false,
  prepared = false,
  tasks = false,
  types = {},
  more = {},
}: {
  readonly fake?: boolean;
  readonly prepared?: boolean;
  readonly tasks?: boolean;
  readonly types?: Readonly<Record<string, string>>;
  readonly more?: Readonly<Record<string, string>>;
} = {}): Promise<Site> {
  const folder = join(root, "dist/studio/page");
  const files: Record<string, string> = Object.fromEntries(
    readdirSync(folder).map((name) => [`/${name}`, readFileSync(join(folder, name), "utf8")]),
  );
  files["/"] = files["/index.html"]!;
  if (prepared) files["/main.js"] = await bundled("test/studio/prepared/studio.tsx");
  if (tasks) files["/package/dist/browser/start.js"] = await sensorWorker();
  if (fake) files["/package/dist/browser/engraft.js"] = await fakeLibrary();
  return startSite({ files, types, more });
}

/** A browser and a site for all tests of a file. */
export function setUpStudio(
  start: () => Promise<Site>,
  ...flags: readonly string[]
): { readonly browser: Browser; readonly site: Site } {
  const its = {} as { browser: Browser; site: Site };
  beforeAll(async () => {
    [its.browser, its.site] = await Promise.all([launchChromium(...flags), start()]);
  });
  afterAll(async () => {
    await its.browser.close();
    await its.site.close();
  });
  return its;
}

export const fakeLibrary = (): Promise<string> => bundled("test/studio/fake-engraft.ts");

async function bundled(path: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(root, path)],
    outdir: join(root, "bundled"),
    bundle: true,
    write: false,
    jsx: "automatic",
    jsxImportSource: "preact",
    format: "esm",
    platform: "browser",
    target: "es2022",
  });
  return outputFiles.find((file) => file.path.endsWith(".js"))!.text;
}

/** A page of the studio with the faults that were seen in it. */
export interface StudioTab {
  readonly page: Page;
  /** Errors of the console, unhandled rejections, requests to other hosts, violations of the policy. */
  readonly faults: readonly string[];
  close(): Promise<void>;
}

/** Opens the studio in a fresh profile, without its service worker: a test of that allows it. */
export async function openStudio(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<StudioTab> {
  const context = await browser.newContext({ locale: "en-US", serviceWorkers: "block", ...options });
  const page = await context.newPage();
  const faults = watchFaults(page, url);
  await page.goto(url);
  return { page, faults, close: () => context.close() };
}

/** Collects the faults of a page. */
export function watchFaults(page: Page, url: string): string[] {
  const faults: string[] = [];
  const { origin } = new URL(url);
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("request", (request) => {
    const at = new URL(request.url());
    if (/^https?:$/.test(at.protocol) && at.origin !== origin) faults.push(`request: ${request.url()}`);
  });
  return faults;
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Requires that axe finds no fault on the page. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(`${axe}; undefined`);
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }>;
      };
    };
    return (await axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html}`);
  });
  expect(violations).toEqual([]);
}

/** Returns the texts of selects, buttons and cards that their box cuts. What scrolls cuts nothing. */
export const cutTexts = (page: Page): Promise<readonly string[]> =>
  page.evaluate(`(() => {
    const drawing = document.createElement("canvas").getContext("2d");
    /** Pixels that a select has for its text, beside the arrow of the browser. */
    const spaceOf = (select, style) =>
      select.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - 20;
    const isCut = (element) => {
      const style = getComputedStyle(element);
      const scrolls = /auto|scroll/.test(style.overflowX);
      if (style.display === "inline" || scrolls || element.clientWidth === 0) return false;
      if (element.localName !== "select") {
        const hides = style.overflowY === "hidden" && element.scrollHeight > element.clientHeight + 1;
        return hides || element.scrollWidth > element.clientWidth + 1;
      }
      drawing.font = style.font;
      const text = element.selectedOptions[0]?.text ?? "";
      return style.opacity !== "0" && drawing.measureText(text).width > spaceOf(element, style);
    };
    const inside = "select, button, .button, .card, .card *, .select";
    const others = ".unseen, input, textarea, .tiles, .tiles *, .table-scroll *, .matrix *, svg *";
    return [...document.querySelectorAll(inside)]
      .filter((element) => element.checkVisibility() && !element.matches(others) && isCut(element))
      .map((element) => element.localName + ": " + (element.dataset.text ?? element.textContent).slice(0, 100));
  })()`);
