import { EngraftError } from "../../core/errors.js";
import { isWithoutBase, type StrategyName } from "../../methods/registry.js";
import { withoutTraining } from "../../options/is-planned.js";
import type { Platform } from "../../platform/platform.js";
import type { Extension } from "../../train/fit.js";
import { commandLine, extensionLine, shellWord, trainingCommand } from "../command-line.js";
import type { RunFolder } from "./run-folder.js";

/** @throws RunError if the run is not finished, or trains nothing by steps */
export async function requireExtendable({ files }: Platform, run: RunFolder): Promise<void> {
  const { status, data, options, result } = run.manifest;
  if (status !== "done")
    throw new EngraftError("RunError", `"${run.path}" is not finished, so it cannot be trained further`, {
      help: `resume it first: engraft ${trainingCommand(options)} --resume ${shellWord(run.path)}`,
    });
  const state = run.file("state");
  const stages = (await files.stat(state)) ? await files.list(state) : [];
  if (stages.some(({ name }) => name.endsWith(".safetensors") && !name.startsWith("scratch"))) return;
  const strategy = strategyWithSteps(options.strategy, result);
  throw new EngraftError("RunError", `"${run.path}" trained nothing by steps that could go on`, {
    at: "its model was solved, or its folder has no checkpoint",
    help: `train with steps: ${commandLine(data, { ...withoutTraining(options), strategy }, `${run.path}-${strategy}`)}`,
  });
}

/** Returns a strategy with steps: without a base, that of a new network. */
function strategyWithSteps(strategy: string | undefined, result: unknown): StrategyName {
  const { strategy: own } = (result ?? {}) as { readonly strategy?: { readonly name?: string } };
  return isWithoutBase(own?.name ?? strategy) ? "full" : "finetune";
}

/**
 * Marks a finished run as running again, for longer. The mark is written once its data and models are checked.
 * @throws RunError if another process extended it meanwhile
 */
export function extendRun(run: RunFolder, more: Extension): void {
  if (run.manifest.status !== "done")
    throw new EngraftError("RunError", `"${run.path}" is being trained further by another process`, {
      help: "wait until it has finished",
    });
  run.extendBy(more, extensionLine(run.path, more, run.manifest.options));
}
