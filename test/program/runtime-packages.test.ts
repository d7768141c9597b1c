// Engraft installed without native code, or with native code that does not load: it trains all the same, and says so.
import { execFile } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tinyBase, tinyData } from "../support/fixtures.js";

// WebAssembly on a busy machine: patience, not a measure.

const root = fileURLToPath(new URL("../..", import.meta.url));
let folder: string;
let data: string;
let base: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "engraft-packages-"));
  data = await tinyData(join(folder, "data"));
  base = tinyBase(join(folder, "base"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The built package in a folder of its own, with every dependency except onnxruntime-node. */
function install(name: string): string {
  const project = join(folder, name);
  const own = join(project, "node_modules/engraft");
  mkdirSync(own, { recursive: true });
  for (const part of ["dist", "assets", "package.json"])
    cpSync(join(root, part), join(own, part), { recursive: true });
  for (const entry of readdirSync(join(root, "node_modules")))
    if (!entry.startsWith(".") && entry !== "onnxruntime-node")
      symlinkSync(join(root, "node_modules", entry), join(project, "node_modules", entry));
  return project;
}

/** A package whose native code is there and does not load, as on a system with another C library. */
function addBrokenNative(project: string): void {
  const at = join(project, "node_modules/onnxruntime-node");
  const binding = join(at, "bin/napi-v6", process.platform, process.arch);
  mkdirSync(binding, { recursive: true });
  writeFileSync(join(binding, "onnxruntime_binding.node"), "no library");
  mkdirSync(join(at, "dist"));
  writeFileSync(
    join(at, "dist/index.js"),
    'require("../bin/napi-v6/" + process.platform + "/" + process.arch + "/onnxruntime_binding.node")',
  );
  writeFileSync(
    join(at, "package.json"),
    JSON.stringify({ name: "onnxruntime-node", version: "1.30.0", main: "dist/index.js" }),
  );
}

interface Done {
  readonly code: number;
  readonly events: readonly Record<string, unknown>[];
  readonly stderr: string;
}

function engraft(program: string, ...args: string[]): Promise<Done> {
  const env = { ...process.env, ENGRAFT_CACHE: join(folder, "cache") };
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      const code = error ? Number(error.code) : 0;
      const events = stdout
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line));
      resolve({ code, events, stderr });
    });
  });
}
const program = (project: string): string => join(project, "node_modules/engraft/dist/program/main.js");
const training = (out: string): string[] => [
  ...[
    "train",
    data,
    "--base",
    base,
    "--strategy",
    "finetune",
    "--epochs",
    "2",
    "--augment",
    "none",
    "--no-baselines",
    "--threads",
    "1",
  ],
  ...["--no-cache", "--json", "--out", join(folder, out)],
];
const warnings = ({ events }: Done): unknown[] =>
  events.filter((e) => e.code === "runtime").map((e) => e.message);
const record = (out: string) => JSON.parse(readFileSync(join(folder, out, "run.json"), "utf8"));

test("without onnxruntime-node a fine-tuning agrees with the native one, and says what to type", {
  tags: ["thorough"],
}, async () => {
  const native = await engraft(join(root, "dist/program/main.js"), ...training("native"));
  const wasm = await engraft(program(install("absent")), ...training("wasm"));
  expect([native.code, native.stderr, wasm.code, wasm.stderr]).toEqual([0, "", 0, ""]);
  // Before the first run, the first command after an installation says so.
  const first = program(join(folder, "absent"));
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [first, "--version"]);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(stderr.replace(/\s+/g, " ")).toContain(
    "warning onnxruntime-node is not installed. Engraft runs on WebAssembly instead",
  );
  expect(warnings(native)).toEqual([]);
  expect(warnings(wasm)).toHaveLength(1);
  expect(warnings(wasm)[0]).toMatch(
    /^onnxruntime-node is not installed\. Engraft runs on WebAssembly instead, .* npm install onnxruntime-node@1\.30\.0$/,
  );
  expect(Object.keys(record("native").versions)).toContain("onnxruntime-node");
  expect(record("wasm").versions).toMatchObject({ "onnxruntime-web": "1.30.0" });
  expect(Object.keys(record("wasm").versions)).not.toContain("onnxruntime-node");
  // The same arithmetic in another order: float32 carries 7 digits, some are lost over the steps.
  const losses = ({ events }: Done): number[] =>
    events.filter((e) => e.event === "epoch").map((e) => e.train_loss as number);
  expect(losses(native).length).toBeGreaterThan(0);
  expect(losses(wasm)).toHaveLength(losses(native).length);
  for (const [i, loss] of losses(wasm).entries()) expect(loss).toBeCloseTo(losses(native)[i]!, 3);
});

test("native code that does not load is replaced, and the run's record names what computed", {
  tags: ["thorough"],
}, async () => {
  const project = install("broken");
  addBrokenNative(project);
  const { code, stderr, ...done } = await engraft(program(project), ...training("broken-run"));
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(warnings({ code, stderr, ...done })).toHaveLength(1);
  expect(warnings({ code, stderr, ...done })[0]).toMatch(/^onnxruntime-node could not be loaded: .*file/);
  expect(record("broken-run").versions).toMatchObject({ "onnxruntime-web": "1.30.0" });
  expect(Object.keys(record("broken-run").versions)).not.toContain("onnxruntime-node");
});

/** A script of a project that uses the library; what it prints. */
function script(project: string, source: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const file = join(project, "script.mjs");
  writeFileSync(file, source);
  return new Promise((resolve) => {
    execFile(process.execPath, [file], { cwd: project }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}

test("outside of a run the warning is one line on stderr, and the process ends by itself", async () => {
  const open = `import { nodeRuntime } from "engraft/runtime/node";
    for (const threads of [1, 2]) await (await nodeRuntime({ threads })).close();
    console.log("done");`;
  const { code, stdout, stderr } = await script(install("library"), open);
  expect({ code, stdout }).toEqual({ code: 0, stdout: "done\n" });
  expect(stderr).toMatch(/^warning: onnxruntime-node is not installed\. [^\n]*\n$/);
});

test("a process may exit in the middle of a run on WebAssembly, with its own exit code", {
  tags: ["thorough"],
}, async () => {
  const source = `
    import { Builder, Graph, toOnnx } from "engraft/graph";
    import { nodeRuntime } from "engraft/runtime/node";
    const graph = new Graph("slow");
    const g = new Builder(graph);
    let x = graph.input("x", { dtype: "float32", shape: [700, 700] });
    for (let i = 0; i < 60; i++) x = g.matmul(x, "x");
    graph.outputs.push(x);
    const runtime = await nodeRuntime({ threads: 2, onWarning: () => {} });
    const session = await runtime.session(toOnnx(graph));
    session.run({ x: { dtype: "float32", dims: [700, 700], data: new Float32Array(490_000) } });
    setTimeout(() => process.exit(3), 50);`;
  const { code, stderr } = await script(install("exits"), source);
  expect({ code, stderr }).toEqual({ code: 3, stderr: "" });
});
