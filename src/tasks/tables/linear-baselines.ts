import { message, recipeFields } from "../../core/messages/message.js";
import { rowsOf } from "../../core/results/rows.js";
import type { RegressionBaseline } from "../../core/results/task.js";
import type { RowItem } from "../../data/index.js";
import { encodeRows, oneHotRows } from "../../data/tables/table-encoding.js";
import { accuracyOf, applyHead, factsOf, scoresOf } from "../../evaluate/class-predictions.js";
import { eachStrengths, fitProbeInTurns } from "../../methods/probe/index.js";
import { fitRidge } from "../../methods/ridge/ridge.js";
import type { ValidatedBaseline } from "../classes/trivial-baselines.js";
import type { Targets } from "../numbers/targets.js";
import type { Table } from "./table-task.js";

/** Returns a function that gives the rows of a split with one-hot categories: the inputs of a linear model. */
function linearInputs({ data, network, scratch }: Table) {
  const { encoding } = scratch ?? network;
  const columns = data.columns.map(({ name }) => name);
  return (part: RowItem["part"]) => {
    const items = data.items.filter((item) => item.part === part);
    const cells = items.map((item) => item.cells);
    const { rows: features, width } = oneHotRows(encoding, encodeRows(encoding, columns, cells));
    return { items, features, width, rows: rowsOf(features, width), count: items.length };
  };
}

/** Fits the baseline of classification: logistic regression on the columns. */
export async function logisticBaseline(table: Table, signal?: AbortSignal): Promise<ValidatedBaseline> {
  const begin = performance.now();
  const { classes } = table.data;
  const inputsOf = linearInputs(table);
  const [train, validation, test] = [inputsOf("train"), inputsOf("validation"), inputsOf("test")];
  const labelled = ({ features, items }: typeof train) => ({ features, labels: factsOf(items).labels });
  const head = await fitProbeInTurns(
    {
      ...{ train: labelled(train), validation: labelled(validation) },
      ...{ dims: train.width, classes: classes.length },
    },
    // Columns have different units.
    { scaling: "each", strengths: eachStrengths, ...(signal && { signal }) },
  );
  const predict = ({ rows, items }: typeof train) => ({ logits: applyHead(head, rows), ...factsOf(items) });
  return {
    baseline: {
      test: scoresOf(classes, predict(test)),
      seconds: (performance.now() - begin) / 1000,
      ...recipeFields([
        message("linear-model", { model: "logistic", inputs: "columns" }),
        message("inverse-regularisation", { strength: Number(head.strength.toPrecision(3)) }),
      ]),
    },
    validation: accuracyOf(predict(validation), classes.length),
  };
}

/** Fits the baseline of regression: ridge regression on the columns. */
export async function ridgeBaseline(
  table: Table,
  targets: Targets,
  signal?: AbortSignal,
): Promise<{ readonly baseline: RegressionBaseline; readonly validation: number }> {
  const begin = performance.now();
  const inputsOf = linearInputs(table);
  const [train, validation, test] = [inputsOf("train"), inputsOf("validation"), inputsOf("test")];
  const numbered = ({ features, items, count }: typeof train) => ({
    ...{ features, count },
    values: Float64Array.from(items.flatMap(({ values }) => values as number[])),
  });
  const ridge = await fitRidge(
    {
      ...{ train: numbered(train), validation: numbered(validation) },
      ...{ dims: train.width, targets: targets.count },
    },
    signal ? { signal } : {},
  );
  return {
    baseline: {
      test: targets.score(applyHead(ridge, test.rows), test.items),
      seconds: (performance.now() - begin) / 1000,
      ...recipeFields([
        message("linear-model", { model: "ridge", inputs: "columns" }),
        message("ridge-alpha", { alpha: Number(ridge.strength.toPrecision(3)) }),
      ]),
    },
    validation: targets.validationR2(applyHead(ridge, validation.rows), validation.items),
  };
}
