// The page that a user can copy, used as a user does: a folder is chosen, a button is pressed.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { unzipSync } from "fflate";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "../support/chromium.js";
import { demoPictures, type Site, startSite } from "./site.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "engraft-example-"));
let browser: Browser;
let isolated: Site;
let plain: Site;
beforeAll(async () => {
  const copy = (name: string, classes: readonly string[], count: number): void => {
    for (const picture of demoPictures(count, classes)) {
      mkdirSync(join(folder, name, picture.label), { recursive: true });
      const from = join(root, picture.url.replace("/package/", ""));
      cpSync(from, join(folder, name, picture.label, picture.name));
    }
  };
  copy("parts", ["none", "stain"], 12);
  copy("same-parts", ["none", "stain"], 12);
  copy("surfaces", ["crack", "groove", "pit"], 12);
  cpSync(join(root, "assets/demo/train/stain/000.jpg"), join(folder, "stain.jpg"));
  writeFileSync(join(folder, "phone.heic"), heicHeader());
  [browser, isolated, plain] = await Promise.all([
    launchChromium(),
    startSite({ isolated: true }),
    startSite(),
  ]);
});
afterAll(async () => {
  await browser.close();
  await Promise.all([isolated.close(), plain.close()]);
  rmSync(folder, { recursive: true, force: true });
});

/**
 * The boxes of a HEIC file up to its size, with no picture behind them.
 * @see ISO/IEC 14496-12 4.2 (a box: length, kind, content) and ISO/IEC 23008-12 6.5.3 (ispe)
 */
function heicHeader(): Uint8Array {
  const box = (kind: string, ...content: readonly Uint8Array[]): Uint8Array => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(8 + content.reduce((sum, { length }) => sum + length, 0));
    head.write(kind, 4);
    return Buffer.concat([head, ...content]);
  };
  const size = Buffer.alloc(12);
  size.writeUInt32BE(4032, 4);
  size.writeUInt32BE(3024, 8);
  const properties = box("iprp", box("ipco", box("ispe", size)));
  return Buffer.concat([
    box("ftyp", Buffer.from("heic\0\0\0\0mif1heic")),
    box("meta", Buffer.alloc(4), properties),
    box("mdat", Buffer.alloc(64)),
  ]);
}

interface Visit {
  readonly page: Page;
  /** Errors that nobody caught, and errors on the console. */
  readonly wrong: readonly string[];
  /** Everything else on the console. */
  readonly said: readonly string[];
}

async function visit(context: BrowserContext, site: Site): Promise<Visit> {
  const page = await context.newPage();
  const wrong: string[] = [];
  const said: string[] = [];
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("console", (message) => (message.type() === "error" ? wrong : said).push(message.text()));
  await page.goto(`${site.url}example/index.html`);
  return { page, wrong, said };
}

async function choose(page: Page, name: string): Promise<void> {
  await page.setInputFiles("#folder", join(folder, name));
  await page.locator("#start:enabled").waitFor();
}

/** Train on a folder to the end. */
async function trainOn(page: Page, name: string): Promise<void> {
  await choose(page, name);
  await page.click("#start");
  await page.locator("#done").waitFor({ state: "visible" });
}

test("the example page trains on a folder, predicts a picture, and gives the model as one file", async () => {
  const context = await browser.newContext();
  const requests: string[] = [];
  context.on("request", (request) => requests.push(request.url()));
  const { page, wrong } = await visit(context, isolated);
  expect(await page.locator("#start").isDisabled()).toBe(true);
  await page.setInputFiles("#folder", join(folder, "parts"));
  expect(await page.locator("#given").textContent()).toBe("24 files chosen");
  await page.click("#start");
  await page.locator("#done").waitFor({ state: "visible" });
  expect(await page.locator("#given").textContent()).toBe("24 pictures of none, stain");
  expect(await page.locator("#accuracy").textContent()).toMatch(/^[\d.]+ % right$/);
  await page.setInputFiles("#picture", join(folder, "stain.jpg"));
  await page.locator("#predictions tr").first().waitFor();
  expect(await page.locator("#predictions tr").count()).toBe(2);

  const [download] = await Promise.all([page.waitForEvent("download"), page.click("#save")]);
  expect(download.suggestedFilename()).toBe("model.zip");
  const zip = unzipSync(readFileSync(await download.path()));
  expect(Object.keys(zip).sort()).toEqual([
    "model/LICENSE",
    "model/README.md",
    "model/config.json",
    "model/engraft.json",
    "model/onnx/model.onnx",
    "model/preprocessor_config.json",
  ]);
  expect(JSON.parse(new TextDecoder().decode(zip["model/config.json"])).id2label).toEqual({
    0: "none",
    1: "stain",
  });

  // Nothing comes from another site. Requests of workers are among them, or the check would say nothing.
  const paths = requests.map((url) => new URL(url).pathname);
  for (const needed of ["start.js", "vision-open/onnx/model.onnx", "ort.wasm.min.mjs", ".wasm"])
    expect(
      paths.some((path) => path.endsWith(needed)),
      needed,
    ).toBe(true);
  const elsewhere = requests.filter((url) => !/^(blob|data):/.test(url) && !url.startsWith(isolated.url));
  expect(elsewhere).toEqual([]);
  const shot = process.env.ENGRAFT_SCREENSHOT;
  if (shot) await page.screenshot({ path: shot, fullPage: true });
  expect(wrong).toEqual([]);
  await context.close();
});

test("a prediction disappears with its model or picture; the console names how the page is served", {
  tags: ["thorough"],
}, async () => {
  const context = await browser.newContext();
  const { page, wrong, said } = await visit(context, plain);
  await trainOn(page, "surfaces");
  const predictions = page.locator("#predictions tr");
  await page.setInputFiles("#picture", join(folder, "stain.jpg"));
  await predictions.first().waitFor();
  expect(await predictions.count()).toBe(3);

  await page.setInputFiles("#picture", join(folder, "phone.heic"));
  await page.locator("#failed:not(:empty)").waitFor();
  expect(await page.locator("#failed").textContent()).toBe(
    "phone.heic: cannot read the picture: its content is HEIC, which cannot be read: convert it to JPEG (macOS: sips -s format jpeg)\n" +
      "open it in a picture viewer and save it again as JPEG or PNG, or remove it",
  );
  expect(await predictions.count()).toBe(0);
  await page.setInputFiles("#picture", join(folder, "stain.jpg"));
  await predictions.first().waitFor();
  expect(await page.locator("#failed").textContent()).toBe("");

  await trainOn(page, "parts");
  expect(await predictions.count()).toBe(0);
  expect(await page.locator("#picture").inputValue()).toBe("");
  await page.setInputFiles("#picture", join(folder, "stain.jpg"));
  await predictions.first().waitFor();
  expect(await predictions.count()).toBe(2);

  expect(await page.locator("#warnings").textContent()).not.toContain("thread");
  expect(said.join("\n")).toContain("one thread only: threads need a cross-origin isolated page");
  expect(wrong).toEqual([]);
  await context.close();
});

// `rows.test.ts` resumes a training whose tab was closed.
test("a stopped training is resumed with its strategy, refuses other pictures, and can be started over", {
  tags: ["thorough"],
}, async () => {
  const context = await browser.newContext();
  const first = await visit(context, isolated);
  await choose(first.page, "parts");
  await first.page.selectOption("#strategy", "finetune");
  await first.page.click("#start");
  await first.page.locator("#epochs tbody tr").first().waitFor();
  expect(await first.page.locator("#folder").isDisabled()).toBe(true);
  await first.page.click("#stop");
  await first.page.locator("#over").waitFor({ state: "visible" });
  expect(await first.page.locator("#says").textContent()).toBe("Stopped.");
  expect(await first.page.locator("#start").textContent()).toBe("Resume");
  await first.page.close();

  // Another visit: the run is there, and other pictures are no dead end.
  const { page, wrong } = await visit(context, isolated);
  await page.locator("#over").waitFor({ state: "visible" });
  expect(await page.locator("#unfinished").textContent()).toContain("A training is not finished.");
  expect(await page.locator("#strategy").inputValue()).toBe("finetune");
  expect(await page.locator("#strategy").isDisabled()).toBe(true);
  await choose(page, "surfaces");
  await page.click("#start");
  await page.locator("#says.error").waitFor();
  expect(await page.locator("#says").textContent()).toMatch(
    /^these are other data than the run's: 36 new \(.*\), 24 gone \(.*\)\nchoose the data that the run was started with, or start over: /,
  );
  expect(await page.locator("#start").textContent()).toBe("Resume");

  // The same pictures in a folder of another name are the run's.
  await choose(page, "same-parts");
  await page.click("#start");
  await page.locator("#epochs tbody tr").first().waitFor();
  await page.click("#stop");
  await page.locator("#start:enabled").waitFor();
  expect(await page.locator("#says").textContent()).toBe("Stopped.");

  await page.click("#over");
  await page.locator("#unfinished").waitFor({ state: "hidden" });
  expect(await page.locator("#start").textContent()).toBe("Train");
  expect(await page.locator("#strategy").isEnabled()).toBe(true);
  await page.selectOption("#strategy", "probe");
  await trainOn(page, "surfaces");
  expect(await page.locator("#given").textContent()).toBe("36 pictures of crack, groove, pit");
  expect([...first.wrong, ...wrong]).toEqual([]);
  await context.close();
});

test("a training in another tab is neither resumed nor removed", { tags: ["thorough"] }, async () => {
  const context = await browser.newContext();
  const busy = await visit(context, isolated);
  await choose(busy.page, "parts");
  await busy.page.selectOption("#strategy", "finetune");
  await busy.page.click("#start");
  await busy.page.locator("#epochs tbody tr").first().waitFor();
  const other = await visit(context, isolated);
  await other.page.locator("#over").waitFor({ state: "visible" });
  await other.page.click("#over");
  await other.page.locator("#says.error").waitFor();
  expect(await other.page.locator("#says").textContent()).toBe(
    'the run "my-pictures" is in use by another tab\nwait until it has finished, or close that tab',
  );
  await busy.page.click("#stop");
  await busy.page.locator("#over").waitFor({ state: "visible" });
  expect([...busy.wrong, ...other.wrong]).toEqual([]);
  await context.close();
});

test("on a phone nothing is cut off, and labels have room", { tags: ["thorough"] }, async () => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
  const { page, wrong } = await visit(context, isolated);
  await trainOn(page, "parts");
  await page.setInputFiles("#picture", join(folder, "stain.jpg"));
  await page.locator("#predictions tr").first().waitFor();
  const layout = await page.evaluate(() => {
    const { document, innerWidth } = globalThis as unknown as TabScope;
    // A probe has no epochs: the table is shown with the longest row of a fine-tuning.
    document.querySelector("#epochs").hidden = false;
    document.querySelector("#epochs tbody").innerHTML =
      "<tr><td>100 of 100<td>0.433<td>1.011<td>100.0 %</tr>";
    const label = document.querySelector("label:has(#picture)");
    const range = document.createRange();
    range.selectNodeContents(label.firstChild);
    return {
      width: document.documentElement.scrollWidth,
      innerWidth,
      lines: new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size,
    };
  });
  expect(layout.width).toBe(layout.innerWidth);
  expect(layout.lines).toBe(1);
  expect(wrong).toEqual([]);
  await context.close();
});

/** What the test above uses of a browser's window. */
interface TabScope {
  readonly innerWidth: number;
  readonly document: {
    readonly documentElement: { readonly scrollWidth: number };
    querySelector(selector: string): { readonly firstChild: unknown; hidden: boolean; innerHTML: string };
    createRange(): {
      selectNodeContents(node: unknown): void;
      getClientRects(): Iterable<{ readonly top: number }>;
    };
  };
}

test("the page of lists learns texts and a table, predicts, and gives the report", {
  tags: ["thorough"],
}, async () => {
  const messages = ["it came on time", "fast and well packed", "it broke at once", "it does not work"];
  const texts = Array.from(
    { length: 40 },
    (_, i) => `"${messages[i % 4]}, order ${i}",${i % 4 < 2 ? "good" : "bad"}`,
  );
  const houses = Array.from({ length: 60 }, (_, i) => {
    const area = 30 + ((37 * i) % 101);
    return `${area},${i % 3 ? "country" : "town"},${2 * area + (i % 3 ? 0 : 90)}`;
  });
  const context = await browser.newContext();
  const page = await context.newPage();
  const wrong: string[] = [];
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
  await page.goto(`${isolated.url}example/lists.html`);
  const learn = async (file: string, lines: readonly string[], asked: string) => {
    writeFileSync(join(folder, file), `${lines.join("\n")}\n`);
    await page.setInputFiles("#list", join(folder, file));
    await page.click("#start");
    await page.locator("#done").waitFor({ state: "visible" });
    await page.fill("#asked", asked);
    await page.click("#predict");
    await page.locator("#predicted:not(:empty)").waitFor();
    return {
      task: await page.locator("#says").textContent(),
      ask: await page.locator("#ask").textContent(),
      predicted: JSON.parse((await page.locator("#predicted").textContent()) ?? "") as unknown[],
    };
  };
  expect(await learn("messages.csv", ["text,label", ...texts], "it broke on time")).toEqual({
    task: "text-classification",
    ask: "a text",
    predicted: [{ label: expect.any(String), score: expect.any(Number) }, expect.anything()],
  });
  expect(await page.locator("#score").textContent()).toMatch(
    /^accuracy [\d.]+ on \d+ that it was not trained on$/,
  );
  await page.fill("#target", "price");
  expect(await learn("houses.csv", ["area,place,price", ...houses], '{"area": 80, "place": "town"}')).toEqual(
    {
      task: "tabular-regression",
      ask: "a row as JSON, with area, place",
      predicted: [expect.objectContaining({ target: "price", value: expect.any(Number) })],
    },
  );
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("#report")]);
  expect(readFileSync(await download.path(), "utf8")).toContain("<!doctype html>");

  await page.fill("#target", "prize");
  await page.click("#start");
  await page.locator("#says.error").waitFor();
  expect(await page.locator("#says").textContent()).toContain('"prize"');
  expect(wrong).toEqual([]);
  await context.close();
});

test("a page that cannot load the package says so", async () => {
  const context = await browser.newContext();
  await context.route("**/dist/browser/engraft.js", (route) => route.fulfill({ status: 404 }));
  const { page } = await visit(context, plain);
  await page.locator("#says.error").waitFor();
  expect(await page.locator("#says").textContent()).toMatch(
    /^Engraft could not be loaded\.\nRun npm install /,
  );
  await context.close();
});
