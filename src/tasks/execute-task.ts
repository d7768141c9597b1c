import { type Identified, readPartsOfBase, wasLearnt } from "../bases/model-folder/sample-parts.js";
import type { EngraftEvent } from "../core/events/events.js";
import type { OnWork } from "../core/events/work-events.js";
import { message, warningText } from "../core/messages/message.js";
import type { Dataset, Sample } from "../data/index.js";
import type { Source } from "../data/source.js";
import { usesNgrams } from "../methods/registry.js";
import { defaults, type RecipeOptions, type TrainOptions } from "../options/options.js";
import type { Context, Folds } from "../run/context.js";
import { withOpenedRun } from "../run/execute-run.js";
import { requireSameBase, requireSameData, requireSameModel } from "../run/folder/require-same.js";
import type { RunFolder } from "../run/folder/run-folder.js";
import type { Machine } from "../run/machine.js";
import { splitCounts } from "../run/setup.js";
import { startFrom } from "../run/training/start-from.js";
import type { FoldContext } from "./folds/train-folds.js";
import { openFrom } from "./open-from.js";
import type {
  BoundRun,
  InspectedData,
  InspectedSample,
  InspectOptions,
  OpenedData,
  OpenedWith,
  OpenHow,
  TaskRun,
  Unbound,
} from "./task-run.js";

/**
 * Executes a run of a task, from the first step or from the last checkpoint.
 * @param given what was read of the data when the task was found. A task that takes an opened dataset has it already
 */
export async function executeTask<
  Data extends OpenedData,
  Base extends OpenedWith,
  Result extends EngraftEvent,
>(
  ownTask: TaskRun<Data, Base, Result>,
  machine: Machine,
  run: RunFolder,
  options: TrainOptions,
  given?: Dataset | Source,
): Promise<Result> {
  const { platform } = machine;
  const { extend } = run.manifest;
  const task = extend ? (await import("./sums/extended-run.js")).extendedRun(ownTask, extend) : ownTask;
  const source = given && "path" in given ? given : run.manifest.data;
  const seed = run.manifest.split_seed ?? options.splitSeed ?? options.seed ?? defaults.seed;
  const whole = usesNgrams(options.strategy);
  const unscored = !extend;
  const started = new Date(run.manifest.started);
  const how = { platform, options, seed, run: run.path, whole, unscored, started };
  const load = (onEvent: OnWork, signal: AbortSignal): Promise<Data> =>
    openFrom(task, source, { ...how, onEvent, signal });
  return withOpenedRun(machine, run, options, load, async ({ given, runtime, begin, events, onEvent }) => {
    const { fitting } = task;
    const dataSeconds = (performance.now() - begin) / 1000;
    const requireSame = (data: Data) =>
      requireSameData<Data["items"][number]>(run, data, (item) => task.targetText(item, data));
    // Samples that a base cannot take are no part of the run.
    if (!fitting) await requireSame(given);
    task.refuse?.(given, options);
    const { signal } = options;
    const openBase = (tell: OnWork, isWhole: boolean) =>
      openBaseOf(task, given, run, { ...how, onEvent: tell, signal, whole: isWhole });
    const base = await openBase(onEvent, whole);
    const data = fitting ? fitting(given, base, onEvent) : given;
    if (fitting) await requireSame(data);
    await warnOfLearnt(data, options, { platform, onEvent });
    if (!base.opened.made) await requireSameBase(run, base.opened);
    if (base.from) await requireSameModel(run, "init_sha256", base.from);
    // With a teacher, the run settles after the teacher is checked.
    if (run.manifest.options.teacher === undefined) await run.settle();
    const shared = { run, options, machine: { ...machine, runtime }, opened: base.opened, onEvent };
    const reopen = () => openBase(() => undefined, true);
    const { context, train } = await bindTo(task, data, base, { ...shared, reopen });
    const crossValidate: Folds["crossValidate"] = async (its, folds) => {
      const targets = data.items.map((item: Data["items"][number]) => task.targetText(item, data));
      const { trainFolds } = await import("./folds/train-folds.js");
      const run = { data, targets, bind: (own: Data, fold: FoldContext) => bindFold(task, own, fold, how) };
      return trainFolds(its, run, folds);
    };
    return train({ ...context, folds: { dataSeconds, ...(!extend && { crossValidate }) } }, begin, events);
  });
}

/** Opens the base of a run, with the weights that the run starts from. */
async function openBaseOf<Data extends OpenedData, Base extends OpenedWith>(
  task: Pick<TaskRun<Data, Base, unknown>, "base">,
  data: Data,
  run: RunFolder,
  how: OpenHow,
): Promise<Base> {
  const base = await task.base(data, how);
  if (base.opened.made) return base;
  const opened = await startFrom({ ...how, run }, base.opened);
  // Other weights, and nothing else.
  return { ...base, opened } as Base;
}

/** Binds a run to data and base. */
async function bindTo<Data extends OpenedData, Base extends OpenedWith, Result>(
  task: Pick<TaskRun<Data, Base, Result>, "bind">,
  data: Data,
  base: Base,
  shared: Unbound<Base> & Pick<Context, "run">,
): Promise<{ readonly context: Context; readonly train: BoundRun<Result>["train"] }> {
  const { reopen: _reopen, ...others } = shared;
  const { bound, train } = await task.bind(data, base, shared);
  const { hidden } = shared.options;
  if (hidden === undefined) return { context: { ...others, ...bound }, train };
  const { layeredHead } = await import("../run/training/layered-head.js");
  const training = { ...bound.training, head: layeredHead(bound.training.head, hidden) };
  return { context: { ...others, ...bound, training }, train };
}

/** Opens the base for the training samples of a fold, and binds the fold to it. */
async function bindFold<Data extends OpenedData, Base extends OpenedWith>(
  task: TaskRun<Data, Base, unknown>,
  data: Data,
  fold: FoldContext,
  how: Omit<OpenHow, "onEvent" | "signal">,
) {
  const { run, options, onEvent } = fold;
  const open = (whole: boolean) =>
    openBaseOf(task, data, run, { ...how, options, onEvent, signal: options.signal, run: run.path, whole });
  const base = await open(usesNgrams(options.strategy));
  return bindTo(task, data, base, { ...fold, opened: base.opened, reopen: () => open(true) });
}

/** Warns of test samples that the base of a run has learnt from. */
async function warnOfLearnt(
  { items }: { readonly items: readonly (Identified & Pick<Sample, "part">)[] },
  { base, initFrom }: Pick<RecipeOptions, "base" | "initFrom">,
  { platform, onEvent }: Pick<OpenHow, "platform" | "onEvent">,
): Promise<void> {
  const bases = base?.includes("+")
    ? await (await import("../bases/open/base-refs.js")).baseRefs(base, platform)
    : [base];
  const tested = items.filter(({ part }) => part === "test");
  for (const ref of new Set([...bases, initFrom])) {
    const known = ref === undefined ? undefined : (await readPartsOfBase(platform, ref))?.known;
    const learnt = known ? tested.filter((item) => wasLearnt(known, item)).length : 0;
    if (learnt === 0) continue;
    const facts = { base: ref!, learnt, samples: tested.length, unit: "sample" };
    onEvent({ event: "warning", ...warningText("learnt_samples", message("base-learnt-test", facts)) });
  }
}

/** Opens data without a base, and returns its samples. Data and warnings are reported as events. */
export async function openSamples<Data extends OpenedData, Base extends OpenedWith>(
  task: Pick<TaskRun<Data, Base, unknown>, "open" | "targetText" | "labelNames">,
  { platform }: Pick<Machine, "platform">,
  given: string | Source,
  options: InspectOptions,
): Promise<readonly InspectedSample[]> {
  const { seed, splitSeed = seed, signal, onEvent = () => undefined } = options;
  const how = { platform, options, seed: splitSeed, onEvent, signal, run: "", whole: false, unscored: true };
  const data = await openFrom(task, given, how);
  const items: readonly Data["items"][number][] = data.items;
  return items.map((item) => ({
    id: item.id,
    part: item.part,
    ...(item.group !== undefined && { group: item.group }),
    target: task.targetText(item, data),
    ...(task.labelNames && { labels: task.labelNames(item, data) }),
  }));
}

/** Opens data and base of a run without training. */
export async function inspectTask<Data extends OpenedData, Base extends OpenedWith>(
  task: Pick<TaskRun<Data, Base, unknown>, "open" | "base" | "counted">,
  { platform }: Pick<Machine, "platform">,
  given: string | Source,
  options: InspectOptions,
): Promise<InspectedData> {
  const { seed, splitSeed = seed, signal, onEvent = () => undefined } = options;
  const how = { platform, options, seed: splitSeed, onEvent, signal, run: "", whole: false };
  const data = await openFrom(task, given, how);
  const { opened, from } = await task.base(data, how);
  const { fingerprint } = data;
  return {
    fingerprint,
    baseSha256: (opened.made && from?.sha256) ?? opened.base.sha256,
    train: splitCounts(data).train,
    ...task.counted(data),
  };
}
