import { EngraftError } from "../../core/errors.js";
import type { SourceFreeResultEvent } from "../../core/events/events.js";
import { defaults } from "../../options/options.js";
import { withOpenedRun } from "../../run/execute-run.js";
import { requireSameData } from "../../run/folder/require-same.js";
import type { RunFolder } from "../../run/folder/run-folder.js";
import { type Machine, openMachine } from "../../run/machine.js";
import { classText } from "../../run/training/head-of-classes.js";
import { startAdaptation } from "../adaptation/start-adaptation.js";
import { adaptOpened } from "./adapt-opened.js";
import { openDomains } from "./open-domains.js";
import { openModel } from "./open-model.js";
import { type AdaptModelOptions, checkAdaptModelOptions } from "./options.js";

/**
 * Adapts a trained model to unlabelled data.
 *
 * "label-shift" estimates the shares of the classes in the target, and corrects the predictions by them. It compares the target with
 * the data that the model was trained on, and refuses a target that differs in more than its shares. "shot" needs no source: it trains
 * the backbone on the target, and the last layer stays. "shot-head" solves the last layer instead, on pseudo labels. Labels of the target are used only for the scores.
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
  const { files } = machine.platform;
  // Opened before the run's folder is created, so that a wrong model leaves nothing behind.
  await openModel(machine.platform, files.resolve(model));
  if (!(await files.stat(files.resolve(target))))
    throw new EngraftError("DataError", `there is no target at "${target}"`, {
      help: "engraft adapt MODEL TARGET: data in the same form as the model's, with labels or without",
    });
  return startAdaptation(machine, model, target, options, executeModelAdaptation);
}

/** Adapts the model of a new or resumed run. @throws RunError if target or model have changed since its start */
export async function executeModelAdaptation(
  machine: Machine,
  run: RunFolder,
  options: AdaptModelOptions,
): Promise<SourceFreeResultEvent> {
  const { data, target, options: recorded } = run.manifest;
  checkAdaptModelOptions({ ...recorded });
  const seed = options.seed ?? defaults.seed;
  const model = await openModel(machine.platform, data);
  return withOpenedRun(
    machine,
    run,
    { ...options, seed },
    (onEvent, signal) =>
      openDomains(machine, model, target!, { ...options, seed, onEvent, signal, run: run.path }),
    async ({ given: domains, ...opened }) => {
      const { target } = domains;
      await requireSameData(run, { ...target, seed }, (item) => classText(item, target));
      return adaptOpened({ machine, run, model, domains, ...opened }, { ...options, seed });
    },
  );
}
