// onnxruntime-node reports its use to its maker unless it is told otherwise. Engraft turns that off, however it is used.
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { remoteConnections, traceNetwork } from "../../scripts/check/trace-network.mjs";
import { cli, tinyBase, tinyData } from "../support/fixtures.js";

const root = mkdtempSync(join(tmpdir(), "engraft-telemetry-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const library = new URL("../../dist/index.js", import.meta.url);
let [model, picture] = ["", ""];
/** A process that answers and stays alive, watched while the other tests run. */
let staying: ReturnType<typeof traceNetwork>;

/** An empty home, cache and temporary folder, and the environment of a process that has only those. */
function emptyHome(name: string): { env: Record<string, string>; left: () => string[] } {
  const home = join(root, name);
  const temporary = join(home, "tmp");
  mkdirSync(temporary, { recursive: true });
  const env = { PATH: process.env.PATH!, HOME: home, TMPDIR: temporary, NO_COLOR: "1" };
  const own = join(".cache", "engraft");
  const left = () =>
    readdirSync(home, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(home.length + 1))
      .filter((file) => !file.startsWith(own))
      .sort();
  return { env, left };
}

const run = promisify(execFile);

/** Runs a module's source with Node. */
async function node(name: string, source: string, env: Record<string, string>): Promise<string> {
  const file = join(root, `${name}.mjs`);
  writeFileSync(file, source);
  return (await run(process.execPath, [file], { env })).stdout;
}

/** Source that predicts with the model and passes the label to `tell`. */
const predict = (tell: string) => `
  const { loadModel } = await import(${JSON.stringify(library.href)});
  const model = await loadModel(${JSON.stringify(model)});
  const [best] = await model.predict(${JSON.stringify(picture)});
  await model.close();
  ${tell}("answer " + best.label);`;

/** Source that runs another source in a worker thread and prints what the thread posts. */
const inWorker = (source: string) => `
  const { Worker, parentPort } = await import("node:worker_threads");
  const worker = new Worker(${JSON.stringify(source)}, { eval: true, type: "module" });
  await new Promise((resolve, reject) => {
    worker.on("message", (text) => (parentPort ? parentPort.postMessage(text) : console.log(text)));
    worker.on("error", reject);
    worker.on("exit", resolve);
  });`;
const posted = () =>
  `const threads = await import("node:worker_threads"); ${predict("threads.parentPort.postMessage")}`;
/** A thread's source is CommonJS. */
const asThread = (source: string) => `(async () => { ${source} })()`;

function stayAlive(): ReturnType<typeof traceNetwork> {
  const { env } = emptyHome("network");
  const file = join(root, "stays.mjs");
  // The runtime's first attempt to send comes some seconds after the first session.
  writeFileSync(file, `${predict("console.log")}; await new Promise((done) => setTimeout(done, 20_000));`);
  return traceNetwork(process.execPath, [file], env);
}

beforeAll(async () => {
  const data = await tinyData(join(root, "data"));
  picture = join(data, "ant", "0.png");
  const out = join(root, "run");
  const args = ["train", data, "--base", tinyBase(join(root, "base")), "--strategy", "probe"];
  const { env } = emptyHome("setup");
  await run(process.execPath, [cli, ...args, "--no-baselines", "--out", out], { env });
  model = join(out, "model");
  if (process.platform === "linux") staying = stayAlive();
});

test("training, scoring and answering leave no file outside the run and Engraft's cache", {
  tags: ["thorough"],
}, async () => {
  const { env, left } = emptyHome("commands");
  const data = join(root, "data");
  const engraft = async (...args: string[]) => (await run(process.execPath, [cli, ...args], { env })).stdout;
  const base = join(root, "base");
  const out = join(env.HOME!, "run");
  const training = [
    "train",
    data,
    "--base",
    base,
    "--epochs",
    "1",
    "--threads",
    "1",
    "--baselines",
    "--scratch-steps",
    "8",
  ];
  expect(await engraft(...training, "--out", out)).toContain("verdict");
  expect(await engraft("eval", model, data)).toContain("accuracy");
  expect(await engraft("predict", model, picture)).toMatch(/ant|bee/);
  expect(left().filter((file) => !file.startsWith("run/"))).toEqual([]);
});

test("the switch stands in the environment of a child process", { tags: ["thorough"] }, async () => {
  const { env, left } = emptyHome("fork");
  const child = join(root, "child.mjs");
  writeFileSync(child, predict("process.send"));
  const parent = `import { fork } from "node:child_process";
    fork(${JSON.stringify(child)}).on("message", (text) => console.log(text));`;
  expect(await node("fork", parent, env)).toMatch(/^answer (ant|bee)\n$/);
  expect(left()).toEqual([]);
});

test.each([
  ["import", () => predict("console.log")],
  [
    "require",
    () =>
      `import { createRequire } from "node:module";
       const require = createRequire(import.meta.url);
       require(${JSON.stringify(library.pathname)}); ${predict("console.log")}`,
  ],
  ["a worker thread", () => inWorker(asThread(posted()))],
  ["a worker thread of a worker thread", () => inWorker(asThread(inWorker(asThread(posted()))))],
  [
    "a worker thread while the main thread is blocked",
    () => `import { Worker } from "node:worker_threads";
      const flag = new Int32Array(new SharedArrayBuffer(4));
      const source = ${JSON.stringify(asThread(`const { workerData } = require("node:worker_threads"); ${predict("require('node:fs').writeSync.bind(null, 1)")}; Atomics.store(workerData, 0, 1); Atomics.notify(workerData, 0);`))};
      new Worker(source, { eval: true, workerData: flag });
      Atomics.wait(flag, 0, 0, 60_000);`,
  ],
] as const)(
  "used by %s, nothing is left in home and temporary folder",
  { tags: ["thorough"] },
  async (name, source) => {
    const { env, left } = emptyHome(name.replaceAll(" ", "-"));
    expect(await node(name.replaceAll(" ", "-"), source(), env)).toMatch(/^answer (ant|bee)\n?$/);
    expect(left()).toEqual([]);
  },
);

test("a value that the user set stands, and then these checks do see the runtime's files", {
  tags: ["thorough"],
}, async () => {
  const { env, left } = emptyHome("on");
  await node("on", predict("console.log"), { ...env, ORT_DISABLE_TELEMETRY: "0" });
  expect(left().join("\n")).toMatch(/onnxruntime/);
});

test.runIf(process.platform === "linux")(
  "a process that stays alive connects to no other machine",
  async () => {
    const { code, stdout, connections } = await staying;
    expect(stdout).toMatch(/^answer (ant|bee)\n$/);
    expect(code).toBe(0);
    expect(connections).toEqual([]);
  },
);

test("the log of connections is read as strace writes it", () => {
  const lookUp = `8 connect(21, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("127.0.0.53")}, 16) = 0`;
  const away = `8 connect(22, {sa_family=AF_INET6, sin6_port=htons(443), sin6_addr=inet_pton(AF_INET6, "2a00::1")}, 28) = 0`;
  const loopback = `8 connect(23, {sa_family=AF_INET, sin_port=htons(8080), sin_addr=inet_addr("127.0.0.1")}, 16) = 0`;
  const socket = `8 connect(24, {sa_family=AF_UNIX, sun_path="/run/nscd/socket"}, 110) = -1 ENOENT`;
  expect(remoteConnections([lookUp, away, loopback, socket].join("\n"))).toEqual([lookUp, away]);
});
