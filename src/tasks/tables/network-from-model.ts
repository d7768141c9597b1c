import { headValues, type LinearHead, withEmptyHead, withWeights } from "../../bases/heads.js";
import type { TableFolder } from "../../bases/model-folder/table-folder.js";
import { transferTable } from "../../bases/table-transfer.js";
import { EngraftError } from "../../core/errors.js";
import { inEnglish, message } from "../../core/messages/message.js";
import { tableModelNames } from "../../core/results/base-facts.js";
import type { TableDataset } from "../../data/index.js";
import { encodedWidth } from "../../data/tables/table-encoding.js";
import type { Value } from "../../graph/node.js";
import { madeBase } from "../../run/made-network.js";
import { bodyFor, drawWeights, encodingOf, type TableNetwork, withBodyWeights } from "./table-network.js";

/**
 * Makes a network for a table from the model of another table. Weights of columns are matched by name.
 * @throws ModelError if no column has the name of one of the model's, or if the model is no network
 */
export function networkFrom(
  from: TableFolder,
  data: TableDataset,
  outputs: number,
  seed: number,
): TableNetwork {
  const { hidden, model } = from.table;
  if (model)
    throw new EngraftError(
      "ModelError",
      `${from.dir} is ${tableModelNames[model]}: it has no weights to start from`,
      { help: "give the model of a network: one that was trained with --strategy full" },
    );
  const encoding = encodingOf(data, from.table.encoding);
  const body = bodyFor(encoding, hidden);
  const blank = withEmptyHead(body, outputs);
  const graph = withWeights(blank, drawWeights(blank, seed));
  const { weights, ...report } = transferTable(
    { graph: from.graph, encoding: from.table.encoding },
    { graph, encoding },
  );
  if (report.adapted.length === 0)
    throw new EngraftError("ModelError", `no column of ${data.root} is called as one of ${from.dir}`, {
      at: `its columns are ${from.table.columns
        .map(({ name }) => `"${name}"`)
        .slice(0, 12)
        .join(", ")}; the table has ${encodedWidth(encoding)} inputs`,
      help: "rename the columns that mean the same, or train without --init-from",
    });
  const oldHead = headFrom(from, data);
  const head = oldHead
    ? message("head-of-all-classes", { classes: outputs })
    : message("head-solved-on-moved");
  return {
    opened: madeBase(from.dir, withBodyWeights(body, new Map([...graph.initializers, ...weights])), {
      pretrained: true,
      because: message("table-from-model", { model: from.dir }),
      fresh: drawWeights,
    }),
    encoding,
    hidden,
    init: { from: from.dir, ...report, head: inEnglish([head]), head_message: head },
    oldHead,
  };
}

/** Returns the other model's head for the classes of the data; undefined unless that model has all of them. */
function headFrom(from: TableFolder, data: TableDataset): LinearHead | undefined {
  if (from.engraft.task !== "tabular-classification" || data.task !== "tabular-classification")
    return undefined;
  const rows = data.classes.map((name) => from.classes.indexOf(name));
  const [weight, bias] = [headValues.weight, headValues.bias].map((name: Value) =>
    from.graph.initializers.get(name),
  );
  if (rows.some((row) => row < 0) || !weight || !bias) return undefined;
  const width = weight.dims[1]!;
  const values = weight.data as Float32Array;
  const weights = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    weights.set(values.subarray(row * width, (row + 1) * width), i * width);
  });
  return { weight: weights, bias: Float32Array.from(rows, (row) => (bias.data as Float32Array)[row]!) };
}
