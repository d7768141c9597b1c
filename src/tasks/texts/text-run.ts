import type { TrainResultEvent } from "../../core/events/events.js";
import type { Context } from "../../run/context.js";
import { trainTask } from "../../run/train-task.js";
import { classesHead, classText } from "../../run/training/head-of-classes.js";
import { classesTask } from "../classes/classes-task.js";
import type { TaskRun } from "../task-run.js";
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

/** Runs of text classification. */
export const textRun: TaskRun<TextDataset, Pick<Context, "opened">, TrainResultEvent> = {
  open: (path, how) => openTextDataset(path, { ...how, scratch: () => scratchOf(how.platform, how.run) }),
  base: async (data, how) => ({
    opened: await openTextBody(textBaseOf(how.options), how.options, { ...how, pairs: arePairs(data) }),
  }),
  targetText: classText,
  counted: ({ classes }) => ({ samples: "texts", classes: classes.length }),
  async bind(data, { opened }, { options, platform, run, reopen }) {
    const { signal } = options;
    const scratch = () => scratchOf(platform, run.path);
    const change = await textChangeOf(options, opened);
    return {
      bound: {
        dataset: data,
        inputs: tokensOf(data, opened, signal, { platform, scratch, change }),
        head: classesHead(data),
        taskDefaults: (runOptions) => textDefaults(runOptions, opened.body),
      },
      train: async (alone, ...begun) => {
        const elsewhere = await otherTestSetOf(alone);
        const context: Context = {
          ...alone,
          ...(elsewhere && { elsewhere }),
          openWhole: async () => {
            const { opened: long } = await reopen();
            const read = { opened: long, inputs: tokensOf(data, long, signal, { platform, scratch }) };
            const other = await otherTestSetOf({ ...alone, ...read, onEvent: () => undefined });
            return { ...read, ...(other && { elsewhere: other }) };
          },
        };
        return trainTask(context, classesTask("texts"), ...begun);
      },
    };
  },
};

/** Opens a temporary file for many texts. */
const scratchOf = ({ files }: Context["platform"], run: string) => files.scratch?.(run);

/** Opens the other test set of a run, if it has one. */
async function otherTestSetOf(context: Context): Promise<Context["elsewhere"]> {
  const { test } = context.options;
  return test === undefined ? undefined : openOtherTestSet(context, test);
}
