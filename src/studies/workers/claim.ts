import { EngraftError, stopIf } from "../../core/errors.js";
import { pause } from "../../core/pause.js";
import { metrics } from "../../core/results/metric.js";
import type { Platform } from "../../platform/platform.js";
import { RunFolder } from "../../run/folder/run-folder.js";
import type { RunManifest } from "../../run/folder/run-manifest.js";
import type { Listener, StudyTraining } from "../many-runs.js";
import { finalFailure, isLink } from "./attempts.js";

/** Pause before a process looks again at trainings of other processes (ms). */
export const between = 1000;

/** Path that a process locks while it works on a training. */
export const claimOf = (run: string): string => `${run}.work`;

/** Works on a training while no other process may. @returns false if another process is at it */
export async function claim({ files }: Platform, run: string, work: () => Promise<void>): Promise<boolean> {
  try {
    await files.withLock(claimOf(run), work);
    return true;
  } catch (error) {
    // Also thrown by the work: the process of a killed worker still saves its state.
    if (error instanceof EngraftError && error.code === "run-in-use") return false;
    throw error;
  }
}

/** Without this check, the lock of a training would create the study's folder anew. @throws MachineError */
export async function requireInPlace({ files }: Platform, study: string): Promise<void> {
  if (await files.stat(study)) return;
  throw new EngraftError("MachineError", `the study "${study}" was moved or removed during the work`, {
    help: "if it was moved, go on there",
  });
}

/** Largest run.json that is read, bytes: some twelve characters for each test sample. */
const largest = 2 ** 26;

/** Values that a study reads from each result. */
const numbers = ["seconds.total", "split.train", "split.validation", "split.test"];
const texts = ["task", "base.sha256", "test.metric.name"];

/** Options that tell the trainings of a study apart. */
const distinct = ["strategy", "option", "seed", "trainSize", "shots"] as const;

/**
 * Opens the run of a training. Any machine may have written it.
 * @returns undefined if it was not begun
 * @throws RunError if it is damaged, a link to another place, or the run of another training
 */
export async function openTraining(
  platform: Platform,
  { run, label, options }: StudyTraining,
): Promise<RunManifest | undefined> {
  const { files } = platform;
  const file = files.join(run, "run.json");
  const there = await files.stat(file);
  if (!there) return undefined;
  if (there.size > largest) throw strange(run, `has a run.json of ${there.size} bytes`, "remove the folder");
  const parent = files.dirname(run);
  if (await isLink(files, parent, files.relative(parent, run), "run.json"))
    throw strange(run, "is a link to another place", "remove the link");
  const { manifest } = await RunFolder.open(platform, run);
  for (const name of distinct)
    if (JSON.stringify(manifest.options[name]) !== JSON.stringify(options[name]))
      throw strange(run, `holds another training than ${label}: its ${name} differs`, "remove the folder");
  const wrong = manifest.status === "done" ? wrongIn(manifest.result) : undefined;
  if (wrong !== undefined)
    throw strange(run, `has a result without a right value of ${wrong}`, "remove the folder");
  return manifest;
}

/** Returns the name of a value that a study reads from a result, if it is missing or of another type. */
function wrongIn(result: unknown): string | undefined {
  const at = (path: string): unknown =>
    path
      .split(".")
      .reduce<unknown>((value, name) => (value as Record<string, unknown> | null)?.[name], result);
  for (const path of numbers) if (!Number.isFinite(at(path))) return path;
  for (const path of texts) if (typeof at(path) !== "string") return path;
  for (const path of ["classes", "targets", "types"])
    if (at(path) !== undefined && !Array.isArray(at(path))) return path;
  const { metric, k, values } = (at("test.scores") ?? {}) as Record<string, unknown>;
  if (metric === undefined) return undefined;
  const isTable =
    Array.isArray(values) && Number.isInteger(k) && Number(k) > 0 && values.length % Number(k) === 0;
  const isRight = isTable && values.every((value) => value === null || Number.isFinite(value));
  return isRight && typeof metric === "string" && Object.hasOwn(metrics, metric) ? undefined : "test.scores";
}

const strange = (run: string, what: string, help: string): EngraftError =>
  new EngraftError("RunError", `the run folder ${JSON.stringify(run)} ${what}`, {
    at: run,
    help: `${help}, then start a worker again`,
  });

/**
 * Trains, unless the training has a result. If another process works on it, waits for that one.
 * @param read returns its result
 * @throws the error with which its workers gave it up
 */
export async function trainOrWait<Result>(
  platform: Platform,
  { run }: Pick<StudyTraining, "run">,
  read: () => Promise<Result | undefined>,
  train: () => Promise<void>,
  { onEvent, signal }: Listener,
): Promise<{ readonly before: boolean; readonly result: Result }> {
  let before = true;
  let reported = false;
  for (;;) {
    const result = await read();
    if (result) return { before, result };
    if (!before) throw new EngraftError("InternalError", "the training ended without a result", { at: run });
    stopIf(signal);
    const failure = await finalFailure(platform, run);
    if (failure) throw new EngraftError(failure.kind, failure.message, { help: failure.help });
    const claimed = await claim(platform, run, async () => {
      if (await read()) return;
      await train();
      before = false;
    });
    if (claimed) continue;
    const message = `waiting for the process that works on "${run}"`;
    if (!reported) onEvent?.({ event: "warning", code: "lock", message });
    reported = true;
    await pause(between, signal);
  }
}

/** Removes the checkpoints of a finished training, and the locks that killed processes left. */
export async function tidy({ files }: Platform, run: string): Promise<void> {
  await files.remove(files.join(run, "state")).catch(() => undefined);
  for (const path of [run, claimOf(run)])
    if ((await files.lockState?.(path)) === "left")
      await files.withLock(path, async () => undefined).catch(() => undefined);
}
