import { onTestFinished, vi } from "vitest";
import { trainOn } from "../../src/api/train.js";
import type { TrainOptions, train } from "../../src/index.js";
import { openMachine } from "../../src/run/machine.js";
import type { Runtime } from "../../src/runtime/runtime.js";

/** A clock that stands still until a test moves it. */
export interface ManualClock {
  advance(milliseconds: number): void;
}

/** Replaces `performance.now()` by a clock that only the test moves, until the test ends. */
export function manualClock(): ManualClock {
  let now = 1000;
  const replaced = vi.spyOn(performance, "now").mockImplementation(() => now);
  onTestFinished(() => void replaced.mockRestore());
  return {
    advance: (milliseconds) => {
      now += milliseconds;
    },
  };
}

/** Returns a runtime that moves a clock by a fixed number of milliseconds for each training step. */
export function withStepTime(runtime: Runtime, clock: ManualClock, milliseconds: number): Runtime {
  const training: Runtime["training"] = async (...given) => {
    const session = await runtime.training(...given);
    const run = session.steps.bind(session);
    return Object.assign(session, {
      steps: async (...[feeds, count, options]: Parameters<typeof run>) => {
        const outputs = await run(feeds, count, options);
        clock.advance(count * milliseconds);
        return outputs;
      },
    });
  };
  return new Proxy(runtime, {
    get: (target, name) => {
      if (name === "training") return training;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/**
 * Returns `train` on a machine whose training steps take a fixed number of milliseconds, by a clock that nothing else
 * moves: budgets, forecasts and measured seconds count steps then.
 */
export function trainWithStepTime(milliseconds: number): typeof train {
  const clock = manualClock();
  const work = async (data: string, options: TrainOptions = {}) => {
    const machine = await openMachine();
    const openRuntime: typeof machine.openRuntime = async (request) =>
      withStepTime(await machine.openRuntime(request), clock, milliseconds);
    return trainOn({ ...machine, openRuntime }, data, options);
  };
  return work as typeof train;
}
