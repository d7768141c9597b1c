import { better, type Validation } from "../../core/results/metric.js";
import type { Tensor } from "../../core/tensor.js";
import type { Value } from "../../graph/node.js";

export type Weights = ReadonlyMap<Value, Tensor>;

/**
 * How the weights of several epochs are combined. swa: the mean of the weights after each epoch from `from` (a share of
 * the run) on. soup: the greedy soup of the `size` best epochs by validation.
 */
export type AveragePlan =
  | { readonly kind: "swa"; readonly from: number }
  | { readonly kind: "soup"; readonly size: number };

/** Weights of an epoch, or the mean of several epochs. */
interface Ingredient {
  readonly epochs: readonly number[];
  readonly validation?: Validation;
  readonly weights: Weights;
}

/** Result of weight averaging. */
export interface AverageReport {
  readonly kind: AveragePlan["kind"];
  /** The averaged epochs. */
  readonly epochs: readonly number[];
  readonly validation: Validation;
  /** True if the average was at least as good as the best epoch, and was kept. */
  readonly kept: boolean;
}

/**
 * Collects weights over the epochs of a run and averages them.
 *
 * SWA: w̄ ← w̄ + (w - w̄) / (n + 1) after each epoch; the result is w̄. Greedy soup: checkpoints in the order of their
 * validation score. The first is the soup; each next one joins the mean if that does not lower the score.
 * @see Izmailov et al., "Averaging Weights Leads to Wider Optima and Better Generalization", 2018, algorithm 1
 * @see Wortsman et al., "Model soups", 2022, algorithm 1
 */
export class GatheredWeights {
  private parts: Ingredient[];

  constructor(
    private readonly plan: AveragePlan,
    parts: readonly Ingredient[] = [],
  ) {
    this.parts = [...parts];
  }

  /** @param position end of the epoch as a share of the run, 0 … 1 */
  add(epoch: number, position: number, validation: Validation, weights: Weights): void {
    const { plan } = this;
    if (plan.kind === "swa") {
      if (position < plan.from || epoch === 0) return;
      const [before] = this.parts;
      this.parts = [
        before
          ? {
              epochs: [...before.epochs, epoch],
              weights: towards(before.weights, weights, before.epochs.length),
            }
          : { epochs: [epoch], weights },
      ];
      return;
    }
    const all = [...this.parts, { epochs: [epoch], validation, weights }];
    this.parts = all.sort(byValidation).slice(0, plan.size);
  }

  /**
   * Averages the collected weights.
   * @param judge validates other weights, and returns them with recomputed statistics
   * @returns undefined if there are fewer than two
   */
  async join(
    judge: (weights: Weights) => Promise<{ readonly validation: Validation; readonly weights: Weights }>,
  ): Promise<{ readonly weights: Weights; readonly report: Omit<AverageReport, "kept"> } | undefined> {
    const { kind } = this.plan;
    const [first, ...others] = this.parts;
    if (!first) return undefined;
    if (kind === "swa") {
      if (first.epochs.length < 2) return undefined;
      const judged = await judge(first.weights);
      return {
        weights: judged.weights,
        report: { kind, epochs: first.epochs, validation: judged.validation },
      };
    }
    let sum: Ingredient = first;
    let kept: { readonly validation: Validation; readonly weights: Weights } | undefined;
    for (const next of others) {
      const mean = towards(sum.weights, next.weights, sum.epochs.length);
      const judged = await judge(mean);
      if (better(kept?.validation ?? first.validation!, judged.validation)) continue;
      sum = { epochs: [...sum.epochs, ...next.epochs], weights: mean };
      kept = judged;
    }
    if (!kept) return undefined;
    const epochs = [...sum.epochs].sort((a, b) => a - b);
    return { weights: kept.weights, report: { kind, epochs, validation: kept.validation } };
  }

  /** Returns the content of a checkpoint: tensors by name, and the rest as JSON. */
  save(): { readonly tensors: ReadonlyMap<string, Tensor>; readonly note: unknown } {
    const tensors = this.parts.flatMap(({ weights }, i) =>
      [...weights].map(([v, t]): [string, Tensor] => [`${i}/${v}`, t]),
    );
    return {
      tensors: new Map(tensors),
      note: this.parts.map(({ epochs, validation }) => ({ epochs, validation })),
    };
  }

  /** Restores what {@link save} returned. */
  static load(plan: AveragePlan, tensors: ReadonlyMap<string, Tensor>, note: unknown): GatheredWeights {
    const parts = ((note ?? []) as Omit<Ingredient, "weights">[]).map((part, i): Ingredient => {
      const own = [...tensors].filter(([name]) => name.startsWith(`${i}/`));
      return { ...part, weights: new Map(own.map(([name, t]) => [name.slice(`${i}/`.length), t])) };
    });
    return new GatheredWeights(plan, parts);
  }
}

function byValidation(a: Ingredient, b: Ingredient): number {
  if (better(a.validation!, b.validation!)) return -1;
  return better(b.validation!, a.validation!) ? 1 : 0;
}

/** Returns the mean of n averaged weights and one more. */
function towards(mean: Weights, one: Weights, n: number): Weights {
  return new Map(
    [...mean].map(([value, tensor]): [Value, Tensor] => {
      const [a, b] = [tensor.data as Float32Array, one.get(value)!.data as Float32Array];
      const data = Float32Array.from(a, (x, i) => x + (b[i]! - x) / (n + 1));
      return [value, { ...tensor, data } as Tensor];
    }),
  );
}
