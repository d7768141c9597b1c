// A training of two steps on each GPU, that of Node and that of a tab. Both are Chromium's software driver for Vulkan.
import { beforeAll, expect, test } from "vitest";
import type { EngraftEvent, TrainOptions } from "../../src/index.js";
import { nodeRuntime } from "../../src/runtime/ort-node.js";
import type { Runtime } from "../../src/runtime/runtime.js";
import type * as Web from "../../src/web/index.js";
import { GpuTab } from "../operators/gpu-tab.js";
import { launchChromium, softwareGpu } from "../support/chromium.js";
import { sharedToys } from "../support/shared-runs.js";
import { smallTasks, trainSmall } from "../support/small-trainings.js";
import { useSoftwareGpu } from "../support/software-gpu.js";
import { addFetching, dataFiles, type FetchingScope, filesIn, startSharedSite } from "../web/shared-files.js";
import { openTab } from "../web/tab.js";

/** Returns the losses of two steps of picture classes, and the weights at the end. */
const twoSteps = (runtime: Runtime): Promise<number[]> =>
  trainSmall(smallTasks["picture classes"], runtime, { epochs: 2, steps: 1 });

let cpu: readonly number[];
beforeAll(async () => {
  useSoftwareGpu();
  const runtime = await nodeRuntime({ threads: 1 });
  cpu = await twoSteps(runtime);
  await runtime.close();
});

/** Expects the losses and weights of the CPU. A weight moves by 0.01 in a step, and rounding by a hundredth of that. */
function expectTrainingOfCpu(found: readonly number[]): void {
  expect(cpu[1]).not.toBe(cpu[0]);
  expect(found).toHaveLength(cpu.length);
  for (const [i, value] of cpu.entries())
    expect(Math.abs(found[i]! - value)).toBeLessThan(1e-4 * Math.max(1, Math.abs(value)));
}

test("two steps on the GPU of Node are those of the CPU", async () => {
  const runtime = await nodeRuntime({ threads: 1, device: "webgpu" });
  expect(runtime).toMatchObject({ device: "webgpu", adapter: expect.stringContaining("SwiftShader") });
  expectTrainingOfCpu(await twoSteps(runtime));
  await runtime.close();
});

test("two steps on the GPU of a tab are those of the CPU", async () => {
  const tab = await GpuTab.open();
  expect(tab.adapter).not.toBe("");
  expectTrainingOfCpu(await twoSteps(await tab.runtime()));
  await tab.close();
});

test("a page trains pictures on the GPU with the losses of the CPU", { tags: ["thorough"] }, async () => {
  const [browser, site] = await Promise.all([launchChromium(...softwareGpu), startSharedSite()]);
  const page = await openTab(browser, site.url);
  await page.evaluate(addFetching);
  const [data, base] = [await sharedToys()("pictures"), await sharedToys()("picture-base")];
  const options = {
    ...{ strategy: "finetune", epochs: 2, batchSize: 64, lr: 0.01, option: { keep: "last" } },
    ...{ threads: 1, cache: false, explain: false, baselines: false },
  } as const satisfies TrainOptions;
  const [expected, found] = await page.evaluate(
    async ({ data, base, options }) => {
      const { filesOf } = globalThis as unknown as FetchingScope;
      const load = new Function("path", "return import(path)") as (path: string) => Promise<typeof Web>;
      const { train } = await load("/package/dist/browser/engraft.js");
      const all: EngraftEvent[][] = [];
      for (const device of ["cpu", "webgpu"] as const) {
        const events: EngraftEvent[] = [];
        await train(await filesOf(data), {
          ...{ ...options, device, ort: "/ort/ort.webgpu.min.mjs" },
          base: { name: "base", files: await filesOf(base) },
          onEvent: (event) => events.push(event),
        });
        all.push(events);
      }
      return all;
    },
    { data: dataFiles(data), base: filesIn(base), options },
  );
  await browser.close();
  await site.close();
  const lossesOf = (events: readonly EngraftEvent[] = []): number[] =>
    events.flatMap((e) => (e.event === "epoch" ? [e.train_loss, e.validation_loss] : []));
  expect(lossesOf(found)).toHaveLength(4);
  for (const [i, value] of lossesOf(expected).entries())
    expect(lossesOf(found)[i]! / value).toBeCloseTo(1, 3);
  expect(found!.find((e) => e.event === "device")).toMatchObject({ device: "webgpu" });
});
