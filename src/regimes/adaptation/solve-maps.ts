import { type LinearHead, withHead } from "../../bases/heads.js";
import { type Message, message } from "../../core/messages/message.js";
import { draws } from "../../core/random.js";
import { rowsAt, rowsOf } from "../../core/results/rows.js";
import { arePictures, type ClassSample } from "../../data/index.js";
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

/** A head on frozen features, solved on mapped source samples. */
export interface MapCandidate extends Omit<EpochDetails, "answers"> {
  readonly map: { readonly name: MapName; readonly self_trained: boolean };
  readonly head: LinearHead;
  /** Strength of the penalty, which source-only chooses for all. */
  readonly strength: number;
  /** The base with the statistics of the target, if the map is "adabn". */
  readonly body: OfClasses["opened"]["body"];
  /** Logits of the target's test split. */
  readonly test: Float32Array;
  /** Held-out source features as the head sees them, and those of the target. */
  readonly held: { readonly source: Float32Array; readonly target: Float32Array };
  readonly recipe: readonly Message[];
}

/** Features of both domains under a base, float32[N, D]. */
interface DomainFeatures {
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
 * Solves a head for each map, without and with self-training, and for the source alone. No target label is read.
 * @returns all candidates, source-only first
 * @throws OptionError for "adabn" alone with a base without BatchNormalization
 */
export async function solveMaps(
  context: OfClasses,
  domains: Domains,
  maps: readonly MapName[],
): Promise<readonly MapCandidate[]> {
  const plain = await plainFeatures(context, domains);
  const candidates: MapCandidate[] = [];
  for (const name of new Set<MapName>(["none", ...maps])) {
    if (name === "adabn" && maps.length > 1 && !hasOwnStatistics(context)) continue;
    const features = name === "adabn" ? await ownStatistics(context, domains) : plain;
    const map: RowMap =
      name === "none" || name === "adabn"
        ? (rows) => rows
        : finders[name](features.source.train, features.target.train, features.body.width);
    const strength = candidates[0]?.strength;
    candidates.push(
      ...(await solveBoth(context, domains, features, { name, map, alone: !maps.includes(name), strength })),
    );
  }
  return candidates;
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

/** Returns the best candidate by the score without target labels. Of equal ones the earlier, which is the simpler. */
export function chooseMap(candidates: readonly MapCandidate[]): MapCandidate {
  const least = candidates[0]!.source_accuracy - tolerated;
  return candidates
    .filter((one) => one.source_accuracy >= least)
    .reduce((a, b) => (b.score > a.score ? b : a));
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
): Promise<readonly MapCandidate[]> {
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
  const scored = (head: LinearHead, selfTrained: boolean): MapCandidate => {
    const logits = (features: Float32Array) => applyHead(head, rowsOf(features, width));
    const { accuracy } = scoresOf(classes, {
      logits: logits(validation.features),
      ...factsOf(itemsOf(source, "validation")),
    });
    const information = mutualInformation(logits(target.validation), classes.length);
    return {
      map: { name, self_trained: selfTrained },
      head: { weight: head.weight, bias: head.bias },
      strength: probe.strength,
      body,
      source_accuracy: accuracy,
      information,
      score: accuracy + information,
      test: logits(target.test),
      held: { source: validation.features, target: target.validation },
      recipe: [
        message("linear-model", { model: "logistic", inputs: "features" }),
        message("mapped-features", { map: name, self_trained: selfTrained }),
      ],
    };
  };
  const probe = await fit(train, strength === undefined ? undefined : [strength]);
  if (alone) return [scored(probe, false)];
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
  return [scored(probe, false), scored(trained, true)];
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
