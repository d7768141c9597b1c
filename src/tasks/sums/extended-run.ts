import { EngraftError } from "../../core/errors.js";
import type { ExtendedFacts } from "../../core/events/run-outcome.js";
import { message, warningText } from "../../core/messages/message.js";
import type { Sample } from "../../data/index.js";
import {
  addSums,
  classesOf,
  type FeatureSums,
  namesOf,
  subtractSums,
  sumsOfClass,
} from "../../methods/sums/feature-sums.js";
import type { CollectedPart } from "../../methods/sums/sums-file.js";
import type { AddedSums, Context } from "../../run/context.js";
import type { ExtendManifest } from "../../run/folder/sums-in-folder.js";
import { featureKeyOf } from "../../run/setup.js";
import { openFrom } from "../open-from.js";
import type { OpenedData, OpenedWith, OpenHow, TaskRun } from "../task-run.js";
import { requireSameFeatures } from "./fit-sources.js";
import type { SourceData, SourceItem } from "./open-sources.js";
import { headFrom, sumsOfItems } from "./solve-from-sums.js";
import { openUnited, type United } from "./unite-sources.js";

/**
 * Returns the runs of a task on several sources: the samples that are here make one dataset, and the head learns from the feature sums of
 * all sources.
 */
export function extendedRun<Data extends OpenedData, Base extends OpenedWith, Result>(
  task: TaskRun<Data, Base, Result>,
  extend: ExtendManifest,
): TaskRun<Data, Base, Result> {
  let united: United | undefined;
  const openData = async (path: string, how: OpenHow) =>
    (await openFrom(task, path, how)) as unknown as SourceData;
  return {
    ...task,
    open: async (_, how) => {
      united = await openUnited(extend, openData, how);
      return united.data as unknown as Data;
    },
    bind: async (data, base, its) => {
      const all = united!;
      const isLeft = (item: Sample): boolean => !all.removed.has(item as SourceItem);
      // Inputs are of all samples, also of those that are read to be taken out.
      const { bound } = await task.bind(data, base, its);
      const left = { ...data, items: data.items.filter((item) => isLeft(item as Sample)) };
      const { bound: ofLeft, train } = await task.bind(left, base, its);
      return {
        bound: { ...ofLeft, inputs: bound.inputs },
        train: async (context, ...begun) =>
          train(
            { ...context, besides: { ...context.besides, sums: await addedSums(context, all, extend) } },
            ...begun,
          ),
      };
    },
  };
}

/** Reads the sums of all sources, checks that they fit, and takes out what shall be taken out. */
async function addedSums(context: Context, united: United, extend: ExtendManifest): Promise<AddedSums> {
  const { sources, without } = united;
  const { opened, machine } = context;
  const key = await featureKeyOf(opened, machine.runtime, machine.platform);
  requireSameFeatures([...sources, ...without], key, opened.base.name);
  const holders = holdersOf(united, extend);
  const files = sources.flatMap(({ file, kind }) =>
    file && !(kind === "sums" && holders.length > 0) ? [file.sums] : [],
  );
  const before = files.length > 0 ? files.reduce(addSums) : undefined;
  const out = before ? await sumsToRemove(context, united, extend, before) : [];
  const sums = before && out.reduce(subtractSums, before);
  const facts = factsOf(united, out);
  warnOfLargest(context, facts);
  return {
    ...(sums && sums.count > 0 && { sums }),
    holders,
    ...partsLeft(united),
    includes: (item) => united.counted.has(item as SourceItem),
    isOfFirst: (item) => united.first.has(item as SourceItem),
    samples: united.samples,
    collected: collectedParts(united),
    before: await modelBefore(context, united, extend),
    joint: extend.joint === true,
    facts,
  };
}

/** Share of the samples above which a holder decides alone what the model learns. */
const mostOfOne = 0.9;

/** Returns the files of other holders. None if something is taken out: it may be of any file. */
function holdersOf({ sources, without }: United, { forget = [] }: ExtendManifest): AddedSums["holders"] {
  if (sources.length < 2 || without.length + forget.length > 0) return [];
  return sources.flatMap(({ name, kind, file }) =>
    kind === "sums" && file ? [{ name, sums: file.sums, parts: file.parts.map(({ id }) => id) }] : [],
  );
}

/** Warns of a holder that has nearly all samples. */
function warnOfLargest({ onEvent }: Context, { sources, samples }: ExtendedFacts): void {
  const largest = sources.find((one) => one.kind === "sums" && one.samples > mostOfOne * samples);
  if (largest && sources.length > 1)
    onEvent({
      event: "warning",
      ...warningText(
        "one_holder",
        message("one-holder", { holder: largest.name, claimed: largest.samples, samples }),
      ),
    });
}

const targetsOf = ({ dataset }: Context, names: readonly string[]) => ({
  names,
  areNumbers: "targets" in dataset,
});

/** Returns the sums that are taken out of those of the files. */
async function sumsToRemove(
  context: Context,
  { without, removed, allNames }: United,
  { forget = [] }: ExtendManifest,
  before: FeatureSums,
): Promise<readonly FeatureSums[]> {
  const files = without.flatMap(({ file }) => file?.sums ?? []);
  const collected =
    removed.size > 0
      ? [
          await sumsOfItems(context, [...removed], {
            ...targetsOf(context, allNames),
            directions: before.directions,
          }),
        ]
      : [];
  const classes = classesOf(before);
  const countIn = (all: readonly FeatureSums[], name: string): number =>
    all.flatMap(classesOf).reduce((sum, one) => sum + (one.name === name ? one.count : 0), 0);
  const forgotten = forget.flatMap((name) => {
    const all = countIn([before], name);
    // Its samples are here, and were read.
    if (all === countIn(collected, name)) return [];
    const kept = sumsOfClass(before, name);
    if (kept) return [kept];
    throw new EngraftError(
      "DataError",
      `the sums of class ${JSON.stringify(name)} alone were not kept: there are ${classes.length} classes, or its file was written by --share`,
      {
        help: `give its sums or its samples to --without instead of --forget ${JSON.stringify(name)}`,
        details: { class: name, samples: all },
      },
    );
  });
  return [...files, ...collected, ...forgotten];
}

/** Returns the parts that are left, and the ids of those that were taken out. @throws DataError for parts that were taken out before */
function partsLeft({ sources, without, names, data }: United): Pick<AddedSums, "parts" | "removed"> {
  const parts = new Map(sources.flatMap(({ file }) => (file?.parts ?? []).map((part) => [part.id, part])));
  const removed = new Set(sources.flatMap(({ file }) => file?.removed ?? []));
  for (const { name, file } of without)
    for (const { id } of file?.parts ?? []) {
      if (!parts.delete(id) && removed.has(id))
        throw new EngraftError("DataError", `the samples of ${JSON.stringify(name)} were taken out before`, {
          help: "leave it out of --without",
          details: { part: id },
        });
      removed.add(id);
    }
  // All classes of a part may have been taken out one by one.
  const isLeft = ({ classes }: CollectedPart): boolean =>
    data.targets !== undefined || !classes || classes.some((name) => names.includes(name));
  return { parts: [...parts.values()].filter(isLeft), ...(removed.size > 0 && { removed: [...removed] }) };
}

/** Returns each source of data whose samples this run adds up itself, with their number. */
const collectedParts = ({ sources, learntOf }: United): AddedSums["collected"] =>
  sources.flatMap((source) => {
    const { file, data, content } = source;
    const samples = learntOf(source) - (file?.sums.count ?? 0);
    return content && samples > 0
      ? [{ ...content, samples, ...(data?.classes && { classes: data.classes }) }]
      : [];
  });

/** Returns the model of the first source; undefined if there is none, or it knows a single class. */
async function modelBefore(
  context: Context,
  { sources, names, first, without }: United,
  { forget = [] }: ExtendManifest,
): Promise<AddedSums["before"]> {
  const unchanged = without.length + forget.length === 0;
  const [source, ...more] = sources;
  const { file, head, kind } = source!;
  const solved = (sums: FeatureSums): AddedSums["before"] => {
    const own = namesOf(sums);
    return "classes" in sums.targets && own.length < 2
      ? undefined
      : { head: headFrom(sums, own), names: own };
  };
  // Nothing changes: there is no before.
  if (more.length === 0 && unchanged) return undefined;
  if (file) return solved(file.sums);
  if (kind === "run") return head && { head, names: source!.names };
  const learnt = [...first].filter(({ part }) => part !== "test");
  return solved(await sumsOfItems(context, learnt, targetsOf(context, names)));
}

/** Returns what the result says of the sources. */
function factsOf(
  { sources, data, names, removed, counted, learntOf, dropped }: United,
  out: readonly FeatureSums[],
): ExtendedFacts {
  const known = new Set(sources[0]!.names);
  const subtracted = out.reduce((sum, { count }) => sum + count, 0);
  const samples = subtracted + dropped;
  const gone = sources.flatMap((one) => one.names).filter((name) => !names.includes(name));
  const own = data.items.filter(
    (item) => item.part !== "test" && !removed.has(item) && !counted.has(item),
  ).length;
  const inFiles = sources.reduce((sum, { file }) => sum + (file?.sums.count ?? 0), 0);
  return {
    sources: sources.map((one) => ({ name: one.name, kind: one.kind, samples: learntOf(one) })),
    samples: inFiles - subtracted + own,
    ...(data.targets === undefined && { new_classes: names.filter((name) => !known.has(name)) }),
    ...((samples > 0 || gone.length > 0) && { removed: { samples, classes: [...new Set(gone)] } }),
  };
}
