// Folders that a studio does not expect: damaged files, links out of the folder, copies, files that vanish. Each is told, and harms nothing else.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Hono } from "hono";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { withLock } from "../../src/platform/node.js";
import { createApp } from "../../src/studio/app-node.js";
import { newProject } from "../../src/studio/project.js";
import { ProjectFolders } from "../../src/studio/project-folders-node.js";
import { runEntries } from "../../src/studio/runs-node.js";
import { type StudioReady, serveStudio } from "../../src/studio/server-node.js";
import { SignIn } from "../../src/studio/sign-in-node.js";
import { TrainingLine } from "../../src/studio/training-line-node.js";

const port = 4800;
const host = `127.0.0.1:${port}`;
let root: string;
let studio: string;
let app: Hono;
let authorization = "";

async function openStudio(): Promise<ProjectFolders> {
  const folders = await ProjectFolders.open({ root: studio, readOnly: false });
  const signIn = await SignIn.open(root);
  authorization = `Bearer ${signIn.exchange(signIn.token)}`;
  app = createApp({ folders, signIn, port, line: new TrainingLine() });
  return folders;
}

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "engraft-damaged-"));
  studio = join(root, "studio");
  const folders = await openStudio();
  await folders.create(newProject("p", "texts", "One", "2026-11-28T00:00:00.000Z"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const get = (path: string, headers = {}) =>
  app.request(`http://${host}${path}`, { headers: { host, authorization, ...headers } });
const send = (path: string, method: string, body: string, type = "application/json") =>
  app.request(`http://${host}${path}`, {
    method,
    body,
    headers: {
      host,
      authorization,
      origin: `http://${host}`,
      "content-type": type,
      "content-length": `${body.length}`,
    },
  });

const hash = createHash("sha256").update("secret").digest("hex");

/** Writes a file of a run, and its folders. */
function writeRun(name: string, files: Readonly<Record<string, string>>): string {
  const run = join(studio, "p/runs", name);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(run, path, ".."), { recursive: true });
    writeFileSync(join(run, path), text);
  }
  return run;
}

const manifest = {
  ...{ format: 2, command: "train", data: "/data", options: {}, threads: 1, machine: "m", versions: {} },
  ...{ started: "2026-11-28T00:00:00.000Z", status: "done" },
  result: { event: "result", task: "text-classification", strategy: { name: "probe" } },
};

test("a damaged run closes none of the others", async () => {
  const good = JSON.stringify(manifest);
  writeRun("good", { "run.json": good });
  const wrong: Readonly<Record<string, unknown>> = {
    ...{ started: { ...manifest, started: 5 }, nostart: { ...manifest, started: undefined } },
    ...{ result: { ...manifest, result: 5 }, none: { ...manifest, result: null }, list: [], nothing: null },
    ...{ task: { ...manifest, result: { event: "result", task: 5 } }, command: { ...manifest, command: 5 } },
    ...{
      strategy: { ...manifest, result: { event: "result", strategy: null } },
      status: { ...manifest, status: 5 },
    },
    ...{ data: { ...manifest, data: 5 }, odd: { ...manifest, command: "__proto__" } },
  };
  for (const [name, json] of Object.entries(wrong)) writeRun(name, { "run.json": JSON.stringify(json) });
  writeRun("cut", { "run.json": good.slice(0, 40) });
  mkdirSync(join(studio, "p/runs/folder/run.json"), { recursive: true });
  for (const name of ["Ö ü", "a\nb", "-x", "<img src=x>", "x".repeat(200)])
    writeRun(name, { "run.json": good });
  const response = await get("/api/projects/p/runs");
  const text = await response.text();
  expect([response.status, text]).toEqual([200, text]);
  const entries = JSON.parse(text) as { readonly name: string; readonly status: string }[];
  expect(entries.filter(({ status }) => status === "done").length).toBeGreaterThan(5);
  // As runs of the terminal, too.
  const runs = join(studio, "p/runs");
  const folders = await ProjectFolders.open({ root: studio, runs, readOnly: false });
  expect((await runEntries(folders.of("p"), new TrainingLine())).length).toBeGreaterThan(10);
});

test("a run that is removed while it is followed ends the following", async () => {
  const run = writeRun("a", {
    "run.json": JSON.stringify({ ...manifest, status: "running", result: undefined }),
    "events.jsonl": "",
  });
  mkdirSync(`${run}.lock`);
  const response = await get("/api/runs/a/events?project=p");
  const reading = response.text();
  rmSync(run, { recursive: true });
  rmSync(`${run}.lock`, { recursive: true });
  expect(await reading).toContain("event: end");
});

test("links out of a project's folder are not followed", async () => {
  const secret = join(root, "elsewhere");
  mkdirSync(secret);
  writeFileSync(join(secret, hash), "secret");
  mkdirSync(join(studio, "p/data", hash.slice(0, 2)), { recursive: true });
  symlinkSync(join(secret, hash), join(studio, "p/data", hash.slice(0, 2), hash));
  const run = writeRun("a", { "run.json": JSON.stringify(manifest) });
  symlinkSync(secret, join(run, "model"));
  expect((await get(`/api/samples/${hash}?project=p`)).status).toBe(404);
  expect((await get("/api/runs/a/model?project=p")).status).toBe(404);
  expect((await get(`/api/runs/a/model/${hash}?project=p`)).status).toBe(404);
  rmSync(join(studio, "p/data"), { recursive: true });
  symlinkSync(secret, join(studio, "p/data"));
  expect((await get(`/api/samples/${hash}?project=p`)).status).toBe(404);
  expect(
    (await send(`/api/samples/${hash}?project=p`, "PUT", "secret", "application/octet-stream")).status,
  ).toBe(404);
});

test("a copy of a project's folder is named, and changes go to neither by chance", async () => {
  execFileSync("cp", ["-r", join(studio, "p"), join(studio, "a copy")]);
  const folders = await openStudio();
  expect(folders.of("p").folder).toBe(join(studio, "p"));
  expect(folders.damaged).toEqual([expect.stringContaining("a copy")]);
});

test("damaged lists of a run cost no other answer", async () => {
  const predictions = `${JSON.stringify({ item: "a", true: "x", predicted: "x", score: 1 })}\n`;
  writeRun("a", { "run.json": JSON.stringify(manifest), "predictions.jsonl": predictions });
  mkdirSync(join(studio, "p/training/a"), { recursive: true });
  for (const text of ["{", "5", "[5]", '[["a"]]', "null"]) {
    writeFileSync(join(studio, "p/training/a/samples.json"), text);
    const response = await get("/api/runs/a/predictions?project=p");
    expect([text, response.status, await response.text()]).toEqual([text, 200, expect.any(String)]);
  }
});

test("odd files in class folders do not stop the start", async () => {
  const data = join(root, "flowers");
  for (const name of ["rose", "tulip"]) {
    mkdirSync(join(data, name), { recursive: true });
    writeFileSync(join(data, name, "1.jpg"), name);
  }
  symlinkSync(join(root, "gone.jpg"), join(data, "rose/dangling.jpg"));
  symlinkSync(join(data, "rose"), join(data, "rose/loop"));
  execFileSync("mkfifo", [join(data, "rose/pipe.jpg")]);
  writeFileSync(
    Buffer.concat([Buffer.from(join(data, "rose/")), Buffer.from([0xff, 0x2e]), Buffer.from("jpg")]),
    "odd",
  );
  const at = { root: join(data, "engraft-studio"), data, readOnly: false };
  const names = (folders: ProjectFolders) =>
    folders.of(folders.dataProject!).history.project.samples.map(({ name }) => name);
  expect(names(await ProjectFolders.open(at))).toEqual(["rose/1.jpg", "tulip/1.jpg"]);
  writeFileSync(join(at.root, "hashes.json"), '{"rose/1.jpg":[1,2,"../x"],"__proto__":[1,2,"x"]}');
  expect(names(await ProjectFolders.open(at))).toEqual(["rose/1.jpg", "tulip/1.jpg"]);
});

test("hostile JSON is refused with a sentence", async () => {
  const command = (body: string) => send("/api/projects/p/actions", "POST", body);
  const bodies = [
    "[".repeat(400_000),
    `{"after":1,"actions":${"[".repeat(100_000)}${"]".repeat(100_000)}}`,
    '{"after":1e400,"actions":[]}',
    '{"after":1,"actions":[{"do":"add-class","id":"__proto__","name":"x"}]}',
    '{"after":1,"__proto__":{},"actions":[]}',
    "\u0000",
  ];
  for (const body of bodies)
    expect([body.slice(0, 50), (await command(body)).status]).toEqual([body.slice(0, 50), 400]);
  const option = '{"after":1,"actions":[{"do":"set-option","name":"__proto__","value":"x"}]}';
  const status = (await command(option)).status;
  expect([200, 400]).toContain(status);
  expect((await get("/api/projects/p")).status).toBe(200);
  await openStudio();
  expect((await get("/api/projects/p")).status).toBe(200);
});

test("a project is deleted with its trainings, which are stopped first", async () => {
  const running = { ...manifest, status: "running", result: undefined };
  const run = writeRun("a", { "run.json": JSON.stringify(running), "events.jsonl": "" });
  let end = (): void => undefined;
  let training: Promise<void> | undefined;
  await new Promise<void>((begun) => {
    const work = () =>
      new Promise<void>((done) => {
        end = done;
        begun();
      });
    training = withLock(run, work);
  });
  const { kill } = process;
  const signals: unknown[] = [];
  vi.spyOn(process, "kill").mockImplementation((pid, signal) => {
    if (signal !== "SIGTERM") return kill.call(process, pid, signal);
    signals.push(signal);
    end();
    return true;
  });
  expect((await send("/api/projects/p/remove", "POST", "{}")).status).toBe(200);
  await training;
  vi.restoreAllMocks();
  expect(signals).toEqual(["SIGTERM"]);
  expect(existsSync(join(studio, "p"))).toBe(false);
});

test("a studio starts without a place for its port; a damaged project of the folder is named", async () => {
  const cache = process.env.ENGRAFT_CACHE;
  process.env.ENGRAFT_CACHE = join(root, "cache");
  mkdirSync(join(root, "cache"));
  writeFileSync(join(root, "cache/studios"), "");
  const end = new AbortController();
  const notes: string[] = [];
  const onReady = (ready: StudioReady): void => {
    notes.push(...ready.notes);
    end.abort();
  };
  const own = 4990;
  try {
    await serveStudio(root, { port: own, signal: end.signal, onReady });
    expect(notes).toEqual([expect.stringContaining(root)]);
    const log = join(root, "engraft-studio/actions.jsonl");
    writeFileSync(log, "{");
    await expect(serveStudio(root, { port: own, signal: end.signal, onReady })).rejects.toMatchObject({
      at: log,
    });
  } finally {
    if (cache === undefined) delete process.env.ENGRAFT_CACHE;
    else process.env.ENGRAFT_CACHE = cache;
  }
});
