// A journey in English through the exported studio, as on a web host: pictures, the quick model, a training in the tab, and what is taken away.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { shownScore } from "../../src/evaluate/shown-score.js";
import { inspectData } from "../../src/index.js";
import { exportStudio } from "../../src/studio/export-node.js";
import { hashesOf, unpackProject } from "../../src/studio/project-zip.js";
import { launchChromium } from "../support/chromium.js";
import { type Site, startSite } from "../web/site.js";
import {
  answersInNode,
  download,
  expectSameAnswers,
  goTo,
  newestResult,
  serveFolder,
  shownAnswers,
  unpack,
  writtenScore,
} from "./journey-steps.js";
import { expectAccessible, openStudio, watchFaults } from "./studio-tab.js";
import {
  addFiles,
  best,
  card,
  createPictures,
  type PictureFile,
  patternsOf,
  picturesOf,
  tryPart,
} from "./try-flow.js";

let folder: string;
let browser: Browser;
let site: Site;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "engraft-journey-"));
  process.env.ENGRAFT_CACHE = join(folder, "cache");
  const exported = join(folder, "site");
  await exportStudio(exported);
  const files = { "/": readFileSync(join(exported, "index.html"), "utf8") };
  [browser, site] = await Promise.all([
    launchChromium(
      "--use-fake-device-for-media-stream",
      "--use-fake-ui-for-media-stream",
      "--js-flags=--liftoff-only",
    ),
    startSite({ folder: exported, files }),
  ]);
});
afterAll(async () => {
  await browser.close();
  await site.close();
  rmSync(folder, { recursive: true });
});

/** Opens the studio in a new tab, and waits until its service worker has loaded it once more. The test sends the page no command before: a command would count as use. */
async function openIsolated(context: BrowserContext): Promise<{ page: Page; faults: string[] }> {
  const page = await context.newPage();
  const faults = watchFaults(page, site.url);
  const twice = new Promise<void>((resolve) => {
    let loads = 0;
    page.on("load", () => ++loads === 2 && resolve());
  });
  await page.goto(site.url);
  await twice;
  return { page, faults };
}

const count = (page: Page, name: string, text: string): Promise<void> =>
  card(page, name).getByText(text, { exact: true }).waitFor();
/** Waits for the quick model of some pictures. */
const learnt = (page: Page, pictures: number): Promise<void> =>
  tryPart(page).getByText(`Quick model, ${pictures} pictures`).waitFor();
const percent = (share: number): string => (100 * share).toFixed(1);

test("pictures on a web host: from the start page to a model in Node and a project that opens again", async () => {
  const context = await browser.newContext({ locale: "en-US", permissions: ["camera"] });
  const { page, faults } = await openIsolated(context);
  expect(await page.evaluate("crossOriginIsolated")).toBe(true);
  await page.getByText("Nothing leaves this computer.").waitFor();
  await expectAccessible(page);

  // Samples: files, a damaged file, a copy, a recording, a name, a correction by key, undo and redo.
  await createPictures(page);
  const part = tryPart(page);
  await part.getByText("Class 1 needs 5 more pictures.").waitFor();
  const red = await patternsOf("red", 8);
  const [astray] = await patternsOf("blue", 1, 30);
  const damaged = { name: "notes.jpg", mimeType: "image/jpeg", buffer: Buffer.from("no picture") };
  await addFiles(page, "Class 1", [...red, red[0]!, astray!, damaged]);
  await count(page, "Class 1", "10 pictures");
  await page.getByText("1 file was not added").waitFor();
  await page.getByText("notes.jpg: It is not a picture, or it is damaged.").waitFor();
  await addFiles(page, "Class 2", await patternsOf("blue", 8));
  await count(page, "Class 2", "8 pictures");
  const check = page.getByRole("region", { name: "Check" });
  await check.getByText("1 picture is a copy.", { exact: true }).waitFor();
  await check.getByRole("button", { name: /^Remove.*copy/ }).click();
  await count(page, "Class 1", "9 pictures");
  await card(page, "Class 1").getByRole("option", { name: astray!.name }).click();
  await page.getByRole("group", { name: "1 selected" }).waitFor();
  await page.keyboard.press("2");
  await count(page, "Class 2", "9 pictures");
  await page.keyboard.press("Control+z");
  await count(page, "Class 1", "9 pictures");
  await page.keyboard.press("Control+y");
  await count(page, "Class 1", "8 pictures");
  const name = page.getByLabel("Name of class 1");
  await name.fill("<b>red</b>");
  await name.press("Enter");
  await card(page, "<b>red</b>").waitFor();
  const record = card(page, "Class 2").getByRole("button", { name: "Hold to record" });
  await record.click();
  await page.getByLabel("What the camera sees").waitFor();
  await record.hover();
  await page.mouse.down();
  await card(page, "Class 2").getByRole("option").nth(9).waitFor();
  await page.mouse.up();
  await card(page, "Class 2")
    .getByText(/· 1 recording$/)
    .waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await count(page, "Class 2", "9 pictures");
  await page.getByRole("button", { name: "Add a class" }).click();
  await card(page, "Class 3").locator("summary").click();
  await card(page, "Class 3").getByRole("button", { name: "Remove class" }).click();
  await card(page, "Class 3").waitFor({ state: "detached" });
  await expectAccessible(page);

  // Try: the quick model, a known picture, a correction that it learns.
  await learnt(page, 17);
  await part
    .getByText(/ \d+ of about \d+\. The accuracy may be anything from [\d.]+ to 100\.0\s%\.$/)
    .waitFor();
  // Of one colour: browser and Node scale them to the same pixels.
  const [green, other] = await picturesOf("green", 2);
  await shownAnswers(page, astray!);
  await best(page, "Class 2");
  await part.getByText("This picture was used for training.").waitFor();
  await shownAnswers(page, green!);
  await part.getByText("This picture was used for training.").waitFor({ state: "detached" });
  await part.getByRole("button", { name: "<b>red</b>" }).click();
  await part.getByText("Added to <b>red</b>.").waitFor();
  await learnt(page, 18);
  await part.getByText("This picture was used for training.").waitFor();

  // A second tab only reads, until the first one is closed. A closed tab loses nothing.
  const tab = await context.newPage();
  await tab.goto(page.url());
  const note = tab.getByText("This project is open in another tab or program.");
  await note.waitFor();
  await page.close();
  await note.waitFor({ state: "detached" });
  faults.push(...(await expectTrainable(tab, other!)));
  expect(faults).toEqual([]);
  await context.close();
});

/** Trains the stored project in a new tab, and takes everything away. @param tried a picture that no model has learnt */
async function expectTrainable(page: Page, tried: PictureFile): Promise<readonly string[]> {
  const faults = watchFaults(page, site.url);
  await page.goto(site.url);
  await page.getByRole("link", { name: /^Pictures/ }).click();
  await learnt(page, 18);
  const quick = await shownAnswers(page, tried);

  await goTo(page, "Train");
  await page.getByRole("button", { name: "Quick" }).click();
  await page.getByText(/^Done: /).waitFor();
  const result = await newestResult(page);
  const { test: scores, shown, classes } = result;
  // A handful of test pictures: the run has no number either.
  expect(shown).toEqual(shownScore(scores));
  expect(shown!.value).toBeNull();
  const few = await writtenScore(result);
  const interval = `95 % confidence interval ${percent(scores.accuracy_ci95![0])} to ${percent(scores.accuracy_ci95![1])} %`;
  await page.getByText(`Done: ${few}`).waitFor();

  // Result: the numbers of the run, its confusion matrix, its report.
  await page.getByRole("link", { name: "See the result" }).click();
  await page.getByText(few).first().waitFor();
  await page.getByText(interval, { exact: true }).waitFor();
  await page.getByText(`On ${scores.n} test samples that were not used for training.`).waitFor();
  await page.getByText(`The test split has only ${scores.n} samples`).waitFor();
  for (const [i, row] of scores.confusion.entries())
    for (const [j, cell] of row.entries())
      if (cell > 0)
        await page
          .getByRole("button", { name: `${cell} × ${classes[i]} predicted as ${classes[j]}` })
          .waitFor();
  const [first] = await page.getByRole("button", { name: /^\d+ × / }).all();
  await first!.click();
  await page.getByRole("button", { name: "Close the list" }).waitFor();
  const mixed = Number(await first!.textContent());
  await expect.poll(() => page.locator("section[aria-live]").getByRole("listitem").count()).toBe(mixed);
  await page.getByText("Full report").click();
  await page.frameLocator("iframe").getByText("Engraft report").first().waitFor();
  await expectAccessible(page);

  await goTo(page, "Try");
  await page.getByRole("combobox", { name: "Model" }).selectOption({ index: 1 });
  const trained = await shownAnswers(page, tried);

  // Use: the same answers in Node, a page that runs the model, data that train, a project that opens again.
  await goTo(page, "Use");
  const model = await download(page, "Download model");
  expect(model.name).toBe("Pictures.model.zip");
  expectSameAnswers(await answersInNode(model.content, join(folder, "run"), tried), trained);
  await page.getByRole("combobox", { name: "Which model" }).selectOption("quick");
  await page.getByText("Quick model, 18 samples").waitFor({ state: "attached" });
  const { content: quickModel } = await download(page, "Download model");
  expectSameAnswers(await answersInNode(quickModel, join(folder, "quick"), tried), quick);
  const { content: data } = await download(page, "Download data");
  const inspection = await inspectData(unpack(data, join(folder, "data")));
  expect(inspection.classes?.map((one) => one.name)).toEqual(["<b>red</b>", "Class 2"]);
  expect(inspection.classes!.map((one) => one.train + one.validation + one.test)).toEqual([9, 9]);
  const { content: own } = await download(page, "Download web page");
  faults.push(...(await expectOwnPage(unpack(own, join(folder, "page")), tried)));
  const project = await download(page, "Download project");
  expect(project.name).toBe("Pictures.engraft.zip");
  const unpacked = await unpackProject(new Blob([new Uint8Array(project.content)]));
  expect(unpacked.project.classes.map((one) => one.name)).toEqual(["<b>red</b>", "Class 2"]);
  for (const hash of hashesOf(unpacked.project)) await unpacked.content(hash);

  // The start page, whose host is gone: the zip opens as a second project, and the first one is deleted.
  await goTo(page, "Engraft studio");
  await page.getByText("Pictures · 18 samples").waitFor();
  await site.close();
  await page
    .getByLabel("Open a project")
    .last()
    .setInputFiles({ name: project.name, mimeType: "application/zip", buffer: project.content });
  await page.getByRole("heading", { name: "Samples" }).waitFor();
  expect(await page.getByRole("button", { name: "Undo" }).isDisabled()).toBe(true);
  await goTo(page, "Engraft studio");
  await page.getByText("Pictures · 18 samples").nth(1).waitFor();
  const remove = page.getByRole("button", { name: "Delete Pictures" });
  await remove.first().click();
  await page.getByRole("button", { name: "Delete for good" }).click();
  await expect.poll(() => remove.count()).toBe(1);
  await page.reload();
  await page.getByText("Pictures · 18 samples").waitFor();
  return faults;
}

/** Requires that the packed web page runs its model on a host of its own. @returns its faults */
async function expectOwnPage(root: string, tried: PictureFile): Promise<readonly string[]> {
  const host = await serveFolder(root);
  const { page, faults, close } = await openStudio(browser, host.url);
  await page.getByLabel("Choose a picture").setInputFiles(tried);
  await page.locator("li").nth(1).waitFor();
  const answers = await page.locator("li").allInnerTexts();
  expect(answers.map((text) => text.replace(/\s+\d+ %$/, "")).sort()).toEqual(["<b>red</b>", "Class 2"]);
  await close();
  await host.close();
  return faults;
}
