import type { SafeChoice } from "../../core/events/run-outcome.js";
import { type Message, message, warningText } from "../../core/messages/message.js";
import type { ModelScores, ValidationChoice } from "../../core/messages/strategy-en.js";
import { lossOrWorst, scoreOrWorst } from "../../core/results/metric.js";
import type { Scored } from "../../core/results/scored.js";
import { groupsOfItems } from "../../data/split/groups.js";
import { isWithoutBase } from "../../methods/registry.js";
import { keepsBest, withoutTraining } from "../../options/is-planned.js";
import { defaults, type RecipeOptions } from "../../options/options.js";
import { fewestGroups } from "../../statistics/samples.js";
import { extensionLine } from "../command-line.js";
import type { Context } from "../context.js";
import { startsRandom, usesPretrained } from "../setup.js";
import type { ComparedModel, RunModel, RunResult, Solved, TrainableTask } from "../trainable-task.js";
import type { TrainedTask } from "../trained-task.js";
import { recipeMade } from "../training/epoch-fields.js";
import { itemsOf } from "../training/planned.js";
import { type BestEpoch, bestEpochOf, optimismOf, typicalScore } from "./best-epoch.js";
import { leadOf, standardErrorOf, validationDifference } from "./safe.js";

/** A model of a run, and how it was made. */
export interface MadeModel<Answers, Head extends Solved<Answers>, Facts> {
  readonly trained: TrainedTask<Head>;
  readonly model: RunModel<Answers, Head, Facts>;
}

/** The model that a run ships, and the one that its verdict on transfer is about. */
export interface ChosenModel<Answers, Head extends Solved<Answers>, Facts> {
  readonly kept: MadeModel<Answers, Head, Facts>;
  /** The same model, unless the shipped one uses no pretrained model and the run has one. */
  readonly transfer: MadeModel<Answers, Head, Facts>;
}

/**
 * Compares a run's model with the others that it solved, on the validation samples.
 *
 * If the run keeps the best of its models, it keeps the simplest one that is not worse than the best by more than one standard
 * error of the difference. The best of several epochs enters with the score of the epochs about as good ({@link typicalScore}). With fewer than 10
 * groups there is no standard error, so the simplest one stays. A solved model is simpler than a trained one, and a trained one than another
 * head solved on its features. If the user asked for the strategy, the run's model stays, and a warning names the best of those that
 * are better.
 *
 * @param predict predicts with a model, and calibrates it
 * @see docs/decisions/0027-the-model-that-is-kept.md
 */
export async function keepBest<Answers, Head extends Solved<Answers>, Facts, Result extends RunResult>(
  task: TrainableTask<Answers, Head, Facts, Result>,
  own: MadeModel<Answers, Head, Facts>,
  predict: (trained: TrainedTask<Head>) => Promise<RunModel<Answers, Head, Facts>>,
): Promise<ChosenModel<Answers, Head, Facts>> {
  const { trained } = own;
  const { context, planned } = trained;
  const rivals = trained.solved.rivals ?? [];
  const stays: MadeModel<Answers, Head, Facts> = { trained, model: { ...own.model, others: rivals } };
  if (!task.scoredOnValidation || itemsOf(context, "validation").length === 0)
    return { kept: stays, transfer: stays };
  const compared = comparedModel(own);
  const held = itemsOf(context, "validation");
  const compare = compareByValidation({
    metric: task.score,
    scored: task.scoredOnValidation,
    samples: held.length,
    groups: groupsOfItems(held),
  });
  if (!keepsBest(context.options)) {
    const better = compare.best(rivals.filter((one) => leadOf(compare.difference(compared, one)) < 0));
    if (better) warnOfBetter(context, compare.scores([compared, better]), { strategy: better.name });
    return { kept: stays, transfer: stays };
  }
  const ofTrained = trained.fitted?.bestEpoch ? await task.solveTrained?.(context, trained.model) : undefined;
  const onTrained = ofTrained && { ...ofTrained, bestEpoch: compared.bestEpoch };
  const last = onTrained ? [onTrained] : [];
  const models = [compared, ...rivals, ...last];
  const simplestFirst = trained.fitted ? [...rivals, compared, ...last] : models;
  const { model, because } = chooseSimplest(compare, models, simplestFirst);
  const rival = [...rivals, onTrained].find((one) => one === model);
  const { name, reasons } = planned.strategy;
  const strategy = {
    name: rival?.name ?? name,
    reasons: rival && isWithoutBase(rival.name) ? [because] : [...reasons, because],
  };
  const decided = { ...trained, planned: { ...planned, strategy } };
  if (!rival) return { kept: { ...stays, trained: decided }, transfer: { ...stays, trained: decided } };
  const { withHeadOnTrained, withRival } = await import("./with-rival.js");
  const kept = rival === onTrained ? withHeadOnTrained(decided, rival) : withRival(decided, rival);
  const others = models.filter((one) => one !== rival).map((one) => compare.withTypicalScore(one, rival));
  const made = { trained: kept, model: { ...(await predict(kept)), others } };
  const isTransfer = startsRandom(context.opened) || usesPretrained(rival.context);
  return { kept: made, transfer: isTransfer ? made : stays };
}

/** The run's own model among the others. */
function comparedModel<Answers, Head extends Solved<Answers>, Facts>({
  trained: { context, planned, solved, fitted },
  model: { answers, validation },
}: MadeModel<Answers, Head, Facts>): ComparedModel<Answers> {
  return {
    name: fitted && startsRandom(context.opened) ? "network" : planned.strategy.name,
    answers,
    validation,
    recipe: fitted && planned.trained ? recipeMade(planned.trained.plan, fitted, context.run) : solved.recipe,
    seconds: fitted?.seconds ?? solved.seconds.solving,
    bestEpoch: bestEpochOf(fitted),
  };
}

/** Warns that the model from scratch is better on validation than that of the requested strategy. */
export function warnOfScratch(context: Context, { validation, difference, metric }: SafeChoice): void {
  const error = difference && standardErrorOf(difference);
  const { strategy = defaults.strategy } = context.options;
  const scores: ModelScores = {
    models: [
      { name: strategy, score: validation.transfer },
      { name: "from scratch", score: validation.scratch },
    ],
    samples: difference!.n,
    metric: metric ?? "accuracy",
    ...(error !== undefined && { error }),
  };
  warnOfBetter(context, scores, { safe: true });
}

/** Warns that the second model is better on validation than the requested first one, with the command that gets it. */
function warnOfBetter(
  { run, machine, onEvent }: Context,
  scores: ModelScores,
  change: Pick<RecipeOptions, "strategy" | "safe">,
): void {
  const { data, options, extensions = [] } = run.manifest;
  const same = change.strategy === undefined ? options : withoutTraining(options);
  const { initFrom: _model, ...alone } = same;
  const usable = isWithoutBase(change.strategy) ? alone : same;
  const out = `${run.path}-${change.strategy ?? "safe"}`;
  // A solved model is not trained further.
  const more = change.strategy === undefined ? extensions.map((one) => extensionLine(out, one, options)) : [];
  const command = [machine.command(data, { ...usable, ...change }, out), ...more].join(" && ");
  onEvent({
    event: "warning",
    ...warningText("better_model", message("better-model", { ...scores, command })),
  });
}

/** What decides between models. */
type Candidate<Answers> = Pick<
  ComparedModel<Answers>,
  "name" | "answers" | "validation" | "bestEpoch" | "staysIfLossRises"
>;

/** The validation samples that models are compared on. */
interface ComparedOn<Answers> {
  readonly metric: ModelScores["metric"];
  /** Scores predictions, sample by sample. */
  readonly scored: (answers: Answers) => Scored;
  readonly samples: number;
  /** Group of each sample. Undefined: each is its own. */
  readonly groups: readonly string[] | undefined;
}

type Comparison<Answers> = ReturnType<typeof compareByValidation<Answers>>;

/** Returns functions that compare models by their validation samples. */
export function compareByValidation<Answers>({ metric, scored, samples, groups }: ComparedOn<Answers>) {
  type Model = Candidate<Answers>;
  const size = groups && new Set(groups).size;
  const scoreOf = ({ answers }: Model): number => scoreOrWorst(scored(answers).value);
  const difference = (a: Model, b: Model) => {
    const apart = validationDifference(scored(a.answers), scored(b.answers), groups);
    const error = standardErrorOf(apart);
    return { ...apart, gain: apart.gain - optimismOf(a.bestEpoch, error) + optimismOf(b.bestEpoch, error) };
  };
  return {
    difference,
    /** Returns a model whose validation score is the one that it is compared by: of the best of several epochs, not the best score. */
    withTypicalScore: <M extends Model>(one: M, other: Model): M => {
      const { validation, bestEpoch } = one;
      const error = standardErrorOf(validationDifference(scored(one.answers), scored(other.answers), groups));
      return {
        ...one,
        validation: { ...validation, score: validation.score - optimismOf(bestEpoch, error) },
      };
    },
    /** Number of groups of the validation samples, if they are too few to tell for other groups. */
    ...(size !== undefined && size < fewestGroups && { fewGroups: size }),
    /** Returns the model with the highest score, of equal ones the first. */
    best: <M extends Model>(models: readonly M[]): M | undefined =>
      models.reduce<M | undefined>((a, b) => (a && scoreOf(a) >= scoreOf(b) ? a : b), undefined),
    /** Returns the scores of models, with the standard error of the difference of the first two. */
    scores: (models: readonly Model[], [a, b] = models): ModelScores => {
      const error = a && b && standardErrorOf(difference(a, b));
      return {
        models: models.map(({ name, validation, bestEpoch }) => ({
          name,
          score: validation.score,
          ...(bestEpoch && { best_of: 1 + bestEpoch.others.length, beside: besideOf(bestEpoch, error) }),
        })),
        samples,
        metric,
        ...(error !== undefined && { error }),
        ...(error !== undefined && models.length > 2 && { of: [a!.name, b!.name] as const }),
      };
    },
  };
}

const besideOf = (best: BestEpoch, error: number | undefined): number | undefined =>
  error === undefined ? undefined : typicalScore(best, error);

/**
 * Chooses the simplest model that is not worse than the best by more than one standard error, or that stays because the loss rises.
 * @param models in the order of the reason
 * @param simplestFirst the same models
 */
export function chooseSimplest<Answers, M extends Candidate<Answers>>(
  compare: Comparison<Answers>,
  models: readonly M[],
  simplestFirst: readonly M[],
): { readonly model: M; readonly because: Message } {
  const best = compare.best(simplestFirst)!;
  // The best score may be that of a lucky epoch, so another model can lead where it does not.
  const isWorse = (one: M): boolean => models.some((other) => leadOf(compare.difference(other, one)) > 0);
  const isSafer = ({ staysIfLossRises, validation }: M): boolean =>
    staysIfLossRises === true && lossOrWorst(best.validation.loss) >= lossOrWorst(validation.loss);
  const model = simplestFirst.find((one) => !isWorse(one) || isSafer(one)) ?? best;
  const other = model === best ? compare.best(simplestFirst.filter((one) => one !== model))! : best;
  const isSimpler =
    leadOf(compare.difference(model, other)) === 0 &&
    simplestFirst.indexOf(model) < simplestFirst.indexOf(other);
  const why = (): Partial<ValidationChoice> => {
    if (compare.fewGroups !== undefined) return model === best ? {} : { few_groups: compare.fewGroups };
    if (!isWorse(model) || model === best)
      return isSimpler ? { simpler: isWithoutBase(other.name) ? "pretrained" : true } : {};
    return { losses: { best: best.name, of_best: best.validation.loss, of_kept: model.validation.loss } };
  };
  const because = message("kept-by-validation", {
    ...compare.scores(models, [model, other]),
    kept: model.name,
    ...why(),
  });
  return { model, because };
}
