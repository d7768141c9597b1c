import type { AdaptResultEvent, EngraftEvent } from "../../core/events/events.js";
import { message, type WarningText, warningText } from "../../core/messages/message.js";
import { factsOf, predictedClasses } from "../../evaluate/class-predictions.js";
import { adaptationOf } from "../../methods/adapt/index.js";
import { extraTrainingsOf } from "../../run/forecast/extra-trainings.js";
import { requireItFits } from "../../run/forecast/require-it-fits.js";
import { planTask, trainModel } from "../../run/train-task.js";
import type { OfClasses } from "../../run/training/head-of-classes.js";
import { itemsOf as samplesOf } from "../../run/training/planned.js";
import { classifierOf, finishAdaptation, type State } from "./adapt-and-score.js";
import { distanceOf, groupsOfDomains } from "./distances.js";
import { type Adaptation, type Domains, itemsOf } from "./domain.js";
import {
  answersOf,
  type MapCandidate,
  modelOf,
  type SolvedMaps,
  secondsOfMaps,
  solveMaps,
  unlabelledOf,
} from "./solve-maps.js";
import type { TargetShares } from "./target-shares.js";

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
  const found: { solved?: SolvedMaps } = {};
  const model = mapModel(context, adaptation, found);
  const trained = await trainModel(await planTask(context, model, begin), model, begin, events);
  const { candidates, chosen, shares } = found.solved!;
  const sourceOnly = candidates[0]!;
  const facts = sharesOf(domains, shares, { chosen, sourceOnly });
  const warning = warningOf(domains, shares, facts, { chosen, sourceOnly });
  if (warning) context.onEvent({ event: "warning", ...warning });
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
    by: message(
      shares.guard.refused !== "differ"
        ? "chosen-by-source"
        : shares.absent === undefined
          ? "chosen-by-source-and-shares"
          : "chosen-by-source-and-information",
    ),
    ofShares: {
      guard: shares.guard,
      shares: facts,
      shares_p: shares.p,
      expected_shares: shares.absent === undefined ? "estimated" : "equal",
    },
    distance,
    predict: async () => ({
      adapted: (await model.predict(context, trained.model, "baseline")).test,
      plain: { logits: sourceOnly.test, ...factsOf(samplesOf(context, "test")) },
    }),
  });
}

type Shares = NonNullable<AdaptResultEvent["shares"]>;

/** Returns the shares of the classes in both domains, and in the predictions of both models. */
function sharesOf(
  { source: { classes } }: Domains,
  { source, estimated }: TargetShares,
  { chosen, sourceOnly }: { readonly chosen: MapCandidate; readonly sourceOnly: MapCandidate },
): Shares {
  const predicted = ({ unlabelled }: MapCandidate): readonly number[] => {
    const labels = predictedClasses(unlabelled, classes.length);
    return classes.map((_, k) => labels.filter((label) => label === k).length / Math.max(1, labels.length));
  };
  const [before, after] = [predicted(sourceOnly), predicted(chosen)];
  return classes.map((name, k) => ({
    name,
    source: source[k]!,
    estimated: estimated[k]!,
    source_only: before[k]!,
    adapted: after[k]!,
  }));
}

/** p of a test that is beyond chance. */
const level = 0.05;
/** Most classes in a warning. */
const mostNamed = 5;

/** Returns what the user must know about the choice. */
function warningOf(
  { unit, source: { classes } }: Domains,
  { guard, p, absent }: TargetShares,
  shares: Shares,
  { chosen, sourceOnly }: { readonly chosen: MapCandidate; readonly sourceOnly: MapCandidate },
): WarningText | undefined {
  if (guard.refused === undefined)
    return warningText("domains_alike", message("domains-alike", { shares_differ: p <= level }));
  if (guard.refused !== "differ") {
    const groups = guard.refused === "few groups";
    return warningText("domains_too_small", message("domains-too-small", { unit, groups }));
  }
  if (chosen === sourceOnly) return undefined;
  const named = shares.slice(0, mostNamed);
  const percent = (share: number): number => Math.round(100 * share);
  const predicted = {
    names: named.map(({ name }) => name),
    more: shares.length - named.length,
    source_only: named.map((one) => percent(one.source_only)),
    adapted: named.map((one) => percent(one.adapted)),
  };
  if (absent !== undefined) {
    const said = message("equal-shares-expected", { unit, absent: classes[absent]!, ...predicted });
    return warningText("equal_shares_expected", said);
  }
  return sourceOnly.score > chosen.score
    ? warningText("source_only_scores_higher", message("source-only-scores-higher", predicted))
    : undefined;
}

/** Returns a classifier that is solved on mapped features. @param found receives all candidates */
function mapModel(
  context: OfClasses,
  { domains, method }: Adaptation,
  found: { solved?: SolvedMaps },
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
      found.solved = await solveMaps(context, domains, maps);
      const best = found.solved.chosen;
      return {
        head: modelOf(best, classes.length),
        validation: { score: best.source_accuracy, loss: Number.NaN },
        recipe: best.recipe,
        seconds: { features: 0, solving: (performance.now() - started) / 1000 },
      };
    },
  };
}
