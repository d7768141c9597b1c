import { type Message, message } from "../../core/messages/message.js";
import type { ModelScores } from "../../core/messages/strategy-en.js";
import { lossOrWorst, scoreOrWorst } from "../../core/results/metric.js";
import type { Scored } from "../../core/results/scored.js";
import { fewestGroups } from "../../statistics/samples.js";
import type { ComparedModel } from "../trainable-task.js";
import { optimismOf } from "./best-epoch.js";
import { leadOf, standardErrorOf, validationDifference } from "./safe.js";

/** What decides between models. */
export type Candidate<Answers> = Pick<
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
          ...(bestEpoch && { best_of: bestEpoch.of, beside: bestEpoch.beside }),
        })),
        samples,
        metric,
        ...(error !== undefined && { error }),
        ...(error !== undefined && models.length > 2 && { of: [a!.name, b!.name] as const }),
      };
    },
  };
}

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
  const why = () => {
    if (compare.fewGroups !== undefined) return model === best ? {} : { few_groups: compare.fewGroups };
    if (!isWorse(model) || model === best) return isSimpler ? { simpler: true } : {};
    return { losses: { best: best.name, of_best: best.validation.loss, of_kept: model.validation.loss } };
  };
  const because = message("kept-by-validation", {
    ...compare.scores(models, [model, other]),
    kept: model.name,
    ...why(),
  });
  return { model, because };
}
