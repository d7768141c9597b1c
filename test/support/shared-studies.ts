// Studies that workers share, in a temporary folder with data, a base and a cache.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { trainInChildOn } from "../../src/api/train-child.js";
import { type CompareOptions, prepareComparison } from "../../src/index.js";
import type { Files, Platform } from "../../src/platform/platform.js";
import { openMachine } from "../../src/run/machine.js";
import type { ChildTask } from "../../src/studies/many-runs.js";
import { tinyBase, tinyData } from "./fixtures.js";

/** Makes the folder before the tests of a file, and removes it afterwards. */
export function setUpStudies(name: string, more: CompareOptions) {
  const root = mkdtempSync(join(tmpdir(), `engraft-${name}-`));
  const path = (...parts: string[]): string => join(root, ...parts);
  const data = path("data");
  const options = { base: tinyBase(path("base")), threads: 1, ...more };
  beforeAll(async () => {
    process.env.ENGRAFT_CACHE = path("cache");
    await tinyData(data, { ant: 20, bee: 20 });
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  /** Prepares a comparison. @returns its folder */
  const prepared = async (study: string, changed: CompareOptions = {}): Promise<string> => {
    await prepareComparison(data, { ...options, ...changed, out: path(study) });
    return path(study);
  };
  return { path, data, options, prepared };
}

/** Names of the run folders of a study, and what is beside them. */
export const runsOf = (study: string): string[] => readdirSync(join(study, "runs")).sort();

/** Reads a JSON file. */
export const read = (file: string) => JSON.parse(readFileSync(file, "utf8"));

/** Changes a JSON file as another machine would have written it. */
export function rewrite(file: string, change: (manifest: Record<string, unknown>) => void): void {
  const manifest = read(file);
  change(manifest);
  writeFileSync(file, JSON.stringify(manifest));
}

type Changed = Partial<Omit<Platform, "files">> & { readonly files?: Partial<Files> };

/** A machine with other functions. Trainings run in this process, with them. */
export async function machineWith({ files, ...others }: Changed) {
  const machine = await openMachine();
  const platform: Platform = {
    ...machine.platform,
    ...others,
    files: { ...machine.platform.files, ...files },
  };
  const changed = { ...machine, platform };
  platform.runInChildProcess ??= undefined;
  return {
    ...changed,
    platform: {
      ...platform,
      runInChildProcess:
        others.runInChildProcess ??
        (({ input, onMessage, signal }) =>
          trainInChildOn(changed, input as ChildTask, {
            sendMessage: async (message) => onMessage?.(message),
            signal: signal ?? new AbortController().signal,
          })),
    } satisfies Platform,
  };
}
