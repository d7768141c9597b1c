import { message, recipeFields } from "../../core/messages/message.js";
import type { RegressionBaseline } from "../../core/results/task.js";
import type { RowItem } from "../../data/index.js";
import { encodedWidth, encodeRows } from "../../data/tables/table-encoding.js";
import { accuracyOf, factsOf, scoresOf } from "../../evaluate/class-predictions.js";
import { fitBoostedTrees, type TreeRows, type TreesData } from "../../methods/boosting/boosted-trees.js";
import type { ValidatedBaseline } from "../classes/trivial-baselines.js";
import type { Targets } from "../numbers/targets.js";
import type { Table } from "./table-task.js";

/** Fits the tree baseline of classification. */
export async function treesOfClasses(table: Table, signal?: AbortSignal): Promise<ValidatedBaseline> {
  const { classes } = table.data;
  const fit = await fitTrees(table, "classes", (items) => factsOf(items).labels, signal);
  const predict = (part: "validation" | "test") => ({
    logits: fit.predict(part),
    ...factsOf(fit.items[part]),
  });
  return {
    baseline: { test: scoresOf(classes, predict("test")), ...fit.facts() },
    validation: accuracyOf(predict("validation"), classes.length),
  };
}

/** Fits the tree baseline of regression. */
export async function treesOfNumbers(
  table: Table,
  targets: Targets,
  signal?: AbortSignal,
): Promise<{ readonly baseline: RegressionBaseline; readonly validation: number }> {
  // Standardised targets: the error on validation counts each target alike.
  const fit = await fitTrees(table, "numbers", (items) => targets.scaled(items), signal);
  const predict = (part: "validation" | "test") => targets.unscaled(fit.predict(part));
  return {
    baseline: { test: targets.score(predict("test"), fit.items.test), ...fit.facts() },
    validation: targets.validationR2(predict("validation"), fit.items.validation),
  };
}

/** Fits trees on the encoded columns: scaled numbers, marks of missing values, and categories by their frequency. */
async function fitTrees(
  { data, network, scratch }: Table,
  learns: TreesData["learns"],
  targetsOf: (items: readonly RowItem[]) => ArrayLike<number>,
  signal?: AbortSignal,
) {
  const begin = performance.now();
  const { encoding } = scratch ?? network;
  const columns = data.columns.map(({ name }) => name);
  const itemsOf = (part: RowItem["part"]) => data.items.filter((item) => item.part === part);
  const items = { train: itemsOf("train"), validation: itemsOf("validation"), test: itemsOf("test") };
  const rowsOf = (part: RowItem["part"]): TreeRows => ({
    features: encodeRows(
      encoding,
      columns,
      items[part].map(({ cells }) => cells),
    ),
    ...{ targets: targetsOf(items[part]), count: items[part].length },
  });
  const [train, validation, test] = [rowsOf("train"), rowsOf("validation"), rowsOf("test")];
  const outputs = learns === "classes" ? data.classes.length : data.targets.length;
  const trees = await fitBoostedTrees(
    { train, validation, dims: encodedWidth(encoding), outputs, learns },
    signal ? { signal } : {},
  );
  const parts = { validation, test };
  return {
    items,
    predict: (part: keyof typeof parts) => trees.predict(parts[part].features, parts[part].count),
    facts: () => ({
      seconds: (performance.now() - begin) / 1000,
      ...recipeFields([message("boosted-trees", { rounds: trees.rounds })]),
    }),
  };
}
