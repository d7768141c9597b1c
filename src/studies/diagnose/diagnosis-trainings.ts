import type { FreshLayers } from "../../core/results/diagnosis.js";
import { freshLayers } from "../../evidence/diagnose-layers.js";
import { labelOf } from "../../evidence/diagnosis-words.js";
import type { Platform } from "../../platform/platform.js";
import { openFolder } from "../../run/folder/manifest-folder.js";
import type { TaskMachine } from "../../tasks/registry.js";
import type { ChildDiagnosis, Listener, StudyTraining } from "../many-runs.js";
import { DiagnosisFolder, type DiagnosisManifest, type DoneTraining } from "./diagnosis-folder.js";
import { contextOf, openDiagnosis, requestOf, trainingLength, trainOnce } from "./open-diagnosis.js";

/** A training of a diagnosis. Its `run` is a file with its result. */
export interface DiagnosisTraining extends StudyTraining {
  readonly variant: FreshLayers;
}

/** Returns the trainings of a diagnosis whose base was opened: all of the first seed, then those of the second. */
export function trainingsOfDiagnosis(folder: DiagnosisFolder): DiagnosisTraining[] {
  const { seeds, layer_groups: groups, options } = folder.manifest;
  if (groups === undefined) return [];
  return seeds.flatMap((seed) =>
    freshLayers(groups).map((variant) => ({
      variant,
      seed,
      label: labelOf(variant, groups),
      run: folder.file("runs", `${variant.side}-${variant.groups}-seed-${seed}.json`),
      options,
    })),
  );
}

/** Returns a finished training of a diagnosis. */
export const finishedTraining = (
  { done }: Pick<DiagnosisManifest, "done">,
  { side, groups }: FreshLayers,
  seed: number,
): DoneTraining | undefined =>
  done.find((one) => one.seed === seed && one.side === side && one.groups === groups);

/** Result of a training that a worker did, with its machine. */
type SavedTraining = DoneTraining & { readonly machine: string };

/** Largest file of a training, bytes: a character for each validation item. */
const largest = 2 ** 28;

/** Reads the file of a training. Any machine may have written it. @returns undefined without one, or if it is damaged */
export async function readTraining({ files }: Platform, run: string): Promise<SavedTraining | undefined> {
  if (!(await files.stat(run))) return undefined;
  const text = new TextDecoder().decode(await files.read(run, { limit: largest }));
  try {
    const saved = JSON.parse(text) as Partial<SavedTraining> | null;
    const { seed, right, machine, side, ...numbers } = saved ?? {};
    if (typeof right !== "string" || !/^[01]+$/.test(right) || typeof machine !== "string") return undefined;
    if (typeof side !== "string" || !Number.isInteger(seed)) return undefined;
    const { groups, best_epoch, loss, seconds } = numbers;
    return [groups, best_epoch, loss, seconds].every((n) => typeof n === "number")
      ? (saved as SavedTraining)
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Returns the finished trainings of a diagnosis, with those that workers did.
 * @param items number of validation items. A file with another number is not used.
 */
export async function collectTrainings(
  platform: Platform,
  folder: DiagnosisFolder,
  items: number,
): Promise<DoneTraining[]> {
  const done = [...folder.manifest.done];
  for (const { run, seed, variant } of trainingsOfDiagnosis(folder)) {
    if (finishedTraining(folder.manifest, variant, seed)) continue;
    const saved = await readTraining(platform, run);
    if (saved?.right.length !== items) continue;
    const { right, best_epoch, loss, seconds } = saved;
    done.push({ ...variant, seed, right, best_epoch, loss, seconds });
  }
  return done;
}

/** Does a training of a prepared diagnosis, and writes its file. */
export async function trainOfDiagnosis(
  machine: TaskMachine,
  { diagnosis, run, data, threads }: ChildDiagnosis,
  listener: Listener,
): Promise<void> {
  const folder = await openFolder(DiagnosisFolder, machine.platform, diagnosis);
  const { epochs, options } = folder.manifest;
  const { variant, seed } = trainingsOfDiagnosis(folder).find((training) => training.run === run)!;
  const runtime = await machine.openRuntime({ threads, device: options.device });
  try {
    const opened = await openDiagnosis(machine, folder, listener, data);
    const request = requestOf(contextOf(machine, folder, opened, runtime, listener));
    const { batch } = trainingLength(request, options);
    const context = contextOf(machine, folder, opened, runtime, listener, seed);
    const done = await trainOnce(context, opened, variant, { ...request, epochs: epochs!, batch });
    const saved: SavedTraining = { ...done, machine: machine.platform.machine() };
    await machine.platform.files.writeAtomic(run, `${JSON.stringify(saved)}\n`);
  } finally {
    await runtime.close();
  }
}
