import { readTableFolder } from "../../bases/model-folder/table-folder.js";
import { EngraftError } from "../../core/errors.js";
import type { TableColumn } from "../../data/index.js";
import { openFolderSession } from "../../inference/model-session.js";
import { explainByMasks, type FeatureSample } from "../explain/explain-features.js";
import { linkOf, outputValues, placeOf, predicted } from "../explain/explanation.js";
import { cellsOfRows, requireRow } from "../tables/table-rows.js";
import type { OpenExplainer } from "../task-row.js";
import { placedInputs } from "./row-tensors.js";
import { openSeveralScores } from "./several-scores.js";

/**
 * Explains predictions for rows by their inputs: the picture, the text, and all columns together. A hidden input is a missing one. With at
 * most 4 inputs every subset is predicted, so Shapley values are exact.
 * @throws OptionError for another method; ModelError for a damaged folder; DataError for a row without the columns of the model
 */
export const explainerOfInputs: OpenExplainer = async ({ platform }, runtime, dir, task, options) => {
  const { method = "shap" } = options;
  if (method !== "shap")
    throw new EngraftError("OptionError", `method "${method}" does not explain rows with several inputs`, {
      help: "use --method shap, which hides one input after the other",
    });
  const folder = await readTableFolder(platform, dir);
  const { graph, scores } = await openSeveralScores(platform, folder);
  const session = await openFolderSession(runtime, { ...folder, graph });
  const outputs = { names: folder.classes, link: linkOf(task) };
  const requested = placeOf(outputs, options);
  const inputs = placedInputs(folder.table.columns);
  let count = 0;
  return async (item) => {
    const [cells] = cellsOfRows([requireRow(item)], folder) as [readonly string[]];
    count++;
    const { k, prediction } = predicted(await scores(session, [cells]), outputs, requested);
    const sample: FeatureSample = {
      masked: {
        features: inputs.length,
        async evaluate(masks) {
          const rows = masks.map((kept) => {
            const hidden = new Set(inputs.flatMap(({ places }, i) => (kept[i] ? [] : places)));
            return cells.map((cell, place) => (hidden.has(place) ? "" : cell));
          });
          return outputValues(outputs.link, await scores(session, rows), rows.length, k);
        },
      },
      describe: (weights, halfWidths) => ({
        columns: inputs.map(({ name, places }, i) => ({
          name,
          value: places.map((place) => shown(cells[place]!, folder.table.columns[place]!)).join(", "),
          weight: weights[i]!,
          half_width: halfWidths?.[i],
        })),
      }),
    };
    const { explanation } = await explainByMasks(sample, "shap", options);
    return { input: `row ${count}`, task, ...prediction, ...explanation };
  };
};

/** Returns a cell as an explanation shows it: a picture by the name of its file. */
const shown = (cell: string, { kind }: TableColumn): string =>
  kind === "picture" ? (cell.split(/[\\/]/).at(-1) ?? "") : cell;
