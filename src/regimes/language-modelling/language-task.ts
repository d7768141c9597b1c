import { withWeights } from "../../bases/heads.js";
import { type LanguageModel, placeColumns } from "../../bases/language-model.js";
import type { Base } from "../../bases/open/open-base.js";
import { EngraftError } from "../../core/errors.js";
import { message } from "../../core/messages/message.js";
import { type Parameter, parametersOf } from "../../graph/surgery/index.js";
import { withRequest } from "../../methods/loop-request.js";
import type { Planner, PlanRequest, TrainingPlan } from "../../methods/plan.js";
import { planOf, usual } from "../../methods/recipe.js";
import { requestedOptions } from "../../options/requested-options.js";
import type { Context, Regime, TrainingHead } from "../../run/context.js";
import { decideOnce } from "../../run/folder/decide-once.js";
import { extraTrainingsOf } from "../../run/forecast/extra-trainings.js";
import { trunkWithoutFeatures } from "../../run/made-network.js";
import type { Solved, TaskModel } from "../../run/trainable-task.js";
import { withinBudget } from "../../run/training/budget.js";
import { stageOf } from "../../run/training/planned.js";
import { requireMergeable } from "../../tasks/generation/saved-decoder.js";
import { lossesOf } from "../../tasks/generation/scores.js";
import { validateLanguage } from "../../tasks/generation/validate-language.js";
import { rateOfSize } from "../../tasks/texts/text-defaults.js";
import type { Decided, Fit } from "../../train/fit.js";
import { languageModelling } from "../../train/objectives/language-objective.js";
import type { ChosenStrategy } from "./options.js";
import type { PreparedTexts } from "./prepare-texts.js";
import { objectives } from "./row-objectives.js";

/**
 * Learning rates of the head: over a frozen backbone, and together with it. On frozen features the loss is convex in the head,
 * so a higher rate is safe. Together with the backbone, the rate is that of the head in `finetune`.
 */
const [frozenBodyRate, jointRate] = [5e-3, usual.rate] as const;
/** Epochs without improvement before early stopping of the head. */
const patience = 2;
/** Share of a budget for the training of the head. */
const headShare = 0.15;

/** Returns the head of a language model, which predicts tokens at some places of a row. */
export function languageHead({ model, train, held, format }: PreparedTexts): TrainingHead {
  const chance = Math.log(model.tokens);
  const { tokenizer, length } = format;
  return {
    outputs: placeColumns,
    network: () => model.graph,
    objective: () => languageModelling(train.places),
    guessing: {
      loss: chance,
      words: `guessing among ${model.tokens} tokens costs ${chance.toPrecision(3)}`,
    },
    metric: "perplexity",
    validate: (evaluate, _held, signal) =>
      validateLanguage(evaluate, held, { tokenizer, length, trained: train.count, signal }),
  };
}

/** Returns the regime of language modelling: all weights train, or adapters. Each epoch hides other tokens. */
export function languageRegime(
  { model, train, format }: PreparedTexts,
  { imported }: Base,
  { name, reason }: ChosenStrategy,
  signal: AbortSignal | undefined,
): Regime {
  const all: Planner = (graph, request) =>
    withRequest(basePlan(model, request, rateOfSize(imported.graph)), graph, request, noAverage);
  return {
    stage: "pretrain",
    join: async (network, planner) => ({
      model: network,
      ...(name === "finetune" ? { strategy: "pretrain" } : reason && { strategy: name }),
      reason: reason ?? objectives[format.objective].because,
      planner: name === "finetune" ? all : planner,
    }),
    streams: (_train, { batch }) => ({
      feeds: (epoch, from) => train.feeds(epoch, from, batch, signal),
      stepsPerEpoch: Math.max(1, Math.ceil(train.count / batch)),
    }),
  };
}

/** `pretrain` has no option for an average of weights. */
const noAverage = { swaFrom: 1, soupSize: 1 };

const headOf = ({ graph, head }: LanguageModel): Parameter[] =>
  head.map((value, i) => ({
    value,
    kind: i === 0 ? "weight" : "bias",
    depth: 0,
    size: graph.initializers.get(value)!.data.length,
  }));

/** Plans the training of all weights: the base at its learning rate, the head at that of a new layer. */
function basePlan(model: LanguageModel, request: PlanRequest, defaultRate: number): TrainingPlan {
  const headValues = new Set(model.head);
  const base = parametersOf(model.graph).filter((p) => p.kind !== "statistic" && !headValues.has(p.value));
  return planOf(
    [
      { label: message("group-base"), rate: request.rate ?? defaultRate, members: base },
      { label: message("group-word-head"), rate: jointRate, members: headOf(model) },
    ],
    request,
    { what: message("all-weights"), schedule: { name: "linear" } },
  );
}

/** Plans the training of the head over frozen features. */
function headPlan({ options, training }: Context, { model, train }: PreparedTexts): TrainingPlan {
  const { rate: _ofBase, ...request } = { ...training.defaults?.(options), ...requestedOptions(options) };
  const members = headOf(model);
  const what = { what: message("head-alone"), schedule: { name: "linear" } } as const;
  const group = { label: message("group-word-head"), rate: frozenBodyRate, members };
  return { ...planOf([group], { ...request, examples: train.count }, what), patience };
}

/**
 * Returns the language model in training. First the head trains over frozen features; its score is the baseline of the run. A base
 * with its own head of words skips this step.
 */
export function languageTask(texts: PreparedTexts, begin: number): TaskModel<never, Solved<never>, never> {
  const { model } = texts;
  const refusePrediction = async (): Promise<never> => {
    throw new EngraftError("InternalError", "a language model predicts nothing");
  };
  return {
    openTrunk: async (context, { blank, trained }) => {
      requireMergeable(blank, trained?.plan);
      return trunkWithoutFeatures(context);
    },
    extraTrainings: (context) => {
      const plans = model.head.length > 0 ? [headPlan(context, texts)] : [];
      return [extraTrainingsOf(plans, "the head of words")];
    },
    solve: (context) => solveHead(context, texts, begin),
    predict: refusePrediction,
    calibrate: refusePrediction,
  };
}

async function solveHead(context: Context, texts: PreparedTexts, begin: number): Promise<Solved<never>> {
  const { graph, head } = texts.model;
  const validation = { score: Number.NaN, loss: Number.NaN };
  const none = { head: graph, validation, recipe: [], seconds: { features: 0, solving: 0 } };
  if (head.length === 0) return none;
  const plan = headPlan(context, texts);
  const fit = await stageOf(context, graph, plan, "head", "training");
  try {
    const { weights, best, seconds } = await fit.run(
      undefined,
      await lengthOfHead(context, texts, { plan, fit, begin }),
    );
    return {
      head: withWeights(graph, weights),
      validation: best,
      recipe: plan.recipe,
      seconds: { features: 0, solving: seconds },
    };
  } finally {
    await fit.dispose();
  }
}

/** Returns the length of the head's training within a budget. */
async function lengthOfHead(
  { run, options }: Context,
  { train, held }: PreparedTexts,
  { plan, fit, begin }: { readonly plan: TrainingPlan; readonly fit: Fit; readonly begin: number },
): Promise<Decided> {
  const { budget, epochs, signal } = options;
  if (budget === undefined) return {};
  return decideOnce(run, "head", async () => {
    const secondsPerStep = await fit.measure();
    const some = held.first(16);
    const from = performance.now();
    await lossesOf(fit.evaluate, some, signal);
    const perRow = (performance.now() - from) / 1000 / some.count;
    const left = headShare * (budget - (performance.now() - begin) / 1000);
    const share = { left, tail: 0, trainings: 1, examples: train.count, secondsPerStep };
    return withinBudget(plan, { epochs }, { ...share, secondsPerValidation: held.count * perRow });
  });
}
