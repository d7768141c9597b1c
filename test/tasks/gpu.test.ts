// Trainings on the GPU, by onnxruntime-node's WebGPU provider on Chromium's software driver for Vulkan.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TableResultEvent } from "../../src/core/events/events.js";
import { draws } from "../../src/core/random.js";
import { float32 } from "../../src/core/tensor.js";
import { Builder } from "../../src/graph/builder.js";
import { Graph } from "../../src/graph/graph.js";
import { type EngraftEvent, load, resume, type TrainOptions, train } from "../../src/index.js";
import { openSession } from "../../src/runtime/open.js";
import { nodeRuntime } from "../../src/runtime/ort-node.js";
import { useSoftwareGpu } from "../support/software-gpu.js";

const root = mkdtempSync(join(tmpdir(), "engraft-gpu-"));
const path = (...parts: string[]): string => join(root, ...parts);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const options = {
  ...{ threads: 1, cache: false, task: "tabular-classification", baselines: false },
  ...{ epochs: 2, pictures: false },
} as const satisfies TrainOptions;

/** Trains on the table. */
async function run(out: string, more: TrainOptions) {
  const events: EngraftEvent[] = [];
  const onEvent = (event: EngraftEvent) => {
    events.push(event);
    more.onEvent?.(event);
  };
  const result = (await train(path("plane.csv"), {
    ...{ ...options, ...more, onEvent },
    out: path(out),
  })) as TableResultEvent;
  const losses = events.flatMap((e) => (e.event === "epoch" ? [e.train_loss] : []));
  return { result, losses, events };
}

let cpuRun: ReturnType<typeof run> | undefined;
/** Returns the training on the CPU, which the others equal. */
const onCpu = (): ReturnType<typeof run> => {
  cpuRun ??= run("cpu", {});
  return cpuRun;
};
beforeAll(() => {
  useSoftwareGpu();
  process.env.ENGRAFT_CACHE = path("cache");
  const draw = draws(1, "plane");
  const rows = Array.from({ length: 120 }, () => {
    const [a, b] = [draw.normal(), draw.normal()];
    return `${a.toFixed(3)},${b.toFixed(3)},${a + b > 0 ? "above" : "below"}`;
  });
  writeFileSync(path("plane.csv"), ["a,b,label", ...rows].join("\n"));
});

/** Compares two lists of numbers. */
function close(found: readonly number[], expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 4);
}

test("two trainings on one GPU at once have the losses of the CPU, and a record says where it was computed", {
  tags: ["thorough"],
}, async () => {
  const [{ result, losses, events }, other] = await Promise.all([
    run("webgpu", { device: "webgpu" }),
    run("beside", { device: "webgpu" }),
  ]);
  const cpu = await onCpu();
  close(losses, cpu.losses);
  close(other.losses, cpu.losses);
  expect(result.forecast.device).toBe("webgpu");
  const { versions } = JSON.parse(readFileSync(path("webgpu", "run.json"), "utf8"));
  expect(versions.device).toMatch(/^webgpu \(SwiftShader/);
  expect(events.find((e) => e.event === "device")).toMatchObject({
    ...{ device: "webgpu", adapter: expect.stringContaining("SwiftShader") },
    words: expect.stringMatching(/^SwiftShader .*, by WebGPU$/),
  });
  expect(readFileSync(path("webgpu", "model", "README.md"), "utf8")).toContain("device webgpu (SwiftShader");
  const model = await load(path("webgpu"), { threads: 1, device: "webgpu" });
  if (model.task !== "tabular-classification") throw new Error(model.task);
  const [answers] = await model.predict([{ a: 2, b: 2 }]);
  await model.close();
  expect(answers![0]).toMatchObject({ label: "above" });
});

test("auto refuses a driver that computes on the CPU, and says so", { tags: ["thorough"] }, async () => {
  const { losses, events } = await run("auto", { device: "auto" });
  expect(losses).toEqual((await onCpu()).losses);
  const event = events.find((e) => e.event === "device");
  expect(event).toMatchObject({
    device: "cpu",
    words: expect.stringMatching(/^CPU: SwiftShader .* computes on the CPU$/),
  });
});

test("a run whose GPU is lost goes on from its last checkpoint on the CPU", {
  tags: ["thorough"],
}, async () => {
  let killed = false;
  const { losses, events, result } = await run("lost", {
    device: "webgpu",
    checkpointSeconds: 1,
    onEvent: (event) => {
      if (killed || event.event !== "epoch") return;
      killed = true;
      execFileSync("pkill", ["-KILL", "-P", String(process.pid), "-f", "ort-node-worker"]);
    },
  });
  expect(killed).toBe(true);
  const warning = events.find((e) => e.event === "warning" && e.code === "device");
  expect(warning).toMatchObject({
    message: "the GPU was lost: signal SIGKILL; the run goes on from its last checkpoint on the CPU",
  });
  close(losses.slice(-2), (await onCpu()).losses.slice(-2));
  expect(result.test.accuracy).toBeGreaterThan(0.7);
});

test("a value that the GPU's driver has no memory for is an error of the device", async () => {
  const runtime = await nodeRuntime({ threads: 1, device: "webgpu" });
  const graph = new Graph("large");
  const g = new Builder(graph);
  const x = graph.input("x", { dtype: "float32", shape: [1, 1024] });
  // 2 GiB: the software driver refuses it before it takes any memory.
  graph.outputs.push(g.reduceMean(g.expand(x, [2 ** 19, 1024])));
  const session = await openSession(runtime, graph, { label: "the large value" });
  await expect(session.run({ x: float32([1, 1024], new Float32Array(1024)) })).rejects.toMatchObject({
    ...{ kind: "DeviceError", message: "the large value: the GPU has not enough memory" },
    details: { problem: "memory" },
  });
  await runtime.close();
});

test("a run that is resumed on another device says that its bits may differ", {
  tags: ["thorough"],
}, async () => {
  const stop = new AbortController();
  await expect(
    run("moved", {
      ...{ device: "webgpu", signal: stop.signal },
      onEvent: ({ event }) => event === "epoch" && stop.abort(),
    }),
  ).rejects.toThrow("stopped at step");
  const warnings: string[] = [];
  await resume(path("moved"), {
    device: "cpu",
    onEvent: (event) => event.event === "warning" && warnings.push(event.message),
  });
  expect(warnings.join("\n")).toMatch(
    /the run was started with device webgpu \(SwiftShader .*\), now it is cpu: the result may differ in the last bits/,
  );
});

test("without an adapter there is one sentence with the cure, and no word of the driver", () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["bin/engraft.mjs", "train", path("plane.csv"), "--device", "webgpu", "--json", "--out", path("none")],
    { env: { ...process.env, VK_ICD_FILENAMES: path("no-driver.json") }, encoding: "utf8" },
  );
  const last = JSON.parse(stdout.trim().split("\n").at(-1)!);
  const message = "this machine has no GPU that WebGPU can use";
  const help = "run on the CPU: --device cpu. The guide's page about GPUs says which drivers are needed";
  expect({ status, stderr, last }).toMatchObject({
    ...{ status: 2, stderr: `DeviceError: ${message}\n  help: ${help}\n` },
    last: { event: "error", kind: "DeviceError", message, help },
  });
});
