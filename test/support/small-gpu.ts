// The CPU as a GPU with little memory.
import { type Machine, openMachine } from "../../src/run/machine.js";
import { deviceErrorOf } from "../../src/runtime/gpu/device-memory.js";
import type { Runtime, Session } from "../../src/runtime/runtime.js";

export interface SmallGpu {
  /** Words of the driver if a batch of this many rows does not fit; undefined if it does. @param call number of the call so far */
  readonly refuses: (rows: number, what: "step" | "run", call: number) => string | undefined;
  /** Called with the rows of each step that runs. */
  readonly onStep?: (rows: number) => void;
}

/** A machine whose GPU computes as its CPU does, as long as its memory lasts. */
export async function machineWithSmallGpu(gpu: SmallGpu): Promise<Machine> {
  const machine = await openMachine();
  let calls = 0;
  const check = (rows: number, what: "step" | "run"): void => {
    const words = gpu.refuses(rows, what, calls++);
    if (words !== undefined) throw deviceErrorOf(new Error(words), "the model");
  };
  const session = (own: Session): Session => ({
    ...{ inputs: own.inputs, outputs: own.outputs, dispose: () => own.dispose() },
    run: async (feeds, ...more) => {
      check(Object.values(feeds)[0]?.dims[0] ?? 0, "run");
      return own.run(feeds, ...more);
    },
  });
  const small = (cpu: Runtime): Runtime => ({
    ...{ name: cpu.name, version: cpu.version, threads: cpu.threads },
    ...{ device: "webgpu", adapter: "Small GPU", close: () => cpu.close() },
    session: async (...given) => session(await cpu.session(...given)),
    training: async (...given) => {
      const training = await cpu.training(...given);
      const steps = training.steps.bind(training);
      const evaluator = training.evaluator.bind(training);
      return Object.assign(training, {
        steps: async (...fed: Parameters<typeof steps>) => {
          const rows = fed[0]["train.x"]!.dims[1]!;
          check(rows, "step");
          gpu.onStep?.(rows);
          return steps(...fed);
        },
        evaluator: async (...of: Parameters<typeof evaluator>) => session(await evaluator(...of)),
      });
    },
  });
  return {
    ...machine,
    openRuntime: async (request) => {
      if (request?.device === "cpu") return machine.openRuntime(request);
      return small(await machine.openRuntime({ ...request, device: "cpu" }));
    },
  };
}
