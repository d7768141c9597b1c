import type { EngraftEvent } from "../../core/events/events.js";
import type { DistantItems } from "../../core/results/trust.js";
import { applyHead, factsOf, type Predictions, scoresOf } from "../../evaluate/class-predictions.js";
import type { Probe } from "../../methods/probe/index.js";
import type { Context } from "../../run/context.js";
import { manyItems, type Trunk } from "../../run/setup.js";
import { inParts, partOf } from "../../train/features.js";
import type { Validation } from "../../train/fit.js";
import type { hybridBaseline } from "../texts/hybrid-baseline.js";
import type { ValidatedBaseline } from "./trivial-baselines.js";

/** Head solved on frozen features, with its predictions. */
export interface SolvedHead {
  readonly probe: Probe;
  /** Source of the head, if rows of the base's classifier were used. */
  readonly words?: string;
  /** For the test split. */
  readonly predictions: Predictions;
  /** For the validation split. */
  readonly held: Predictions;
  /** Number of test items far from the training split, if it takes little time. */
  readonly distant?: DistantItems;
  readonly validation: Validation;
  /** For texts with baselines: a probe on the features and TF–IDF. */
  readonly hybrid?: ValidatedBaseline;
  /** Seconds for the features of all images, and for the head. */
  readonly seconds: { readonly features: number; readonly solving: number };
}

/**
 * Computes the features of all images, then the head that fits them best: every strategy starts from it. Releases the
 * features and closes the trunk.
 * @param events reported before
 */
export async function solveHead(
  context: Context,
  trunk: Trunk,
  events: readonly EngraftEvent[],
): Promise<SolvedHead> {
  const { run, options, dataset, decoded, opened, platform, onEvent, oldHead, inputs } = context;
  const { signal } = options;
  const { classes } = dataset;
  const begin = performance.now();
  const ordered = inParts(dataset.items);
  const rows = await trunk.features(ordered, {
    onEvent,
    decoded,
    folder: run.path,
    ...(signal && { signal }),
  });
  try {
    const features = (performance.now() - begin) / 1000;
    await trunk.close();
    const collect = (): void => {
      if (ordered.length > manyItems) platform.releaseMemory();
    };
    collect();
    let tried = 0;
    const { defaultStrengths, fitProbeInTurns } = await import("../../methods/probe/index.js");
    const total = defaultStrengths.length;
    const reportProgress = (done: number): void =>
      onEvent({ event: "progress", phase: "head", done, total, unit: "trials" });
    reportProgress(0);
    const [train, held, test] = (["train", "validation", "test"] as const).map((part) =>
      partOf(ordered, part, rows),
    ) as [ReturnType<typeof partOf>, ReturnType<typeof partOf>, ReturnType<typeof partOf>];
    const { coloursBy, featureFindings, knownPairs, reportFeatureLeaks } = await import(
      "../../run/insights/feature-checks.js"
    );
    const { leaks, distant } = await featureFindings(
      platform,
      { train, validation: held, test },
      { skip: inputs ? undefined : knownPairs(events), cache: options.cache !== false },
    );
    if (leaks) await reportFeatureLeaks(leaks, ordered, onEvent, coloursBy(platform));
    collect();
    const headBegin = performance.now();
    const fitted = await fitProbeInTurns(
      { train, validation: held, dims: opened.body.width, classes: classes.length },
      { onStrength: () => reportProgress(++tried), ...(signal && { signal }) },
    );
    if (tried < total) reportProgress(total);
    collect();
    const begun =
      oldHead && (await import("../../run/training/init.js")).headFrom(fitted, oldHead, classes, held);
    const probe = begun?.head ?? fitted;
    const solving = (performance.now() - headBegin) / 1000;
    const parts = { train, validation: held, test };
    const hybrid = inputs && options.baselines === true ? await solveHybrid(context, parts) : undefined;
    const answers = ({ features, items }: typeof test): Predictions => ({
      logits: applyHead(probe, features),
      ...factsOf(items),
    });
    const valued = answers(held);
    const { loss, accuracy } =
      held.items.length > 0 ? scoresOf(classes, valued) : { loss: Number.NaN, accuracy: Number.NaN };
    return {
      probe,
      ...(begun?.words !== undefined && { words: begun.words }),
      predictions: answers(test),
      held: valued,
      ...(distant && { distant }),
      ...(hybrid && { hybrid }),
      validation: { score: accuracy, loss },
      seconds: { features, solving },
    };
  } finally {
    rows.close();
  }
}

/** Solves a head on features and TF-IDF of texts together. */
async function solveHybrid(context: Context, parts: Parameters<typeof hybridBaseline>[1]) {
  const { hybridBaseline: solve } = await import("../texts/hybrid-baseline.js");
  return solve(context, parts, context.opened.body.width);
}
