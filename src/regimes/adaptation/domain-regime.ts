import { baseName } from "../../core/hide-folders.js";
import { inEnglish, type Message, message } from "../../core/messages/message.js";
import { factsOf, predictedClasses, scoresOf } from "../../evaluate/class-predictions.js";
import { mutualInformation } from "../../evaluate/index.js";
import {
  type AdaptationName,
  type Align,
  adaptation,
  adaptationOf,
  adaptPlan,
} from "../../methods/adapt/index.js";
import { featuresOf } from "../../methods/body-weights.js";
import { withRequest } from "../../methods/loop-request.js";
import type { RequestedOptions } from "../../methods/settings.js";
import { defaults } from "../../options/options.js";
import type { Regime } from "../../run/context.js";
import { startsRandom } from "../../run/setup.js";
import { predictAll } from "../../run/training/feeds.js";
import type { OfClasses } from "../../run/training/head-of-classes.js";
import { heldOf } from "../../run/training/planned.js";
import type { Evaluator } from "../../train/fit.js";
import { type Domains, drawItems, itemsOf } from "./domain.js";
import { domainStreams } from "./domain-streams.js";

/** One training of an adaptation. */
export interface DomainTraining {
  readonly method: AdaptationName;
  readonly tradeOff?: number;
}

/** Returns how the model is chosen. @param sourceOnly true without a method of adaptation @param by of maps */
export function chosenBy(
  sourceOnly: boolean,
  by: Message = message(sourceOnly ? "chosen-by-source" : "chosen-by-source-and-information"),
) {
  return { by: inEnglish([by]), by_message: by };
}

/** Most target samples for the score without labels. */
export const mostForInformation = 2000;

/** Validation of an epoch, with the predicted class of each test sample of the target. Target labels are not read. */
export interface EpochDetails {
  readonly source_accuracy: number;
  readonly information: number;
  readonly score: number;
  readonly answers: readonly number[];
}

/**
 * Returns the regime of training on a labelled source for an unlabelled target.
 *
 * Each epoch is scored without target labels. The score of source-only is the source's validation accuracy. A method adds the
 * mutual information between target samples and predicted classes. Both are 0 … 1. So the model must still solve the task, and
 * the target must fall into classes.
 */
export function domainRegime(
  context: OfClasses,
  domains: Domains,
  { method, tradeOff }: DomainTraining,
  { option, weights }: { readonly option: RequestedOptions; readonly weights?: Float64Array | undefined },
): Regime {
  const { seed = defaults.seed } = context.options;
  const { width } = context.opened.body;
  const target = itemsOf(domains.target, "train");
  let align: Align | undefined;
  return {
    stage: tradeOff === undefined ? method : `${method}-${tradeOff}`,
    async join(network) {
      const model = network.clone();
      const aligner = await adaptationOf(method).align?.();
      const classes = domains.source.classes.length;
      align = aligner?.(model, { width, classes, tradeOff: tradeOff ?? 1, seed, option });
      const fresh = startsRandom(context.opened);
      return {
        model,
        planner: (graph, request) => {
          const plan = adaptPlan(graph, request, { fresh, target: target.length, align });
          const objective = adaptation(featuresOf(graph), align);
          return withRequest({ ...plan, objective }, graph, request, noAverage);
        },
        strategy: method,
        reason: message("adapted-between-domains", {
          source: baseName(domains.source.root),
          target: baseName(domains.target.root),
        }),
      };
    },
    streams: (train, plan) =>
      domainStreams(train, plan, { weights, ...(align && { target, numbers: align.numbers ?? {} }) }),
    validate: epochScore(context, domains, method),
  };
}

/** No average of weights, because the candidates are single epochs. */
const noAverage = { swaFrom: 1, soupSize: 1 };

/** Returns the function that scores an epoch without target labels. */
function epochScore(context: OfClasses, { source, target }: Domains, method: AdaptationName) {
  const { seed = defaults.seed, signal } = context.options;
  const { classes } = source;
  const held = { ...heldOf(context, "validation"), signal };
  const unlabelled = drawItems(itemsOf(target, "validation"), mostForInformation, seed);
  const test = itemsOf(target, "test");
  return async (evaluate: Evaluator) => {
    const predict = (items: Domains["source"]["items"]) =>
      predictAll(evaluate, { ...held, items }, classes.length);
    const { loss, accuracy } = scoresOf(classes, {
      logits: await predict(held.items),
      ...factsOf(held.items),
    });
    const information = mutualInformation(await predict(unlabelled), classes.length);
    const score = method === "source-only" ? accuracy : accuracy + information;
    const answers = predictedClasses(await predict(test), classes.length);
    const details: EpochDetails = { source_accuracy: accuracy, information, score, answers };
    return { score, loss, value: accuracy, details };
  };
}
