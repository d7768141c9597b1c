import { headValues } from "../../bases/heads.js";
import { EngraftError } from "../../core/errors.js";
import { message, recipeFields } from "../../core/messages/message.js";
import type { RegressionBaseline, RegressionScores, TargetFacts } from "../../core/results/task.js";
import { float32, type Tensor } from "../../core/tensor.js";
import { groupsOfItems } from "../../data/split/groups.js";
import { readScores } from "../../evaluate/recorded-scores.js";
import type { Conformal } from "../../evaluate/regression.js";
import { conformalBands, scoreRegression } from "../../evaluate/regression.js";
import type { TrainingPlan } from "../../methods/plan.js";
import { valuesScaling } from "../../methods/ridge/ridge.js";
import { defaults, type RecipeOptions } from "../../options/options.js";
import { type BestEpoch, scoreOptimism } from "../../run/baselines/best-epoch.js";
import type { Weights } from "../../train/epochs/average-weights.js";
import type { Validation } from "../../train/fit.js";
import type { Objective } from "../../train/objectives/objective.js";
import { regression } from "../../train/objectives/regression-objective.js";

/** Item with target numbers. */
export interface Numbered {
  readonly id: string;
  readonly part: string;
  readonly values: readonly number[];
  readonly group?: string | undefined;
}

/** Returns the groups of the items as a field; no field without groups. */
export function groupField(items: readonly Pick<Numbered, "id" | "group">[]): {
  readonly groups?: string[];
} {
  const groups = groupsOfItems(items);
  return groups ? { groups } : {};
}

/** Number of samples, Σ y and Σ y² of each target. */
interface AddedNumbers {
  readonly count: number;
  readonly values: ArrayLike<number>;
  readonly squares: ArrayLike<number>;
}

/** Target numbers of a run, with their mean and deviation on the training split. */
export class Targets {
  readonly count: number;
  readonly facts: readonly TargetFacts[];
  private constructor(
    readonly names: readonly string[],
    readonly mean: Float64Array,
    readonly deviation: Float64Array,
    private readonly ranks: boolean,
  ) {
    this.count = names.length;
    this.facts = names.map((name, t) => ({ name, mean: mean[t]!, deviation: deviation[t]! }));
  }

  /**
   * Returns targets that are scaled by mean and deviation of the training items.
   * @param added numbers of samples that are not among the items, with the sums of their values and of the squares
   * @param ranks adds Spearman's rank correlation to scores
   */
  static of(
    names: readonly string[],
    train: readonly Numbered[],
    added: readonly AddedNumbers[] = [],
    ranks = false,
  ): Targets {
    const own = valuesScaling(flat(train), train.length, names.length);
    if (added.length === 0) return new Targets(names, own.mean, own.deviation, ranks);
    const n = added.reduce((sum, { count }) => sum + count, train.length);
    const sumOf = (k: number, power: 1 | 2): number =>
      train.reduce(
        (sum, { values }) => sum + values[k]! ** power,
        added.reduce((sum, one) => sum + (power === 1 ? one.values : one.squares)[k]!, 0),
      );
    const mean = Float64Array.from(names, (_, k) => sumOf(k, 1) / n);
    const deviation = mean.map((m, k) => Math.sqrt(Math.max(0, sumOf(k, 2) / n - m * m)) || 1);
    return new Targets(names, mean, deviation, ranks);
  }

  /** Returns (y − mean) / deviation of items, float32[n, T]. */
  scaled(items: readonly Numbered[]): Float32Array {
    return this.standardised(flat(items));
  }

  /** Returns (y − mean) / deviation of predictions in units, float32[n, T]. */
  standardised(answers: ArrayLike<number>): Float32Array {
    return Float32Array.from(
      answers,
      (v, i) => (v - this.mean[i % this.count]!) / this.deviation[i % this.count]!,
    );
  }

  /** Returns predictions in units from standardised ones. */
  unscaled(answers: ArrayLike<number>): Float32Array {
    return Float32Array.from(
      answers,
      (v, i) => v * this.deviation[i % this.count]! + this.mean[i % this.count]!,
    );
  }

  /** Converts a head for numbers in units to one for standardised numbers. */
  scaledHead({ weight, bias }: HeadWeights): HeadWeights {
    const width = weight.length / this.count;
    return {
      weight: weight.map((w, i) => w / this.deviation[Math.floor(i / width)]!),
      bias: bias.map((b, t) => (b - this.mean[t]!) / this.deviation[t]!),
    };
  }

  /** Converts a head for standardised numbers to one for numbers in units. */
  unscaledHead({ weight, bias }: HeadWeights): HeadWeights {
    const width = weight.length / this.count;
    return {
      weight: weight.map((w, i) => w * this.deviation[Math.floor(i / width)]!),
      bias: bias.map((b, t) => b * this.deviation[t]! + this.mean[t]!),
    };
  }

  /** Returns R² and loss (mean squared standardised error) of standardised predictions. */
  validation(answers: Float32Array, items: readonly Numbered[]): Validation {
    const truth = this.scaled(items);
    const n = items.length;
    let [loss, r2] = [0, 0];
    for (let t = 0; t < this.count; t++) {
      let [square, sum, spread] = [0, 0, 0];
      for (let i = t; i < truth.length; i += this.count) {
        square += (answers[i]! - truth[i]!) ** 2;
        sum += truth[i]!;
        spread += truth[i]! ** 2;
      }
      const total = spread - sum ** 2 / n;
      loss += square / (n * this.count);
      r2 += (total > 0 ? 1 - square / total : 0) / this.count;
    }
    if (!Number.isFinite(loss))
      throw new EngraftError("NumericError", `the answers for the validation part are no numbers`, {
        help: "use a smaller learning rate (--lr)",
      });
    return { score: r2, loss };
  }

  /** Scores predictions in units. */
  score(answers: ArrayLike<number>, items: readonly Numbered[], conformal?: Conformal): RegressionScores {
    return scoreRegression(
      {
        targets: this.names,
        deviations: [...this.deviation],
        truth: flat(items),
        predicted: answers,
        items: items.map(({ id }) => id),
        ...groupField(items),
      },
      { ...(conformal && { conformal }), ranks: this.ranks },
    );
  }

  /**
   * Fits split-conformal prediction intervals on items outside the training split.
   * @param answers predictions in units
   * @param how.choice how these items chose the model
   */
  conformal(
    answers: ArrayLike<number>,
    items: readonly Numbered[],
    { coverage, choice }: { readonly coverage: number; readonly choice: BestEpoch },
  ): Conformal {
    const residuals = flat(items).map((v, i) => v - answers[i]!);
    const shares = items.length === 0 ? [] : readScores(this.score(answers, items))!.shares;
    const optimism = scoreOptimism(choice, shares, groupsOfItems(items));
    return conformalBands(answers, residuals, this.count, coverage, optimism);
  }

  /** Returns the baseline that always predicts the mean of the training split. */
  meanBaseline(test: readonly Numbered[]): RegressionBaseline {
    return {
      test: this.score(this.means(test), test),
      seconds: 0,
      ...recipeFields([message("always-mean")]),
    };
  }

  /** Returns the mean of the training split for each item, in units. */
  means(items: readonly Numbered[]): number[] {
    return items.flatMap(() => [...this.mean]);
  }

  /** Returns the validation R² of predictions in units. */
  validationR2(answers: ArrayLike<number>, items: readonly Numbered[]): number {
    return this.validation(this.standardised(answers), items).score;
  }
}

export interface HeadWeights {
  readonly weight: Float32Array;
  readonly bias: Float32Array;
}

const flat = (items: readonly Numbered[]): Float64Array =>
  Float64Array.from(items.flatMap(({ values }) => values as number[]));

/** Returns the loss of numbers under a plan. */
export function numbersObjective(
  { penalties }: Pick<TrainingPlan, "penalties">,
  targets: number,
  options: RecipeOptions,
): Objective {
  return regression({
    targets,
    loss: options.loss ?? defaults.loss,
    delta: options.huberDelta ?? defaults.huberDelta,
    penalties,
  });
}

/** Returns weights whose head predicts in units instead of standardised numbers. */
export function inUnits(weights: Weights, targets: Targets): Weights {
  const [weight, bias] = [weights.get(headValues.weight), weights.get(headValues.bias)];
  if (!weight || !bias) return weights;
  const data = (tensor: Tensor): Float32Array => tensor.data as Float32Array;
  const head = targets.unscaledHead({ weight: data(weight), bias: data(bias) });
  return new Map([
    ...weights,
    [headValues.weight, float32(weight.dims, head.weight)],
    [headValues.bias, float32(bias.dims, head.bias)],
  ]);
}
