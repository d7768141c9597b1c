import { parseJson } from "../../core/parse-json.js";
import type { OnMachine } from "../../core/results/counts.js";
import type { FreshLayers } from "../../core/results/diagnosis.js";
import { engraftVersion } from "../../core/version.js";
import { freshLayers } from "../../evidence/diagnose-layers.js";
import { labelOf } from "../../evidence/diagnosis-words.js";
import type { Platform } from "../../platform/platform.js";
import { openFolder } from "../../run/folder/manifest-folder.js";
import type { TaskMachine } from "../../tasks/registry.js";
import { machineOf } from "../compare/compared-run.js";
import type { ChildDiagnosis, Listener, StudyTraining } from "../many-runs.js";
import type { Fingerprints } from "../same-data.js";
import { isLink } from "../workers/attempts.js";
import { DiagnosisFolder, type DoneTraining } from "./diagnosis-folder.js";
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
      run: folder.file("runs", fileOf({ ...variant, seed })),
      // All seeds have one split.
      options: { ...options, splitSeed: seeds[0]! },
    })),
  );
}

const fileOf = ({ side, groups, seed }: FreshLayers & { readonly seed: number }): string =>
  `${side}-${groups}-seed-${seed}.json`;

/** Result of a training, with its machine and its data. */
interface SavedTraining extends DoneTraining, Fingerprints, Required<OnMachine> {
  /** Version of Engraft that trained it. */
  readonly engraft: string;
}

/** Largest file of a training, bytes: a character for each validation item. */
const largest = 2 ** 28;

/**
 * Reads the file of a training. Any machine may have written it.
 * @returns undefined without one; also if it is damaged, a link, or of another training: then it is trained anew
 */
export async function readTraining({ files }: Platform, run: string): Promise<SavedTraining | undefined> {
  if (!(await files.stat(run))) return undefined;
  const [folder, name] = [files.dirname(run), files.relative(files.dirname(run), run)];
  if (await isLink(files, folder, name)) return undefined;
  const text = new TextDecoder().decode(await files.read(run, { limit: largest }));
  try {
    const saved = parseJson(text) as SavedTraining;
    const { seed, right, machine, engraft, side, groups, best_epoch, loss, seconds } = saved;
    const areTexts = [right, machine, engraft].every((text) => typeof text === "string");
    const isRight = areTexts && /^[01]+$/.test(right);
    const areNumbers = [best_epoch, loss, seconds].every((n) => typeof n === "number");
    return isRight && areNumbers && fileOf({ side, groups, seed }) === name ? saved : undefined;
  } catch {
    return undefined;
  }
}

/** Writes the file of a training. */
export async function saveTraining(
  { files, machine }: Platform,
  { manifest: { fingerprint, base_sha256 } }: DiagnosisFolder,
  { run, threads }: Pick<ChildDiagnosis, "run" | "threads">,
  done: DoneTraining,
): Promise<void> {
  const saved: SavedTraining = {
    ...done,
    machine: machineOf({ machine: machine(), threads }),
    engraft: engraftVersion,
    fingerprint,
    base_sha256,
  };
  await files.writeAtomic(run, `${JSON.stringify(saved)}\n`);
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
    await saveTraining(machine.platform, folder, { run, threads }, done);
  } finally {
    await runtime.close();
  }
}
