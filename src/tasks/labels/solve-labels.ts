import type { LinearHead } from "../../bases/heads.js";
import { message } from "../../core/messages/message.js";
import { areSounds, areTexts } from "../../data/index.js";
import { groupsOfItems } from "../../data/split/groups.js";
import { labelValidation } from "../../evaluate/labels.js";
import { defaultStrengths } from "../../methods/probe/index.js";
import { fitOneVsRest, linearScores } from "../../methods/probe/one-vs-rest.js";
import { usesNgrams } from "../../methods/registry.js";
import type { Context } from "../../run/context.js";
import type { Trunk } from "../../run/setup.js";
import type { Solved } from "../../run/trainable-task.js";
import { withFeatures } from "../../run/training/frozen-features.js";
import { headTrials } from "../../run/training/head-trials.js";
import { fitSentences, mayRefit } from "../../run/training/may-refit.js";
import type { PartFeatures } from "../../train/features.js";
import { type LabelData, type LabelItem, targetsOf } from "./label-head.js";

/** Logits of the solved head, float32[N, L]. */
interface SolvedLogits {
  readonly test: Float32Array;
  readonly held: Float32Array;
}

/** Computes features of all samples, and solves the head on them: the start of every strategy. The trunk is closed. */
export async function solveLabels(context: Context & LabelData, trunk: Trunk): Promise<Solved<SolvedLogits>> {
  const { options, dataset, inputs } = context;
  return withFeatures(context, trunk, dataset.items, async ({ of, seconds: features }) => {
    const parts = { train: of("train"), validation: of("validation"), test: of("test") };
    const ngrams = areTexts(inputs) ? await import("./label-ngrams.js") : undefined;
    const begin = performance.now();
    const own =
      ngrams && usesNgrams(options.strategy)
        ? await ngrams.solveLabelNgrams(context, parts)
        : await solveProbe(context, parts);
    const seconds = { features, solving: (performance.now() - begin) / 1000 };
    const ofSounds =
      areSounds(inputs) &&
      (await import("../../run/baselines/probe-rival.js")).probeRival(context, own, seconds.solving);
    const rivals = ngrams ? await ngrams.frozenLabelNgrams(context, parts) : ofSounds ? [ofSounds] : [];
    return { ...own, ...(rivals.length > 0 && { rivals }), seconds };
  });
}

type Parts = Readonly<Record<"train" | "validation" | "test", PartFeatures<LabelItem>>>;

/** Fits a logistic regression for each label. */
async function solveProbe(context: Context, parts: Parts): Promise<Omit<Solved<SolvedLogits>, "seconds">> {
  const { options, dataset, opened } = context;
  const { signal } = options;
  const labels = dataset.classes.length;
  const trials = await headTrials(context, defaultStrengths.length);
  const setsOf = ({ features, items }: Parts["train"]) => {
    const groups = groupsOfItems(items);
    return { features, targets: targetsOf(items, labels), ...(groups && { groups }) };
  };
  const [own, held] = [setsOf(parts.train), setsOf(parts.validation)];
  const refit = mayRefit(context);
  const probe = await fitOneVsRest(
    own,
    held,
    { width: opened.body.width, labels },
    {
      strengths: defaultStrengths,
      scaling: "common",
      refit,
      onStrength: trials.next,
      signal,
    },
  );
  await trials.end();
  const lossOf = (head: LinearHead): number =>
    labelValidation(linearScores(head, held.features, labels), held.targets, labels).loss;
  const merged =
    opened.oldHead &&
    (await import("../../run/training/init.js")).headFrom(
      probe,
      opened.oldHead,
      dataset.classes,
      held.targets.length > 0 ? lossOf : undefined,
    );
  const head = merged?.head ?? probe;
  const isFitted = head === probe;
  const heldScores = isFitted ? probe.held : linearScores(head, held.features, labels);
  const refitted = refit && held.targets.length > 0;
  return {
    head,
    start: isFitted ? probe.ofTrain : head,
    refitted,
    ...(merged && { reused: merged.start }),
    answers: { test: linearScores(head, parts.test.features, labels), held: heldScores },
    validation: labelValidation(heldScores, held.targets, labels),
    recipe: [
      message("linear-model", { model: "logistic", inputs: "features", each_label: true }),
      message("inverse-regularisation", { strength: Number(probe.strength.toPrecision(3)) }),
      ...fitSentences(probe, refitted),
    ],
  };
}
