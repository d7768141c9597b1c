// The start page: projects from zip files, and what it says to files that are no projects.
// @module-tag thorough
import { readFileSync } from "node:fs";
import { zipSync } from "fflate";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { expectAccessible, openStudio, setUpStudio, startStudioSite } from "./studio-tab.js";

const its = setUpStudio(() => startStudioSite({ fake: true }));

const chooseZip = async (page: Page, buffer: Uint8Array, name = "leaves.engraft.zip"): Promise<void> =>
  page
    .getByLabel("Open a project")
    .last()
    .setInputFiles({ name, mimeType: "application/zip", buffer: Buffer.from(buffer) });

test("an exported project opens again with all its samples, as a project of its own", async () => {
  const { page, faults, close } = await openStudio(its.browser, its.site.url, { acceptDownloads: true });
  await page.getByRole("button", { name: "Pictures of damaged surfaces" }).click();
  await page.waitForURL(/samples/);
  await page.goto(page.url().replace("samples", "use"));
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download project" }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe("Pictures of damaged surfaces.engraft.zip");
  await page.getByText(/engraft\.zip, \d+\.\d MB/).waitFor();
  const bytes = readFileSync(await file.path());
  await page.goto(`${its.site.url}#/`);
  await page.getByText("Pictures · 50 samples").waitFor();
  await chooseZip(page, bytes);
  await page.waitForURL(/samples/);
  // Undo would empty the project.
  expect(await page.getByRole("button", { name: "Undo" }).isDisabled()).toBe(true);
  await page.goto(`${its.site.url}#/`);
  await page.reload();
  await page.getByText("Pictures · 50 samples").nth(1).waitFor();
  expect(await page.getByText("Pictures · 50 samples").count()).toBe(2);
  await expectAccessible(page);
  expect(await page.locator("dialog", { hasText: "Delete for good" }).count()).toBe(0);
  const remove = page.getByRole("button", { name: "Delete Pictures of damaged surfaces" });
  await remove.first().click();
  await page.getByRole("dialog").waitFor();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.locator("dialog", { hasText: "Delete for good" }).waitFor({ state: "detached" });
  expect(await page.evaluate("document.activeElement.textContent")).toBe("Delete");
  await remove.first().click();
  await page.getByRole("button", { name: "Delete for good" }).click();
  await expect.poll(() => remove.count()).toBe(1);
  expect(await page.evaluate("document.activeElement.localName")).toBe("h1");
  expect(faults).toEqual([]);
  await close();
});

test("a file that is no project is refused with a sentence, and nothing is stored", async () => {
  const { page, faults, close } = await openStudio(its.browser, its.site.url);
  const newer = new TextEncoder().encode('{"format":2}');
  for (const [bytes, sentence] of [
    [new TextEncoder().encode("no zip"), "It is no zip file"],
    [zipSync({ "a.txt": new Uint8Array(3) }), "It has no project.json."],
    [zipSync({ "../../x": new Uint8Array(3) }), 'The path "../../x" is not allowed.'],
    [zipSync({ "project.json": new Uint8Array(99_000_000) }), "It unpacks to over 100 times its size."],
    [
      zipSync({ "project.json": newer }),
      "This project was made by a newer version of Engraft: update the page.",
    ],
  ] as const) {
    await chooseZip(page, bytes);
    await page.getByText(sentence).waitFor();
  }
  await page.reload();
  await page.getByRole("heading", { name: "Teach a model." }).waitFor();
  expect(await page.getByRole("region", { name: "Your projects" }).count()).toBe(0);
  expect(faults).toEqual([]);
  await close();
});

test("a zip that lacks a content leaves no project behind", async () => {
  const { page, faults, close } = await openStudio(its.browser, its.site.url);
  const project = {
    ...{ format: 1, id: "p", name: "Leaves", kind: "pictures", created: "", files: [], options: {} },
    classes: [{ id: "a", name: "A" }],
    samples: [{ id: "1", class: "a", hash: "0".repeat(64) }],
  };
  await chooseZip(page, zipSync({ "project.json": new TextEncoder().encode(JSON.stringify(project)) }));
  await page.getByText("The content 000000000000… is missing or damaged.").waitFor();
  expect(await page.getByRole("region", { name: "Your projects" }).count()).toBe(0);
  expect(faults).toEqual([]);
  await close();
});

test("examples that cannot be loaded are told, in Chinese too", async () => {
  const { page, close } = await openStudio(its.browser, its.site.url, { locale: "zh-CN" });
  await page.route("**/assets/**", (route) => route.abort());
  await page.getByRole("button", { name: "受损表面的图片" }).click();
  await page.getByText("无法加载示例。").waitFor();
  await expectAccessible(page);
  await close();
});

test("the start page on a phone", async () => {
  const { page, faults, close } = await openStudio(its.browser, its.site.url, {
    viewport: { width: 390, height: 844 },
  });
  await page.getByRole("button", { name: "Messages to a shop" }).click();
  await page.waitForURL(/samples/);
  await page.goto(`${its.site.url}#/`);
  await page.getByText("Texts · 180 samples").waitFor();
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
  await expectAccessible(page);
  expect(faults).toEqual([]);
  await close();
});
