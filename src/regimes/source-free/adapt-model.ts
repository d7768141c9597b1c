import { EngraftError } from "../../core/errors.js";
import type { SourceFreeResultEvent } from "../../core/events/events.js";
import { defaults } from "../../options/options.js";
import { commandLine } from "../../run/command-line.js";
import { withOpenedRun } from "../../run/execute-run.js";
import { freeRunPath, type RunFolder } from "../../run/folder/run-folder.js";
import type { RunManifest } from "../../run/folder/run-manifest.js";
import { type Machine, openMachine } from "../../run/machine.js";
import { newRun } from "../../run/new-run.js";
import { resumedOptions, resumeRun } from "../../run/resume-run.js";
import { adaptOpened } from "./adapt-opened.js";
import { openDomains } from "./open-domains.js";
import { openModel } from "./open-model.js";
import { type AdaptModelOptions, checkAdaptModelOptions } from "./options.js";

/**
 * Adapts a trained model to unlabelled data, without training: only its last layer becomes another one.
 *
 * "label-shift" estimates the shares of the classes in the target, and corrects the predictions by them. It compares the target with
 * the data that the model was trained on, and refuses a target that differs in more than its shares. "shot" needs no source: it labels the
 * target by centroids, and solves the last layer on these labels. Labels of the target are used only for the scores.
 *
 * @param model run folder or model folder of a classification of pictures, texts or sounds
 * @param target data in the same form as the model's, with labels or without
 * @returns the `result` event
 * @throws DataError if the domains differ, or the source is gone; `force` adapts all the same
 * @example
 * const run = await adaptModel("runs/complaints", "october.csv", { method: "label-shift" });
 * console.log(run.changed, run.shares);
 */
export async function adaptModel(
  model: string,
  target: string,
  options: AdaptModelOptions,
): Promise<SourceFreeResultEvent> {
  checkAdaptModelOptions({ ...options });
  const machine = await openMachine();
  const { platform } = machine;
  const { files } = platform;
  const [from, to] = [files.resolve(model), files.resolve(target)];
  // Opened before the run's folder is created, so that a wrong model leaves nothing behind.
  await openModel(platform, from);
  if (!(await files.stat(to)))
    throw new EngraftError("DataError", `there is no target at "${target}"`, {
      help: "engraft adapt MODEL TARGET: data in the same form as the model's, with labels or without",
    });
  const stem = (path: string): string =>
    (path.split(/[\\/]/).filter(Boolean).at(-1) ?? "data").replace(/\.\w+$/, "");
  const { onEvent: _e, signal: _s, threads, out, ...recorded } = options;
  const path =
    out === undefined ? await freeRunPath(platform, `${stem(from)}-to-${stem(to)}`) : files.resolve(out);
  const started = {
    task: "adapt",
    command: commandLine(from, { ...recorded }, path, { command: "adapt", target: to }),
    data: from,
    target: to,
    options: recorded as RunManifest["options"],
    threads,
  } as const;
  return newRun(platform, path, started, (run) => execute(machine, run, options));
}

/** Resumes an adaptation of a model. A finished one returns its result again. */
export async function resumeAdaptModel(
  path: string,
  options: Pick<AdaptModelOptions, "onEvent" | "signal" | "threads" | "device"> = {},
): Promise<SourceFreeResultEvent> {
  const machine = await openMachine();
  return resumeRun<SourceFreeResultEvent>(machine.platform, path, {
    check: () => undefined,
    resultIn: ({ result }) =>
      result?.event === "result" && result.task === "source-free-adaptation" ? result : undefined,
    execute: (run) => {
      const { threads, options: recorded } = run.manifest;
      checkAdaptModelOptions({ ...recorded });
      return execute(machine, run, resumedOptions(recorded as AdaptModelOptions, threads, options));
    },
    threads: options.threads,
    onEvent: options.onEvent,
  });
}

async function execute(
  machine: Machine,
  run: RunFolder,
  options: AdaptModelOptions,
): Promise<SourceFreeResultEvent> {
  const { data, target } = run.manifest;
  const seed = options.seed ?? defaults.seed;
  const model = await openModel(machine.platform, data);
  return withOpenedRun(
    machine,
    run,
    { ...options, seed },
    (onEvent, signal) =>
      openDomains(machine, model, target!, { ...options, seed, onEvent, signal, run: run.path }),
    ({ given, runtime, begin, events, onEvent }) =>
      adaptOpened(
        { machine, run, model, domains: given, runtime, begin, events, onEvent },
        { ...options, seed },
      ),
  );
}
