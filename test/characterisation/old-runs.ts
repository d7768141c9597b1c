// Run folders that an earlier version wrote, without weights. `npm run characterise -- --old-runs` makes those of this version.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { engraftVersion } from "../../src/core/version.js";
import { EngraftError, type EngraftEvent, train } from "../../src/index.js";
import { nodePlatform } from "../../src/platform/node.js";
import { type Case, type CasePlace, repeatable } from "./case.js";
import { adaptations, comparisons, curves, distillations, inspections, pretrainings } from "./studies.js";
import { casesOf, type ToyTask, tasks } from "./tasks.js";
import type { Toy } from "./toys.js";

/** Folders of all versions: `old-runs/0.1.0/entities-finetune`. */
export const oldRunsFolder = fileURLToPath(new URL("old-runs/", import.meta.url));

/** Stands in old files for the folder of toys and runs. */
const place = "/old-place";
const machine = "an old machine";

/** Run that is small enough to store its weights too. */
const small = async ({ toy, out, onEvent }: CasePlace, signal?: AbortSignal): Promise<object> =>
  train(await toy("pictures"), {
    ...{ ...repeatable, base: await toy("other-picture-base"), strategy: "finetune", epochs: 2 },
    ...{ out, onEvent, option: { keep: "last" }, ...(signal && { signal }) },
  });

/** {@link runWithWeights}, stopped after its first epoch. */
export const stoppedRun = "stopped-run";
export const runWithWeights = "run-with-weights";

/** Stops after the first epoch. */
async function stopped(given: CasePlace): Promise<object> {
  const stop = new AbortController();
  const onEvent = (event: EngraftEvent): void => {
    if (event.event === "epoch") stop.abort();
  };
  return small({ ...given, onEvent }, stop.signal).catch((error: unknown) => {
    if (error instanceof EngraftError && error.kind === "Interrupted") return {};
    throw error;
  });
}

/** One run of each task and each study. */
const kept: readonly Case[] = [
  ...Object.keys(tasks).map((name) => casesOf(name as ToyTask)[1]!),
  ...[distillations, pretrainings, comparisons, curves].map((cases) => cases[0]!),
  ...adaptations.slice(1),
  inspections.find(({ name }) => name === "diagnosis-picture-classes")!,
  { name: runWithWeights, run: async (given) => ({ result: await small(given) }) },
  { name: stoppedRun, run: async (given) => ({ result: await stopped(given) }) },
];

const withWeights: readonly string[] = [runWithWeights, stoppedRun];

/** Pages can be made again; weights, and the runs of a study, are large. */
const isLeftOut = (name: string, file: string): boolean =>
  /^report.*\.html$|^runs\//.test(file) ||
  (/\.(onnx|safetensors)$/.test(file) && !withWeights.includes(name));

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll("\\", "/"));
}

const isBinary = (file: string): boolean => /\.(onnx|safetensors)$/.test(file);

/** Makes the old runs of this version. */
export async function makeOldRuns(toy: Toy, root: string): Promise<void> {
  for (const one of kept) {
    const out = join(root, "runs", one.name);
    process.env.ENGRAFT_CACHE = join(root, "caches", one.name);
    await one.run({ toy, out, onEvent: () => undefined });
    const target = join(oldRunsFolder, engraftVersion, one.name);
    rmSync(target, { recursive: true, force: true });
    for (const file of filesIn(out).filter((name) => !isLeftOut(one.name, name))) {
      const copy = join(target, file);
      mkdirSync(dirname(copy), { recursive: true });
      if (isBinary(file)) cpSync(join(out, file), copy);
      else {
        const text = readFileSync(join(out, file), "utf8");
        const brief = file.endsWith(".json")
          ? JSON.stringify(JSON.parse(text))
          : text.replace(/^.*"event":"progress".*\n/gm, "");
        writeFileSync(copy, brief.replaceAll(root, place).replaceAll(nodePlatform.machine(), machine));
      }
    }
  }
}

/** An old run: the version that wrote it, and its name. */
export type OldRun = readonly [version: string, name: string];

/** Returns every old run that is checked in. */
export function oldRuns(): OldRun[] {
  const foldersIn = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder).sort() : []);
  return foldersIn(oldRunsFolder).flatMap((version) =>
    foldersIn(join(oldRunsFolder, version)).map((name) => [version, name] as const),
  );
}

/** Copies an old run into a folder, with that folder in place of the old one. Returns the copy. */
export function copyOldRun([version, name]: OldRun, root: string): string {
  const from = join(oldRunsFolder, version, name);
  const copy = join(root, "runs", name);
  for (const file of filesIn(from)) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    if (isBinary(file)) cpSync(join(from, file), join(copy, file));
    else writeFileSync(join(copy, file), readFileSync(join(from, file), "utf8").replaceAll(place, root));
  }
  return copy;
}

/** Returns the size of an old run's folder (bytes). */
export const sizeOfOldRun = ([version, name]: OldRun): number => {
  const folder = join(oldRunsFolder, version, name);
  return filesIn(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
};
