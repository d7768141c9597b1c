import { onTestFinished, vi } from "vitest";
import { trainOn } from "../../src/api/train.js";
import type { TrainOptions, train } from "../../src/index.js";
import { type Machine, openMachine } from "../../src/run/machine.js";
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

/** Returns a runtime that moves a clock by a fixed number of milliseconds for each training step and each inference. */
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
  const session: Runtime["session"] = async (...given) => {
    const opened = await runtime.session(...given);
    const run = opened.run.bind(opened);
    return Object.assign(opened, {
      run: async (...fed: Parameters<typeof run>) => {
        const outputs = await run(...fed);
        clock.advance(milliseconds);
        return outputs;
      },
    });
  };
  return new Proxy(runtime, {
    get: (target, name) => {
      if (name === "training") return training;
      if (name === "session") return session;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/**
 * Opens this machine with training steps and inferences that take a fixed number of milliseconds, by a clock that
 * nothing else moves: budgets, forecasts and measured seconds count steps and inferences then.
 */
export async function machineWithStepTime(milliseconds: number): Promise<Machine> {
  const clock = manualClock();
  const machine = await openMachine();
  return {
    ...machine,
    openRuntime: async (request) => withStepTime(await machine.openRuntime(request), clock, milliseconds),
  };
}

/** Returns `train` on such a machine. */
export function trainWithStepTime(milliseconds: number): typeof train {
  const opened = machineWithStepTime(milliseconds);
  const work = async (data: string, options: TrainOptions = {}) => trainOn(await opened, data, options);
  return work as typeof train;
}
