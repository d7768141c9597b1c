// A run is watched while it goes on: by a page of this machine that draws what its record says.

import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EngraftEvent, EpochEvent, ProgressEvent } from "../../src/core/events/events.js";
import { epochValidation } from "../../src/core/results/metric.js";
import { type EngraftError, followRun, report } from "../../src/index.js";
import { launchChromium } from "../support/chromium.js";
import { engraft } from "../support/fixtures.js";
import { exampleReport } from "../support/report-data.js";

const root = mkdtempSync(join(tmpdir(), "engraft-follow-"));
let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  rmSync(root, { recursive: true, force: true });
});

const example = exampleReport();
const hostile = `</script><img src=x onerror="document.title='hit'">`;

/** A run folder as another process keeps it: nothing but its files. */
function runFolder(name: string, events: readonly EngraftEvent[] = []) {
  const path = join(root, name);
  mkdirSync(path);
  const manifest = (fields: object) =>
    writeFileSync(
      join(path, "run.json"),
      JSON.stringify({
        format: 2,
        status: "running",
        command: "engraft train flowers",
        data: join(root, "flowers"),
        options: {},
        started: "2026-01-31T10:00:00.000Z",
        versions: { node: "22.0.0" },
        machine: "a machine",
        threads: 2,
        ...fields,
      }),
    );
  manifest({});
  const say = (...all: readonly (EngraftEvent | string)[]) =>
    appendFileSync(
      join(path, "events.jsonl"),
      all.map((e) => `${typeof e === "string" ? e : JSON.stringify(e)}\n`).join(""),
    );
  say(...events);
  return { path, manifest, say };
}

const epoch = (n: number, stage = "finetune"): EpochEvent => ({
  event: "epoch",
  stage,
  epoch: n,
  of: 5,
  train_loss: 1 / n,
  ...epochValidation("accuracy", { score: 1 - 0.5 / n, loss: 1.2 / n }),
  rate: 0.001,
  seconds: 2,
  best: true,
});
const step = (done: number): ProgressEvent => ({
  event: "progress",
  phase: "training",
  done,
  total: 50,
  unit: "steps",
  seconds_left: 50 - done,
  stage: "finetune",
  per_second: 42,
  items: "pictures",
  loss: 2 / done,
  terms: { classification: 1.5 / done, "starting point": 0.5 / done },
  rate: 0.0005,
  rss_mb: 512,
});
const steps = [5, 10, 15, 20].map(step);

/** Follow a run; the address of its page comes as soon as it is served. */
function follow(path: string, options: { port?: number; signal?: AbortSignal } = {}) {
  let tell: (url: string) => void;
  const url = new Promise<string>((done) => {
    tell = done;
  });
  const ended = followRun(path, {
    ...options,
    onEvent: (event) => void (event.event === "serving" && tell(event.url)),
  });
  ended.catch(() => undefined);
  return { url, ended };
}

/** Wait until it is so: the page's policy lets no test wait inside it. */
const until = <T>(what: () => Promise<T>, value: T) =>
  expect.poll(what, { timeout: 15_000, interval: 50 }).toBe(value);

async function openPage(url: string) {
  const page = await (await browser.newContext()).newPage();
  const asked: string[] = [];
  const said: string[] = [];
  page.on("request", (r) => asked.push(r.url()));
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(error.message));
  await page.goto(url);
  return { page, asked, said };
}

test("the page draws a growing record, and following ends with the run", async () => {
  const run = runFolder("grows", [epoch(1), ...steps]);
  const { url, ended } = follow(run.path);
  const { page, asked, said } = await openPage(await url);
  await until(() => page.locator(".uplot canvas").count(), 6);
  expect(await page.textContent("#says")).toBe("The run is in progress.");
  expect(await page.textContent("#at")).toBe("training (finetune): 20 of 50 steps, 30\u00a0s left");
  expect(await page.locator("#rows tr").count()).toBe(1);
  const facts = await page.textContent("#facts");
  for (const words of ["42 pictures per second", "512\u00a0MB", "0.0005"]) expect(facts).toContain(words);
  const legend = await page.textContent("#plot-step-loss .u-legend");
  for (const label of ["loss", "classification", "starting point"]) expect(legend).toContain(label);

  // Half a line now, its rest later: as a process writes, or as a copy of the folder grows.
  const half = JSON.stringify(epoch(2));
  appendFileSync(join(run.path, "events.jsonl"), half.slice(0, 40));
  run.say(half.slice(40), step(30), { event: "warning", code: "x", message: hostile });
  await until(() => page.locator("#rows tr").count(), 2);
  expect(await page.textContent("#plot-loss .u-legend")).toContain("0.500");
  expect(await page.textContent("#warned")).toBe(hostile);
  expect(await page.locator(".uplot canvas").count()).toBe(6);

  run.say(epoch(3));
  run.manifest({ status: "done", result: example.result });
  const told = await ended;
  expect(told).toMatchObject({ run: run.path, status: "done", broken: 0 });
  await until(() => page.getAttribute("#state", "class"), "state done");
  expect(await page.textContent("#says")).toContain("The run is done: accuracy 90.3\u00a0%");
  expect(await page.title()).toBe("flowers");
  expect(asked.filter((a) => !a.startsWith("data:") && !a.startsWith(new URL(asked[0]!).origin))).toEqual([]);
  expect(said).toEqual([]);
  // The report is there, written from the record since the run had none.
  expect(readFileSync(told.report, "utf8")).toContain("on the test split");
  await page.context().close();
  await expect(fetch(await url)).rejects.toThrow();
});

test("hostile names run nothing on the page", async () => {
  const base: EngraftEvent = {
    event: "base",
    name: hostile,
    sha256: "0",
    license: hostile,
    input: "x",
    cut: hostile,
    features: 3,
  };
  const terms = { ...step(25), terms: { [hostile]: 1, b: 2 }, stage: hostile };
  const run = runFolder("hostile", [base, epoch(1, hostile), ...steps, terms, terms, step(30)]);
  const stop = new AbortController();
  const { url, ended } = follow(run.path, { signal: stop.signal });
  const { page, said } = await openPage(await url);
  await until(() => page.locator("#rows tr").count(), 1);
  expect(await page.textContent("#rows td")).toBe(hostile);
  expect(await page.locator("main img").count()).toBe(0);
  expect(await page.title()).toBe("flowers");
  expect(said).toEqual([]);
  // What is inserted in spite of all may not run: the page's policy names its three scripts.
  await page.evaluate(
    "document.body.append(Object.assign(document.createElement('script'), { text: 'hit = 1' }))",
  );
  expect(await page.evaluate("typeof hit")).toBe("undefined");
  stop.abort();
  expect(await ended).toMatchObject({ status: "running" });
  await page.context().close();
});

/** Ask with headers of one's own. */
function ask(url: string, options: { method?: string; host?: string; path?: string }) {
  const { port } = new URL(url);
  return new Promise<number>((done, fail) => {
    const { method = "GET", host, path = "/" } = options;
    const asking = request(
      { host: "127.0.0.1", port, path, method, headers: host === undefined ? {} : { host } },
      (answer) => {
        answer.resume();
        done(answer.statusCode ?? 0);
      },
    );
    asking.on("error", fail);
    asking.end();
  });
}

test("only this machine's address is answered, only reading, only the page and its state", async () => {
  const run = runFolder("asked", steps);
  const stop = new AbortController();
  const { url: told, ended } = follow(run.path, { signal: stop.signal });
  const url = await told;
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
  const { port } = new URL(url);
  const answers = await Promise.all([
    ask(url, {}),
    ask(url, { host: `localhost:${port}` }),
    ask(url, { host: `evil.example:${port}` }),
    ask(url, { host: "127.0.0.1" }),
    ask(url, { method: "POST", path: "/state" }),
    ask(url, { path: "/run.json" }),
    ask(url, { path: "/../../etc/passwd" }),
    ask(url, { path: "/state?known=1" }),
    ask(url, { path: "/state?known=0" }),
  ]);
  expect(answers).toEqual([200, 200, 403, 403, 405, 404, 404, 204, 200]);
  const { headers } = await fetch(url);
  expect(headers.get("content-security-policy")).toMatch(/default-src 'none'; script-src 'sha256-/);
  stop.abort();
  await ended;
});

test("a port in use is named, before anything is served", async () => {
  const run = runFolder("port", steps);
  const other = createServer();
  await new Promise<void>((done) => other.listen(0, "127.0.0.1", done));
  const { port } = other.address() as AddressInfo;
  const error = await followRun(run.path, { port }).catch((e: unknown) => e as EngraftError);
  expect((error as EngraftError).format()).toBe(
    `OptionError: port ${port} is in use by another program\n  at 127.0.0.1\n  help: give another --port, or none: then a free one is taken`,
  );
  await new Promise((done) => other.close(done));
});

const refusal = (path: string): Promise<string> =>
  report(path).then(
    () => "nothing was wrong",
    (error: EngraftError) => error.format().replaceAll(root, "ROOT"),
  );

test("what is no run is named: nothing there, a file, an empty folder, a damaged manifest or result", async () => {
  const help = "\n  help: give the folder that the run printed (runs/…)";
  expect(await refusal(join(root, "gone"))).toBe(`RunError: there is no run folder at "ROOT/gone"${help}`);
  writeFileSync(join(root, "file"), "");
  expect(await refusal(join(root, "file"))).toBe(`RunError: "ROOT/file" is a file, a run is a folder${help}`);
  mkdirSync(join(root, "empty"));
  expect(await refusal(join(root, "empty"))).toBe(
    `RunError: "ROOT/empty" is not a run folder: it has no run.json${help}`,
  );
  const run = runFolder("damaged", steps);
  run.manifest({ status: "done" });
  expect(await refusal(run.path)).toBe(
    "RunError: the run's result is damaged: run.json says that it is done, and has no result\n  at ROOT/damaged/run.json\n  help: resume the run from a copy that is whole, or train again",
  );
  run.manifest({ status: "done", result: { ...example.result, test: { worst: [] } } });
  expect(await refusal(run.path)).toMatch(/^RunError: the run's result is damaged: /);
  run.manifest({ format: 9 });
  expect(await refusal(run.path)).toContain("this version of Engraft does not know format 9 of run.json");
});

test("broken lines of a record are skipped and counted; a run without events has a report too", async () => {
  const run = runFolder("broken", [epoch(1)]);
  run.say('{"event":"epo', "null", '{"event":"epoch","stage":5}', epoch(2), ...steps, {
    event: "error",
    kind: "Interrupted",
    message: "stopped",
    exit: 130,
  });
  const told = await report(run.path);
  expect(told).toMatchObject({ status: "stopped", events: 7, broken: 3 });
  const page = readFileSync(told.report, "utf8").replaceAll("\u00a0", " ");
  expect(page).toContain("3 lines of events.jsonl cannot be read and are left out");
  expect(page).toContain("Resume it with: engraft train --resume ./broken");
  expect(page).toContain('id="plot-step-rate"');
  expect(await report(runFolder("silent").path)).toMatchObject({ events: 0, broken: 0 });
});

test("the command says the same, in words and as JSON", async () => {
  const run = runFolder("command", [
    epoch(1),
    { event: "error", kind: "Interrupted", message: "", exit: 130 },
  ]);
  const how = { cache: join(root, "cache") };
  const ran = await engraft(["report", run.path, "--json"], how);
  expect(ran).toMatchObject({ code: 0, err: "" });
  expect(ran.events).toEqual([
    {
      event: "result",
      run: run.path,
      report: join(run.path, "report.html"),
      status: "stopped",
      events: 2,
      broken: 0,
    },
  ]);
  // Followed, a run that has ended is no different: there is nothing to wait for.
  expect((await engraft(["report", run.path, "--follow", "--json"], how)).events).toEqual(ran.events);
  const wrong = await engraft(["report", run.path, "--port", "8000"], how);
  expect(wrong).toMatchObject({ code: 2, out: "" });
  expect(wrong.err).toBe(
    `OptionError: --port is of the page that --follow serves\n  help: engraft report ${run.path} --follow --port 8000\n`,
  );
  expect((await engraft(["report", join(root, "gone")], how)).code).toBe(2);
});

test("Ctrl-C ends the following, and not with a failure", async () => {
  const run = runFolder("interrupted", steps);
  const ran = await engraft(["report", run.path, "--follow", "--json"], {
    cache: join(root, "cache"),
    onLine: (event, child) => void (event.event === "serving" && child.kill("SIGINT")),
  });
  expect(ran.code).toBe(0);
  expect(ran.events.at(-1)).toMatchObject({ event: "result", status: "running" });
});
