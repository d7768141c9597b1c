import { constantBaselines } from "../../core/results/baseline-names.js";
import type { ViewScores } from "../../core/results/common-result.js";
import { type CommonResult, methodOfModel } from "../../core/results/common-result.js";
import type { Interval } from "../../core/results/task.js";
import { percentRange } from "../charts/numbers.js";
import { pageEn } from "../words/en/page.js";

/** A method with its test score: the run itself, or a baseline. */
export interface Way<Scores> {
  readonly label: string;
  readonly test: Scores;
  /** Always the same prediction: its score is no estimate. */
  readonly constant: boolean;
}

/** Returns the run and its baselines. @param names of the baselines, by key */
export function waysOf<Scores>(
  result: Pick<CommonResult, "strategy" | "safe" | "epochs" | "best_epoch"> & {
    readonly test: Scores;
    readonly tta?: ViewScores<Scores>;
    readonly baselines: Readonly<Record<string, { readonly test: Scores } | undefined>>;
  },
  names: Readonly<Record<string, string>>,
): readonly Way<Scores>[] {
  const others = Object.entries(result.baselines).flatMap(([key, baseline]) =>
    baseline ? [{ label: names[key] ?? key, test: baseline.test, constant: constantBaselines.has(key) }] : [],
  );
  const { test, tta } = result;
  return [
    { label: pageEn.thisModel(methodOfModel(result)), test, constant: false },
    ...(tta ? [{ label: pageEn.views(tta.views), test: tta.test, constant: false }] : []),
    ...others,
  ];
}

/** Returns an interval in percent, or a dash for too few groups. */
export const intervalOf = (interval: Interval, few: boolean | undefined): string =>
  few ? "–" : percentRange(interval);
