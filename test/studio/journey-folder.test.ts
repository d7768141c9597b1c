// A journey through the page of `engraft studio`: a folder of class folders, trainings in processes of their own, and a run of the terminal.
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TrainResultEvent } from "../../src/core/events/events.js";
import { launchChromium } from "../support/chromium.js";
import { tinyData } from "../support/fixtures.js";
import { toyRun } from "../support/shared-runs.js";
import { download, goTo, unpack, writtenScore } from "./journey-steps.js";
import { serveHome } from "./studio-home.js";
import { watchFaults } from "./studio-tab.js";

let root: string;
let browser: Browser;
let data: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "engraft-journey-"));
  process.env.ENGRAFT_CACHE = join(root, "cache");
  data = await tinyData(join(root, "flowers"), { ant: 12, bee: 12 });
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  rmSync(root, { recursive: true, force: true });
});

const openElsewhere = "This project is open in another tab or program.";

/** Opens an address in a new tab. Violations of the page's policy are faults, too. */
async function openTab(context: BrowserContext, url: string): Promise<{ page: Page; faults: string[] }> {
  const page = await context.newPage();
  const faults = watchFaults(page, url);
  await page.addInitScript(
    'addEventListener("securitypolicyviolation", (event) => console.error(event.violatedDirective, event.blockedURI))',
  );
  await page.goto(url);
  return { page, faults };
}

const firstOf = (folder: string): string => readdirSync(folder).sort()[0]!;
/** Folder of the runs of the folder's project. */
const runsFolder = (): string => join(data, "engraft-studio/runs");
const readResult = (run: string): TrainResultEvent =>
  JSON.parse(readFileSync(join(run, "run.json"), "utf8")).result;

test("a folder on this computer: signed in, corrected, trained, stopped, resumed, and after a restart of the server", async () => {
  const first = await serveHome(data);
  const context = await browser.newContext({ locale: "en-US" });
  const { page, faults } = await openTab(context, first.url);
  // The project of the folder opens first. The quick model runs under the policy of the page.
  await page.getByText("Quick model, 24 pictures").waitFor();
  expect(page.url()).not.toContain("token");
  expect(await page.evaluate("crossOriginIsolated")).toBe(true);
  await first.close();
  await page.getByRole("button", { name: "Add a class" }).click();
  await page.getByText("The connection to engraft studio is lost.").waitFor();

  const second = await serveHome(data);
  expect(new URL(second.url).origin).toBe(new URL(first.url).origin);
  // The new address signs this browser in, and the change made without a connection is stored.
  const { page: again } = await openTab(context, second.url);
  await again.getByText(openElsewhere).waitFor();
  await again.close();
  const log = join(data, "engraft-studio/actions.jsonl");
  await expect.poll(() => readFileSync(log, "utf8")).toContain("Class 3");
  // A request to a server that ends is refused, reset or cut. The new server knows no browser before its address is opened.
  for (const fault of faults.splice(0))
    expect(fault).toMatch(/^console: Failed to load resource: (net::ERR_|.*401 \(Unauthorized\))/);
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("group", { name: "Class 3" }).waitFor({ state: "detached" });
  await expect.poll(() => readFileSync(log, "utf8")).toContain('"undo"');
  await page.reload();
  await page.getByText("12 pictures").first().waitFor();

  // A second tab only reads, until the first one is closed. Another browser is not signed in.
  const { page: tab } = await openTab(context, page.url());
  const note = tab.getByText(openElsewhere);
  await note.waitFor();
  await page.close();
  await note.waitFor({ state: "detached" });
  const stranger = await (await browser.newContext({ locale: "zh-CN" })).newPage();
  await stranger.goto(new URL(second.url).origin);
  await stranger.getByText("请打开终端中显示的地址。").waitFor();
  await stranger.context().close();

  faults.push(...(await stopAndResume(tab)));
  await trainQuick(tab);
  expect(faults).toEqual([]);
  await context.close();
  await second.close();
  expect(readdirSync(data).sort()).toEqual(["ant", "bee", "engraft-studio"]);
});

/** Stops a training after an epoch, resumes it, stops it again, and leaves it. */
async function stopAndResume(page: Page): Promise<readonly string[]> {
  const faults = watchFaults(page, page.url());
  await goTo(page, "Train");
  await page.getByText("Options", { exact: true }).click();
  await page.getByText("More options").click();
  for (const [name, value] of [
    ["epochs", "1000"],
    ["checkpoint seconds", "0"],
  ] as const) {
    const field = page.getByRole("textbox", { name, exact: true });
    await field.fill(value);
    await field.press("Enter");
  }
  await page.getByRole("button", { name: "Thorough" }).click();
  const curve = page.getByRole("img", { name: /^Validation loss over/ });
  await curve.waitFor();
  const stop = async (): Promise<number> => {
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByText("Stopped. Nothing is lost.").waitFor();
    return Number(/over (\d+) epochs?:/.exec((await curve.getAttribute("aria-label"))!)![1]);
  };
  const before = await stop();
  const run = join(runsFolder(), firstOf(runsFolder()));
  expect(JSON.parse(readFileSync(join(run, "run.json"), "utf8"))).toMatchObject({
    ...{ status: "running", options: { epochs: 1000, strategy: "finetune" } },
  });
  await page.getByRole("button", { name: "Resume" }).click();
  await page.getByRole("img", { name: new RegExp(`^Validation loss over (?!${before} )`) }).waitFor();
  await stop();
  await page.getByRole("button", { name: "Reset all options" }).click();
  await page.getByText("Options", { exact: true }).waitFor();
  return faults;
}

/** Trains to the end. Requires that the pages show the numbers of the run's file, and deletes the stopped run. */
async function trainQuick(page: Page): Promise<void> {
  const stopped = firstOf(runsFolder());
  await page.getByRole("button", { name: "Quick" }).click();
  await page.getByText(/^Done: /).waitFor();
  const run = readdirSync(runsFolder()).find(
    (name) => name !== stopped && existsSync(join(runsFolder(), name, "run.json")),
  )!;
  const result = readResult(join(runsFolder(), run));
  const { test: scores, classes } = result;
  await page.getByRole("link", { name: "See the result" }).click();
  await page
    .getByText(await writtenScore(result), { exact: true })
    .first()
    .waitFor();
  await page.getByText(`On ${scores.n} test samples that were not used for training.`).waitFor();
  for (const [i, row] of scores.confusion.entries())
    for (const [j, cell] of row.entries())
      if (cell > 0)
        await page
          .getByRole("button", { name: `${cell} × ${classes[i]} predicted as ${classes[j]}` })
          .waitFor();
  // The samples of a cell are those of the project: their pictures are there.
  await page
    .getByRole("button", { name: /^\d+ × / })
    .first()
    .click();
  await page.getByRole("listitem").first().locator("img").waitFor();

  await goTo(page, "Use");
  const { content } = await download(page, "Download model");
  const model = unpack(content, join(root, "taken"));
  expect(
    readFileSync(join(model, "model/onnx/model.onnx")).equals(
      readFileSync(join(runsFolder(), run, "model/onnx/model.onnx")),
    ),
  ).toBe(true);

  await goTo(page, "Runs");
  await page.getByText("Stopped. Nothing is lost.").waitFor();
  await page.getByText(`Done: ${await writtenScore(result)}`).waitFor();
  await page
    .getByRole("listitem")
    .filter({ hasText: "Stopped" })
    .getByRole("button", { name: /^Delete/ })
    .click();
  await page.getByRole("dialog").getByText("Its model is deleted, too.").waitFor();
  await page.getByRole("button", { name: "Delete for good" }).click();
  await expect.poll(() => page.getByRole("listitem").count()).toBe(1);
  expect(existsSync(join(runsFolder(), stopped))).toBe(false);
}

test("a run of the terminal: its numbers, its report under the policy of the page, its model to try; its folder is only read", async () => {
  const shared = await toyRun("picture-classes");
  const run = join(root, "runs/My ants");
  cpSync(shared.out, run, { recursive: true });
  // Another run of the folder has a verdict, and a lower accuracy.
  const other = join(root, "runs/other");
  cpSync(shared.out, other, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(other, "run.json"), "utf8"));
  const { test: scores } = readResult(run);
  const lower = { ...scores.metric, value: scores.accuracy - 0.1 };
  const decided = { transfer: "positive", decision: "better", ci95: null };
  const verdict = { subject: "transfer", ...decided, gain: 0.12, metric: "accuracy" };
  const changed = {
    test: { ...scores, metric: lower },
    verdict: { ...verdict, values: { a: 0.9, b: 0.78 } },
  };
  writeFileSync(
    join(other, "run.json"),
    JSON.stringify({ ...manifest, result: { ...manifest.result, ...changed } }),
  );
  const before = contentsOf(run);
  const served = await serveHome(run);
  const context = await browser.newContext({ locale: "en-US" });
  const { page, faults } = await openTab(context, served.url);
  const title = "My ants · quick";
  const model = page.getByRole("combobox", { name: "Model" });
  await page.getByText(`On ${scores.n} test samples that were not used for training.`).waitFor();
  await page
    .getByText(await writtenScore(readResult(run)), { exact: true })
    .first()
    .waitFor();
  expect(await model.locator("option:checked").innerText()).toBe(title);
  await page.getByText("Full report").click();
  const frame = page.frameLocator("iframe");
  await frame.getByText("Engraft report").first().waitFor();
  await page.getByRole("button", { name: "中文" }).click();
  await frame.locator("html[lang=zh-Hans]").waitFor();
  await page.getByRole("button", { name: "English" }).click();
  await goTo(page, "Try");
  await page
    .getByLabel("Try")
    .locator("input[type=file]")
    .setInputFiles(join(shared.data, "ant", firstOf(join(shared.data, "ant"))));
  await page.getByText("Wrong? It is …").waitFor();
  expect(await model.locator("option:checked").innerText()).toBe(title);
  await page.getByRole("button", { name: "ant", exact: true }).waitFor();
  await goTo(page, "Result");
  const value = await model.locator("option", { hasText: "other · quick" }).getAttribute("value");
  await model.selectOption({ value: value! });
  await page.getByText("Transfer helped: accuracy is 12.0 points higher").waitFor();
  await page.getByText("90.0 % against 78.0 %.").waitFor();
  await goTo(page, "Runs");
  for (const name of [title, "other · quick"])
    await page.getByRole("checkbox", { name: `Compare ${name}` }).check();
  // Two scores without digits have no difference either.
  const table = page.getByRole("table", { name: "Side by side" });
  const cells = table.getByRole("cell", { name: await writtenScore(readResult(run)) });
  await expect.poll(() => cells.count()).toBe(2);
  expect(await page.getByText(/^Difference: /).count()).toBe(0);
  expect(contentsOf(run)).toEqual(before);
  expect(faults).toEqual([]);
  await context.close();
  await served.close();
});

/** Returns times and sizes of the files of a folder. */
const contentsOf = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => {
      const { mtimeMs, size } = statSync(join(folder, name));
      return [name, `${mtimeMs} ${size}`];
    }),
  );
