// The studio with the real library in Chromium: how fast the quick model follows, compared with a training of the same pictures.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import sharp from "sharp";
import { chromiumPath } from "../scripts/browsers.mjs";
import { firstViewSize } from "../scripts/studio-bundle.mjs";
import { openStudioSite } from "../scripts/studio-site.mjs";
import { print } from "./measure.mjs";

export const bench = {
  about: "seconds of the studio from a picture to a prediction, its longest task, size and memory",
  needs: [],
  options: {
    many: { type: "number", default: 3000, about: "small pictures that are added as a folder" },
  },
  smallest: { many: 40 },
};

const demo = fileURLToPath(new URL("../assets/demo/train", import.meta.url));
const pictures = (name, count) =>
  readdirSync(join(demo, name))
    .sort()
    .slice(0, count)
    .map((file) => join(demo, name, file));

export async function main(options) {
  const folder = mkdtempSync(join(tmpdir(), "engraft-bench-"));
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: ["--no-sandbox"] });
  try {
    const { page } = await openStudioSite(browser, folder);
    const first_view_kb = (await firstViewSize()) / 1000;
    const first_paint_ms = await page.evaluate(firstPaint);
    await page.evaluate(watchLongTasks);
    print(
      {
        first_view_kb,
        first_paint_ms,
        ...(await quickModel(page)),
        // Of the studio with 31 pictures. The library alone opens a second worker and trains, in the same tab.
        memory_mb: await peakOfRenderers(browser),
        ...(await page.evaluate(inLibrary, new URL(".", page.url()).href)),
        longest_task_ms: await page.evaluate(
          "Math.max(0, ...globalThis.longTasks.map(({ duration }) => duration))",
        ),
        ...(await manyPictures(page, folder, options.many)),
      },
      options.json,
    );
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Adds 29 pictures, then the last one, then a correction. */
async function quickModel(page) {
  await page.getByRole("button", { name: "Pictures", exact: false }).first().click();
  const inputs = page.locator("input[type=file][multiple]:not([webkitdirectory])");
  await inputs.nth(0).waitFor({ state: "attached" });
  const [one, other] = [pictures("crack", 16), pictures("none", 15)];
  await inputs.nth(0).setInputFiles(one.slice(0, 14));
  await inputs.nth(1).setInputFiles(other);
  const hasLearnt = (count) => page.getByText(`Quick model, ${count} pictures`).waitFor({ timeout: 120_000 });
  await hasLearnt(29);
  const last_picture_s = await seconds(async () => {
    await inputs.nth(0).setInputFiles(one[14]);
    await hasLearnt(30);
  });
  await page.locator(".try input[type=file]").setInputFiles(one[15]);
  const answer = page.locator(".try-correction").getByRole("button").first();
  await answer.waitFor();
  const correction_s = await seconds(async () => {
    await answer.click();
    await hasLearnt(31);
  });
  return { last_picture_s, correction_s };
}

/**
 * Adds a folder with two classes of small pictures. `many_listing_ms` is the task in which the browser lists the files, before the page gets them;
 * `many_longest_task_ms` is the longest other task; `many_last_picture_s` is the time from the last picture to a model of all. The
 * processor time is that of the page with its workers, and of the browser's own process, which stores the files.
 */
async function manyPictures(page, folder, many) {
  const root = join(folder, "many");
  const half = Math.ceil(many / 2);
  const counted = (count) => `${count.toLocaleString("en")} pictures`;
  for (const [k, label] of ["dark", "light"].entries()) {
    mkdirSync(join(root, label), { recursive: true });
    for (let i = 0; i < half; i++) {
      const pixels = Uint8Array.from({ length: 3 * 40 * 40 }, () => 100 * k + 150 * Math.random());
      const raw = { width: 40, height: 40, channels: 3 };
      await sharp(pixels, { raw })
        .png()
        .toFile(join(root, label, `${i}.png`));
    }
  }
  await page.goto(new URL("#/", page.url()).href);
  await page.getByRole("button", { name: "Pictures", exact: false }).first().click();
  const input = page.locator("input[webkitdirectory]");
  await input.waitFor({ state: "attached" });
  await page.evaluate(() => {
    globalThis.longTasks = [];
    addEventListener("change", () => (globalThis.listed = performance.now()), true);
  });
  let many_last_picture_s;
  const browser = page.context().browser();
  const before = await processorTimes(browser);
  const many_s = await seconds(async () => {
    await input.setInputFiles(root);
    await page.getByText(counted(half), { exact: true }).nth(1).waitFor({ timeout: 0 });
    many_last_picture_s = await seconds(() =>
      page.getByText(`Quick model, ${counted(2 * half)}`).waitFor({ timeout: 0 }),
    );
  });
  const after = await processorTimes(browser);
  const tasks = await page.evaluate(() =>
    globalThis.longTasks.map(({ startTime, duration }) => {
      const isListing = startTime <= globalThis.listed && globalThis.listed <= startTime + duration;
      return [isListing, duration];
    }),
  );
  const longest = (listing) => Math.max(0, ...tasks.filter(([is]) => is === listing).map(([, ms]) => ms));
  return {
    ...{ many_pictures: 2 * half, many_s, many_last_picture_s },
    ...{ many_listing_ms: longest(true), many_longest_task_ms: longest(false) },
    many_page_cpu_s: after.renderer - before.renderer,
    many_browser_cpu_s: after.browser - before.browser,
  };
}

/** Processor seconds of the browser's processes so far, by type. */
async function processorTimes(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  const times = {};
  for (const { type, cpuTime } of processInfo) times[type] = (times[type] ?? 0) + cpuTime;
  return times;
}

async function seconds(work) {
  const begin = performance.now();
  await work();
  return (performance.now() - begin) / 1000;
}

// The functions below run in the page.

const firstPaint = () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime;

function watchLongTasks() {
  globalThis.longTasks = [];
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries())
      globalThis.longTasks.push({ startTime, duration });
  }).observe({ type: "longtask" });
}

/** The library alone: live predictions a second, and a training of the same 30 pictures, whose features are kept, with its first prediction. */
async function inLibrary(site) {
  const { connect } = await import(`${site}package/dist/browser/engraft.js`);
  const address = `${site}package/assets/demo/train`;
  const rows = await Promise.all(
    ["crack", "none"].flatMap((label) =>
      Array.from({ length: 15 }, async (_, i) => {
        const name = `${String(i).padStart(3, "0")}.jpg`;
        const response = await fetch(`${address}/${label}/${name}`);
        return response.ok ? [{ file: new File([await response.blob()], `${label}-${name}`), label }] : [];
      }),
    ),
  ).then((all) => all.flat());
  const connection = connect({ ort: `${site}ort/ort.wasm.min.mjs` });
  const session = await connection.openSession("vision-open");
  await session.add(rows.map(({ file, label }) => ({ id: file.name, input: file, label })));
  await session.fit();
  const drawing = new OffscreenCanvas(640, 480).getContext("2d");
  let count = 0;
  const predictFrame = async () => {
    // Each frame differs from the one before.
    drawing.fillStyle = `hsl(${7 * count++} 80% 50%)`;
    drawing.fillRect((13 * count) % 600, 100, 40, 200);
    const frame = await createImageBitmap(drawing.canvas);
    await session.predict(frame);
    frame.close();
  };
  await predictFrame();
  const begin = performance.now();
  count = 0;
  while (performance.now() - begin < 3000) await predictFrame();
  const predictions_a_second = (1000 * count) / (performance.now() - begin);
  const start = performance.now();
  await connection.train(rows, { strategy: "probe", name: "bench" });
  const model = await connection.load({ run: "bench" });
  await model.predict(rows[0].file);
  const run_s = (performance.now() - start) / 1000;
  connection.close();
  return { predictions_a_second, pictures: rows.length, run_s };
}

/** Largest memory of a renderer so far, in MB. Only on Linux. */
async function peakOfRenderers(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  const peaks = processInfo
    .filter(({ type }) => type === "renderer")
    .map(({ id }) => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, "utf8"))?.[1]) / 1000);
  return Math.max(...peaks);
}
