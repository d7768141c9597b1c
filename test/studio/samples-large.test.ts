// The page Samples with 8,000 samples, with 300 classes, on a phone, and in Chinese.
// @module-tag thorough
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "../support/chromium.js";
import type { Site } from "../web/site.js";
import { openSamples, startSamplesSite } from "./samples-site.js";
import { expectAccessible } from "./studio-tab.js";

let browser: Browser;
let site: Site;
beforeAll(async () => {
  [browser, site] = await Promise.all([
    launchChromium("--use-fake-device-for-media-stream"),
    startSamplesSite(),
  ]);
});
afterAll(async () => {
  await browser.close();
  await site.close();
});

test("8,000 samples in a class: few tiles are in the page, and all can be reached and removed", async () => {
  const { page, faults, close } = await openSamples(browser, site.url, {
    classes: ["cat", "dog"],
    samples: 8000,
  });
  const cat = page.getByRole("group", { name: "cat", exact: true });
  await cat.getByText("8,000 pictures").waitFor();
  await cat.getByRole("button", { name: "Show all 8,000" }).click();
  await cat.locator(".tile img").first().waitFor();
  await page.evaluate(`{
    const box = document.querySelector(".tiles");
    box.scrollTop = box.scrollHeight / 2;
  }`);
  await cat.getByLabel("picture-0-3999.jpg").locator("img").waitFor();
  expect(await cat.locator(".tile").count()).toBeLessThan(100);
  await cat.getByRole("option").first().focus();
  await page.keyboard.press("End");
  await page.keyboard.press("Control+a");
  await page.getByRole("group", { name: "8,000 selected" }).waitFor();
  expect(await page.evaluate("document.activeElement.getAttribute('aria-posinset')")).toBe("8000");
  await page.keyboard.press("Delete");
  await cat.getByText("0 pictures").waitFor();
  await page.keyboard.press("Control+z");
  await cat.getByText("8,000 pictures").waitFor();
  await expectAccessible(page);
  expect(faults).toEqual([]);
  await close();
});

test("many pictures: the first answer comes long before all are learnt, although a class comes after the other", async () => {
  const { page, faults, close } = await openSamples(browser, site.url, {
    classes: ["cat", "dog"],
    // There are 24 contents. With this count the classes start with others.
    samples: 3008,
  });
  await page.getByText(/^Quick model, \d+ pictures/).waitFor();
  const progress = page.locator(".check progress");
  expect(Number(await progress.getAttribute("value"))).toBeLessThan(3008);
  expect(faults).toEqual([]);
  await close();
});

test("300 classes: cards are filled when they come near, and the last can be used", async () => {
  const classes = Array.from({ length: 300 }, (_, k) => `class of number ${k + 1}`);
  const { page, faults, close } = await openSamples(browser, site.url, { classes, samples: 10 });
  const last = page.getByRole("group", { name: "class of number 300", exact: true });
  await last.waitFor();
  expect(await page.getByRole("listbox").count()).toBeLessThan(20);
  await last.scrollIntoViewIfNeeded();
  await last.getByRole("option").first().click();
  await page.keyboard.press("1");
  await last.getByText("9 pictures").waitFor();
  await page
    .getByRole("group", { name: "class of number 1", exact: true })
    .getByText("11 pictures")
    .waitFor();
  expect(faults).toEqual([]);
  await close();
});

test("on a phone, in Chinese and dark: one row for each class, hold by touch, select by tap", async () => {
  const { page, faults, close } = await openSamples(
    browser,
    site.url,
    { classes: ["猫", "狗"], samples: 30 },
    {
      ...{ locale: "zh-CN", viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
      ...{ permissions: ["camera"], colorScheme: "dark" },
    },
  );
  const cat = page.getByRole("group", { name: "猫", exact: true });
  await cat.getByText("30 张图片", { exact: true }).waitFor();
  const tiles = cat.getByRole("listbox");
  await cat.getByRole("option").first().waitFor();
  expect((await tiles.boundingBox())!.height).toBeLessThan(100);
  await cat.getByRole("option").nth(0).tap();
  await cat.getByRole("option").nth(1).tap();
  await page.getByRole("group", { name: "已选 2 个" }).waitFor();
  await expectAccessible(page);
  await page.getByRole("combobox", { name: "移动到……" }).selectOption("狗");
  await cat.getByText("28 张图片", { exact: true }).waitFor();
  await cat.getByRole("button", { name: "显示全部 28 个" }).tap();
  expect((await tiles.boundingBox())!.height).toBeGreaterThan(400);
  await cat.getByRole("button", { name: "收起" }).tap();
  const record = cat.getByRole("button", { name: "按住录制" });
  await record.tap();
  await page.getByLabel("摄像头画面").waitFor();
  const { x, y, width, height } = (await record.boundingBox())!;
  const touch = await page.context().newCDPSession(page);
  await touch.send("Input.dispatchTouchEvent", {
    type: "touchStart",
    touchPoints: [{ x: x + width / 2, y: y + height / 2 }],
  });
  await cat.getByText(/^3\d 张图片 · 1 次录制$/).waitFor();
  await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  await record.waitFor();
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
  await expectAccessible(page);
  expect(faults).toEqual([]);
  await close();
});
