// The page of `engraft studio` in a real browser: signed in, on a folder of class folders, and after a restart of the server.
// @module-tag thorough
import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { epochValidation } from "../../src/core/results/metric.js";
import { withLock } from "../../src/platform/node.js";
import { pageFolder } from "../../src/studio/static-node.js";
import { en } from "../../studio/words/en/index.js";
import { launchChromium } from "../support/chromium.js";
import { tinyData } from "../support/fixtures.js";
import { toyRun } from "../support/shared-runs.js";
import { serveHome } from "./studio-home.js";
import { watchFaults } from "./studio-tab.js";

let root: string;
let browser: Browser;
let data: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "engraft-home-"));
  process.env.ENGRAFT_CACHE = join(root, "cache");
  data = await tinyData(join(root, "flowers"), { ant: 6, bee: 6 });
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  rmSync(root, { recursive: true, force: true });
});

test("a run that another process trains: its curve, and at its end its result; its folder is only read", async () => {
  const { out: finished } = await toyRun("picture-classes");
  const run = join(root, "runs/live");
  cpSync(finished, run, { recursive: true });
  // Another run is newer.
  cpSync(finished, join(root, "runs/newer"), { recursive: true });
  const manifest = readFileSync(join(run, "run.json"), "utf8");
  const write = (started: string, changes = {}, folder = run): void =>
    writeFileSync(join(folder, "run.json"), JSON.stringify({ ...JSON.parse(manifest), started, ...changes }));
  write("2099-01-31T10:00:00.000Z", {}, join(root, "runs/newer"));
  write("2026-01-31T10:00:00.000Z", { status: "running", result: undefined });
  const events = readFileSync(join(run, "events.jsonl"), "utf8").split(/^(?=\{"event":"result")/m);
  const epoch = (number: number): string =>
    `${JSON.stringify({
      ...{ event: "epoch", stage: "finetune", epoch: number, of: 3, train_loss: 1 / number, rate: 0.01 },
      ...{ ...epochValidation("accuracy", { score: 0.5, loss: 1 / number }), seconds: 1, best: true },
    })}\n`;
  writeFileSync(join(run, "events.jsonl"), `${events[0]}${epoch(1)}`);
  // A training holds the lock of its folder.
  let end = (): void => undefined;
  const training = withLock(run, () => new Promise<void>((done) => (end = done)));
  const served = await serveHome(run);
  const page = await (await browser.newContext({ locale: "en-US" })).newPage();
  const faults = watchFaults(page, served.url);
  await page.goto(served.url);
  const card = page.getByRole("region", { name: "live" });
  await card.getByRole("progressbar", { name: "Training" }).waitFor();
  await card.getByRole("img", { name: /^Validation loss over 1 epoch:/ }).waitFor();
  expect(page.url()).toMatch(/#\/pictures-of-live\/train\/live$/);
  appendFileSync(join(run, "events.jsonl"), epoch(2));
  await card.getByRole("img", { name: "Validation loss over 2 epochs: from 1.000 to 0.500" }).waitFor();

  appendFileSync(join(run, "events.jsonl"), events[1]!);
  write("2026-01-31T10:00:00.000Z");
  end();
  await training;
  const before = contentsOf(run);
  await card.getByRole("link", { name: "See the result" }).click();
  await page.getByText("test samples that were not used for training").waitFor();
  await page.getByText("Full report").click();
  await page.frameLocator("iframe").getByText("Engraft report").first().waitFor();
  await page.getByRole("link", { name: "Train", exact: true }).click();
  await card.getByRole("link", { name: "See the result" }).waitFor();
  expect(contentsOf(run)).toEqual(before);
  expect(faults).toEqual([]);
  await page.context().close();
  await served.close();
});

/** Times and sizes of the files of a folder. */
const contentsOf = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => {
      const { mtimeMs, size } = statSync(join(folder, name));
      return [name, `${mtimeMs} ${size}`];
    }),
  );

test("a server at another port gets no key from the browser, and its cookies lock nobody out", async () => {
  const heard: string[] = [];
  const evil = createServer((request, response) => {
    heard.push(JSON.stringify([request.url, request.headers]));
    const names = [`engraft_${studioPort}`, "engraft-key", "authorization"];
    response.setHeader(
      "set-cookie",
      names.map((name) => `${name}=x; Path=/`),
    );
    response.setHeader("content-type", "text/html").end("<h1>evil</h1>");
  });
  await new Promise<void>((done) => evil.listen(0, "127.0.0.1", done));
  const served = await serveHome(data);
  const studioPort = new URL(served.url).port;
  const context = await browser.newContext({ locale: "en-US" });
  const page = await context.newPage();
  await page.goto(served.url);
  const add = page.getByRole("button", { name: "Add a class" });
  await add.waitFor();
  const key = await page.evaluate<string>('localStorage.getItem("engraft-key")');
  expect(key).toMatch(/^[\w-]{43}$/);
  const { port } = evil.address() as AddressInfo;
  const other = await context.newPage();
  await other.goto(`http://127.0.0.1:${port}/visit`);
  await other.evaluate(
    `fetch("http://127.0.0.1:${studioPort}/api/projects", { credentials: "include" }).catch(() => undefined)`,
  );
  expect(await other.evaluate('localStorage.getItem("engraft-key")')).toBeNull();
  expect(heard.length).toBeGreaterThan(0);
  expect(heard.join("\n")).not.toContain(key);
  expect(await context.cookies(served.url)).toHaveLength(3);
  await page.reload();
  await add.waitFor();
  // A second tab is signed in, sees who is, and ends it for both.
  await other.goto(new URL(served.url).origin);
  const list = other.getByRole("region", { name: en.start.signedIn.title });
  await list.getByText(en.start.signedIn.own("").trim()).waitFor();
  await list.getByRole("button", { name: en.start.signedIn.endAll }).click();
  await other.getByText(en.app.signedOut).waitFor();
  await page.reload();
  await page.getByText(en.app.signedOut).waitFor();
  await context.close();
  await served.close();
  await new Promise((done) => evil.close(done));
});

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
    said: "The connection to engraft studio is lost. A running training continues. Reconnecting …",
    shown: 0,
  });
  expect(asked).toEqual(["0", "2", "2"]);
  await page.context().close();
  await served.close();
});

test("an answer that is lost after a change was stored: the page goes on by itself, and nothing is twice", async () => {
  const served = await serveHome(data);
  const context = await browser.newContext({ locale: "en-US" });
  const page = await context.newPage();
  await page.goto(served.url);
  const add = page.getByRole("button", { name: "Add a class" });
  await add.waitFor();
  const log = join(data, "engraft-studio", "actions.jsonl");
  const before = readFileSync(log, "utf8");
  const added = (): string[] =>
    readFileSync(log, "utf8")
      .slice(before.length)
      .split("\n")
      .filter((row) => row !== "")
      .map((row) => JSON.parse(row).do);
  let lost = 0;
  await page.route("**/api/projects/*/actions", async (route) => {
    if (lost++ > 2) return route.continue();
    await route.fetch();
    await route.abort();
  });
  await add.click();
  await page.getByText("The connection to engraft studio is lost.").waitFor();
  expect(added()).toEqual(["add-class"]);
  const shown = await page.getByRole("group").count();
  // The project is opened again before the change is known to be stored.
  const address = page.url();
  await page.getByRole("link", { name: "Engraft studio" }).click();
  await page
    .getByRole("link", { name: /Pictures ·/ })
    .first()
    .waitFor();
  await page.goto(address);
  await expect.poll(() => page.getByRole("group").count()).toBe(shown);
  await add.click();
  await expect.poll(added).toEqual(["add-class", "add-class"]);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect.poll(added).toEqual(["add-class", "add-class", "undo"]);
  await page.reload();
  await expect.poll(() => page.getByRole("group").count()).toBe(shown);
  await context.close();
  await served.close();
});
