import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, vi } from "vitest";
import type { TrainOptions } from "../../src/index.js";
import { type ToyTask, trainToy } from "../characterisation/tasks.js";
import { toysIn } from "../characterisation/toys.js";
import { useSoftwareGpu } from "../support/software-gpu.js";

vi.setConfig({ testTimeout: 250_000, hookTimeout: 120_000 });
useSoftwareGpu();
const root = mkdtempSync(join(tmpdir(), "engraft-gpu-try-"));
const path = (...parts: string[]): string => join(root, ...parts);
const toy = toysIn(path("toys"));
const list: [string, ToyTask, TrainOptions][] = [
  ["text probe", "text-classes", { strategy: "probe" }],
  [
    "text lora",
    "text-classes",
    { strategy: "lora", accumulate: 2, batchSize: 4, epochs: 1, option: { average: "ema" } as never },
  ],
  ["sounds", "sound-classes", { epochs: 1 }],
  ["speech", "transcripts", { epochs: 1 }],
];
test.each(list)("%s", async (name, task, more) => {
  process.env.ENGRAFT_CACHE = path("cache");
  for (const device of ["cpu", "webgpu"] as const) {
    const begin = Date.now();
    const losses: unknown[] = [];
    const { result } = await trainToy(
      task,
      { cache: false, explain: false, ...more, device },
      {
        toy,
        out: path(name + device),
        onEvent: (e) => {
          if (e.event === "epoch") losses.push(e.train_loss, e.validation_loss);
        },
      },
    );
    console.log(
      "DID",
      name,
      device,
      Date.now() - begin,
      JSON.stringify(losses),
      JSON.stringify((result as { test: object }).test).slice(0, 300),
      JSON.stringify((result as { validation: object }).validation ?? {}).slice(0, 300),
    );
  }
});
