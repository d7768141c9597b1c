import type { ClassSample } from "../../data/index.js";
import { applyHead, correctOf, factsOf, scoresOf } from "../../evaluate/class-predictions.js";
import { defaultStrengths, fitProbeInTurns, type LabelledFeatures } from "../../methods/probe/index.js";
import { secondsToSolve } from "../../run/forecast/seconds-to-solve.js";
import type { OfClasses } from "../../run/training/head-of-classes.js";
import { mayRefit } from "../../run/training/may-refit.js";
import { itemsOf } from "../../run/training/planned.js";
import type { PartFeatures } from "../../train/features.js";
import { compareParts } from "../inputs/compare-parts.js";

/** Features of the samples of each split. */
export type ClassParts = Readonly<Record<"train" | "validation" | "test", PartFeatures<ClassSample>>>;

/** Compares joined bases with each of them alone, by linear probes. */
export async function joinedClasses(
  context: OfClasses,
  parts: ClassParts,
  withGroups: (part: ClassParts["train"]) => LabelledFeatures,
) {
  const { classes } = context.dataset;
  return compareParts(context, parts, "accuracy", async ({ train, validation, test }, dims, strength) => {
    const data = {
      train: withGroups(train),
      validation: withGroups(validation),
      dims,
      classes: classes.length,
    };
    const { signal } = context.options;
    const strengths = strength === undefined ? defaultStrengths : [strength];
    const probe = await fitProbeInTurns(data, { strengths, refit: mayRefit(context), signal });
    const tried = probe.path.find(({ strength }) => strength === probe.strength);
    const predictions = { logits: applyHead(probe, test.features), ...factsOf(test.items) };
    const { accuracy, accuracy_ci95: ci95 } = scoresOf(classes, predictions);
    return {
      strength: probe.strength,
      validation: tried?.validationAccuracy ?? Number.NaN,
      test: accuracy,
      ci95,
      shares: correctOf(predictions, classes.length).map(Number),
    };
  });
}

/** Work of the comparison, in fits on the features of all bases. All bases and each base alone are fitted once, and again for five folds. */
const fits = 6;

/** Forecasts the seconds of comparing joined bases with each alone. */
export async function secondsOfJoined(context: OfClasses): Promise<number> {
  const labelsOf = (part: "train" | "validation") => factsOf(itemsOf(context, part)).labels;
  const labels = { train: labelsOf("train"), validation: labelsOf("validation") };
  const size = { width: context.opened.body.width, classes: context.dataset.classes.length };
  return fits * (await secondsToSolve(labels, size));
}
