import { EngraftError } from "../../core/errors.js";
import type { TableColumn } from "../../data/tables/table-columns.js";
import type { TableEncoding } from "../../data/tables/table-encoding.js";
import { fromOnnx } from "../../graph/from-onnx.js";
import type { Graph } from "../../graph/graph.js";
import type { Platform } from "../../platform/platform.js";
import { readJson } from "../open/read-json.js";
import { type EngraftManifest, findModelFolder, readLabels } from "./model-folder.js";

/** `table.json`: how rows become the model's input. */
export interface TablePreprocessing {
  readonly format: 1;
  readonly columns: readonly TableColumn[];
  readonly targets: readonly string[];
  readonly encoding: TableEncoding;
  /** Units of each hidden layer; none for a model that is no network. */
  readonly hidden: readonly number[];
  /** Missing: a network. */
  readonly model?: "linear" | "trees";
}

/** A model for tables: `features` float32[batch, F] -> `logits`. */
export interface TableFolder {
  readonly dir: string;
  readonly graph: Graph;
  /** sha256 of the ONNX file. */
  readonly sha256: string;
  readonly table: TablePreprocessing;
  readonly engraft: EngraftManifest;
  /** Classes, or the names of the targets. */
  readonly classes: readonly string[];
}

/** Reads the model folder of a table. @throws ModelError if it is no such folder, or damaged */
export async function readTableFolder(platform: Platform, path: string): Promise<TableFolder> {
  const { files } = platform;
  const dir = await findModelFolder(platform, path);
  const file = (name: string): string => files.join(dir, name);
  if (!(await files.stat(file("table.json"))))
    throw new EngraftError("ModelError", `the model ${path} is not of a table: it has no table.json`, {
      at: dir,
      help: "give a model folder that was trained on a table",
    });
  const table = (await readJson(platform, file("table.json"))) as Partial<TablePreprocessing> | null;
  const engraft = (await readJson(platform, file("engraft.json"))) as EngraftManifest;
  const classes = readLabels(await readJson(platform, file("config.json")), file("config.json"));
  const encoding = table?.encoding;
  const sound =
    table?.format === 1 &&
    Array.isArray(table.columns) &&
    Array.isArray(table.hidden) &&
    Array.isArray(encoding?.numbers) &&
    Array.isArray(encoding.categories) &&
    encoding.numbers.every((n) => [n.median, n.mean, n.deviation].every(Number.isFinite)) &&
    encoding.categories.every((c) => Array.isArray(c.values) && c.counts?.length === c.values.length + 1);
  if (!sound)
    throw new EngraftError("ModelError", "table.json does not say how rows become inputs", {
      at: file("table.json"),
      help: "the model folder is damaged: train it again",
    });
  const onnx = await files.read(file("onnx/model.onnx"));
  const sha256 = await platform.sha256(onnx);
  const { graph } = fromOnnx(onnx);
  return { dir, graph, sha256, table: table as TablePreprocessing, engraft, classes };
}
