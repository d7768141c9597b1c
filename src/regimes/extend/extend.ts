import { requireBase } from "../../bases/open/locate.js";
import { EngraftError } from "../../core/errors.js";
import type { ResultOf } from "../../core/results/result-of.js";
import { defaultTask, isCustomTask, isTaskWith, type Task, tasks } from "../../core/results/task.js";
import { sourceOf } from "../../data/source.js";
import { isSolved } from "../../methods/registry.js";
import { isSumsFile } from "../../methods/sums/sums-file.js";
import { checkOptions } from "../../options/check-options.js";
import type { TrainOptions } from "../../options/options.js";
import { refuseUnusable } from "../../options/refuse-unusable.js";
import type { Platform } from "../../platform/platform.js";
import { flagsOf, shellWord } from "../../run/command-line.js";
import { freeRunPath, RunFolder } from "../../run/folder/run-folder.js";
import { commandOf as commandOfRun } from "../../run/folder/run-kinds.js";
import { baseOptionsOf, readSums, type SumsSource } from "../../run/folder/sums-in-folder.js";
import { openMachine } from "../../run/machine.js";
import { fromAnywhere } from "../../run/moved-models.js";
import { newRun } from "../../run/new-run.js";
import { resolveTask, rowOf, type TaskMachine } from "../../tasks/registry.js";
import { nameOfStrategy } from "../../tasks/sums/open-sources.js";
import type { ExtendOptions } from "../../tasks/sums/sums-options.js";

/**
 * Makes a model of feature sums: of several holders, of more samples, of new classes, or without some of them. The head is as if it
 * learnt from all samples together; nothing is trained by gradients.
 *
 * @param sources the first and further ones: files of {@link collectSums}, finished runs, or data. A run without feature sums needs its data
 * @returns the `result` event of a run with strategy "sums"; `extended` has the old test samples before and after
 * @throws EngraftError with a readable message
 * @example
 * const { test, extended } = await extend(["runs/birds", "./new-birds"], { out: "runs/more-birds" });
 * console.log(extended?.old_test?.flips, extended?.new_classes);
 */
export async function extend(sources: readonly string[], options: ExtendOptions = {}): Promise<ResultOf> {
  const machine: TaskMachine = await openMachine();
  const { platform } = machine;
  const { without = [], forget = [], test, joint = false, onEvent, signal, threads, out, ...given } = options;
  checkOptions({ ...given, ...(out !== undefined && { out }) });
  requireTexts({ sources, without, forget, ...(test !== undefined && { test: [test] }) });
  const [first, ...more] = await Promise.all(sources.map((path) => kindOf(platform, path)));
  if (first === undefined)
    throw new EngraftError("OptionError", "extend needs a file of feature sums, a run, or data", {
      help: "engraft extend FIRST MORE…: `engraft sums DATA --out a.sums` writes a file of feature sums",
    });
  const taken = await Promise.all([...new Set(without)].map((path) => kindOf(platform, path)));
  const scored = test === undefined ? undefined : await kindOf(platform, test);
  if (scored !== undefined && scored.kind !== "data")
    throw new EngraftError("OptionError", `--test takes labelled data, and "${test}" is none`, {
      help: "give a folder or list of samples, as for `engraft train`",
    });
  const { task, ...ofFirst } = await firstOptions(machine, first, given);
  const recorded: TrainOptions = {
    ...ofFirst,
    ...given,
    ...(given.base !== undefined && { base: await fromAnywhere(given.base, platform) }),
    strategy: "sums",
    ...(task === defaultTask ? { task: undefined } : { task }),
  };
  refuseUnusable(recorded, task);
  if (recorded.base !== undefined) await requireBase(recorded.base, platform);
  const root = [first, ...more].find(({ kind }) => kind === "data")?.path ?? scored?.path ?? first.path;
  const path =
    out === undefined
      ? await freeRunPath(platform, first.path.replace(/\.sums$/i, ""))
      : platform.files.resolve(out);
  const started = {
    command: commandOf(sources, options, path),
    data: root,
    options: recorded,
    extend: {
      sources: [first, ...more],
      ...(taken.length > 0 && { without: taken }),
      ...(forget.length > 0 && { forget: [...new Set(forget)] }),
      ...(scored && { test: scored.path }),
      ...(joint && { joint }),
    },
    threads,
  };
  const train = rowOf(machine, task).train;
  return newRun(
    platform,
    path,
    started,
    async (run) => (await train(machine, run, { ...recorded, onEvent, signal, threads })) as ResultOf,
  );
}

/** @throws OptionError for something else than lists of texts, and for an empty text */
function requireTexts(lists: Readonly<Record<string, readonly string[]>>): void {
  for (const [name, values] of Object.entries(lists)) {
    const isList = Array.isArray(values);
    const wrong = isList
      ? values.find((one: unknown) => typeof one !== "string" || one.trim() === "")
      : values;
    if (!isList || values.some((one: unknown) => one === wrong))
      throw new EngraftError(
        "OptionError",
        `${name} must be ${isList ? "texts that are not empty" : "a list of texts"}, got ${JSON.stringify(wrong)}`,
        {
          help:
            name === "sources"
              ? "give files of `engraft sums`, run folders, or data"
              : `leave ${name} out, or give its values`,
          details: { option: name, value: wrong },
        },
      );
  }
}

/** Returns what is at a path. @throws DataError for nothing, or a model folder */
async function kindOf({ files }: Platform, given: string): Promise<SumsSource> {
  const path = files.resolve(given);
  const found = await files.stat(path);
  if (found === undefined)
    throw new EngraftError("DataError", `there is nothing at "${given}"`, {
      help: "give files of `engraft sums`, run folders, or data",
    });
  if (found.kind === "file") {
    const begin = await files.read(path, { limit: Math.max(found.size, 1) });
    return { kind: isSumsFile(begin) ? "sums" : "data", path };
  }
  if (await files.stat(files.join(path, "run.json"))) return { kind: "run", path };
  if (await files.stat(files.join(path, "engraft.json")))
    throw new EngraftError("DataError", `"${given}" is a model folder, which holds no feature sums`, {
      help: "give the run folder around it",
    });
  return { kind: "data", path };
}

/** Returns task and base of the first source. @throws OptionError for a run that has neither features nor classes */
async function firstOptions(
  machine: TaskMachine,
  first: SumsSource,
  given: TrainOptions,
): Promise<TrainOptions & { readonly task: Task }> {
  const { platform } = machine;
  if (first.kind === "sums") {
    const { task, options } = await readSums(platform, first.path);
    const { base } = baseOptionsOf(options);
    // A file from elsewhere names no file of this machine, and starts no download.
    if (base !== undefined && given.base === undefined && /[\\/:]|\.onnx$/i.test(base))
      throw new EngraftError(
        "OptionError",
        `"${first.path}" is of the base ${JSON.stringify(base.replace(/^file:/, ""))}, which has to be given`,
        {
          help: `add --base with the place where this model is here`,
          details: { base },
        },
      );
    return { ...baseOptionsOf(options), task: requireTask(task, first.path) };
  }
  if (first.kind === "data") {
    const source = sourceOf(platform, first.path);
    const task = await resolveTask(machine, source, { ...given, strategy: "sums" });
    source.forget();
    return { task: requireTask(task, first.path) };
  }
  const { manifest } = await RunFolder.open(platform, first.path);
  const { options, result, multi_task: several } = manifest;
  const name = result?.event === "result" ? result.task : undefined;
  if (manifest.task !== undefined || several || name === undefined)
    throw new EngraftError(
      "RunError",
      name === undefined ? `the run "${first.path}" is not finished` : `"${first.path}" is no run of train`,
      {
        help:
          name === undefined
            ? `finish it first: engraft ${commandOfRun(manifest)} --resume ${shellWord(first.path)}`
            : "give a run of `engraft train`, a file of feature sums, or data",
      },
    );
  const task = requireTask(name, first.path);
  if (!isSolved(nameOfStrategy(manifest))) {
    if (given.base === undefined) await requireOneBase(platform, first.path, task);
    // A fine-tuned backbone is the base of its own sums.
    return { base: first.path, task };
  }
  const { initFrom, target } = options;
  // Lists with several inputs name their target alike.
  const ofLists = isTaskWith(task, { input: "several" }) && target !== undefined && { target };
  return { ...baseOptionsOf(options), ...ofLists, ...(initFrom !== undefined && { initFrom }), task };
}

/** @throws RunError for a fine-tuned run of several inputs or of two text encoders: its model is no base */
async function requireOneBase({ files }: Platform, run: string, task: Task): Promise<void> {
  const ofLists = isTaskWith(task, { input: "several" });
  if (!ofLists && !(await files.stat(files.join(run, "model", "tokenizer_2.json")))) return;
  const what = ofLists ? "several inputs" : "two text encoders";
  throw new EngraftError("RunError", `the run "${run}" is fine-tuned on ${what}, and cannot be extended`, {
    help: "train again with all samples (engraft train DATA), or extend a run of --strategy probe or sums",
  });
}

function requireTask(name: string, at: string): Task {
  const task = tasks.find((one) => one === name);
  if (task !== undefined) return task;
  throw new EngraftError("DataError", `feature sums of the task ${JSON.stringify(name)} are not known here`, {
    at,
    help: isCustomTask(name) ? "extend is for the tasks of Engraft" : "update Engraft",
  });
}

/** Returns the command that makes the model again. */
function commandOf(sources: readonly string[], options: ExtendOptions, out: string): string {
  const {
    without = [],
    forget = [],
    test,
    joint,
    onEvent: _e,
    signal: _s,
    threads: _t,
    out: _o,
    ...given
  } = options;
  const many = (flag: string, values: readonly string[]) => values.flatMap((one) => [flag, shellWord(one)]);
  return [
    "engraft extend",
    ...sources.map(shellWord),
    ...many("--without", without),
    ...many("--forget", forget),
    ...(test === undefined ? [] : ["--test", shellWord(test)]),
    ...(joint ? ["--joint"] : []),
    ...flagsOf({ ...given }),
    "--out",
    shellWord(out),
  ].join(" ");
}
