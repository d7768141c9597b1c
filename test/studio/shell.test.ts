// The frame of the studio: start page, languages, keys.
// @module-tag thorough
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "../support/chromium.js";
import type { Site } from "../web/site.js";
import { expectAccessible, openStudio, startStudioSite } from "./studio-tab.js";

let browser: Browser;
let site: Site;
beforeAll(async () => {
  [browser, site] = await Promise.all([
    launchChromium("--host-resolver-rules=MAP studio.test 127.0.0.1"),
    startStudioSite({ fake: true }),
  ]);
});
afterAll(async () => {
  await browser.close();
  await site.close();
});

test("the first view is in the language of the browser, accessible, and can be switched", async () => {
  const { page, faults, close } = await openStudio(browser, site.url);
  await page.getByRole("main").waitFor();
  await expectAccessible(page);
  await page.getByRole("button", { name: "中文" }).click();
  await page.getByRole("button", { name: "English" }).waitFor();
  expect(await page.evaluate("document.documentElement.lang")).toBe("zh-CN");
  await expectAccessible(page);
  expect(faults).toEqual([]);
  await close();
});

test("a page that is opened has the focus on its heading; going there does not scroll", async () => {
  const { page, faults, close } = await openStudio(browser, site.url);
  const focused = (name: string) => page.locator("h1:focus", { hasText: name }).waitFor();
  await page.getByRole("button", { name: "Messages to a shop" }).click();
  await focused("Samples");
  await page.getByRole("link", { name: "Train" }).click();
  await focused("Train");
  await page.getByRole("link", { name: "Try" }).click();
  await focused("Try");
  expect(await page.evaluate("scrollY")).toBe(0);
  await page.getByRole("link", { name: "Engraft" }).first().click();
  await page.locator("h1:focus").waitFor();
  expect(faults).toEqual([]);
  await close();
});

test("a page that cannot be loaded shows why, and no longer that it loads, and opens when the connection is back", async () => {
  const { page, close } = await openStudio(browser, site.url);
  await page.getByRole("button", { name: "Messages to a shop" }).click();
  await page.getByRole("heading", { name: "Samples" }).waitFor();
  await page.route(/\/train-\w+\.js$/, (route) => route.abort());
  await page.getByRole("link", { name: "Train" }).click();
  await page.getByText("This part of the page is not loaded yet.").waitFor();
  await page.getByText("Loading …").waitFor({ state: "detached" });
  await page.unroute(/\/train-\w+\.js$/);
  await page.getByRole("heading", { name: "Train" }).waitFor();
  await close();
});

test("without the Chinese sentences, the page stays English and says so", async () => {
  const { page, close } = await openStudio(browser, "about:blank", { locale: "zh-CN" });
  await page.route(/\/zh-\w+\.js$/, (route) => route.abort());
  await page.goto(site.url);
  await page.getByRole("button", { name: "中文" }).click();
  await page.locator(".notice.error").waitFor();
  expect(await page.evaluate("document.documentElement.lang")).toBe("en");
  await close();
});

/** Number of elements that move. */
const moving = `[...document.querySelectorAll("*")].map((element) => getComputedStyle(element)).filter((style) =>
  style.animationName !== "none" || style.transitionDuration !== "0s" || style.scrollBehavior === "smooth").length`;

test("dark and with reduced motion: every page is accessible, and nothing moves", async () => {
  const { page, faults, close } = await openStudio(browser, site.url, {
    ...{ colorScheme: "dark", reducedMotion: "reduce" },
  });
  await page.getByRole("button", { name: "Messages to a shop" }).click();
  for (const name of ["Train", "Result", "Use", "Try", "Samples", "Engraft"]) {
    await page.getByRole("link", { name }).first().click();
    await page.locator("h1:focus").waitFor();
    await expectAccessible(page);
    expect(await page.evaluate(moving), name).toBe(0);
  }
  expect(faults).toEqual([]);
  await close();
});

test("a page without https says what it needs, in both languages", async () => {
  const { page, faults, close } = await openStudio(browser, site.url.replace("127.0.0.1", "studio.test"));
  await page.getByRole("alert").getByText("The studio needs an address with https.").waitFor();
  await expectAccessible(page);
  await page.getByRole("button", { name: "中文" }).click();
  await page.getByRole("alert").getByText("工作室需要 https 地址。").waitFor();
  expect(faults).toEqual([]);
  await close();
});
