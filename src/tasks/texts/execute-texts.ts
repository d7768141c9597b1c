import type { OnEvent, TrainResultEvent } from "../../core/events/events.js";
import { usesNgrams } from "../../methods/registry.js";
import { defaults, type TrainOptions } from "../../options/options.js";
import type { Context } from "../../run/context.js";
import { type LoadData, withOpenedRun } from "../../run/execute-run.js";
import { requireSameBase, requireSameData } from "../../run/folder/require-same.js";
import type { RunFolder } from "../../run/folder/run-folder.js";
import type { Machine } from "../../run/machine.js";
import { trainTask } from "../../run/train-task.js";
import { classesHead } from "../../run/training/head-of-classes.js";
import { startFrom } from "../../run/training/start-from.js";
import { classesTask } from "../classes/classes-task.js";
import {
  arePairs,
  openTextBody,
  openTextDataset,
  type TextDataset,
  textBaseOf,
  tokensOf,
} from "./open-texts.js";
import { openOtherTestSet } from "./other-test-set.js";
import { textChangeOf } from "./text-change.js";
import { textDefaults } from "./text-defaults.js";

/** Executes a run of text classification, from the first step or from the last checkpoint. */
export async function executeTexts(
  machine: Machine,
  run: RunFolder,
  options: TrainOptions,
): Promise<TrainResultEvent> {
  const { platform } = machine;
  const { signal } = options;
  const ref = textBaseOf(options);
  const seed = run.manifest.split_seed ?? options.seed ?? defaults.seed;
  const scratch = () => platform.files.scratch?.(run.path);
  const load: LoadData<TextDataset> = (onEvent) =>
    openTextDataset(run.manifest.data, {
      seed,
      platform,
      scratch,
      onEvent,
      options,
    });
  return withOpenedRun(machine, run, options, load, async ({ given, runtime, begin, events, onEvent }) => {
    await requireSameData(run, given);
    const opening = async (whole: boolean, tell: OnEvent) => {
      const plain = await openTextBody(ref, options, {
        platform,
        onEvent: tell,
        pairs: arePairs(given),
        whole,
      });
      return startFrom({ run, options, platform, onEvent: tell }, plain);
    };
    const { opened, ...init } = await opening(usesNgrams(options.strategy), onEvent);
    await requireSameBase(run, opened);
    await run.settle();
    const change = await textChangeOf(options, opened);
    const inputs = tokensOf(given, opened, signal, { platform, scratch, ...(change && { change }) });
    const alone: Context = {
      run,
      options,
      taskDefaults: (runOptions) => textDefaults(runOptions, opened.body),
      machine,
      platform,
      runtime,
      dataset: given,
      opened,
      ...init,
      inputs,
      head: classesHead(given),
      onEvent,
    };
    const elsewhere = await otherTestSetOf(alone);
    const context: Context = {
      ...alone,
      ...(elsewhere && { elsewhere }),
      openWhole: async () => {
        const quiet: OnEvent = () => undefined;
        const { opened: long } = await opening(true, quiet);
        const read = { opened: long, inputs: tokensOf(given, long, signal, { platform, scratch }) };
        const other = await otherTestSetOf({ ...alone, ...read, onEvent: quiet });
        return { ...read, ...(other && { elsewhere: other }) };
      },
    };
    return trainTask(context, classesTask("texts"), begin, events);
  });
}

/** Opens the other test set of a run, if it has one. */
async function otherTestSetOf(context: Context): Promise<Context["elsewhere"]> {
  const { test } = context.options;
  return test === undefined ? undefined : openOtherTestSet(context, test);
}
