// Projects in the private storage of the browser: nothing is lost by a closed tab, a second tab, or a full storage.
// @module-tag thorough
import type { BrowserContext, Page } from "playwright-core";
import { expect, test, vi } from "vitest";
import { openStudio, setUpStudio, startStudioSite, watchFaults } from "./studio-tab.js";
import { addFiles, card, createPictures, picturesOf } from "./try-flow.js";

const its = setUpStudio(() => startStudioSite({ fake: true }));

const openTexts = async (page: Page): Promise<string> => {
  await page.getByRole("button", { name: "Messages to a shop" }).click();
  await page.waitForURL(/#\/.+\/samples/);
  return page.url();
};

/** Lets the worker of the files do something: the page itself writes none. */
const inFileWorker = (page: Page, code: string): Promise<unknown> =>
  page
    .workers()
    .find((worker) => worker.url().endsWith("/file-worker.js"))!
    .evaluate(code);

const another = async (context: BrowserContext): Promise<{ page: Page; faults: string[] }> => {
  const page = await context.newPage();
  const faults = watchFaults(page, its.site.url);
  return { page, faults };
};

test("a project is there with all its samples after the tab was closed, and its name can be changed", async () => {
  const { page, faults, close } = await openStudio(its.browser, its.site.url);
  await openTexts(page);
  const context = page.context();
  await page.close();
  const second = await another(context);
  await second.page.goto(its.site.url);
  await second.page.getByText("Texts · 180 samples").waitFor();
  await second.page.getByRole("button", { name: "Rename Messages to a shop" }).click();
  await second.page.getByLabel("Name of the project").fill("<img src=x onerror=alert(1)>");
  await second.page.getByRole("button", { name: "Save" }).click();
  await second.page.getByRole("link", { name: "<img src=x" }).click();
  await second.page.getByRole("heading", { name: "Samples" }).waitFor();
  await second.page.getByText("<img src=x onerror=alert(1)>").waitFor();
  expect([...faults, ...second.faults]).toEqual([]);
  await close();
});

test("a tab that is closed while it stores pictures keeps those that were added", async () => {
  const { page, close } = await openStudio(its.browser, its.site.url);
  const context = page.context();
  await page.getByRole("button", { name: "Pictures of damaged surfaces" }).click();
  const isOpen = "navigator.locks.query().then(({ held }) => held.length > 0)";
  await vi.waitUntil(() => page.evaluate<boolean>(isOpen), { timeout: 300_000, interval: 20 });
  await page.waitForTimeout(100);
  await page.close();
  const { page: second, faults } = await another(context);
  await second.goto(its.site.url);
  const name = /^Pictures of damaged surfaces Pictures · \d+ samples?/;
  const text = await second.getByRole("link", { name }).innerText();
  const shown = Number(/(\d+) sample/.exec(text)![1]);
  // Each sample that the project names has its content.
  const contents = await second.evaluate(async () => {
    const { navigator } = globalThis as unknown as {
      navigator: { storage: { getDirectory(): Promise<unknown> } };
    };
    type Folder = {
      values(): AsyncIterable<Folder>;
      kind: string;
      getDirectoryHandle(name: string): Promise<Folder>;
    };
    const studio = await ((await navigator.storage.getDirectory()) as Folder).getDirectoryHandle("studio");
    let files = 0;
    for await (const project of studio.values())
      for await (const part of (await project.getDirectoryHandle("data").catch(() => project)).values())
        if (part.kind === "directory") for await (const _ of part.values()) files++;
    return files;
  });
  expect(contents).toBeGreaterThanOrEqual(shown);
  await second.getByRole("link", { name }).click();
  await second.waitForURL(/samples/);
  expect(faults).toEqual([]);
  await close();
});

test("the page makes no handle of a stored file: the end of thousands would hold it", async () => {
  const { page, faults, close } = await openStudio(its.browser, its.site.url);
  await page.addInitScript(`
    globalThis.handles = 0;
    for (const name of ["getFileHandle", "getDirectoryHandle"]) {
      const its = FileSystemDirectoryHandle.prototype[name];
      FileSystemDirectoryHandle.prototype[name] = function (...given) {
        globalThis.handles++;
        return its.apply(this, given);
      };
    }`);
  await page.reload();
  await createPictures(page);
  await addFiles(page, "Class 1", await picturesOf("red", 5));
  await card(page, "Class 1").locator(".tile img").nth(4).waitFor();
  await page.goto(`${its.site.url}#/`);
  await page.getByText("Pictures · 5 samples").waitFor();
  expect(await page.evaluate("globalThis.handles")).toBe(0);
  expect(faults).toEqual([]);
  await close();
});

test("a second tab reads an open project, and can neither change nor delete it", async () => {
  const { page, close } = await openStudio(its.browser, its.site.url);
  const url = await openTexts(page);
  const { page: second, faults } = await another(page.context());
  await second.goto(url);
  await second.getByText("This project is open in another tab or program.").waitFor();
  await second.goto(`${its.site.url}#/`);
  await second.getByRole("button", { name: "Delete Messages to a shop" }).click();
  await second.getByRole("button", { name: "Delete for good" }).click();
  await second.getByText("Close it there to change it here.").waitFor();
  await second.goto(url);
  await second.getByRole("group").first().waitFor();
  expect(await second.getByText("Close it there to change it here.").count()).toBe(1);
  await second.goto(`${its.site.url}#/`);
  await second.getByText("Texts · 180 samples").waitFor();
  await page.close();
  await second.reload();
  await second.getByRole("button", { name: "Delete Messages to a shop" }).click();
  await second.getByRole("button", { name: "Cancel" }).click();
  await second.getByRole("button", { name: "Delete Messages to a shop" }).click();
  await second.getByRole("button", { name: "Delete for good" }).click();
  await second.getByText("Texts · 180 samples").waitFor({ state: "detached" });
  expect(faults).toEqual([]);
  await close();
});

test("a long log is compacted when its project is opened, and contents that nothing names are removed", async () => {
  const { page, faults, close } = await openStudio(its.browser, its.site.url);
  const url = await openTexts(page);
  const id = /#\/(.+)\//.exec(url)![1]!;
  const project = `(await (await navigator.storage.getDirectory()).getDirectoryHandle("studio")).getDirectoryHandle("${id}")`;
  const log = `(await (${project})).getFileHandle("actions.jsonl")`;
  await page.goto(`${its.site.url}#/`);
  await page.evaluate(`(async () => {
    const add = async (handle, text, position) => {
      const writable = await handle.createWritable({ keepExistingData: true });
      await writable.write({ type: "write", position, data: text });
      await writable.close();
    };
    const data = await (await (${project})).getDirectoryHandle("data", { create: true });
    await add(await (await data.getDirectoryHandle("ab", { create: true })).getFileHandle("abc", { create: true }), "x", 0);
    const renames = Array.from({ length: 30_000 }, (_, i) => JSON.stringify({ do: "rename-project", name: "Name " + i }) + "\\n");
    const handle = await (${log});
    await add(handle, renames.join("") + '{"do":"cut', (await handle.getFile()).size);
  })()`);
  await page.reload();
  await page.getByRole("link", { name: "Name 29999" }).click();
  await page.locator(".top .name", { hasText: "Name 29999" }).waitFor();
  const bytes = await page.evaluate<number>(`(async () => (await (await (${log})).getFile()).size)()`);
  expect(bytes).toBeLessThan(100_000);
  const named = `(async () => (await (await (${project})).getDirectoryHandle("data")).getDirectoryHandle("ab")
    .then(async (folder) => { for await (const name of folder.keys()) return name; }))()`;
  expect(await page.evaluate(named)).toBeUndefined();
  await page.goto(`${its.site.url}#/`);
  await page.getByText("Texts · 180 samples").waitFor();
  expect(faults).toEqual([]);
  await close();
});

test("a second tab takes over when the first one is closed, with what was changed there", async () => {
  const { page, close } = await openStudio(its.browser, its.site.url);
  const url = await openTexts(page);
  const { page: second, faults } = await another(page.context());
  await second.goto(url);
  const note = second.getByText("This project is open in another tab or program.");
  await note.waitFor();
  await page.getByRole("button", { name: "Add a class" }).click();
  await page.getByRole("group", { name: "Class 6" }).waitFor();
  await page.goto(`${its.site.url}#/`);
  await page.getByText("Texts · 180 samples").waitFor();
  expect(await page.getByRole("button", { name: "Undo" }).count()).toBe(0);
  await page.close();
  await note.waitFor({ state: "detached" });
  await second.getByRole("group", { name: "Class 6" }).waitFor();
  await second.getByRole("button", { name: "Add a class" }).click();
  await second.getByRole("group", { name: "Class 7" }).waitFor();
  expect(faults).toEqual([]);
  await close();
});

test("a full storage is told with what to do, and keeps what was stored", async () => {
  const { page, faults, close } = await openStudio(its.browser, its.site.url);
  await openTexts(page);
  const session = await page.context().newCDPSession(page);
  const origin = new URL(its.site.url).origin;
  await session.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 100_000 });
  await page.goto(`${its.site.url}#/`);
  await page.getByRole("button", { name: "Sounds of machines" }).click();
  await page.getByText("The storage of this browser is full.").waitFor();
  await page.getByText("Download this project on the page Use").waitFor();
  await page.reload();
  await page.getByText("Texts · 180 samples").waitFor();
  expect(faults).toEqual([]);
  await close();
});

test("changes that a full storage refused are stored as soon as there is place", async () => {
  const { page, faults, close } = await openStudio(its.browser, its.site.url);
  const id = /#\/(.+)\//.exec(await openTexts(page))![1]!;
  const log = `(async () => {
    const studio = await (await navigator.storage.getDirectory()).getDirectoryHandle("studio");
    const handle = await (await studio.getDirectoryHandle("${id}")).getFileHandle("actions.jsonl");
    return (await handle.getFile()).text();
  })()`;
  const type = "FileSystemFileHandle.prototype";
  await inFileWorker(
    page,
    `globalThis.write = ${type}.createWritable; ${type}.createWritable = async () => { throw new DOMException('', 'QuotaExceededError'); }`,
  );
  await page.getByRole("button", { name: "Add a class" }).click();
  await page.getByText("The storage of this browser is full.").waitFor();
  const asked = page.waitForEvent("dialog");
  const reloaded = page.reload({ timeout: 2000 }).catch(() => undefined);
  await (await asked).dismiss();
  await reloaded;
  await inFileWorker(page, `${type}.createWritable = globalThis.write`);
  await expect.poll(() => page.evaluate(log)).toMatch(/"name":"Class \d"/);
  await page.reload();
  await page.getByRole("group", { name: /^Class \d/ }).waitFor();
  expect(faults).toEqual([]);
  await close();
});

test("no camera and a full storage are told in Chinese, with what to do", async () => {
  const { page, faults, close } = await openStudio(its.browser, its.site.url, { locale: "zh-CN" });
  await page.getByRole("button", { name: /^图片 / }).click();
  await page.getByRole("button", { name: "按住录制" }).first().click();
  await page
    .getByRole("alert")
    .getByText(/没有摄像头。请|使用摄像头的许可被拒绝。请/)
    .waitFor();
  await inFileWorker(
    page,
    "FileSystemFileHandle.prototype.createWritable = async () => { throw new DOMException('', 'QuotaExceededError'); }",
  );
  await page
    .getByLabel("添加文件")
    .first()
    .setInputFiles(await picturesOf("red", 3));
  await page.getByText("此浏览器的存储空间已满。").waitFor();
  // Nothing is added any more.
  await page.getByRole("progressbar").waitFor({ state: "detached" });
  expect(faults).toEqual([]);
  await close();
});

test("without private storage the page works in memory and says so", async () => {
  const context = await its.browser.newContext({ locale: "en-US", serviceWorkers: "block" });
  const { page, faults } = await another(context);
  await page.addInitScript("delete StorageManager.prototype.getDirectory");
  await page.goto(its.site.url);
  await page.getByText("This browser does not keep your work. Download the project").waitFor();
  await openTexts(page);
  await page.goto(`${its.site.url}#/`);
  await page.getByText("Texts · 180 samples").waitFor();
  expect(faults).toEqual([]);
  // The browser asks before all of it is gone.
  const asked = page.waitForEvent("dialog");
  const reloaded = page.reload();
  await (await asked).accept();
  await reloaded;
  await page.getByText("180 samples").waitFor({ state: "detached" });
  await context.close();
});
