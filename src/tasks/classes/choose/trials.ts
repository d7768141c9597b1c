import { withHead } from "../../../bases/heads.js";
import { EngraftError } from "../../../core/errors.js";
import type { OnWork } from "../../../core/events/work-events.js";
import { scoreOrWorst } from "../../../core/results/metric.js";
import type { Tensor } from "../../../core/tensor.js";
import { areTexts, type ClassSample } from "../../../data/index.js";
import { applyHead, factsOf, scoresOf } from "../../../evaluate/class-predictions.js";
import type { Value } from "../../../graph/node.js";
import { lengthOf } from "../../../methods/plan.js";
import { fitProbeInTurns } from "../../../methods/probe/index.js";
import type { StrategyName } from "../../../methods/registry.js";
import { requestedOptions } from "../../../options/requested-options.js";
import type { Unrecorded } from "../../../run/context.js";
import { openTrunk } from "../../../run/setup.js";
import type { OfClasses } from "../../../run/training/head-of-classes.js";
import { planRun } from "../../../run/training/planned.js";
import { inParts, type PartFeatures, partOf } from "../../../train/features.js";
import { firstShare, trialEpochs } from "./trial-epochs.js";

/** Short training with its validation score. */
export interface Trial {
  readonly strategy: StrategyName;
  readonly epochs: number;
  /** Null if the training diverged. */
  readonly validation_accuracy: number | null;
  /** Peak learning rate, and the usual one, if it was lowered. */
  readonly rate?: { readonly peak: number; readonly usual: number };
  readonly seconds: number;
}

/**
 * Compares strategies by successive halving on the validation split.
 *
 * Each strategy trains for a tenth of its epochs from the probe's head. The better half trains for twice as long, until one is
 * left. The probe itself needs no training. The test split is not used.
 * @param context context whose dataset has the items of the trials
 * @see Jamieson & Talwalkar, "Non-stochastic Best Arm Identification and Hyperparameter Optimization", 2016
 */
export async function halving(
  context: OfClasses<Unrecorded>,
  names: readonly Exclude<StrategyName, "auto" | "probe" | "ngram-probe">[],
): Promise<readonly Trial[]> {
  const { options, dataset, opened, machine, onEvent, inputs } = context;
  const quiet: OnWork = (event) => {
    if (event.event === "progress") onEvent(event);
  };
  const trials: Trial[] = [];
  const began = performance.now();
  const trunk = await openTrunk(opened, machine.runtime, machine.platform, { ...options, onEvent }, inputs);
  const ordered = inParts(dataset.items);
  const { signal } = options;
  const table = await trunk.features(ordered, { onEvent, signal });
  await trunk.close();
  const part = (name: "train" | "validation") => {
    const of = partOf(ordered, name, table);
    return { ...of, ...factsOf(of.items), items: of.items };
  };
  const [train, held] = [part("train"), part("validation")];
  const head = await fitProbeInTurns(
    { train, validation: held, dims: opened.body.width, classes: dataset.classes.length },
    signal ? { signal } : {},
  );
  const items = held.items.map(({ id }) => id);
  const answers = { logits: applyHead(head, held.features), labels: held.labels, items };
  const ngramsBegan = performance.now();
  const ngrams = areTexts(inputs) ? await ngramTrial(context, { train, validation: held }) : undefined;
  table.close();
  trials.push({
    strategy: "probe",
    epochs: 0,
    validation_accuracy: scoresOf(dataset.classes, answers).accuracy,
    seconds: (performance.now() - began) / 1000,
  });
  if (ngrams !== undefined)
    trials.push({
      strategy: "ngram-probe",
      epochs: 0,
      validation_accuracy: ngrams,
      seconds: (performance.now() - ngramsBegan) / 1000,
    });
  const probed = withHead(opened.body, dataset.classes.length, head);
  const start = new Map<Value, Tensor>(
    [...probed.initializers].filter(([value]) => !opened.body.graph.initializers.has(value)),
  );
  const { epochs: whole } = lengthOf({ ...requestedOptions(options), examples: train.items.length });
  let left: readonly (typeof names)[number][] = names;
  for (let share = firstShare; left.length > 0; share *= 2) {
    const round: Trial[] = [];
    for (const strategy of left) {
      const begin = performance.now();
      const epochs = trialEpochs(whole, share);
      const trialContext = { ...context, onEvent: quiet, options: { ...options, strategy, epochs } };
      const { fit, plan } = (await planRun(trialContext)).trained!;
      try {
        const { epochs: done, diverged, rateShare } = await fit.run(start);
        const usual = Math.max(...plan.groups.map((group) => group.rate));
        round.push({
          strategy,
          epochs,
          validation_accuracy: diverged ? null : (done.at(-1)?.validation_accuracy ?? null),
          ...(rateShare !== undefined && { rate: { peak: usual * rateShare, usual } }),
          seconds: (performance.now() - begin) / 1000,
        });
      } finally {
        await fit.dispose();
      }
    }
    trials.push(...round);
    if (left.length === 1) break;
    const score = (trial: Trial): number => scoreOrWorst(trial.validation_accuracy);
    const best = [...round].sort((a, b) => score(b) - score(a));
    left = best
      .slice(0, Math.max(1, left.length >> 1))
      .map(({ strategy }) => strategy as (typeof names)[number]);
    if (left.length === 1 && names.length <= 2) break;
  }
  return trials;
}

/** Returns the validation accuracy of a head with token n-grams. Undefined: the texts have none. */
async function ngramTrial(
  context: OfClasses<Unrecorded>,
  parts: { readonly train: PartFeatures<ClassSample>; readonly validation: PartFeatures<ClassSample> },
): Promise<number | undefined> {
  const { solveClassNgrams } = await import("../../texts/class-ngrams.js");
  try {
    return (await solveClassNgrams(context, parts, false)).validation.score;
  } catch (error) {
    if (error instanceof EngraftError && error.kind === "DataError") return undefined;
    throw error;
  }
}
