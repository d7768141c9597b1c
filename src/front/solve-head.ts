import type { Body } from "../bases/body.js";
import type { Dataset } from "../data/index.js";
import { defaultStrengths, fitProbeInTurns, type Probe } from "../methods/probe/index.js";
import { inParts, type PartFeatures, partOf } from "../train/features.js";
import type { Context } from "./context.js";
import { applyHead, type Predictions, scoresOf } from "./scores.js";
import type { Trunk } from "./setup.js";

/** The probe's head, and what it says of validation and test. */
export interface SolvedHead {
  readonly probe: Probe;
  readonly predictions: Predictions;
  readonly validation: { readonly loss: number; readonly accuracy: number };
  /** Seconds that the features and the solving took. */
  readonly seconds: { readonly features: number; readonly solving: number };
}

/** Run the frozen trunk over all pictures, and solve a linear head on the features. Closes the trunk. */
export async function solveHead(context: Context, trunk: Trunk): Promise<SolvedHead> {
  const { options, dataset, opened, decoded, onEvent } = context;
  const { signal } = options;
  const { body } = opened;
  const classes = dataset.classes.length;
  const begin = performance.now();
  const parts = await featuresInParts(dataset, body, () =>
    trunk.features(inParts(dataset.items), { onEvent, decoded, ...(signal && { signal }) }),
  );
  await trunk.close();
  const between = performance.now();
  let tried = 0;
  const head = (done: number): void =>
    onEvent({ event: "progress", phase: "head", done, total: defaultStrengths.length, unit: "trials" });
  head(0);
  const probe = await fitProbeInTurns(
    { train: parts.train, validation: parts.validation, dims: body.width, classes },
    { onStrength: () => head(++tried), ...(signal && { signal }) },
  );
  if (tried < defaultStrengths.length) head(defaultStrengths.length);
  const answers = (part: PartFeatures): Predictions => ({
    logits: applyHead(probe, part.features, body.width),
    labels: part.labels,
    items: part.items.map((item) => item.id),
  });
  const { loss, accuracy } =
    parts.validation.items.length === 0
      ? { loss: Number.NaN, accuracy: Number.NaN }
      : scoresOf(dataset.classes, answers(parts.validation));
  return {
    probe,
    predictions: answers(parts.test),
    validation: { loss, accuracy },
    seconds: { features: (between - begin) / 1000, solving: (performance.now() - between) / 1000 },
  };
}

async function featuresInParts({ items }: Dataset, { width }: Body, features: () => Promise<Float32Array>) {
  const ordered = inParts(items);
  const rows = await features();
  return {
    train: partOf(ordered, "train", rows, width),
    validation: partOf(ordered, "validation", rows, width),
    test: partOf(ordered, "test", rows, width),
  };
}
