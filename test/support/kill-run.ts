// A run that is killed in a process of its own.
import { join } from "node:path";
import { expect } from "vitest";
import type { TrainOptions } from "../../src/index.js";
import { eagerScript, engraft, modelBytes, type RunOptions } from "./fixtures.js";

/** Expects that a run which is killed at its second checkpoint and resumed gives the model of an undisturbed run. */
export async function expectSameAfterKill(root: string, data: string, options: TrainOptions): Promise<void> {
  const process = { cache: join(root, "cache"), script: eagerScript(root) };
  const begin = (name: string, more: RunOptions = {}) => {
    const run = { data, options: { ...options, out: join(root, name) } };
    return engraft([JSON.stringify(run), "--json"], { ...process, ...more });
  };
  expect(await begin("whole")).toMatchObject({ code: 0, err: "" });
  let checkpoints = 0;
  const killed = await begin("killed", {
    onLine: (line, child) => {
      if (line.event === "checkpoint" && ++checkpoints === 2) child.kill("SIGKILL");
    },
  });
  expect(killed.signal).toBe("SIGKILL");
  const resumed = await engraft([JSON.stringify({ resume: join(root, "killed") }), "--json"], process);
  expect(resumed).toMatchObject({ code: 0, err: "" });
  expect(modelBytes(join(root, "killed")).equals(modelBytes(join(root, "whole")))).toBe(true);
}
