import { headValues, withWeights } from "../../bases/heads.js";
import { groupName, type Message, message } from "../../core/messages/message.js";
import type { FreshLayers } from "../../core/results/diagnosis.js";
import type { Tensor } from "../../core/tensor.js";
import type { NamedGroup } from "../../evidence/diagnose-layers.js";
import type { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import { type Parameter, parametersOf } from "../../graph/surgery/index.js";
import { inGroups, layersOf, weightsOf } from "../../methods/body-weights.js";
import { scratchPlan } from "../../methods/finetune/scratch.js";
import type { PlanRequest, TrainingPlan } from "../../methods/plan.js";
import { freshWeights } from "../../train/initialize.js";

/** Group of a base's layers, with the running statistics of their normalisations. */
export interface LayerGroup extends NamedGroup {
  readonly members: readonly Parameter[];
  readonly statistics: readonly Value[];
}

/** Returns the base's layers in `count` groups of equal size, from input to output; fewer groups for few layers. */
export function layerGroups(blank: Graph, count: number): readonly LayerGroup[] {
  const groups = inGroups(layersOf(weightsOf(blank).all), count);
  const ends = groups.map((members) => Math.max(...members.map(({ depth }) => depth)));
  const statistics = parametersOf(blank).filter(({ kind }) => kind === "statistic");
  return groups.map((members, i) => ({
    group: i + 1,
    parameters: members.reduce((n, p) => n + p.size, 0),
    from: members[0]!.value,
    to: members.at(-1)!.value,
    members,
    statistics: statistics
      .filter(({ depth }) => depth <= ends[i]! && (i === 0 || depth > ends[i - 1]!))
      .map(({ value }) => value),
  }));
}

/** Returns the groups that start from random weights. */
export function freshGroups(groups: readonly LayerGroup[], variant: FreshLayers): readonly LayerGroup[] {
  return variant.side === "output"
    ? groups.slice(groups.length - variant.groups)
    : groups.slice(0, variant.groups);
}

/** Returns the network at the start of a training: random weights for some groups and the head, the base's weights for others. */
export function initialNetwork(
  blank: Graph,
  groups: readonly LayerGroup[],
  variant: FreshLayers,
  seed: number,
): Graph {
  const drawn = freshWeights(blank, seed);
  const fresh = new Map<Value, Tensor>();
  const names = [
    ...freshGroups(groups, variant).flatMap((g) => [...g.members.map(({ value }) => value), ...g.statistics]),
    headValues.weight,
    headValues.bias,
  ];
  for (const value of names) fresh.set(value, drawn.get(value)!);
  return withWeights(blank, fresh);
}

/** Learning rate of pretrained weights relative to random ones: `full` has 1e-4, a run from scratch 2e-3. */
const pretrainedRateFactor = 1 / 20;

/**
 * Returns the plan of a training. Random layers and the head have the recipe of a run from scratch; pretrained layers have a
 * twentieth of its rate. Optimiser, schedule, epochs and batch statistics are the same for all trainings.
 */
export function diagnosisPlan(
  model: Graph,
  request: PlanRequest,
  groups: readonly LayerGroup[],
  variant: FreshLayers,
): TrainingPlan {
  const plan = scratchPlan(model, request);
  const [everything] = plan.groups as [TrainingPlan["groups"][number]];
  const fresh = new Set(freshGroups(groups, variant).flatMap((g) => g.members.map(({ value }) => value)));
  const sizes = new Map(groups.flatMap((g) => g.members.map(({ value, size }) => [value, size] as const)));
  const isKept = (value: Value): boolean => sizes.has(value) && !fresh.has(value);
  const kept = plan.trainable.filter(({ value }) => isKept(value));
  const parameters = kept.reduce((n, { value }) => n + sizes.get(value)!, 0);
  if (kept.length === 0) return plan;
  return {
    ...plan,
    trainable: plan.trainable.map((one) => ({ ...one, group: isKept(one.value) ? 1 : 0 })),
    groups: [
      {
        ...everything,
        ...groupName(message("group-fresh")),
        values: everything.values - kept.length,
        parameters: everything.parameters - parameters,
      },
      {
        ...groupName(message("group-kept")),
        rate: everything.rate * pretrainedRateFactor,
        values: kept.length,
        parameters,
      },
    ],
  };
}

/** Returns the recipe of all trainings of a diagnosis, as messages. */
export function diagnosisRecipe(plan: TrainingPlan): readonly Message[] {
  const rate = plan.groups[0]!.rate;
  const rounded = (x: number): number => Number(x.toPrecision(2));
  const rates = message("fresh-and-kept-rates", {
    fresh: rounded(rate),
    kept: rounded(rate * pretrainedRateFactor),
  });
  return plan.recipe.flatMap((one) =>
    one.code === "random-weights" ? [] : one.code === "learning-rate" ? [rates] : [one],
  );
}
