import { EngraftError } from "../../core/errors.js";
import type { ClassificationScores, TrainResultEvent } from "../../core/events/events.js";
import type { WarningEvent } from "../../core/events/progress-events.js";
import { signedText } from "../../core/messages/metric-en.js";
import type { OtherTestResult } from "../../core/results/other-test-set.js";
import { copyHashOf } from "../../data/dataset.js";
import { count, quoted } from "../../data/split/found.js";
import { openTexts } from "../../data/texts/index.js";
import { factsOf, scoresOf } from "../../evaluate/class-predictions.js";
import { differenceInterval } from "../../evaluate/difference.js";
import type { Graph } from "../../graph/graph.js";
import { textListOptions } from "../../options/text-list-options.js";
import type { Platform } from "../../platform/platform.js";
import type { Context, TaskTraining } from "../../run/context.js";
import { trainTask } from "../../run/train-task.js";
import { predictWith } from "../../run/training/feeds.js";
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
import { requireColumns } from "./require-texts.js";
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
  async bind(data, { opened }, { options, machine, run, reopen }) {
    const { signal } = options;
    const scratch = () => scratchOf(machine.platform, run.path);
    const change = await textChangeOf(options, opened);
    return {
      bound: {
        dataset: data,
        inputs: tokensOf(data, opened, signal, { platform: machine.platform, scratch, change }),
        training: {
          head: classesHead(data),
          defaults: (runOptions) => textDefaults(runOptions, opened.body),
        },
      },
      train: async (alone, ...begun) => {
        const elsewhere = await otherTestSetOf(alone);
        const openWhole = async () => {
          const { opened: long } = await reopen();
          const read = {
            opened: long,
            inputs: tokensOf(data, long, signal, { platform: machine.platform, scratch }),
          };
          const other = await otherTestSetOf({ ...alone, ...read, onEvent: () => undefined });
          return { ...read, ...(other && { elsewhere: other }) };
        };
        const training = { ...alone.training, ...(elsewhere && { elsewhere }), openWhole };
        return trainTask({ ...alone, training }, classesTask("texts"), ...begun);
      },
    };
  },
};

/** Opens a temporary file for many texts. */
const scratchOf = ({ files }: Platform, run: string) => files.scratch?.(run);

/** Opens the other test set of a run, if it has one. */
async function otherTestSetOf(context: Context): Promise<TaskTraining["elsewhere"]> {
  const { test } = context.options;
  return test === undefined ? undefined : openOtherTestSet(context, test);
}

/** Scores a trained model on another test set. */
type OtherTestSet = (model: Graph, own: ClassificationScores) => Promise<OtherTestResult>;

/**
 * Opens another test set, such as the same task in another language. Uses its test split, or all of it without splits.
 * Texts of the run's training and validation splits are left out.
 * @throws DataError for labels that the run does not have, or if no text is left
 */
async function openOtherTestSet(
  { machine, dataset, opened, options, onEvent }: Context,
  path: string,
): Promise<OtherTestSet> {
  const { classes } = dataset;
  const other = await openTexts(machine.platform, path, {
    labelled: true,
    scoringOnly: true,
    ...textListOptions(options),
  });
  requireColumns(other, opened.base.text?.pairs !== undefined);
  const missing = other.classes.filter((name) => !classes.includes(name));
  if (missing.length > 0)
    throw new EngraftError(
      "DataError",
      `${other.root} has ${missing.length === 1 ? "a label" : `${missing.length} labels`} that the run does not learn: ${quoted(missing)}`,
      { help: `it learns ${quoted(classes, 12)}: write them the same way`, details: { missing, classes } },
    );
  const known = new Set(dataset.items.filter(({ part }) => part !== "test").map(copyHashOf));
  const given = other.items.filter(({ part }) => !other.hasSplit || part === "test");
  const items = given
    .filter((item) => !known.has(copyHashOf(item)))
    .map((item) => ({
      id: item.id,
      text: item.text,
      ...("pair" in item && { pair: item.pair }),
      sha256: item.sha256,
      path: other.root,
      part: "test" as const,
      label: classes.indexOf(other.classes[item.label]!),
    }));
  if (items.length === 0)
    throw new EngraftError("DataError", `no text of ${other.root} is left to test on`, {
      help: "the run learns from all of them: give others",
      details: { texts: given.length },
    });
  const leftOut = given.length - items.length;
  if (leftOut > 0) onEvent(leftOutWarning(leftOut, path));
  const { signal } = options;
  const inputs = tokensOf({ items } as unknown as TextDataset, opened, signal);
  const source = { items, inputs };
  return async (model, own) => {
    const logits = await predictWith(machine.runtime, model, source, classes.length, signal);
    const test = scoresOf(classes, { logits, ...factsOf(items) });
    return { data: path, test, left_out: leftOut, drop: dropOf(own, test) };
  };
}

const leftOutWarning = (n: number, path: string): WarningEvent => ({
  event: "warning",
  code: "elsewhere_known",
  message: `${count(n, "text")} of ${path} left out: the run learns from them or chooses by them`,
});

/** Returns the difference in accuracy between the other set and the run's test split. */
function dropOf(own: ClassificationScores, other: ClassificationScores): OtherTestResult["drop"] {
  const of = ({ accuracy, n }: ClassificationScores) => ({ successes: Math.round(accuracy * n), n });
  const { difference, ci95 } = differenceInterval(of(other), of(own));
  const points = (x: number): string => signedText(x, "share");
  const between = `95 % interval ${points(ci95[0])} to ${points(ci95[1])} points`;
  const words =
    ci95[1] < 0
      ? `${points(difference)} points against the run's own test part (${between}): part of what was learnt does not come along`
      : ci95[0] > 0
        ? `${points(difference)} points against the run's own test part (${between}): it is the easier set`
        : `${points(difference)} points against the run's own test part, which chance can explain (${between})`;
  return { value: difference, ci95, words };
}
