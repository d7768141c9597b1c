import { EngraftError } from "../../core/errors.js";
import type { TasksResultEvent } from "../../core/events/events.js";
import { factsOf, taskOfHeads } from "../../core/results/task.js";
import type { Samples, TaskData, TaskSource } from "../../data/index.js";
import { defaults, type RecipeOptions } from "../../options/options.js";
import type { Platform } from "../../platform/platform.js";
import { quotedWord } from "../../run/command-line.js";
import type { Context } from "../../run/context.js";
import { type LoadData, withOpenedRun } from "../../run/execute-run.js";
import { requireSameBase, requireSameData } from "../../run/folder/require-same.js";
import { freeRunPath, type RunFolder } from "../../run/folder/run-folder.js";
import { type Machine, openMachine } from "../../run/machine.js";
import { fromAnywhere, modelsNow, type ResumeTrainingOptions } from "../../run/moved-models.js";
import { newRun } from "../../run/new-run.js";
import { resumedOptions, resumeRun } from "../../run/resume-run.js";
import { startFrom } from "../../run/training/start-from.js";
import { openInputs } from "../inputs/open-inputs.js";
import { joinedHead, joinedRegime } from "./joined-training.js";
import { classesOf, openSources, taskOfSources } from "./open-sources.js";
import {
  checkTasksOptions,
  sourcesNow,
  sourcesOf,
  type TasksInput,
  type TasksOptions,
} from "./tasks-options.js";
import { trainTogether } from "./train-together.js";

/**
 * Trains one backbone with a head for each of several tasks.
 *
 * @param data a list with a label column for each task (`labels`), or paths of a folder or list for each task. An object gives
 * paths by task name. Samples are pictures, texts or sounds. Classes, samples and their number may differ between tasks.
 * @returns the `result` event: scores of each task, and the path of the model folder.
 * @throws EngraftError with a message for people; `Interrupted` after an abort, with the state saved.
 * @example
 * const run = await trainTasks("./shop.csv", { labels: ["colour", "shape"], weighting: "pcgrad", baselines: true });
 * for (const { name, test, verdict } of run.tasks) console.log(name, test.accuracy, verdict?.words);
 */
export async function trainTasks(data: TasksInput, options: TasksOptions = {}): Promise<TasksResultEvent> {
  const machine = await openMachine();
  const { platform } = machine;
  const { files } = platform;
  const { labels, weighting, taskWeights, temperature, baselines, ...training } = options;
  const sources = sourcesOf(data, labels, platform);
  checkTasksOptions(options, sources);
  await requireData(sources, platform);
  await taskOfSources(sources, training, platform);
  const { onEvent: _e, signal: _s, threads, out, base, ...others } = training;
  const recorded = {
    ...(base !== undefined && { base: await fromAnywhere(base, platform) }),
    ...others,
    ...(others.initFrom !== undefined && { initFrom: await fromAnywhere(others.initFrom, platform) }),
  };
  const root = sources[0]!.path;
  const path = out === undefined ? await freeRunPath(platform, root) : files.resolve(out);
  const started = {
    command: commandOf(sources, labels, options, path, machine, recorded),
    data: root,
    options: recorded,
    multi_task: {
      sources,
      ...(weighting !== undefined && { weighting }),
      ...(temperature !== undefined && { temperature }),
      ...(taskWeights !== undefined && { weights: taskWeights }),
      ...(baselines !== undefined && { baselines }),
    },
    threads,
  };
  return newRun(platform, path, started, (run) => executeTasks(machine, run, training));
}

/**
 * Resumes a run of {@link trainTasks}. A finished run returns its result again.
 * @deprecated use `resume(folder)`
 * @throws RunError if the folder holds no run on several tasks, or if data or base have changed.
 */
export async function resumeTasks(
  path: string,
  options: Omit<ResumeTrainingOptions, "data" | "teacher"> & {
    /** New location of the run's data: the list, or paths by task name, or paths in the order of the tasks. */
    readonly data?: TasksInput;
  } = {},
): Promise<TasksResultEvent> {
  const machine = await openMachine();
  const { platform } = machine;
  return resumeRun<TasksResultEvent>(platform, path, {
    kinds: ["multi-task"],
    resultIn: ({ result }) =>
      result?.event === "result" && taskOfHeads(result.task) ? (result as TasksResultEvent) : undefined,
    execute: async (run) => {
      const { data, base, initFrom, ...others } = options;
      const models = await modelsNow(run, { base, initFrom }, platform);
      const sources =
        data === undefined ? undefined : sourcesNow(run.manifest.multi_task!.sources, data, platform);
      await requireData(sources ?? [], platform);
      run.movedTo({ ...models, ...(sources && { sources }) });
      const { options: before, threads } = run.manifest;
      return executeTasks(machine, run, resumedOptions(before, threads, others));
    },
    threads: options.threads,
    onEvent: options.onEvent,
  });
}

async function requireData(sources: readonly TaskSource[], { files }: Platform): Promise<void> {
  for (const { path } of sources)
    if (!(await files.stat(path)))
      throw new EngraftError("DataError", `there is no data at "${path}"`, {
        help: "give a list with label columns, or folders with one folder of pictures for each class",
        details: { data: path },
      });
}

async function executeTasks(
  machine: Machine,
  run: RunFolder,
  options: RecipeOptions,
): Promise<TasksResultEvent> {
  const { platform } = machine;
  const {
    sources,
    weighting = "fixed",
    temperature = 1,
    weights = {},
    baselines = false,
  } = run.manifest.multi_task!;
  const { seed = defaults.seed } = options;
  const task = await taskOfSources(sources, options, platform);
  const load: LoadData<TaskData> = (onEvent, signal) =>
    openSources(sources, task, { platform, options, seed, onEvent, signal, run: run.path, whole: false });
  return withOpenedRun(
    machine,
    run,
    options,
    load,
    async ({ given: data, runtime, begin, events, onEvent }) => {
      const dataset = asSamples(data, run.manifest.data);
      await requireSameData(run, data, ({ labels }) => labels.join(" "));
      const how = { platform, onEvent, run: run.path };
      const { opened: plain, inputs } = await openInputs(factsOf(task).input, data, options, how);
      const opened = await startFrom({ run, options, platform, onEvent }, plain);
      await requireSameBase(run, opened);
      await run.settle();
      const { defaults: usual, ...read } = await inputs();
      const joining = { weighting, temperature, weights: data.tasks.map(({ name }) => weights[name] ?? 1) };
      const context: Context = {
        run,
        options,
        machine: { ...machine, runtime },
        dataset,
        opened,
        ...read,
        training: { head: joinedHead(data, joining), ...(usual && { defaults: usual }) },
        besides: { regime: joinedRegime(data, joining) },
        onEvent,
      };
      return trainTogether(context, { data, task, joining, baselines }, begin, events);
    },
  );
}

/** Returns the samples for steps that know no task. */
const asSamples = (data: TaskData, root: string): Samples => ({ ...data, root, classes: classesOf(data) });

/** Returns the command that starts the run again. */
function commandOf(
  sources: readonly TaskSource[],
  labels: readonly string[] | undefined,
  { weighting, taskWeights, temperature, baselines }: TasksOptions,
  out: string,
  machine: Machine,
  recorded: Readonly<RecipeOptions>,
): string {
  const [first] = sources;
  const rest = machine
    .command(first!.path, recorded, out)
    .replace(`engraft train ${quotedWord(first!.path)} `, "");
  const data =
    labels === undefined
      ? sources.map(({ name, path }) => quotedWord(`${name}=${path}`))
      : [quotedWord(first!.path), "--labels", quotedWord(labels.join(","))];
  const weights = Object.entries(taskWeights ?? {}).map(([name, w]) => `${name}:${w}`);
  return [
    "engraft multi-task",
    ...data,
    ...(weighting === undefined ? [] : ["--weighting", weighting]),
    ...(weights.length === 0 ? [] : ["--task-weights", quotedWord(weights.join(","))]),
    ...(temperature === undefined ? [] : ["--temperature", String(temperature)]),
    ...(baselines ? ["--baselines"] : []),
    rest,
  ].join(" ");
}
