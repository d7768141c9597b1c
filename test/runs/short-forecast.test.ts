// A probe on a batch of pictures computes their features once: its forecast measures none.
// @module-tag thorough
import { join } from "node:path";
import { expect, test } from "vitest";
import { trainOn } from "../../src/api/train.js";
import { openMachine } from "../../src/run/machine.js";
import type { Runtime } from "../../src/runtime/runtime.js";
import { tinyBase, tinyData } from "../support/fixtures.js";
import { inFolder } from "../support/pictures.js";

/** Returns a runtime that calls back for each run of the base. */
function counting(runtime: Runtime, onRun: () => void): Runtime {
  const session: Runtime["session"] = async (model, options) => {
    const opened = await runtime.session(model, options);
    const run = opened.run.bind(opened);
    return Object.assign(opened, {
      run: (...fed: Parameters<typeof run>) => {
        if (options?.label?.startsWith("base ")) onRun();
        return run(...fed);
      },
    });
  };
  return new Proxy(runtime, {
    get: (target, name) => (name === "session" ? session : Reflect.get(target, name, target)),
  });
}

test.each([
  { each: 10, batches: 1 },
  // Two measured batches, and one for each 32 of all pictures.
  { each: 24, batches: 4 },
])("$each pictures of each class: the base runs $batches times", ({ each, batches }) =>
  inFolder(async (folder) => {
    await tinyData(join(folder, "data"), { ant: each, bee: each });
    tinyBase(join(folder, "base"));
    const machine = await openMachine();
    let runs = 0;
    const openRuntime = async (...how: Parameters<typeof machine.openRuntime>) =>
      counting(await machine.openRuntime(...how), () => runs++);
    await trainOn({ ...machine, openRuntime }, join(folder, "data"), {
      ...{ base: join(folder, "base"), strategy: "probe", baselines: false, cache: false },
      ...{ threads: 1, out: join(folder, "run") },
    });
    expect(runs).toBe(batches);
  }),
);
