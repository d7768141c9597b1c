// A step that cannot fit is refused before anything is loaded, and what the refusal offers does fit.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { EngraftError } from "../../src/core/errors.js";
import { draws } from "../../src/core/random.js";
import { float32 } from "../../src/core/tensor.js";
import { Builder, Graph, parametersOf } from "../../src/graph/index.js";
import { constant, sgd } from "../../src/optim/index.js";
import { checkOptions } from "../../src/options/check-options.js";
import { memoryOf } from "../../src/options/options.js";
import type { Runtime } from "../../src/runtime/runtime.js";
import { type FitOptions, prepareFit } from "../../src/train/fit.js";
import { classification } from "../../src/train/objectives/objective.js";
import { baseRefusal } from "../../src/train/step/room-offers.js";
import { engraft, tinyBase, tinyData } from "../support/fixtures.js";

const weights = (name: string, ...dims: number[]) => {
  const draw = draws(1, name);
  return float32(
    dims,
    Float32Array.from({ length: dims.reduce((a, b) => a * b) }, () => draw.normal()),
  );
};

/** Eight convolutions in a row on pictures of 64 × 64. */
function deep(): Graph {
  const graph = new Graph("deep");
  const g = new Builder(graph);
  let x = graph.input("x", { dtype: "float32", shape: ["batch", 3, 64, 64] });
  for (let i = 0; i < 8; i++) {
    const w = graph.initializer(`conv${i}`, weights(`conv${i}`, 8, i === 0 ? 3 : 8, 3, 3));
    x = g.relu(g.conv(x, w, undefined, { pads: [1, 1, 1, 1] }));
  }
  const head = graph.initializer("head", weights("head", 2, 8));
  graph.outputs.push(
    g.gemm(g.flatten(g.node("GlobalAveragePool", [x], {}), 1), head, undefined, { transB: true }),
  );
  return graph;
}

const model = deep();
const all = parametersOf(model);
const loaded = "it was loaded";
const runtime = {
  name: "none",
  version: "0",
  threads: 1,
  training: () => Promise.reject(new Error(loaded)),
} as unknown as Runtime;

const prepare = (given: Partial<FitOptions>) =>
  prepareFit({
    runtime,
    model,
    trainable: all.map((p) => ({ value: p.value, group: 0, decay: false })),
    objective: classification(),
    optimizer: sgd(),
    batchNorm: "frozen",
    schedule: constant(),
    rates: [0.1],
    epochs: 1,
    batch: 32,
    stepsPerEpoch: 1,
    feeds: () => Promise.reject(new Error("nothing is fed")) as never,
    validate: async () => ({ loss: 0, score: 0 }),
    stage: "finetune",
    ...given,
  });

async function refusal(given: Partial<FitOptions>): Promise<EngraftError> {
  try {
    await prepare(given);
  } catch (error) {
    if (error instanceof EngraftError) return error;
    throw error;
  }
  throw new Error("it was not refused");
}

interface Offers {
  readonly recompute?: number;
  readonly batch?: { readonly batch: number; readonly bytes: number };
  readonly imageSize?: number;
  readonly trainable?: { readonly after: string; readonly bytes: number };
}

const tooLarge = /^a training step of 32 examples needs at least \d+ MB of memory, there are 30 MB$/;
test("each offer is in the text with its numbers, and does fit", async () => {
  const memoryBytes = 30e6;
  const error = await refusal({ memoryBytes, recompute: "off" });
  expect(error.kind).toBe("OptionError");
  expect(error.message).toMatch(tooLarge);
  const { batch, imageSize, recompute, trainable } = error.details.offers as Offers;
  expect(error.help).toContain(
    `a batch of ${batch!.batch} (batch size): ${Math.ceil(batch!.bytes / 1e6)} MB`,
  );
  expect(error.help).toContain(`pictures of about ${imageSize} pixels a side (image size)`);
  expect(error.help).toContain(
    `(trainable "after:${trainable!.after}"): ${Math.ceil(trainable!.bytes / 1e6)} MB`,
  );
  expect(imageSize).toBe(32);
  for (const bytes of [batch!.bytes, trainable!.bytes]) expect(bytes).toBeLessThanOrEqual(memoryBytes);
  // Followed, they lead to a step that is loaded; a larger batch does not.
  await expect(prepare({ memoryBytes, recompute: "off", batch: batch!.batch })).rejects.toThrow(loaded);
  expect((await refusal({ memoryBytes, recompute: "off", batch: batch!.batch + 2 })).kind).toBe(
    "OptionError",
  );
  if (recompute !== undefined)
    await expect(prepare({ memoryBytes, recompute: "auto" })).rejects.toThrow(loaded);
});

test("a step that WebAssembly cannot address is refused, whatever the machine has", async () => {
  const small = { ...runtime, memoryBytes: 30e6 } as Runtime;
  for (const memoryBytes of [undefined, 64e9]) {
    const error = await refusal({ runtime: small, recompute: "off", ...(memoryBytes && { memoryBytes }) });
    expect(error.message).toMatch(tooLarge);
  }
  // Less is less, whatever the runtime could address.
  expect((await refusal({ runtime: small, recompute: "off", memoryBytes: 20e6 })).message).toContain(
    "there are 20 MB",
  );
});

test("recomputation is offered if it is enough", async () => {
  const needs = (await refusal({ memoryBytes: 1e6, recompute: "off" })).details.needs as number;
  const memoryBytes = 0.9 * needs;
  const error = await refusal({ memoryBytes, recompute: "off" });
  expect(error.help).toMatch(/compute again instead of keeping \(recompute auto\): \d+ MB/);
  await expect(prepare({ memoryBytes, recompute: "auto" })).rejects.toThrow(loaded);
});

test("a base that cannot run is refused with a size and a cut that fit", () => {
  const cut = (value: string) => {
    const graph = model.clone();
    graph.outputs.splice(0, graph.outputs.length, value);
    return graph;
  };
  const error = baseRefusal(model, 16, 10, cut);
  expect(error.help).toBe("use a smaller base");
  expect(error.message).toMatch(/^running the base on 16 items needs at least/);
});

test("the limit is words or bytes, and never more than the machine has", () => {
  expect(memoryOf({ memoryLimit: "2GB" }, 8e9)).toBe(2e9);
  expect(memoryOf({ memoryLimit: 3e9 }, 8e9)).toBe(3e9);
  expect(memoryOf({ memoryLimit: "64GB" }, 8e9)).toBe(8e9);
  expect(memoryOf({}, 8e9)).toBe(8e9);
  expect(() => checkOptions({ memoryLimit: "much" })).toThrow('memoryLimit is "much"');
  expect(() => checkOptions({ recompute: "sometimes" })).toThrow('recompute is "sometimes"');
});

test("a run is refused if its forecast is above the limit, with both figures and without a folder", {
  tags: ["thorough"],
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), "engraft-limit-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const data = await tinyData(join(folder, "data"));
  const [base, out] = [tinyBase(join(folder, "base")), join(folder, "run")];
  // Enough for the step, and less than the program alone. In a process of its own: this one has other memory after other tests.
  const words = [
    "--base",
    base,
    "--out",
    out,
    "--strategy",
    "probe",
    "--memory-limit",
    "40MB",
    "--threads",
    "1",
  ];
  const ran = await engraft(["train", data, ...words, "--no-cache"], { ownProcess: true });
  expect(ran.code).toBe(2);
  expect(ran.err).toMatch(/OptionError: the run needs about \d+ MB of memory, and its limit is 40 MB\n/);
  expect(ran.err).toContain("help: give a higher --memory-limit, or a smaller --batch-size");
  expect(existsSync(out)).toBe(false);
});
