import type { AdaptResultEvent, EngraftEvent } from "../../core/events/events.js";
import { factsOf } from "../../evaluate/class-predictions.js";
import { adaptationOf } from "../../methods/adapt/index.js";
import { extraTrainingsOf } from "../../run/forecast/extra-trainings.js";
import { requireItFits } from "../../run/forecast/require-it-fits.js";
import { planTask, trainModel } from "../../run/train-task.js";
import type { OfClasses } from "../../run/training/head-of-classes.js";
import { itemsOf as samplesOf } from "../../run/training/planned.js";
import { classifierOf, finishAdaptation, type State } from "./adapt-and-score.js";
import { distanceOf, groupsOfDomains } from "./distances.js";
import { type Adaptation, itemsOf } from "./domain.js";
import {
  answersOf,
  chooseMap,
  type MapCandidate,
  modelOf,
  secondsOfMaps,
  solveMaps,
  unlabelledOf,
} from "./solve-maps.js";

/**
 * Adapts without training: solves a head on frozen features of the source that a map makes like the target's. Chooses among the maps
 * without target labels, and reads these labels only afterwards.
 */
export async function mapAndScore(
  given: OfClasses,
  adaptation: Adaptation,
  begin: number,
  events: readonly EngraftEvent[],
): Promise<AdaptResultEvent> {
  const { domains } = adaptation;
  const { classes } = domains.source;
  const context: OfClasses = { ...given, options: { ...given.options, strategy: "probe" } };
  await requireItFits(context);
  const found: { candidates: readonly MapCandidate[] } = { candidates: [] };
  const model = mapModel(context, adaptation, found);
  const trained = await trainModel(await planTask(context, model, begin), model, begin, events);
  const { candidates } = found;
  const chosen = chooseMap(candidates);
  const sourceOnly = candidates[0]!;
  const { width } = context.opened.body;
  const held = {
    source: itemsOf(domains.source, "validation"),
    target: unlabelledOf(context, domains.target),
  };
  const how = { seed: context.options.seed, groups: groupsOfDomains(held) };
  const distance = {
    before: distanceOf(sourceOnly.held, width, how),
    after: distanceOf(chosen.held, width, how),
  };
  const state = (one: MapCandidate): State => ({
    map: one.map,
    epoch: 0,
    source_accuracy: one.source_accuracy,
    information: one.information,
    score: one.score,
    answers: answersOf(one, classes.length),
  });
  return finishAdaptation(context, adaptation, begin, events, {
    trained,
    recipe: chosen.recipe,
    states: candidates.map(state),
    chosen: state(chosen),
    sourceOnly: state(sourceOnly),
    distance,
    predict: async () => ({
      adapted: (await model.predict(context, trained.model, "baseline")).test,
      plain: { logits: sourceOnly.test, ...factsOf(samplesOf(context, "test")) },
    }),
  });
}

/** Returns a classifier that is solved on mapped features. @param found receives all candidates */
function mapModel(
  context: OfClasses,
  { domains, method }: Adaptation,
  found: { candidates: readonly MapCandidate[] },
): ReturnType<typeof classifierOf> {
  const { classes } = domains.source;
  const maps = adaptationOf(method).maps!;
  return {
    ...classifierOf(domains),
    extraTrainings: () => [extraTrainingsOf([])],
    secondsToSolve: () => secondsOfMaps(context, maps),
    // Statistics of each domain take a pass over its samples, and give features of their own.
    featureSamples: () => {
      const samples = [...domains.source.items, ...domains.target.items];
      return maps.includes("adabn") ? [...samples, ...samples, ...samples] : samples;
    },
    async solve(_context, trunk) {
      await trunk.close();
      const started = performance.now();
      found.candidates = await solveMaps(context, domains, maps);
      const best = chooseMap(found.candidates);
      return {
        head: modelOf(best, classes.length),
        validation: { score: best.source_accuracy, loss: Number.NaN },
        recipe: best.recipe,
        seconds: { features: 0, solving: (performance.now() - started) / 1000 },
      };
    },
  };
}
