import { message, recipeFields } from "../../core/messages/message.js";
import { rowsOf } from "../../core/results/rows.js";
import type { RegressionBaseline } from "../../core/results/task.js";
import type { TargetItem } from "../../data/index.js";
import { applyHead } from "../../evaluate/class-predictions.js";
import { fitRidge } from "../../methods/ridge/ridge.js";
import type { Context } from "../../run/context.js";
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
  const partOf = (part: TargetItem["part"]) => ({
    features: rows[part],
    values: Float64Array.from(parts[part].flatMap(({ values }) => values as number[])),
    count: parts[part].length,
  });
  const [train, validation] = [partOf("train"), partOf("validation")];
  const ridge = await fitRidge(
    { train, validation, dims: width, targets: targets.count },
    signal ? { signal } : {},
  );
  const answers = (part: TargetItem["part"]) => applyHead(ridge, rowsOf(rows[part], width));
  return {
    baseline: {
      test: targets.score(answers("test"), parts.test),
      seconds: (performance.now() - begin) / 1000,
      ...recipeFields([
        message("linear-model", { model: "ridge", ...recipe }),
        message("ridge-alpha", { alpha: Number(ridge.strength.toPrecision(3)) }),
      ]),
    },
    validation: targets.validationR2(answers("validation"), parts.validation),
  };
}
