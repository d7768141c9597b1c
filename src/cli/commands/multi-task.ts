import { EngraftError } from "../../core/errors.js";
import type { TasksResultEvent } from "../../core/events/events.js";
import { factsOf, taskOfHeads } from "../../core/results/task.js";
import type { TrainOptions } from "../../options/options.js";
import { resumeTasks, trainTasks } from "../../tasks/several/train-tasks.js";
import type { Command } from "../command.js";
import type { OptionsOf } from "../options/options.js";
import { refuseOtherOptions, requireResume } from "../options/refuse-other-options.js";
import { trainOptionsOf } from "../options/train-flags.js";
import { epochsLine } from "../render/epochs-line.js";
import { labelled } from "../render/labelled.js";
import { studyLines } from "../render/render-report.js";
import { divergenceLine, lastLines } from "../render/render-result.js";
import { linesOfResumed, resumable } from "../resumable.js";

/** `engraft multi-task <list> --labels A,B`, `engraft multi-task <data> <data…>`, or `--resume DIR`. */
export const multiTask: Command<OptionsOf<"multi-task">> = async (args, options, { output, signal }) => {
  const {
    resume,
    data: moved,
    labels,
    baselines,
    weighting,
    taskWeights,
    temperature,
    ...training
  } = options;
  if (resume !== undefined) {
    refuseOtherOptions("multi-task", args, options, "run", ["data", "base", "initFrom", "threads", "device"]);
    const { threads, device, base, initFrom } = options;
    const data = moved === undefined ? undefined : dataOf(moved.split(","));
    const result = await resumable("multi-task", output.onEvent, (onEvent) =>
      resumeTasks(resume, { onEvent, signal, threads, device, data, base, initFrom }),
    );
    output.result({ ...result }, await linesOfResumed(resume, result, renderTasksResult));
    return;
  }
  if (args.length === 0)
    throw new EngraftError("OptionError", "multi-task needs data", {
      help: "engraft multi-task <list> --labels colour,shape, or engraft multi-task <data> <data...>",
    });
  requireResume(options);
  const data = dataOf(args);
  const result = await resumable("multi-task", output.onEvent, (onEvent) =>
    trainTasks(data, {
      ...(trainOptionsOf(training) as Omit<TrainOptions, "labels" | "baselines">),
      ...(labels && { labels }),
      ...(weighting && { weighting }),
      ...(taskWeights && { taskWeights }),
      ...(temperature !== undefined && { temperature }),
      ...(baselines !== undefined && { baselines }),
      onEvent,
      signal,
    }),
  );
  output.result({ ...result }, renderTasksResult(result));
};

/** Returns one path, several, or several with names. */
function dataOf(words: readonly string[]): string | readonly string[] | Readonly<Record<string, string>> {
  const named = words.some((word) => /^[^\\/.=]+=./.test(word));
  return named ? Object.fromEntries(words.map(pair)) : words.length === 1 ? words[0]! : words;
}

/** colour=./a -> ["colour", "./a"] */
function pair(word: string): [string, string] {
  const at = word.indexOf("=");
  if (at < 1)
    throw new EngraftError("OptionError", `"${word}" has no name, others have`, {
      help: "name all of them: colour=./a shape=./b",
    });
  return [word.slice(0, at), word.slice(at + 1)];
}

/** Returns the last lines of a run on several tasks. */
export const renderTasksResult = (result: TasksResultEvent): string[] => [
  ...studyLines(result),
  ...labelled(
    "training",
    ...(result.epochs > 0 ? [epochsLine(result, "validation, mean over the tasks")] : []),
    ...divergenceLine(result),
  ),
  ...lastLines(result, factsOf(taskOfHeads(result.task)!).input),
];
