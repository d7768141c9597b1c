import type { AdaptCandidate, AdaptResultEvent, EngraftEvent } from "../../core/events/events.js";
import { inEnglish, message, recipeFields } from "../../core/messages/message.js";
import { correctOf, factsOf, type Predictions, scoresOf } from "../../evaluate/class-predictions.js";
import { adaptationOf } from "../../methods/adapt/index.js";
import { extraTrainingsOf } from "../../run/forecast/extra-trainings.js";
import { requireItFits } from "../../run/forecast/require-it-fits.js";
import { commonResult, planTask, trainModel } from "../../run/train-task.js";
import type { OfClasses } from "../../run/training/head-of-classes.js";
import { itemsOf as samplesOf } from "../../run/training/planned.js";
import { classifierOf, finishAdaptation, gainOf } from "./adapt-and-score.js";
import { startCheck } from "./check-samples.js";
import { distanceOf, groupsOfDomains } from "./distances.js";
import { type Adaptation, countsOf, itemsOf } from "./domain.js";
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
  const { domains, method } = adaptation;
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

  // Target labels are read from here on. All choices are made above.
  const test = samplesOf(context, "test");
  const candidate = (one: MapCandidate): AdaptCandidate => candidateOf(one, classes.length, test);
  const listed = candidates.map(candidate);
  const oracle =
    test.length === 0
      ? undefined
      : listed.reduce((a, b) => (b.target_accuracy! > a.target_accuracy! ? b : a));
  const scored =
    test.length === 0
      ? undefined
      : targetScores(context, (await model.predict(context, trained.model, "baseline")).test, sourceOnly);
  const common = await commonResult(trained, begin, "accuracy");
  const side = (one: typeof domains.source) => ({ root: one.root, split: countsOf(one, common.split.seed) });
  const by = message("chosen-by-source-and-information");
  const result: AdaptResultEvent = {
    ...common,
    task: "domain-adaptation",
    method: { name: method, ...recipeFields(chosen.recipe), paper: adaptationOf(method).paper },
    unit: domains.unit,
    classes,
    seed: common.split.seed,
    candidates: listed,
    distance,
    source: side(domains.source),
    target: { ...side(domains.target), labelled: domains.labelled },
    chosen: { ...candidate(chosen), by: inEnglish([by]), by_message: by },
    ...(oracle && { oracle }),
    ...(scored && { test: scored.test }),
    source_only: { ...candidate(sourceOnly), ...(scored && { test: scored.plain }) },
    ...(scored && { gain: scored.gain }),
    ...(adaptation.check && {
      check: await startCheck(context, domains, adaptation.check, {
        adapted: answersOf(chosen, classes.length),
        source_only: answersOf(sourceOnly, classes.length),
      }),
    }),
  };
  const { model: network, stored } = trained;
  await finishAdaptation(context, adaptation, {
    result,
    events: [...events, result],
    model: network,
    stored,
  });
  context.onEvent(result);
  return result;
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

/** Returns a candidate as a result lists it. @param test labelled test samples of the target */
function candidateOf(
  one: MapCandidate,
  classes: number,
  test: readonly { readonly label: number }[],
): AdaptCandidate {
  const answers = answersOf(one, classes);
  return {
    map: one.map,
    epoch: 0,
    source_accuracy: one.source_accuracy,
    information: one.information,
    score: one.score,
    ...(test.length > 0 && {
      target_accuracy: answers.filter((a, i) => a === test[i]!.label).length / test.length,
    }),
  };
}

/** Scores of the saved model and of source-only on the target's labelled test samples. */
function targetScores(context: OfClasses, own: Predictions, sourceOnly: MapCandidate) {
  const { classes } = context.dataset;
  const plain = { logits: sourceOnly.test, ...factsOf(samplesOf(context, "test")) };
  const [right, before] = [own, plain].map((one) => correctOf(one, classes.length));
  return {
    test: scoresOf(classes, own),
    plain: scoresOf(classes, plain),
    gain: gainOf(right!, before!, own.groups),
  };
}
