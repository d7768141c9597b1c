import { headValues } from "../../bases/heads.js";
import { rowsOf } from "../../core/results/rows.js";
import { float32, type Tensor } from "../../core/tensor.js";
import { arePictures } from "../../data/index.js";
import { applyHead, scoresOf } from "../../evaluate/class-predictions.js";
import type { Value } from "../../graph/node.js";
import { extract } from "../../graph/surgery/index.js";
import { featuresOf } from "../../methods/body-weights.js";
import { fitOfPlan } from "../../methods/fit-plan.js";
import { fitProbeInTurns, type Probe } from "../../methods/probe/index.js";
import { type PairPlan, stepsOfPairs } from "../../methods/setfit/pair-plan.js";
import { pairOrder } from "../../methods/setfit/pairs.js";
import { type Evaluator, type Fit, prepareFit, type Validation } from "../../train/fit.js";
import { averageName } from "../../train/step/state-names.js";
import { epochFeeds, predictAll } from "./feeds.js";
import type { StageOptions } from "./stage-options.js";
import { type HeldSource, noClass, type TrainSource } from "./train-source.js";

/**
 * Prepares a training by pairs: the trained model ends at the features. A head is solved on them after each epoch to
 * score it, and finally for the best one. The result has the weights of both.
 */
export async function preparePairs(options: StageOptions, pairs: PairPlan): Promise<Fit> {
  const { plan, validation, classes, model, signal } = options;
  const features = featuresOf(model);
  const body = extract(model, [features]);
  const width = body.typeOf(features).shape!.at(-1) as number;
  const { inputs, items, seed, classOf = noClass } = options.train;
  const labels = items.map(classOf);
  const rows = arePictures(inputs) ? undefined : inputs;
  const lengths = rows && (await import("./lengths-of.js")).lengthsOf(rows, items, plan.batch);
  const train: TrainSource = {
    ...options.train,
    paired: true,
    order: (epoch) => pairOrder(labels, pairs, seed, epoch),
    ...(lengths && { lengths }),
  };
  const labelsOf = (source: HeldSource) => Int32Array.from(source.items, classOf);
  const solved = async (evaluate: Evaluator): Promise<{ probe: Probe; validation: Validation }> => {
    const featuresFor = (source: HeldSource) =>
      predictAll(evaluate, { ...source, ...(signal && { signal }) }, width);
    const [own, held] = [await featuresFor(options.train), await featuresFor(validation)];
    const probe = await fitProbeInTurns(
      {
        train: { features: own, labels: labelsOf(options.train) },
        validation: { features: held, labels: labelsOf(validation) },
        dims: width,
        classes: classes.length,
      },
      { signal },
    );
    if (validation.items.length === 0) return { probe, validation: { score: Number.NaN, loss: Number.NaN } };
    const logits = applyHead(probe, rowsOf(held, width));
    const { loss, accuracy } = scoresOf(classes, {
      logits,
      labels: labelsOf(validation),
      items: validation.items.map(({ id }) => id),
    });
    return { probe, validation: { score: accuracy, loss } };
  };
  const fit = await prepareFit({
    runtime: options.runtime,
    model: body,
    ...fitOfPlan(plan),
    items: inputs.unit,
    lengths: rows && lengths ? { sizes: lengths, fill: rows.fill } : undefined,
    stepsPerEpoch: stepsOfPairs(items.length, pairs),
    feeds: (epoch, from) => epochFeeds(train, epoch, from, false),
    validate: async (evaluate) => (await solved(evaluate)).validation,
    stage: options.stage,
    memoryBytes: options.memoryBytes,
    recompute: options.recompute,
    phase: options.phase,
    store: options.store,
    extensions: options.extensions,
    checkpointSeconds: options.checkpointSeconds,
    onEvent: options.onEvent,
    signal,
  });
  // The trained model ends at the features: a head to start from has no place in it.
  const withoutHead = (start: Parameters<Fit["run"]>[0]) =>
    start && new Map([...start].filter(([name]) => name !== headValues.weight && name !== headValues.bias));
  return {
    ...fit,
    findRate: (start) => fit.findRate(withoutHead(start)),
    async run(start, decided) {
      const result = await fit.run(withoutHead(start), decided);
      // If a running average of the weights exists, it was evaluated and kept.
      const state = new Set(fit.step.state.map(({ input }) => input));
      const kept = [...result.weights].flatMap(([value, tensor]): [Value, Tensor][] =>
        [value, averageName(value)].filter((name) => state.has(name)).map((name) => [name, tensor]),
      );
      await fit.session.writeState(new Map(kept));
      const { probe } = await solved(fit.evaluate);
      const head: [Value, Tensor][] = [
        [headValues.weight, float32([classes.length, width], probe.weight)],
        [headValues.bias, float32([classes.length], probe.bias)],
      ];
      return { ...result, weights: new Map([...result.weights, ...head]) };
    },
  };
}
