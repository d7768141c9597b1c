import { message, recipeFields } from "../../core/messages/message.js";
import { rowsOf } from "../../core/results/rows.js";
import type { RegressionBaseline } from "../../core/results/task.js";
import type { TargetItem } from "../../data/index.js";
import { groupsOfItems } from "../../data/split/groups.js";
import { applyHead } from "../../evaluate/class-predictions.js";
import { fitRidge } from "../../methods/ridge/ridge.js";
import type { Context } from "../../run/context.js";
import { fitSentences, mayRefit } from "../../run/training/may-refit.js";
import { computeTrivialFeatures } from "../trivial/compute-trivial-features.js";
import type { Numbered, Targets } from "./targets.js";

type Parts = Readonly<Record<TargetItem["part"], readonly Numbered[]>>;

/** Fits a baseline without a network: ridge regression on pixels, or on log-mel statistics. */
export async function trivialRidge(
  context: Context,
  targets: Targets,
  parts: Parts,
): Promise<{ readonly baseline: RegressionBaseline; readonly validation: number }> {
  const begin = performance.now();
  const { signal } = context.options;
  const { width, recipe, rows } = await computeTrivialFeatures(context);
  const partOf = (part: TargetItem["part"]) => {
    const groups = groupsOfItems(parts[part]);
    return {
      features: rows[part],
      values: Float64Array.from(parts[part].flatMap(({ values }) => values as number[])),
      count: parts[part].length,
      ...(groups && { groups }),
    };
  };
  const [train, validation] = [partOf("train"), partOf("validation")];
  const ridge = await fitRidge(
    { train, validation, dims: width, targets: targets.count },
    { refit: mayRefit(context), ...(signal && { signal }) },
  );
  return {
    baseline: {
      test: targets.score(applyHead(ridge, rowsOf(rows.test, width)), parts.test),
      seconds: (performance.now() - begin) / 1000,
      ...recipeFields([
        message("linear-model", { model: "ridge", ...recipe }),
        message("ridge-alpha", { alpha: Number(ridge.strength.toPrecision(3)) }),
        ...fitSentences(ridge, mayRefit(context) && validation.count > 0),
      ]),
    },
    validation: targets.validationR2(ridge.held, parts.validation),
  };
}
