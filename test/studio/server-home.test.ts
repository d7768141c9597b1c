// The page of `engraft studio` in a real browser: signed in, on a folder of class folders, and after a restart of the server.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { pageFolder } from "../../src/studio/static-node.js";
import { launchChromium } from "../support/chromium.js";
import { tinyData } from "../support/fixtures.js";
import { serveHome } from "./studio-home.js";
import { watchFaults } from "./studio-tab.js";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const root = mkdtempSync(join(tmpdir(), "engraft-home-"));
let browser: Browser;
let data: string;
beforeAll(async () => {
  process.env.ENGRAFT_CACHE = join(root, "cache");
  data = await tinyData(join(root, "flowers"), { ant: 6, bee: 6 });
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  rmSync(root, { recursive: true, force: true });
});

test("the printed address signs in, the folder's samples are there, and a new server knows the browser", async () => {
  const first = await serveHome(data);
  const context = await browser.newContext({ locale: "en-US" });
  const page = await context.newPage();
  const faults = watchFaults(page, first.url);
  await page.goto(first.url);
  // The project of the folder opens first. The quick model runs under the policy of the page.
  await page.getByText("Quick model, 12 pictures").waitFor();
  expect(page.url()).not.toContain("token");
  expect(await page.evaluate("crossOriginIsolated")).toBe(true);
  await first.close();

  const second = await serveHome(data);
  expect(new URL(second.url).origin).toBe(new URL(first.url).origin);
  await page.reload();
  await page.getByText("6 pictures").first().waitFor();
  expect(faults).toEqual([]);

  const stranger = await (await browser.newContext({ locale: "zh-CN" })).newPage();
  await stranger.goto(new URL(second.url).origin);
  await stranger.getByText("请打开终端中显示的地址。").waitFor();
  await context.close();
  await second.close();
  expect(readdirSync(data).sort()).toEqual(["ant", "bee", "engraft-studio"]);
});

test("a run of the terminal: its name, its report under the policy of the page, and its model to try", async () => {
  const run = join(root, "runs/My ants");
  const { train } = await import("../../src/index.js");
  await train(data, { base: "vision-mini", strategy: "probe", baselines: false, explain: false, out: run });
  const served = await serveHome(run);
  const page = await (await browser.newContext({ locale: "en-US" })).newPage();
  const faults = watchFaults(page, served.url);
  await page.addInitScript(
    'addEventListener("securitypolicyviolation", (event) => console.error(event.violatedDirective, event.blockedURI))',
  );
  await page.goto(served.url);
  const title = "My ants · probe";
  const model = page.getByRole("combobox", { name: "Model" });
  await page.getByText("test samples, which the model did not learn").waitFor();
  expect(await model.locator("option:checked").innerText()).toBe(title);
  await page.getByText("Full report").click();
  const frame = page.frameLocator("iframe");
  await frame.getByText("Engraft report").first().waitFor();
  await page.getByRole("button", { name: "中文" }).click();
  await frame.locator("html[lang=zh-Hans]").waitFor();
  await page.getByRole("button", { name: "English" }).click();
  await page.getByRole("link", { name: "Try", exact: true }).click();
  await page
    .getByLabel("Try")
    .locator("input[type=file]")
    .setInputFiles(join(data, "ant", firstOf(join(data, "ant"))));
  await page.getByText("Wrong? It is …").waitFor();
  expect(await model.locator("option:checked").innerText()).toBe(title);
  await page.getByRole("button", { name: "ant", exact: true }).waitFor();
  expect(faults).toEqual([]);
  await page.context().close();
  await served.close();
});

const firstOf = (folder: string): string => readdirSync(folder).sort()[0]!;

test("a lost connection is said, and the page goes on after the last event by itself", async () => {
  const served = await serveHome(data);
  const page = await (await browser.newContext({ locale: "en-US" })).newPage();
  await page.goto(served.url);
  const asked: (string | undefined)[] = [];
  const event = (id: number) => `id: ${id}\ndata: {"event":"epoch","epoch":${id}}\n\n`;
  await page.route("**/api/runs/*/events*", (route) => {
    const body = [`${event(1)}${event(2)}`, undefined, `${event(3)}event: end\ndata: \n\n`][asked.length];
    asked.push(route.request().headers()["last-event-id"]);
    return body === undefined ? route.abort() : route.fulfill({ body, contentType: "text/event-stream" });
  });
  await page.route("**/api/projects/*/runs", (route) => route.fulfill({ json: [] }));
  const chunk = readdirSync(pageFolder).find((name) => name.startsWith("http-trainer-"))!;
  type Watching = {
    watch(name: string, after: number, signal: AbortSignal): AsyncIterable<{ readonly id: number }>;
  };
  const module = await page.evaluateHandle<{ readonly HttpTrainer: new (store: unknown) => Watching }>(
    `import("/${chunk}")`,
  );
  const seen = await module.evaluate(async ({ HttpTrainer }) => {
    const said: string[] = [];
    const store = {
      project: { value: { id: "p" } },
      notices: { value: [] as { id: string; text: string }[] },
      notify: ({ text, help }: { text: string; help: string }) => {
        said.push(`${text} ${help}`);
        store.notices.value = [{ id: "n", text }];
      },
      dismiss: () => {
        store.notices.value = [];
      },
    };
    const ids: number[] = [];
    const signal = new AbortController().signal;
    for await (const { id } of new HttpTrainer(store).watch("run", 0, signal)) ids.push(id);
    return { ids, said: said[0], shown: store.notices.value.length };
  });
  expect(seen).toEqual({
    ids: [1, 2, 3],
    said: "Connection to engraft studio lost. A started training goes on. Reconnecting …",
    shown: 0,
  });
  expect(asked).toEqual(["0", "2", "2"]);
  await page.context().close();
  await served.close();
});
