import { type LinearHead, withHead } from "../../bases/heads.js";
import { type Message, message } from "../../core/messages/message.js";
import { draws } from "../../core/random.js";
import { rowsAt, rowsOf } from "../../core/results/rows.js";
import { arePictures, type ClassSample } from "../../data/index.js";
import { groupsOfItems } from "../../data/split/groups.js";
import { applyHead, factsOf, predictedClasses, scoresOf } from "../../evaluate/class-predictions.js";
import { mutualInformation } from "../../evaluate/index.js";
import type { Graph } from "../../graph/graph.js";
import { largestEigenvectors } from "../../linalg/eigenvectors.js";
import { columnProducts } from "../../linalg/row-products.js";
import { softmaxRows } from "../../linalg/softmax.js";
import {
  type FindMap,
  type MapName,
  momentsMap,
  type RowMap,
  selfTrain,
  transportMap,
} from "../../methods/adapt/index.js";
import { fitProbeInTurns, type LabelledFeatures } from "../../methods/probe/index.js";
import { addSums, collectClassSums } from "../../methods/sums/feature-sums.js";
import { defaults } from "../../options/options.js";
import { adapted } from "../../run/training/adapted.js";
import type { OfClasses } from "../../run/training/head-of-classes.js";
import { itemsOf as samplesOf } from "../../run/training/planned.js";
import { headFrom } from "../../tasks/sums/solve-from-sums.js";
import { hasBatchNorm } from "../../train/has-batch-norm.js";
import { type Domains, drawItems, itemsOf } from "./domain.js";
import { type EpochDetails, mostForInformation } from "./domain-regime.js";
import { frozenFeatures } from "./source-weights.js";
import { estimateTargetShares, type TargetShares } from "./target-shares.js";

/** A head on frozen features, solved on mapped source samples. */
export interface MapCandidate extends Omit<EpochDetails, "answers"> {
  readonly map: { readonly name: MapName; readonly self_trained: boolean };
  readonly head: LinearHead;
  /** Strength of the penalty, which source-only chooses for all. */
  readonly strength: number;
  /** The base with the statistics of the target, if the map is "adabn". */
  readonly body: OfClasses["opened"]["body"];
  /** Logits of the target's validation samples that score the candidate, and of its test split. */
  readonly unlabelled: Float32Array;
  readonly test: Float32Array;
  /** Held-out source features as the head sees them, and those of the target. */
  readonly held: { readonly source: Float32Array; readonly target: Float32Array };
  readonly recipe: readonly Message[];
}

/** All candidates, source-only first, and the kept one. */
export interface SolvedMaps {
  readonly candidates: readonly MapCandidate[];
  readonly chosen: MapCandidate;
  readonly shares: TargetShares;
}

/** A candidate before it is scored without labels. */
type SolvedMap = Omit<MapCandidate, "information" | "score">;

/** Features of both domains under a base, float32[N, D]. */
export interface DomainFeatures {
  readonly source: Readonly<Record<"train" | "validation", Float32Array>>;
  readonly target: Readonly<Record<"train" | "validation" | "test", Float32Array>>;
  readonly body: OfClasses["opened"]["body"];
}

const finders: Readonly<Record<Exclude<MapName, "none" | "adabn">, FindMap>> = {
  moments: momentsMap,
  transport: transportMap,
};

/** A candidate is left out if its source validation accuracy is lower than source-only's by more than this. */
const tolerated = 0.03;

/**
 * Solves a head for each map, without and with self-training, and for the source alone, and chooses one. No target label is read.
 *
 * The domains may differ in the shares of their classes only, or not at all. Then no map can help, and source-only is kept. Otherwise the
 * score expects the shares that source-only estimates, or equal ones if it finds no sample of a class. A single map is the user's choice:
 * it is kept in another domain, without or with self-training.
 * @throws OptionError for "adabn" alone with a base without BatchNormalization
 */
export async function solveMaps(
  context: OfClasses,
  domains: Domains,
  maps: readonly MapName[],
): Promise<SolvedMaps> {
  return solveOnFeatures(context, domains, maps, await plainFeatures(context, domains));
}

/** Does the same on features that are computed already. @param plain under the base as it is */
export async function solveOnFeatures(
  context: OfClasses,
  domains: Domains,
  maps: readonly MapName[],
  plain: DomainFeatures,
): Promise<SolvedMaps> {
  const solved: SolvedMap[] = [];
  for (const name of new Set<MapName>(["none", ...maps])) {
    if (name === "adabn" && maps.length > 1 && !hasOwnStatistics(context)) continue;
    const features = name === "adabn" ? await ownStatistics(context, domains) : plain;
    const map: RowMap =
      name === "none" || name === "adabn"
        ? (rows) => rows
        : finders[name](features.source.train, features.target.train, features.body.width);
    const strength = solved[0]?.strength;
    solved.push(
      ...(await solveBoth(context, domains, features, { name, map, alone: !maps.includes(name), strength })),
    );
  }
  const shares = sharesUnder(context, domains, plain, solved[0]!.head);
  const expected = shares.absent === undefined ? shares.estimated : undefined;
  const candidates = solved.map((one): MapCandidate => {
    const information = mutualInformation(one.unlabelled, domains.source.classes.length, expected);
    return { ...one, information, score: one.source_accuracy + information };
  });
  const requested = maps.length === 1 ? maps[0] : undefined;
  const best = chooseMap(candidates, ({ map }) => requested === undefined || map.name === requested);
  // Self-training of source-only confirms its errors, and so does an estimate by source-only.
  const isPlain = shares.guard.refused !== "differ" || (expected && best.map.name === "none");
  return { candidates, chosen: isPlain ? candidates[0]! : best, shares };
}

/** Returns what the head of source-only says about the target's classes. */
function sharesUnder(
  context: OfClasses,
  domains: Domains,
  { source, target, body: { width } }: DomainFeatures,
  head: LinearHead,
): TargetShares {
  const { seed = defaults.seed } = context.options;
  const { classes } = domains.source;
  const labelled = (part: "train" | "validation") => ({
    ...factsOf(itemsOf(domains.source, part) as readonly ClassSample[]),
    features: source[part],
  });
  const items = [...itemsOf(domains.target, "train"), ...unlabelledOf(context, domains.target)];
  const features = new Float32Array(target.train.length + target.validation.length);
  features.set(target.train);
  features.set(target.validation, target.train.length);
  return estimateTargetShares(
    head,
    { train: labelled("train"), validation: labelled("validation") },
    { features, groups: groupsOfItems(items) },
    { width, classes: classes.length, seed },
  );
}

/** Share of a fit at one strength in one that chooses it. */
const atOneStrength = 0.5;
/** Width of the eigenvectors that are timed. Their time grows with its cube. */
const timedWidth = 200;

/** Forecasts the seconds of all heads and maps, without the features. */
export async function secondsOfMaps(context: OfClasses, maps: readonly MapName[]): Promise<number> {
  const { secondsToSolve } = await import("../../run/forecast/seconds-to-solve.js");
  const labelsOf = (part: "train" | "validation") => factsOf(samplesOf(context, part)).labels;
  const { width } = context.opened.body;
  const labels = { train: labelsOf("train"), validation: labelsOf("validation") };
  const fit = await secondsToSolve(labels, { width, classes: context.dataset.classes.length });
  const fits = 1 + atOneStrength * (2 * maps.length - (maps.includes("none") ? 1 : 0));
  return fits * fit + (maps.includes("transport") ? secondsOfComponents(width) : 0);
}

function secondsOfComponents(width: number): number {
  const draw = draws(0, "components to be timed");
  const rows = Float64Array.from({ length: timedWidth * timedWidth }, () => draw.normal());
  const begin = performance.now();
  largestEigenvectors(columnProducts(rows, timedWidth, timedWidth), timedWidth, timedWidth / 4);
  return ((performance.now() - begin) / 1000) * (width / timedWidth) ** 3;
}

/**
 * Returns the best candidate by the score without target labels. Of equal ones the earlier, which is the simpler.
 * @param candidates source-only first, which is kept if all eligible ones cost too much accuracy on the source
 */
export function chooseMap(
  candidates: readonly MapCandidate[],
  isEligible: (one: MapCandidate) => boolean = () => true,
): MapCandidate {
  const sourceOnly = candidates[0]!;
  const least = sourceOnly.source_accuracy - tolerated;
  const eligible = candidates.filter((one) => isEligible(one) && one.source_accuracy >= least);
  return eligible.reduce((a, b) => (b.score > a.score ? b : a), eligible[0] ?? sourceOnly);
}

async function plainFeatures(context: OfClasses, { source, target }: Domains): Promise<DomainFeatures> {
  const of = (domain: Domains["source"], part: "train" | "validation" | "test") =>
    frozenFeatures(context, itemsOf(domain, part));
  return {
    source: { train: await of(source, "train"), validation: await of(source, "validation") },
    target: {
      train: await of(target, "train"),
      validation: await frozenFeatures(context, unlabelledOf(context, target)),
      test: await of(target, "test"),
    },
    body: context.opened.body,
  };
}

/** Returns features of each domain under BatchNormalization statistics of its own training split. */
async function ownStatistics(context: OfClasses, domains: Domains): Promise<DomainFeatures> {
  const under = (domain: Domains["source"]) =>
    adapted({
      ...context,
      options: { ...context.options, batchNorm: "adapt" },
      dataset: { ...context.dataset, items: itemsOf(domain, "train"), fingerprint: domain.fingerprint },
    });
  const opened = { source: await under(domains.source), target: await under(domains.target) };
  const [source, target] = await Promise.all([
    plainFeatures({ ...context, opened: opened.source.opened }, { ...domains, target: none(domains.target) }),
    plainFeatures({ ...context, opened: opened.target.opened }, { ...domains, source: none(domains.source) }),
  ]);
  return { source: source.source, target: target.target, body: opened.target.opened.body };
}

/** True if each domain can have statistics of its own: for a base of pictures with BatchNormalization. */
const hasOwnStatistics = ({ opened, inputs }: OfClasses): boolean =>
  arePictures(inputs) && hasBatchNorm(opened.body.graph);

const none = (domain: Domains["source"]): Domains["source"] => ({ ...domain, items: [] });

/** Returns the target samples of the score without labels. */
export const unlabelledOf = ({ options: { seed = defaults.seed } }: OfClasses, target: Domains["target"]) =>
  drawItems(itemsOf(target, "validation"), mostForInformation, seed);

/** Solves the head for a map, and again with self-training. @param alone true if source-only is the baseline: it has no self-training */
async function solveBoth(
  context: OfClasses,
  { source }: Domains,
  { source: rows, target, body }: DomainFeatures,
  {
    name,
    map,
    alone,
    strength,
  }: {
    readonly name: MapName;
    readonly map: RowMap;
    readonly alone: boolean;
    /** Of the penalty. Missing: chosen. */
    readonly strength: number | undefined;
  },
): Promise<readonly SolvedMap[]> {
  const { signal } = context.options;
  const { classes } = source;
  const { width } = body;
  const [train, validation] = (["train", "validation"] as const).map((part) => {
    const { labels, groups } = factsOf(itemsOf(source, part) as readonly ClassSample[]);
    return { features: map(rows[part]), labels, groups };
  }) as [LabelledFeatures & { features: Float32Array }, LabelledFeatures & { features: Float32Array }];
  const fit = (own: LabelledFeatures, strengths?: readonly number[]) =>
    fitProbeInTurns(
      { train: own, validation, dims: width, classes: classes.length },
      { ...(strengths && { strengths }), ...(signal && { signal }) },
    );
  const answered = (head: LinearHead, selfTrained: boolean): SolvedMap => {
    const logits = (features: Float32Array) => applyHead(head, rowsOf(features, width));
    const { accuracy } = scoresOf(classes, {
      logits: logits(validation.features),
      ...factsOf(itemsOf(source, "validation")),
    });
    return {
      map: { name, self_trained: selfTrained },
      head: { weight: head.weight, bias: head.bias },
      strength: probe.strength,
      body,
      source_accuracy: accuracy,
      unlabelled: logits(target.validation),
      test: logits(target.test),
      held: { source: validation.features, target: target.validation },
      recipe: [
        message("linear-model", { model: "logistic", inputs: "features" }),
        message("mapped-features", { map: name, self_trained: selfTrained }),
      ],
    };
  };
  const probe = await fit(train, strength === undefined ? undefined : [strength]);
  if (alone) return [answered(probe, false)];
  const base = await collectClassSums(rowsOf(train.features, width), train.labels, classes, { signal });
  const last = await selfTrain<SelfTraining>(
    { head: probe, places: [], labels: [] },
    classes.length,
    ({ head }) => softmaxRows(applyHead(head, rowsOf(target.train, width)), classes.length),
    async (places, labels) => {
      const rows = rowsOf(rowsAt(rowsOf(target.train, width), places), width);
      const sums = addSums(base, await collectClassSums(rows, labels, classes, { signal }));
      return { head: headFrom(sums, classes), places, labels };
    },
  );
  const trained = await fit(joined(train, target.train, width, last), [probe.strength]);
  return [answered(probe, false), answered(trained, true)];
}

/** The model of a round of self-training, and the rows of the target that it learnt. */
interface SelfTraining {
  readonly head: LinearHead;
  readonly places: readonly number[];
  readonly labels: readonly number[];
}

/** Returns the source with some rows of the target and their predicted classes. */
function joined(
  source: LabelledFeatures & { readonly features: Float32Array },
  target: Float32Array,
  width: number,
  { places, labels }: Pick<SelfTraining, "places" | "labels">,
): LabelledFeatures {
  const features = new Float32Array(source.features.length + places.length * width);
  features.set(source.features);
  features.set(rowsAt(rowsOf(target, width), places), source.features.length);
  return { features, labels: Int32Array.from([...source.labels, ...labels]) };
}

/** Returns the whole model of a candidate. */
export const modelOf = (candidate: MapCandidate, classes: number): Graph =>
  withHead(candidate.body, classes, candidate.head);

/** Returns the predicted class of each test sample of the target. */
export const answersOf = ({ test }: MapCandidate, classes: number): readonly number[] =>
  predictedClasses(test, classes);
