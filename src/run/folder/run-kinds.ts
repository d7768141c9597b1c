import { EngraftError } from "../../core/errors.js";
import type { Platform } from "../../platform/platform.js";
import { shellWord } from "../command-line.js";
import { RunFolder } from "./run-folder.js";
import type { RunManifest } from "./run-manifest.js";

/** How a kind of run is recognized. */
interface KindRow {
  /** Name of the kind in messages. */
  readonly words: string;
  /** File that holds the record of a study. Missing: run.json, which `recognizes` reads. */
  readonly record?: string;
  readonly recognizes?: (manifest: RunManifest) => boolean;
}

/** Every kind of run by the command that starts and resumes it. */
export const runKinds = {
  train: {
    words: "a training",
    recognizes: ({ task, multi_task, extend, options }) =>
      !task && !multi_task && !extend && !("teacher" in options),
  },
  extend: { words: "a model of feature sums", recognizes: ({ extend }) => extend !== undefined },
  distill: {
    words: "a distillation",
    recognizes: ({ task, multi_task, options }) => !task && !multi_task && "teacher" in options,
  },
  "multi-task": {
    words: "a training of several tasks",
    recognizes: ({ task, multi_task }) => !task && multi_task !== undefined,
  },
  adapt: { words: "an adaptation", recognizes: ({ task }) => task === "adapt" },
  pretrain: { words: "a pretraining on texts", recognizes: ({ task }) => task === "pretrain" },
  compare: { words: "a comparison", record: "comparison.json" },
  curve: { words: "a learning curve", record: "curve.json" },
  diagnose: { words: "a diagnosis", record: "diagnosis.json" },
} as const satisfies Readonly<Record<string, KindRow>>;
export type RunKind = keyof typeof runKinds;
const rows: readonly [string, KindRow][] = Object.entries(runKinds);

/** Returns the kind of the run in a folder. @throws RunError for a folder without a run, or with one of a newer version */
export async function kindOf(platform: Platform, path: string): Promise<RunKind> {
  const { files } = platform;
  for (const [kind, { record }] of rows)
    if (record !== undefined && (await files.stat(files.join(path, record)))) return kind as RunKind;
  return commandOf((await RunFolder.open(platform, path)).manifest);
}

/** Returns the command that started a run, and resumes it. */
export const commandOf = (manifest: RunManifest): RunKind =>
  rows.find(([, { recognizes }]) => recognizes?.(manifest))![0] as RunKind;

/** Refuses a run of another kind. @throws RunError with the command that resumes it */
export async function requireKind(
  platform: Platform,
  path: string,
  kinds: readonly RunKind[],
): Promise<void> {
  const kind = await kindOf(platform, platform.files.resolve(path));
  if (kinds.includes(kind)) return;
  const { words } = runKinds[kinds[0]!];
  throw new EngraftError("RunError", `"${path}" is ${runKinds[kind].words}, not ${words}`, {
    help: `engraft ${kind} --resume ${shellWord(path)}`,
  });
}
