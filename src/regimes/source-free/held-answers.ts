import { EngraftError } from "../../core/errors.js";
import { rowsAt, rowsOf } from "../../core/results/rows.js";
import type { ClassSample } from "../../data/index.js";
import { applyHead, factsOf } from "../../evaluate/class-predictions.js";
import { groupsOfBoth, stratifiedFolds } from "../../methods/probe/folds.js";
import { fitProbeInTurns } from "../../methods/probe/index.js";
import type { OpenedSource } from "./open-domains.js";
import type { OpenedModel } from "./open-model.js";
import type { FeaturesOf } from "./opened-adaptation.js";

/** Logits of source samples by heads that have not seen them, float32[N, C], and the classes and groups of the samples. */
interface HeldAnswers {
  readonly logits: Float32Array;
  readonly labels: Int32Array;
  readonly groups?: readonly string[] | undefined;
}

/** With so many held-out samples, no folds are needed. */
const enough = 1000;

/**
 * Returns held-out answers of the source. A linear probe has learnt from all samples but those of the test split, so that few are left.
 * Heads of five folds, with the probe's strength, then predict for the samples that it learnt from.
 * @throws DataError if a class has none
 */
export async function heldAnswers(
  { held, learnt }: OpenedSource,
  { head, classes, unit }: OpenedModel,
  {
    width,
    features,
    signal,
  }: { readonly width: number; readonly features: FeaturesOf; readonly signal?: AbortSignal },
): Promise<HeldAnswers> {
  const { labels, groups } = factsOf(held);
  const own: HeldAnswers = { logits: applyHead(head, rowsOf(await features(held), width)), labels, groups };
  const folded =
    learnt && held.length < enough
      ? await answersOfFolds(learnt, { width, features, signal }, classes.length)
      : [];
  const all = [own, ...folded];
  const joined = {
    logits: Float32Array.from(all.flatMap((one) => [...one.logits])),
    labels: Int32Array.from(all.flatMap((one) => [...one.labels])),
    groups: groupsOfBoth(...all.map((one) => ({ count: one.labels.length, groups: one.groups }))),
  };
  const without = classes.filter((_, k) => !joined.labels.includes(k));
  if (without.length === 0) return joined;
  const named = without.slice(0, 5).map((name) => JSON.stringify(name));
  throw new EngraftError("DataError", `the source has no held-out ${unit} of ${named.join(", ")}`, {
    help: "predictions are calibrated on samples that the model has not learnt from: train with more samples of these classes",
    details: { classes: without },
  });
}

async function answersOfFolds(
  { train, validation }: Readonly<Record<"train" | "validation", readonly ClassSample[]>>,
  {
    width,
    features,
    signal,
  }: { readonly width: number; readonly features: FeaturesOf; readonly signal: AbortSignal | undefined },
  classes: number,
): Promise<readonly HeldAnswers[]> {
  const part = async (items: readonly ClassSample[]) => {
    const { labels, groups } = factsOf(items);
    return { features: await features(items), labels, ...(groups && { groups }) };
  };
  const none = { features: new Float32Array(0), labels: new Int32Array(0) };
  const how = { dims: width, classes };
  const stop = signal && { signal };
  const { strength } = await fitProbeInTurns(
    { train: await part(train), validation: await part(validation), ...how },
    { refit: true, ...stop },
  );
  const all = await part([...train, ...validation]);
  const answers: HeldAnswers[] = [];
  for (const fold of stratifiedFolds(all.labels, all.groups)) {
    const at = (places: readonly number[]) => ({
      features: rowsAt(rowsOf(all.features, width), places),
      labels: Int32Array.from(places, (place) => all.labels[place]!),
    });
    const groups = all.groups && fold.held.map((place) => all.groups![place]!);
    const head = await fitProbeInTurns(
      { train: at(fold.train), validation: none, ...how },
      { strengths: [strength], ...stop },
    );
    const { features: rows, labels } = at(fold.held);
    answers.push({ logits: applyHead(head, rowsOf(rows, width)), labels, groups });
  }
  return answers;
}
