import { oldScoresOf } from "../../bases/body.js";
import { type BaseInfo, listBases, parseHubRef } from "../../bases/index.js";
import { readPartsOfBase, wasLearnt } from "../../bases/model-folder/sample-parts.js";
import { oldHeadOf } from "../../bases/old-head.js";
import { baseRefs } from "../../bases/open/base-refs.js";
import { EngraftError, messageOf, stopIf } from "../../core/errors.js";
import { modalityOf } from "../../core/modalities.js";
import { rowsOf, wholeOf } from "../../core/results/rows.js";
import type { Guess, ShownScore } from "../../core/results/shown-score.js";
import { type BaseClassification, defaultTask } from "../../core/results/task.js";
import type { Dataset, Sample } from "../../data/index.js";
import { type Source, sourceOf } from "../../data/source.js";
import { groupsOfItems } from "../../data/split/groups.js";
import { applyHead } from "../../evaluate/class-predictions.js";
import { softmaxRows } from "../../linalg/softmax.js";
import { refuseCommand } from "../../options/command-needs.js";
import type { PreprocessingRequest, TaskOptions, TrainOptions } from "../../options/options.js";
import type { Platform } from "../../platform/platform.js";
import { openToPredict } from "../../run/device/open-to-predict.js";
import { openMachine } from "../../run/machine.js";
import { type OpenedBase, openData, openTrunk } from "../../run/setup.js";
import type { Runtime } from "../../runtime/runtime.js";
import { balancedOrder } from "../../tasks/classes/choose/balanced-order.js";
import { taskOf } from "../../tasks/detect.js";
import { type ClassUnit, openClassData, unitOfClasses } from "../../tasks/inputs/open-class-data.js";
import { openInputs } from "../../tasks/inputs/open-inputs.js";
import { alignment, centredProducts } from "../../transferability/cka.js";
import {
  ensemble,
  meanRanks,
  type ScoreName,
  type ScoreRow,
  scores,
  sharing,
} from "../../transferability/index.js";
import { type HeldOutProbe, heldOutProbe, shareRight } from "../../transferability/probe-accuracy.js";
import { compareFirstTwo, type FirstTwo, firstChoice, shownProbe } from "./first-choice.js";
import {
  type OpenedSources,
  openSources,
  type SourceDistances,
  type SourceOption,
  sourceDistances,
} from "./rank-source.js";

/** Options of `rank`. */
export interface RankOptions
  extends TaskOptions,
    PreprocessingRequest,
    Pick<TrainOptions, "text" | "target" | "quotes" | "classNames" | "groupFrom"> {
  /** Bases: names, files, folders, hf:org/name. Default: bundled bases, and downloaded ones of the catalogue. */
  readonly bases?: readonly string[];
  /** Most training samples, drawn from the classes in turn. Default 1000. */
  readonly samples?: number;
  /**
   * Pictures on which the bases were trained, with or without labels: one folder for all, or one for each base by its name.
   * With them, the result has distances between these pictures and the data.
   */
  readonly source?: SourceOption;
}

/** A base with the scores of its features on the data. */
export interface RankedBase {
  /** Its name; of bases of one name, as it was given. */
  readonly name: string;
  readonly license: string;
  readonly features: number;
  /** Mean rank over the scores of the ensemble; 1 is best. */
  readonly mean_rank: number;
  /** The cross-validated accuracy of the probe, its interval, and whether it is better than guessing. */
  readonly shown: ShownScore;
  /** Transferability scores; null if a score does not apply to the base. Higher is better. */
  readonly scores: Readonly<Record<ScoreName, { readonly value: number | null; readonly ms: number }>>;
  /** Distances to the source; lower is nearer. The ranking does not use them. */
  readonly source: SourceDistances;
  readonly seconds: { readonly features: number; readonly scores: number; readonly distances: number };
}

/** Ranked bases, the best first. */
export interface RankResult {
  readonly event: "result";
  readonly task: "rank";
  readonly classes: readonly string[];
  /** What is learnt from: pictures, texts or clips. */
  readonly unit: ClassUnit;
  /** Number of training samples that were used; `train` is the number of all. */
  readonly n: number;
  readonly train: number;
  readonly ensemble: readonly ScoreName[];
  /** What guessing gives on these samples: the most frequent class. The accuracy of a probe says something above it only. */
  readonly guessing: Guess;
  readonly bases: readonly RankedBase[];
  /** The first two bases, compared by their probes. Missing with one base. */
  readonly first_two?: FirstTwo;
  /** Similarity of features (CKA) for each pair of bases, 0 … 1, in the order of `bases`. */
  readonly cka: readonly (readonly number[])[];
  readonly failed: readonly { readonly base: string; readonly message: string }[];
  /** Advice on the ranking. Missing with one base that is better than guessing. */
  readonly words?: string;
}

/** Most samples for pairwise scores, whose cost is at least quadratic. PARC's reference code also takes 500. */
const mostForPairs = 500;
const overPairs: ReadonlySet<ScoreName> = new Set(["parc", "n-leep"]);

/**
 * Ranks bases by their expected transfer to labelled pictures, texts or sounds, from features of the training split. No network is trained, and
 * validation and test split are not used. Features are cached as in `train`.
 *
 * The ranking is the mean rank by a cross-validated probe and by the nearest neighbour; the probe breaks ties. Both score held-out
 * items and need no source head. Bases that cannot be opened are listed in `failed`.
 * @throws EngraftError for wrong data or options, and the first base's error if no base can be opened
 * @example
 * const { bases } = await rank("./flowers", { bases: ["vision-open", "resnet18.onnx"] });
 * console.log(bases[0]?.name, bases[0]?.scores.logme.value);
 */
export async function rank(data: string | Dataset, options: RankOptions = {}): Promise<RankResult> {
  const { samples = 1000, seed = 0, onEvent, signal } = options;
  requireSamples(samples);
  const machine = await openMachine();
  const { platform } = machine;
  const source = typeof data === "string" ? sourceOf(platform, data) : undefined;
  const task = await classTaskOf(platform, source ?? data, options);
  const unit = unitOfClasses(task);
  const requested = [...new Set(options.bases ?? (await availableBases(platform, task)))];
  if (requested.length === 0)
    throw new EngraftError("OptionError", "there is no base to rank", {
      help: "name some: --bases vision-open,model.onnx,hf:org/name; `engraft bases` lists those that have a name",
    });
  if (options.source !== undefined && task !== defaultTask)
    throw new EngraftError("OptionError", `the option source is for pictures, and these are ${unit}`, {
      help: "leave it out: the ranking does not use it",
      details: { option: "source" },
    });
  const sources = await openSources(options.source, requested, samples, options, platform);
  const report = onEvent ?? (() => undefined);
  const how = { platform, options, seed, onEvent: report, signal, run: "", whole: false };
  const dataset = source ? await openClassData(task, source, how) : await openData(data, options, platform);
  const train = dataset.items.filter(({ part }) => part === "train");
  const items = balancedOrder(train, samples, seed);
  const labels = Int32Array.from(items, ({ label }) => label);
  const groups = groupsOfItems(items);
  warnOfSample(items.length, groups, unit, onEvent);
  const runtime = await openToPredict(machine, options);
  const ranked: ScoredBase[] = [];
  const failed: { base: string; error: unknown }[] = [];
  try {
    for (const base of requested) {
      stopIf(signal);
      try {
        await warnOfLearnt(base, items, unit, platform, onEvent);
        ranked.push(
          await scoredBase(
            base,
            { ...dataset, items },
            { unit, labels, groups, runtime, platform, sources, options },
          ),
        );
      } catch (error) {
        if (signal?.aborted || (error instanceof EngraftError && error.kind === "Interrupted")) throw error;
        if (!(error instanceof EngraftError) || error.exitCode === 1) throw error;
        failed.push({ base, error });
        onEvent?.({ event: "warning", code: "base", message: `${base} is left out: ${error.message}` });
      }
    }
  } finally {
    await runtime.close();
  }
  if (ranked.length === 0) throw failed[0]!.error;
  const { order, bases, two } = inOrder(ranked, shownProbe(labels, dataset.classes.length, groups), groups);
  const advice = firstChoice(bases, two, task);
  return {
    event: "result",
    task: "rank",
    classes: dataset.classes,
    unit,
    n: items.length,
    train: train.length,
    ensemble,
    guessing: bases[0]!.shown.guessing!,
    bases,
    ...(two && { first_two: two }),
    cka: alignments(
      order.map((i) => ranked[i]!),
      items.length,
    ),
    failed: failed.map(({ base, error }) => ({ base, message: messageOf(error) })),
    ...(advice !== undefined && { words: advice }),
  };
}

/** Orders bases by their mean rank over the ensemble, equal ones by the probe, and compares the first two. */
function inOrder(
  ranked: readonly ScoredBase[],
  shown: ReturnType<typeof shownProbe>,
  groups: readonly string[] | undefined,
) {
  const places = meanRanks(ranked.map((one) => ensemble.map((name) => one.scores[name].value ?? undefined)));
  const probe = (i: number): number => ranked[i]!.scores.probe.value ?? 0;
  const order = [...ranked.keys()].sort((a, b) => places[a]! - places[b]! || probe(b) - probe(a));
  const names = ranked.map(({ name }) => name);
  const bases = order.map(
    (i): RankedBase => ({ ...withRank(ranked[i]!, places[i]!, names), shown: shown(ranked[i]!.held) }),
  );
  const [first, second] = order.map((i) => ranked[i]!.held);
  return { order, bases, two: order.length > 1 ? compareFirstTwo(first, second, groups) : undefined };
}

/** @throws OptionError for too few samples, or a number that is not whole */
function requireSamples(samples: number): void {
  if (!Number.isInteger(samples) || samples < 10)
    throw new EngraftError("OptionError", `samples must be a whole number of at least 10, got ${samples}`, {
      details: { option: "samples", value: samples },
    });
}

/** Returns the similarity (CKA) of the features of each pair of bases. @param n samples that have features */
function alignments(bases: readonly ScoredBase[], n: number): number[][] {
  if (bases.length < 2) return bases.map(() => [1]);
  const few = Math.min(n, mostForPairs);
  const products = bases.map(({ rows, features }) =>
    centredProducts(rows.subarray(0, few * features), few, features),
  );
  return products.map((x, i) => products.map((y, j) => (i === j ? 1 : alignment(x, y))));
}

/** Scores and features of a base before all are ranked. */
type ScoredBase = Omit<RankedBase, "mean_rank" | "shown"> & {
  readonly ref: string;
  readonly rows: Float32Array;
  /** Predictions of the probe. Undefined: groups leave nothing to learn from. */
  readonly held: HeldOutProbe | undefined;
};

/** Returns a base with its rank. Of bases of one name, each is named as it was given. */
const withRank = (
  { rows: _rows, held: _held, ref, ...one }: ScoredBase,
  mean_rank: number,
  names: readonly string[],
): Omit<RankedBase, "shown"> => {
  const isAlone = names.indexOf(one.name) === names.lastIndexOf(one.name);
  return { ...one, name: isAlone ? one.name : ref, mean_rank };
};

/** Returns the task of data with one class for each sample, and a base. @throws OptionError for other data */
async function classTaskOf(
  platform: Platform,
  data: Source | Dataset | string,
  options: RankOptions,
): Promise<BaseClassification> {
  const task = await taskOf(platform, data, options);
  refuseCommand("rank", task);
  return task as BaseClassification;
}

/** Returns the bundled bases for a task, and downloaded ones of the catalogue. One that allows research only has to be named. */
export async function availableBases(platform: Platform, task: BaseInfo["task"]): Promise<string[]> {
  const { files } = platform;
  const isAvailable = async ({ kind, ref, available }: BaseInfo): Promise<boolean> => {
    if (kind !== "hub") return available;
    const { repo, revision } = parseHubRef(ref)!;
    const folder = files.join(platform.cacheDir(), "hub", repo.replace("/", "--"));
    const listing = await files.stat(files.join(folder, "refs", `${encodeURIComponent(revision)}.json`));
    return listing !== undefined;
  };
  const rows = (await listBases(platform)).filter(
    (row) => row.task === task && !row.license.startsWith("research only"),
  );
  const availability = await Promise.all(rows.map(isAvailable));
  return rows.filter((_, i) => availability[i]).map(({ name }) => name);
}

/** What the scores of every base need. */
interface Scoring {
  readonly unit: ClassUnit;
  readonly labels: Int32Array;
  readonly groups: readonly string[] | undefined;
  readonly runtime: Runtime;
  readonly platform: Platform;
  readonly sources: OpenedSources;
  readonly options: RankOptions;
}

/** Fewest samples for a ranking: the accuracy of 30 has an interval of ± 18 points at 50 %. */
const fewest = 30;

/** Warns of samples whose scores say little. */
function warnOfSample(
  n: number,
  groups: readonly string[] | undefined,
  unit: ClassUnit,
  onEvent: RankOptions["onEvent"],
): void {
  const units = groups ? new Set(groups).size : n;
  if (units >= fewest) return;
  const counted = groups ? `${n} ${unit} of ${units === 1 ? "1 group" : `${units} groups`}` : `${n} ${unit}`;
  onEvent?.({
    event: "warning",
    code: "few_samples",
    message: `the bases are ranked by ${counted}: below ${fewest} the order is mostly chance; label more, or train each base`,
  });
}

/** Warns of samples that a base learnt from: it tells them apart better than new ones. */
async function warnOfLearnt(
  ref: string,
  items: readonly Sample[],
  unit: ClassUnit,
  platform: Platform,
  onEvent: RankOptions["onEvent"],
): Promise<void> {
  for (const base of await baseRefs(ref, platform)) {
    const parts = await readPartsOfBase(platform, base);
    if (!parts) continue;
    const { known } = parts;
    const learnt = known && items.filter((item) => wasLearnt(known, item)).length;
    if (learnt === 0) continue;
    const message =
      learnt === undefined
        ? `${base} may have learnt from some of the ${items.length} ${unit}, then its scores are too good: the run that trained it is not beside its model`
        : `${base} learnt from ${learnt} of the ${items.length} ${unit}, so its scores are too good: rank it on ${unit} that it has not seen`;
    onEvent?.({ event: "warning", code: "learnt_samples", message });
  }
}

async function scoredBase(
  ref: string,
  dataset: Pick<Dataset, "classes"> & { readonly items: readonly Sample[] },
  { unit, labels, groups, runtime, platform, sources, options }: Scoring,
): Promise<ScoredBase> {
  const { onEvent = () => undefined, signal } = options;
  const { items, classes: names } = dataset;
  const classes = names.length;
  const how = { platform, onEvent, run: platform.cacheDir() };
  const own = { ...options, base: ref };
  const { opened, inputs: openItems } = await openInputs(modalityOf(unit), dataset, own, how);
  const { base, body } = opened;
  const begin = performance.now();
  const { inputs } = await openItems();
  const trunk = await openTrunk(opened, runtime, platform, options, inputs);
  let rows: Float32Array;
  let source: SourceDistances;
  let extracted = begin;
  let measured = begin;
  try {
    const table = await trunk.features(items, { onEvent, signal });
    rows = Float32Array.from(wholeOf(table));
    table.close();
    extracted = performance.now();
    source = await sourceDistances(ref, sources, { trunk, items, rows, inputs }, options);
    measured = performance.now();
  } finally {
    await trunk.close();
  }
  const scoring = performance.now();
  const width = body.width;
  const answers = sourcePredictions(opened, rows);
  const few = Math.min(labels.length, mostForPairs);
  // Pairwise scores share principal components, the others share matrix products.
  const of = (n: number) =>
    sharing({
      features: rows.subarray(0, n * width),
      width,
      labels: labels.subarray(0, n),
      classes,
      groups: groups?.slice(0, n),
    });
  const whole = of(labels.length);
  const pairs = few < labels.length ? of(few) : whole;
  const all = {} as Record<ScoreName, { value: number | null; ms: number }>;
  let held: HeldOutProbe | undefined;
  for (const [name, row] of Object.entries(scores) as [ScoreName, ScoreRow][]) {
    stopIf(signal);
    const from = performance.now();
    let value: number | null = null;
    if (name === "probe") {
      held = heldOutProbe(whole);
      value = shareRight(held);
    } else if (row.needs === "features") {
      value = row.of(overPairs.has(name) ? pairs : whole);
    } else if (answers) value = row.of({ ...answers, labels, classes });
    // Groups may leave nothing to learn from.
    all[name] = { value: Number.isNaN(value) ? null : value, ms: performance.now() - from };
    // Yields, so that Ctrl-C and event listeners are handled.
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  const seconds = {
    features: (extracted - begin) / 1000,
    scores: (performance.now() - scoring) / 1000,
    distances: (measured - extracted) / 1000,
  };
  const { name, license } = base;
  return { ref, name, license, features: width, scores: all, source, seconds, rows, held };
}

/** Returns probabilities of the base's own head; undefined without a head on these features. */
function sourcePredictions({ base, body }: OpenedBase, rows: Float32Array) {
  const { graph } = base.imported;
  // Pooled features of tokens or frames are not what a head behind them takes.
  const scores = body.pooling === "none" ? oldScoresOf(graph, body) : undefined;
  const logits = scores === undefined ? undefined : graph.typeOf(scores).shape?.at(-1);
  const count = base.classes ?? (typeof logits === "number" ? logits : 0);
  const names = Array.from({ length: count }, (_, i) => String(i));
  const head = names.length > 1 ? oldHeadOf(graph, body, names) : undefined;
  if (head === undefined) return undefined;
  const sourceClasses = names.length;
  const probabilities = softmaxRows(applyHead(head, rowsOf(rows, body.width)), sourceClasses);
  return { probabilities, sourceClasses };
}
