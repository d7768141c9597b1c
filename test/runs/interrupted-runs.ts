// Runs of a tiny model that tests kill, stop and resume, each in its own process.
import { mkdirSync, mkdtempSync, rmSync, watch } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { type ResumeOptions, type TrainOptions, train } from "../../src/index.js";
import {
  eagerScript,
  engraft,
  modelBytes,
  type Ran,
  type RunOptions,
  tinyBase,
  tinyData,
} from "../support/fixtures.js";
import { isAt, type Moment } from "../support/moments.js";
import { stopRun } from "../support/stop-run.js";

const root = mkdtempSync(join(tmpdir(), "engraft-kill-"));
export const path = (...parts: string[]) => join(root, ...parts);
export const cache = path("cache");
export const recipe = { epochs: 2, augment: "standard", threads: 1 } as const;
export let data: string;
export let base: string;
let script: string;
/** Model of a run that was never interrupted, without cache and baselines. */
export let undisturbed: Buffer;

/** Registers the hooks of a test file: data, a base, and the model of an undisturbed run. */
export function setUpRuns(): void {
  beforeAll(async () => {
    process.env.ENGRAFT_CACHE = cache;
    data = await tinyData(path("data"), { ant: 14, bee: 14, cat: 8 });
    base = tinyBase(path("base"));
    script = eagerScript(root);
    const ran = await begin("undisturbed", { ...recipe, cache: false });
    expect(ran).toMatchObject({ code: 0, err: "" });
    undisturbed = modelBytes(path("undisturbed"));
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));
}

/** Starts a run in a process of its own. */
export const begin = (out: string, options: TrainOptions, how: Partial<RunOptions> = {}): Promise<Ran> =>
  engraft([JSON.stringify({ data, options: { base, out: path(out), ...options } }), "--json"], {
    cache,
    script,
    ...how,
  });
/** Resumes a run in a process of its own. */
export const resumeRun = (
  out: string,
  how: Partial<RunOptions> = {},
  options: Pick<ResumeOptions, "more"> = {},
): Promise<Ran> =>
  engraft([JSON.stringify({ resume: path(out), ...options }), "--json"], { cache, script, ...how });

/** Kills the process at an event, or when a file with this name appears in its folder. */
export function killAt(out: string, moment: Moment | string): Partial<RunOptions> {
  if (typeof moment !== "string")
    return { onLine: (event, child) => void (isAt(event, moment) && child.kill("SIGKILL")) };
  return {
    onStart(child) {
      mkdirSync(path(out), { recursive: true });
      const watcher = watch(path(out), (_kind, name) => {
        if (name?.startsWith(moment)) child.kill("SIGKILL");
      });
      child.on("close", () => watcher.close());
    },
  };
}

/** Returns the folder of a run that was stopped in this process after its first steps. */
export async function stoppedRun(out: string): Promise<string> {
  await stopRun(
    (how) => train(data, { base, out: path(out), ...recipe, ...how }),
    (event) => event.event === "progress" && event.phase === "training",
  );
  return path(out);
}
