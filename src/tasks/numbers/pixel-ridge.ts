import { message, recipeFields } from "../../core/messages/message.js";
import { rowsOf } from "../../core/results/rows.js";
import type { RegressionBaseline } from "../../core/results/task.js";
import type { TargetItem } from "../../data/index.js";
import { applyHead } from "../../evaluate/class-predictions.js";
import { fitRidge } from "../../methods/ridge/ridge.js";
import type { Context } from "../../run/context.js";
import { pixelWidth, smallPixels } from "../classes/trivial-baselines.js";
import type { Numbered, Targets } from "./targets.js";

type Parts = Readonly<Record<TargetItem["part"], readonly Numbered[]>>;

/** Fits ridge regression on the pixels of small pictures: a baseline without a network. */
export async function pixelRidge(
  context: Context,
  targets: Targets,
  parts: Parts,
): Promise<{ readonly baseline: RegressionBaseline; readonly validation: number }> {
  const begin = performance.now();
  const { signal } = context.options;
  const partOf = async (part: TargetItem["part"]) => ({
    features: await smallPixels(context, part),
    values: Float64Array.from(parts[part].flatMap(({ values }) => values as number[])),
    count: parts[part].length,
  });
  const [train, validation, test] = [await partOf("train"), await partOf("validation"), await partOf("test")];
  const ridge = await fitRidge(
    { train, validation, dims: pixelWidth, targets: targets.count },
    signal ? { signal } : {},
  );
  const answers = ({ features }: typeof test) => applyHead(ridge, rowsOf(features, pixelWidth));
  return {
    baseline: {
      test: targets.score(answers(test), parts.test),
      seconds: (performance.now() - begin) / 1000,
      ...recipeFields([
        message("linear-model", { model: "ridge", inputs: "pixels", side: 16 }),
        message("ridge-alpha", { alpha: Number(ridge.strength.toPrecision(3)) }),
      ]),
    },
    validation: targets.validationR2(answers(validation), parts.validation),
  };
}
