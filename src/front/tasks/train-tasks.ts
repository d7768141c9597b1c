import { EngraftError } from "../../core/errors.js";
import type { EngraftEvent, OnEvent, TasksResultEvent } from "../../core/events.js";
import { type Dataset, openTasks, PixelCache, type TaskData, type TaskSource } from "../../data/index.js";
import { recorder } from "../carry-out.js";
import { type Machine, openMachine } from "../machine.js";
import { defaults, type TrainOptions } from "../options.js";
import { freeRunPath, RunFolder, type RunManifest } from "../run-folder.js";
import { requireSameBase, requireSameData } from "../same.js";
import { dataEvent, openBody } from "../setup.js";
import type { ResumeOptions } from "../train.js";
import { tasksAndScore } from "./tasks-and-score.js";
import { checkTasksOptions, sourcesOf, type TasksInput, type TasksOptions } from "./tasks-options.js";

/**
 * Train one body with a head for each of several tasks.
 *
 * @param data a list with a label column for each task (`labels`), or several folders or lists, a task each: paths, or an
 * object of names and paths. The tasks may have other classes, other pictures and other amounts of them.
 * @returns the `result` event: scores of each task, and where the one model folder is.
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
  for (const { path } of sources)
    if (!(await files.stat(path)))
      throw new EngraftError("DataError", `there is no data at "${path}"`, {
        help: "give a list with label columns, or folders with one folder of pictures for each class",
      });
  const { onEvent: _e, signal: _s, threads, out, base, ...others } = training;
  const kept = { ...(base !== undefined && { base: await fromHere(base) }), ...others };
  async function fromHere(ref: string): Promise<string> {
    const path = files.resolve(ref);
    return !ref.startsWith("hf:") && /[\\/]|\.onnx$/i.test(ref) && (await files.stat(path)) ? path : ref;
  }
  const root = sources[0]!.path;
  const path =
    out === undefined
      ? await freeRunPath(platform, root, new Date().toISOString().slice(0, 10))
      : files.resolve(out);
  const manifest: RunManifest = {
    format: 1,
    status: "running",
    command: commandOf(sources, labels, options, path, machine, kept),
    data: root,
    options: kept,
    multi_task: {
      sources,
      ...(weighting !== undefined && { weighting }),
      ...(temperature !== undefined && { temperature }),
      ...(taskWeights !== undefined && { weights: taskWeights }),
      ...(baselines !== undefined && { baselines }),
    },
    started: new Date().toISOString(),
    versions: {},
    machine: platform.machine(),
    threads: threads ?? platform.cores(),
  };
  await files.ensureDir(files.dirname(path));
  return files.withLock(
    path,
    async () => {
      const run = await RunFolder.create(platform, path, manifest);
      try {
        return await carryOutTasks(machine, run, training);
      } catch (error) {
        // Wrong input, and nothing done that could be gone on with: nothing stays in the way of the corrected command.
        const wrong = error instanceof EngraftError && error.exitCode === 2;
        if (wrong && !(await run.hasCheckpoint())) await run.discard().catch(() => undefined);
        throw error;
      }
    },
    { what: `the run folder "${path}"` },
  );
}

/**
 * Go on with a run of {@link trainTasks} that was stopped or killed. A finished run gives its result again.
 * @throws RunError when the folder holds no such run, or data or base are not the ones it was started with.
 */
export async function resumeTasks(
  path: string,
  options: Omit<ResumeOptions, "data"> = {},
): Promise<TasksResultEvent> {
  const machine = await openMachine();
  const { platform } = machine;
  const folder = platform.files.resolve(path);
  const open = async (): Promise<{ run: RunFolder; done: TasksResultEvent | undefined }> => {
    const run = await RunFolder.open(platform, folder);
    const { multi_task, status, result } = run.manifest;
    if (multi_task === undefined)
      throw new EngraftError("RunError", "the run trains one task", {
        at: folder,
        help: "go on with it by `engraft train --resume`",
      });
    const done = status === "done" ? (result as TasksResultEvent) : undefined;
    return { run, done };
  };
  const { done } = await open();
  if (done) return done;
  return platform.files.withLock(
    folder,
    async () => {
      const { run, done } = await open();
      const { options: before, threads } = run.manifest;
      return done ?? carryOutTasks(machine, run, { ...before, threads, ...options });
    },
    { what: `the run folder "${folder}"`, wait: 20_000 },
  );
}

async function carryOutTasks(
  machine: Machine,
  run: RunFolder,
  options: TrainOptions,
): Promise<TasksResultEvent> {
  const begin = performance.now();
  const { platform } = machine;
  const {
    sources,
    weighting = "fixed",
    temperature = 1,
    weights = {},
    baselines = false,
  } = run.manifest.multi_task!;
  const events: EngraftEvent[] = [];
  const record = recorder(run, options.onEvent);
  const onEvent: OnEvent = (event) => {
    options.onEvent?.(event);
    if (event.event === "progress") return;
    events.push(event);
    record.write(event);
  };
  const threads = options.threads ?? platform.cores();
  const { signal, seed = defaults.seed } = options;
  const runtime = await machine.openRuntime(threads);
  try {
    onEvent({
      event: "start",
      command: run.manifest.command,
      version: runtime.version,
      run: run.path,
      seed,
      threads,
      machine: platform.machine(),
    });
    const decoder = await platform.pictures.version();
    await run.update({ versions: { ...platform.versions(), [runtime.name]: runtime.version, decoder } });
    const data = await openTasks(sources, { seed, platform, onEvent, ...(signal && { signal }) });
    const dataset = asDataset(data, run.manifest.data);
    const labelled = (t: number): number => data.items.filter(({ labels }) => labels[t]! >= 0).length;
    onEvent({
      ...dataEvent(dataset),
      tasks: data.tasks.map(({ name, classes }, t) => ({ name, classes, labelled: labelled(t) })),
    });
    for (const { code, message } of data.warnings) onEvent({ event: "warning", code, message });
    await requireSameData(run, dataset);
    const opened = await openBody(options.base ?? defaults.base, { ...options, onEvent }, platform);
    await requireSameBase(run, opened);
    const decoded = PixelCache.for(data.items.length, opened.base.preprocessing);
    const context = { run, options, machine, platform, runtime, dataset, opened, decoded, onEvent };
    const joining = { weighting, temperature, weights: data.tasks.map(({ name }) => weights[name] ?? 1) };
    return await tasksAndScore(context, data, joining, baselines, begin, events);
  } finally {
    await record.end();
    await runtime.close();
  }
}

/** The classes of all tasks one after the other, and each picture under the first of its labels. */
function asDataset(data: TaskData, root: string): Dataset {
  const first = data.tasks.map((_, t) =>
    data.tasks.slice(0, t).reduce((n, { classes }) => n + classes.length, 0),
  );
  return {
    task: "image-classification",
    root,
    classes: data.tasks.flatMap(({ name, classes }) => classes.map((label) => `${name}/${label}`)),
    items: data.items.map((item) => {
      const t = item.labels.findIndex((label) => label >= 0);
      return { ...item, label: first[t]! + item.labels[t]! };
    }),
    seed: data.seed,
    splitWords: data.splitWords,
    skipped: data.skipped,
    duplicates: { exact: 0, near: 0, acrossParts: 0 },
    warnings: data.warnings,
    fingerprint: data.fingerprint,
    testFingerprint: data.testFingerprint,
  };
}

/** What a user would write to start the run again. */
function commandOf(
  sources: readonly TaskSource[],
  labels: readonly string[] | undefined,
  { weighting, taskWeights, temperature, baselines }: TasksOptions,
  out: string,
  machine: Machine,
  kept: Readonly<TrainOptions>,
): string {
  const [first] = sources;
  const rest = machine.command(first!.path, kept, out).replace(/^engraft train "(?:[^"\\]|\\.)*" /, "");
  const data =
    labels === undefined
      ? sources.map(({ name, path }) => JSON.stringify(`${name}=${path}`))
      : [JSON.stringify(first!.path), "--labels", JSON.stringify(labels.join(","))];
  const weights = Object.entries(taskWeights ?? {}).map(([name, w]) => `${name}:${w}`);
  return [
    "engraft multi-task",
    ...data,
    ...(weighting === undefined ? [] : ["--weighting", weighting]),
    ...(weights.length === 0 ? [] : ["--task-weights", JSON.stringify(weights.join(","))]),
    ...(temperature === undefined ? [] : ["--temperature", String(temperature)]),
    ...(baselines ? ["--baselines"] : []),
    rest,
  ].join(" ");
}
