import type { LinearHead } from "../../bases/heads.js";
import type { OldTest, OldTestScore } from "../../core/events/run-outcome.js";
import { type Rows, rowsAt, rowsOf } from "../../core/results/rows.js";
import type { ClassSample, Sample } from "../../data/index.js";
import { applyHead, factsOf, predictedClasses, scoresOf } from "../../evaluate/class-predictions.js";
import { fitProbeInTurns } from "../../methods/probe/index.js";
import type { Context } from "../../run/context.js";
import type { OfClasses } from "../../run/training/head-of-classes.js";
import { disagreement, mcNemar } from "../../statistics/index.js";
import type { PartFeatures } from "../../train/features.js";
import { holderFields, requireLikeLengths } from "./score-holders.js";
import { solveFromSums } from "./solve-from-sums.js";

type Parts = Readonly<Record<"train" | "validation" | "test", PartFeatures<ClassSample>>>;

/** Solves the head of classes from feature sums, predicts, and scores the old test samples of an extended run. */
export async function solveClassSums(context: OfClasses, parts: Parts, task: string) {
  const { validation, test } = parts;
  const { classes } = context.dataset;
  const targets = { task, names: classes };
  await requireLikeLengths(context, test, targets);
  const solved = await solveFromSums(context, parts, targets);
  const { head, ofTrain, sums: _sums, holders: _holders, ...how } = solved;
  const answersOf = (own: LinearHead, { features, items }: PartFeatures<ClassSample>) => {
    return { logits: applyHead(own, features), ...factsOf(items) };
  };
  const held = answersOf(ofTrain, validation);
  const joint = context.besides?.sums?.joint ? await jointProbe(context, parts) : undefined;
  const old = scoreOldClasses(context, test, { head, joint });
  const scores = validation.items.length > 0 ? scoresOf(classes, held) : undefined;
  return {
    head,
    ...how,
    ...(context.besides?.sums && {
      extended: { ...(await holderFields(context, solved, test, targets)), ...(old && { old_test: old }) },
    }),
    answers: { test: answersOf(head, test), held },
    validation: { score: scores?.accuracy ?? Number.NaN, loss: scores?.loss ?? Number.NaN },
  };
}

/** Fits a linear probe on all samples of an extended run. */
function jointProbe(context: OfClasses, { train, validation }: Parts): Promise<LinearHead> {
  const { dataset, opened, options } = context;
  const labelled = ({ features, items }: PartFeatures<ClassSample>) => ({ features, ...factsOf(items) });
  const data = { dims: opened.body.width, classes: dataset.classes.length };
  return fitProbeInTurns(
    { train: labelled(train), validation: labelled(validation), ...data },
    { refit: true, signal: options.signal },
  );
}

/** Returns the test samples of the first source, whose targets the model before knows. */
function oldSamples<Item extends Sample>(
  { besides }: Pick<Context, "besides">,
  { items, features }: PartFeatures<Item>,
  isKnown: (item: Item) => boolean,
): PartFeatures<Item> {
  const places = items.flatMap((item, i) => (besides!.sums!.isOfFirst(item) && isKnown(item) ? [i] : []));
  return { items: places.map((i) => items[i]!), features: rowsOf(rowsAt(features, places), features.width) };
}

/**
 * Scores the test samples of the first source with the model before and the model after.
 * @param joint head of a joint training @returns undefined if there is no model before, or no such sample
 */
function scoreOldClasses(
  context: Pick<Context, "besides"> & { readonly dataset: { readonly classes: readonly string[] } },
  test: PartFeatures<ClassSample>,
  { head, joint }: { readonly head: LinearHead; readonly joint?: LinearHead | undefined },
): OldTest | undefined {
  const { besides, dataset } = context;
  const { classes } = dataset;
  const before = besides?.sums?.before;
  if (!before) return undefined;
  const known = new Set(before.names);
  const { items, features } = oldSamples(context, test, ({ label }) => known.has(classes[label]!));
  if (items.length === 0) return undefined;
  // Classes of the model before that are left, by their place among all.
  const places = before.names.map((name) => classes.indexOf(name));
  const old = placed(applyHead(before.head, features), places, classes.length);
  const scored = (logits: Float32Array) => ({
    right: predictedClasses(logits, classes.length).map((one, i) => Number(one === items[i]!.label)),
    score: scoreOf(scoresOf(classes, { logits, ...factsOf(items) })),
  });
  const [was, is] = [scored(old), scored(applyHead(head, features))];
  const { onlyA, onlyB } = disagreement(is.right, was.right);
  return {
    n: items.length,
    metric: "accuracy",
    before: was.score,
    after: is.score,
    flips: { fixed: onlyA, broken: onlyB, p: mcNemar({ n: items.length, onlyA, onlyB }) },
    ...(joint && { joint: scored(applyHead(joint, features)).score }),
  };
}

const scoreOf = ({
  accuracy,
  accuracy_ci95: ci95,
  few_groups: few,
}: ReturnType<typeof scoresOf>): OldTestScore => ({ score: accuracy, ...(!few && { ci95 }) });

/** Logit of a class that a model does not know. */
const neverPredicted = -1e9;

/** Returns logits in another order of classes. A class that the model does not know is never predicted. */
function placed(logits: Float32Array, places: readonly number[], classes: number): Float32Array {
  const { length: own } = places;
  const all = new Float32Array((logits.length / own) * classes).fill(neverPredicted);
  for (let i = 0; i < logits.length; i++) {
    const place = places[i % own]!;
    if (place >= 0) all[Math.floor(i / own) * classes + place] = logits[i]!;
  }
  return all;
}

/** Scores the test samples of the first source with both models, for numbers. @param score R² with its interval */
export function scoreOldNumbers<Item extends Sample>(
  context: Pick<Context, "besides">,
  test: PartFeatures<Item>,
  { head, joint }: { readonly head: LinearHead; readonly joint?: LinearHead | undefined },
  score: (predictions: Float32Array, items: readonly Item[]) => OldTestScore,
): OldTest | undefined {
  const before = context.besides?.sums?.before;
  if (!before) return undefined;
  const { items, features } = oldSamples(context, test, () => true);
  if (items.length === 0) return undefined;
  const scored = (own: LinearHead): OldTestScore => score(applyHead(own, features as Rows), items);
  return {
    n: items.length,
    metric: "r2",
    before: scored(before.head),
    after: scored(head),
    ...(joint && { joint: scored(joint) }),
  };
}
