// What the server of `engraft studio` answers about a finished run, without a browser: its list, events, report, predictions and model.
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Hono } from "hono";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TrainResultEvent } from "../../src/core/events/events.js";
import { createApp } from "../../src/studio/app-node.js";
import { newProject } from "../../src/studio/project.js";
import { ProjectFolders } from "../../src/studio/project-folders-node.js";
import { reportKey } from "../../src/studio/protocol.js";
import { SignIn } from "../../src/studio/sign-in-node.js";
import { TrainingLine } from "../../src/studio/training-line-node.js";
import { modelBytes } from "../support/fixtures.js";
import { toyRun } from "../support/shared-runs.js";

const port = 4800;
const host = `127.0.0.1:${port}`;
let root: string;
let run: string;
let app: Hono;
let authorization: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "engraft-run-answers-"));
  process.env.ENGRAFT_CACHE = join(root, "cache");
  run = join(root, "runs/one");
  cpSync((await toyRun("picture-classes")).out, run, { recursive: true });
  const studio = join(root, "runs/engraft-studio");
  const folders = await ProjectFolders.open({ root: studio, runs: join(root, "runs"), readOnly: false });
  await folders.create(newProject("p", "pictures", "One", "2026-11-28T00:00:00.000Z"));
  await folders.create(newProject("t", "texts", "Two", "2026-11-28T00:00:00.000Z"));
  const signIn = await SignIn.open(studio);
  authorization = `Bearer ${signIn.exchange(signIn.token)}`;
  app = createApp({ folders, signIn, port, line: new TrainingLine() });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const get = (path: string, headers = {}) =>
  app.request(`http://${host}${path}`, { headers: { host, authorization, ...headers } });
const getJson = async <T>(path: string): Promise<T> => (await (await get(path)).json()) as T;
const recorded = (): TrainResultEvent => JSON.parse(readFileSync(join(run, "run.json"), "utf8")).result;

test("the list has the result of the run's file, and runs of other kinds are not in it", async () => {
  const entries = await getJson<object[]>("/api/projects/p/runs");
  expect(entries).toMatchObject([
    { name: "one", title: "one", status: "done", strategy: "probe", result: recorded() },
  ]);
  expect(await getJson("/api/projects/t/runs")).toEqual([]);
});

test("events come once each, in order, and go on after the last one that the page has", async () => {
  const idsOf = async (after: number): Promise<number[]> => {
    const response = await get("/api/runs/one/events?project=p", { "last-event-id": String(after) });
    const text = await response.text();
    expect(text).toContain("event: end");
    return [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
  };
  const all = await idsOf(0);
  expect(all).toEqual(all.map((_, i) => i + 1));
  expect(all).toHaveLength(readFileSync(join(run, "events.jsonl"), "utf8").trim().split("\n").length);
  expect(await idsOf(2)).toEqual(all.slice(2));
});

test("the report has a sandbox of its own, in the language of the page", async () => {
  const key = await reportKey(authorization.slice("Bearer ".length), "p", "one");
  const reportIn = (lang: string) => get(`/runs/one/report?project=p&lang=${lang}&key=${key}`);
  const report = await reportIn("zh");
  const policy = report.headers.get("content-security-policy")!;
  expect(policy).toMatch(/^default-src 'none'; script-src ('sha256-\S+' ?)+; /);
  expect(policy).toContain("frame-ancestors 'self'; sandbox allow-scripts");
  expect(await report.text()).toContain('lang="zh');
  expect(await (await reportIn("en")).text()).toContain('lang="en');
});

test("the files of the model and the predictions of the test split are those of the run", async () => {
  const files = await getJson<string[]>("/api/runs/one/model?project=p");
  expect(files).toContain("onnx/model.onnx");
  const onnx = await get("/api/runs/one/model/onnx/model.onnx?project=p");
  expect(Buffer.from(await onnx.arrayBuffer()).equals(modelBytes(run))).toBe(true);
  expect((await get("/api/runs/one/model/..%2Frun.json?project=p")).status).toBe(404);
  const predictions = await getJson<{ readonly true: string; readonly predicted: string }[]>(
    "/api/runs/one/predictions?project=p",
  );
  const { test: scores } = recorded();
  expect(predictions).toHaveLength(scores.n);
  const right = predictions.filter((one) => one.true === one.predicted);
  expect(right.length / scores.n).toBe(scores.accuracy);
  expect((await get("/api/runs/two/model?project=p")).status).toBe(404);
});
