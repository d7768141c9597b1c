import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { TrainOptions } from "../options/options.js";
import { nodePlatform } from "../platform/node.js";
import type { Machine } from "./machine.js";
import { startRun } from "./start-run.js";

const folder = mkdtempSync(join(tmpdir(), "engraft-start-run-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a requested probe has the baselines that need no training, unless the user leaves them out", async () => {
  const machine = { platform: nodePlatform, command: () => "" } as unknown as Machine;
  let runs = 0;
  const baselinesOf = (given: TrainOptions) =>
    startRun(
      machine,
      folder,
      { ...given, out: join(folder, `run ${runs++}`) },
      async (_, { baselines }) => baselines,
    );
  expect(await baselinesOf({ strategy: "probe", baselines: "auto" })).toBe("quick");
  expect(await baselinesOf({ strategy: "probe", baselines: false })).toBe(false);
  expect(await baselinesOf({ strategy: "probe", baselines: true })).toBe(true);
  expect(await baselinesOf({ strategy: "finetune", baselines: "auto" })).toBe("auto");
  // In a program, a run without the option has none.
  expect(await baselinesOf({ strategy: "probe" })).toBeUndefined();
});
