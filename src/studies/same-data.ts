import { EngraftError } from "../core/errors.js";
import { shellWord } from "../run/command-line.js";
import type { ManifestFolder } from "../run/folder/manifest-folder.js";
import type { TaskMachine } from "../tasks/registry.js";
import { type Listener, openDataAndBase, type SharedByRuns, type StudyTraining } from "./many-runs.js";

/** Identity of data and base: of a study, or as a training recorded it. */
export interface Fingerprints {
  /** Of the data with its split. A study records that of its first seed. */
  readonly fingerprint?: string | undefined;
  readonly base_sha256?: string | undefined;
}

/** A folder of trainings with one data set and one base. */
export type StudyFolder = ManifestFolder<SharedByRuns & Fingerprints>;

/** Checks data and base of a study. @throws RunError if they changed since it was started */
export function requireUnchanged(
  { path, kind, manifest }: Pick<StudyFolder, "path" | "kind" | "manifest">,
  now: Fingerprints,
): void {
  const { fingerprint = now.fingerprint, base_sha256 = now.base_sha256 } = manifest;
  if (fingerprint === now.fingerprint && base_sha256 === now.base_sha256) return;
  const what = base_sha256 === now.base_sha256 ? "data" : "base";
  const elsewhere = what === "data" ? "give another path with --data, " : "";
  throw new EngraftError("RunError", `the ${what} changed since the ${kind.what} was started`, {
    at: path,
    help: `put the ${what} back as before, ${elsewhere}or start a new ${kind.what} with another --out`,
    details: { before: { fingerprint, base_sha256 }, now },
  });
}

/**
 * Returns a check of each finished training: it has the data of the study, by its seed, and the base of the other trainings. Another
 * process may have trained it on data that were changed and put back.
 */
export function sameDataOf(
  machine: TaskMachine,
  { kind, path, manifest }: StudyFolder,
  trainings: readonly StudyTraining[],
  { signal }: Listener,
): (training: StudyTraining, its: Fingerprints, before: boolean) => Promise<void> {
  const splitOf = ({ seed, options: { splitSeed = seed } }: StudyTraining): number => splitSeed;
  const known = new Map([[splitOf(trainings[0]!), manifest.fingerprint]]);
  let base: string | undefined;
  return async (training, its, before) => {
    const split = splitOf(training);
    if (!known.has(split)) {
      const now = before ? await openDataAndBase(machine, manifest, split, { signal }) : its;
      known.set(split, now.fingerprint);
      // The data and the base that were opened are garbage now.
      if (before) machine.platform.releaseMemory();
    }
    base ??= its.base_sha256;
    const isSameBase = its.base_sha256 === base;
    if (isSameBase && its.fingerprint === known.get(split)) return;
    const { label, seed, run } = training;
    const [what, they] = isSameBase ? ["data", "they"] : ["base", "it"];
    throw new EngraftError(
      "RunError",
      `${label}, seed ${seed}, was not trained on the ${what} of the ${kind.what}: ${they} changed in between`,
      { at: run, help: `remove ${shellWord(run)}, then go on with: ${kind.resume} ${shellWord(path)}` },
    );
  };
}
