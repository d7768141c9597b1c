import { expect, test } from "vitest";
import { manualClock } from "../../../test/support/manual-clock.js";
import { nodeRuntime } from "../../runtime/ort-node.js";
import type { Runtime } from "../../runtime/runtime.js";
import { deviceEvent } from "./device-event.js";
import { openFaster } from "./open-faster.js";

/** Opens the CPU under both names. @param steps called before each training step on a device */
const open =
  (steps: (device: string) => Promise<void>, adapter?: string) =>
  async (device: "cpu" | "webgpu"): Promise<Runtime> => {
    const runtime = await nodeRuntime({ threads: 1 });
    return {
      ...{ name: runtime.name, version: runtime.version, threads: 1, device },
      ...(adapter !== undefined && { adapter }),
      session: (...given) => runtime.session(...given),
      training: async (...given) => {
        const session = await runtime.training(...given);
        const run = session.steps.bind(session);
        return Object.assign(session, {
          steps: async (...fed: Parameters<typeof run>) => {
            await steps(device);
            return run(...fed);
          },
        });
      },
      close: () => runtime.close(),
    };
  };

test.each([
  ["webgpu", "slower", "cpu"],
  ["cpu", "faster", "webgpu"],
] as const)("with slow steps on %s the GPU is %s, and %s is taken", async (slow, because, taken) => {
  const clock = manualClock();
  const steps = async (device: string): Promise<void> => clock.advance(device === slow ? 1500 : 20);
  const runtime = await openFaster(open(steps));
  expect([runtime.decision, runtime.device]).toEqual([
    { because, milliseconds: { [slow]: 1500, [taken]: 20 } },
    taken,
  ]);
  const other = taken === "cpu" ? "GPU" : "CPU";
  expect(deviceEvent(runtime).words).toContain(
    `: a training step of a small network takes 20 ms, on the ${other} 1500 ms`,
  );
  await runtime.close();
});

test("a GPU that fails is not taken, and no time is told", async () => {
  const steps = async (device: string): Promise<void> => {
    if (device === "webgpu") throw new Error("lost");
  };
  const runtime = await openFaster(open(steps, "Some GPU"));
  expect(runtime.decision).toEqual({ because: "failed", adapter: "Some GPU" });
  expect(deviceEvent(runtime).words).toBe(
    "CPU: Some GPU did not finish the training steps of a small network",
  );
  await runtime.close();
});
