// Trainings behind `engraft studio`, with real processes: the server is killed, the training is killed, nothing is lost.
// @module-tag thorough
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pause } from "../../src/core/pause.js";
import { nodePlatform } from "../../src/platform/node.js";
import { readLog } from "../../src/studio/project-log.js";
import { reportKey } from "../../src/studio/protocol.js";
import { modelBytes, tinyData } from "../support/fixtures.js";

let root: string;
const program = fileURLToPath(new URL("../../bin/engraft.mjs", import.meta.url));
const recipe = {
  base: "vision-mini",
  strategy: "finetune",
  epochs: 3,
  threads: 1,
  baselines: false,
  explain: false,
};

let data: string;
let server: ChildProcess;
let origin: string;
let authorization = "";
let id: string;

/** Starts the program, and signs in with the address that it prints. */
async function startServer(): Promise<void> {
  server = spawn(process.execPath, [program, "studio", data, "--no-open"], {
    env: { ...process.env, ENGRAFT_CACHE: join(root, "cache") },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  for await (const piece of server.stdout!) {
    printed += piece;
    const url = /^studio +(\S+)$/m.exec(printed)?.[1];
    if (url !== undefined) {
      origin = new URL(url).origin;
      const signedIn = await post("/api/session", { token: /token=([^/]*)/.exec(url)![1] });
      authorization = `Bearer ${((await signedIn.json()) as { readonly key: string }).key}`;
      return;
    }
  }
  throw new Error(`no address in ${printed}`);
}

async function kill(process: ChildProcess): Promise<void> {
  process.kill("SIGKILL");
  while (process.exitCode === null && process.signalCode === null) await pause(10);
}

const post = (path: string, json: object): Promise<Response> =>
  fetch(`${origin}${path}`, {
    method: "POST",
    body: JSON.stringify(json),
    headers: { origin, authorization, "content-type": "application/json" },
  });
const get = (path: string, headers = {}): Promise<Response> =>
  fetch(`${origin}${path}`, { headers: { authorization, ...headers } });
const getJson = async <T>(path: string): Promise<T> => (await (await get(path)).json()) as T;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "engraft-studio-runs-"));
  data = await tinyData(join(root, "data"), { ant: 14, bee: 14, cat: 8 });
  await startServer();
});
afterAll(async () => {
  await kill(server);
  rmSync(root, { recursive: true, force: true });
});

interface Seen {
  readonly id: number;
  readonly event: string;
}

/** Follows a run after an event until it ends, the connection breaks, or `until` holds. */
async function follow(
  run: string,
  after: number,
  until: (seen: Seen) => boolean = () => false,
): Promise<Seen[]> {
  const control = new AbortController();
  const { body } = await fetch(`${origin}/api/runs/${run}/events?project=${id}`, {
    headers: { authorization, "last-event-id": String(after) },
    signal: control.signal,
  });
  const seen: Seen[] = [];
  let text = "";
  try {
    for await (const piece of body!.pipeThrough(new TextDecoderStream())) {
      const blocks = `${text}${piece}`.split("\n\n");
      text = blocks.pop()!;
      for (const block of blocks) {
        const [, number] = /^id: (\d+)$/m.exec(block) ?? [];
        if (number === undefined) return seen;
        const one = { id: Number(number), event: JSON.parse(/^data: (.*)$/m.exec(block)![1]!).event };
        seen.push(one);
        if (until(one)) return seen;
      }
    }
  } finally {
    control.abort();
  }
  return seen;
}

const start = async (options: object = {}): Promise<string> => {
  const started = await post(`/api/projects/${id}/runs`, { options: { ...recipe, ...options } });
  const { name, ...error } = (await started.json()) as { readonly name: string };
  expect(error).toEqual({});
  return name;
};
const runs = () => getJson<{ readonly name: string; readonly status: string }[]>(`/api/projects/${id}/runs`);
const folderOf = (run: string): string => join(data, "engraft-studio/runs", run);
const isEpoch = ({ event }: Seen): boolean => event === "epoch";
const ids = (seen: readonly Seen[]): number[] => seen.map((one) => one.id);

test("a folder of class folders is a project, and a correction is stored beside its files", async () => {
  const before = readdirSync(data).sort();
  const [entry] =
    await getJson<{ readonly id: string; readonly samples: number; readonly kind: string }[]>(
      "/api/projects",
    );
  expect(entry).toMatchObject({ kind: "pictures", samples: 36, name: "data" });
  id = entry!.id;
  const { log } = await getJson<{ readonly log: string }>(`/api/projects/${id}`);
  const { samples, classes } = readLog(log).project;
  const moved = { do: "move-samples", ids: [samples[0]!.id], class: classes[1]!.id };
  expect((await post(`/api/projects/${id}/actions`, { after: 1, actions: [moved] })).status).toBe(200);
  // The page of another tab does not know this action.
  const undo = { do: "undo" };
  expect((await post(`/api/projects/${id}/actions`, { after: 1, actions: [undo] })).status).toBe(409);
  expect((await get(`/api/samples/${samples[0]!.hash}?project=${id}`)).status).toBe(200);
  expect(readdirSync(data).sort()).toEqual(before);
});

test("a training outlives its server and is resumed after a kill: each event once, the same model", async () => {
  const undisturbed = await start();
  const all = await follow(undisturbed, 0);
  expect(ids(all)).toEqual(all.map((_, i) => i + 1));
  expect(all.at(-1)!.event).toBe("result");
  const model = modelBytes(folderOf(undisturbed));
  // A comparison of millions of bytes by `toEqual` takes minutes.
  const hasModel = (run: string): boolean => modelBytes(folderOf(run)).equals(model);

  const outlives = await start();
  const first = await follow(outlives, 0, isEpoch);
  await kill(server);
  await startServer();
  const begin = performance.now();
  const next = await follow(outlives, first.length, () => true);
  expect(performance.now() - begin).toBeLessThan(2000);
  const rest = await follow(outlives, next.at(-1)!.id);
  expect(ids([...first, ...next, ...rest])).toEqual([...first, ...next, ...rest].map((_, i) => i + 1));
  expect(hasModel(outlives)).toBe(true);

  const killed = await start();
  const before = await follow(killed, 0, isEpoch);
  const pid = await nodePlatform.files.lockHolder!(folderOf(killed));
  await kill(server);
  process.kill(pid!, "SIGKILL");
  await startServer();
  // A system may take a while to forget a killed process.
  const state = expect.poll(async () => (await runs())[0]);
  await state.toMatchObject({ name: killed, status: "stopped" });
  expect((await post(`/api/runs/${killed}/resume?project=${id}`, {})).status).toBe(200);
  const after = await follow(killed, before.length);
  expect(ids([...before, ...after])).toEqual([...before, ...after].map((_, i) => i + 1));
  expect(hasModel(killed)).toBe(true);
});

test("a finished run has a report in a sandbox of its own, and the files of its model", async () => {
  const { name } = (await runs())[0]!;
  const key = await reportKey(authorization.slice("Bearer ".length), id, name);
  // A frame sends no header.
  const report = await fetch(`${origin}/runs/${name}/report?project=${id}&lang=zh&key=${key}`);
  const policy = report.headers.get("content-security-policy")!;
  expect(policy).toMatch(/^default-src 'none'; script-src ('sha256-\S+' ?)+; /);
  expect(policy).toContain("frame-ancestors 'self'; sandbox allow-scripts");
  expect(await report.text()).toContain('lang="zh');
  const files = await getJson<string[]>(`/api/runs/${name}/model?project=${id}`);
  expect(files).toContain("onnx/model.onnx");
  const onnx = await get(`/api/runs/${name}/model/onnx/model.onnx?project=${id}`);
  expect(Buffer.from(await onnx.arrayBuffer()).equals(modelBytes(folderOf(name)))).toBe(true);
  const { log } = await getJson<{ readonly log: string }>(`/api/projects/${id}`);
  const known = new Set(readLog(log).project.samples.map((sample) => sample.id));
  const predictions = await getJson<{ readonly id?: string }[]>(
    `/api/runs/${name}/predictions?project=${id}`,
  );
  expect(predictions.length).toBeGreaterThan(0);
  expect(predictions.filter(({ id: sample = "" }) => !known.has(sample))).toEqual([]);
  expect((await get(`/api/runs/${name}/model/..%2Frun.json?project=${id}`)).status).toBe(404);
});

test("trainings run one after the other: a second one waits, says how many are before it, and starts by itself", async () => {
  const first = await start({ epochs: 300 });
  const second = await start();
  const third = await start();
  const line = async () =>
    (await getJson<{ name: string; status: string; ahead?: number }[]>(`/api/projects/${id}/runs`))
      .slice(0, 3)
      .map(({ name, status, ahead }) => ({ name, status, ...(ahead !== undefined && { ahead }) }));
  expect(await line()).toEqual([
    { name: third, status: "waiting", ahead: 2 },
    { name: second, status: "waiting", ahead: 1 },
    { name: first, status: "running" },
  ]);
  // One that waits is taken out of the line, with its data.
  expect((await post(`/api/runs/${third}/stop?project=${id}`, {})).status).toBe(200);
  expect(readdirSync(join(data, "engraft-studio/training"))).not.toContain(third);
  expect((await post(`/api/runs/${first}/stop?project=${id}`, {})).status).toBe(200);
  const seen = await follow(second, 0);
  expect(seen.at(-1)!.event).toBe("result");
  expect((await runs()).map(({ name, status }) => [name, status]).slice(0, 2)).toEqual([
    [second, "done"],
    [first, "stopped"],
  ]);
});

test("a run is stopped and removed, with its list", async () => {
  const name = await start({ epochs: 300 });
  await follow(name, 0, isEpoch);
  const busy = await post(`/api/runs/${name}/remove?project=${id}`, {});
  expect(busy.status).toBe(400);
  expect((await post(`/api/runs/${name}/stop?project=${id}`, {})).status).toBe(200);
  expect((await runs())[0]).toMatchObject({ name, status: "stopped" });
  expect((await post(`/api/runs/${name}/remove?project=${id}`, {})).status).toBe(200);
  expect((await runs()).map((run) => run.name)).not.toContain(name);
  expect(readdirSync(join(data, "engraft-studio/training"))).not.toContain(name);
});
