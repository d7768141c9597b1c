import { EngraftError } from "../../core/errors.js";
import type { Shape } from "../../core/shape.js";
import type { NumberForms } from "../../data/tables/decimal-commas.js";
import type { TableColumn } from "../../data/tables/table-columns.js";
import type { TableEncoding } from "../../data/tables/table-encoding.js";
import { fromOnnx } from "../../graph/from-onnx.js";
import type { Graph } from "../../graph/graph.js";
import type { Platform } from "../../platform/platform.js";
import { readJson } from "../open/read-json.js";
import { type EngraftManifest, findModelFolder, readLabels, readManifest } from "./model-folder.js";

/** `table.json`: how rows become the model's input. */
export interface TablePreprocessing {
  readonly format: 1;
  readonly columns: readonly TableColumn[];
  readonly targets: readonly string[];
  /** How the training table wrote the numbers of columns and targets. Missing: all with a decimal point. */
  readonly forms?: NumberForms;
  readonly encoding: TableEncoding;
  /** Columns of pictures and texts that no training row lacked. Missing: there are none. */
  readonly complete?: readonly string[];
  /** Units of each hidden layer; none for a model that is no network. */
  readonly hidden: readonly number[];
  /** Missing: a network. */
  readonly model?: "linear" | "trees";
}

/** Returns the columns whose cells are paths of pictures. */
export const pictureColumns = ({ columns }: Pick<TablePreprocessing, "columns">): readonly string[] =>
  columns.flatMap(({ name, kind }) => (kind === "picture" ? [name] : []));

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
  /** Shapes that the outputs must have, in their order: see `ExpectedOutputs`. */
  readonly outputShapes: readonly Shape[];
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
  const table: unknown = await readJson(platform, file("table.json"));
  const engraft = readManifest(await readJson(platform, file("engraft.json")), file("engraft.json"));
  const classes = readLabels(await readJson(platform, file("config.json")), file("config.json"));
  if (!isTablePreprocessing(table))
    throw new EngraftError("ModelError", "table.json does not say how rows become inputs", {
      at: file("table.json"),
      help: "the model folder is damaged: train it again",
    });
  const onnx = await files.read(file("onnx/model.onnx"));
  const sha256 = await platform.sha256(onnx);
  const { graph } = fromOnnx(onnx);
  return {
    dir,
    graph,
    sha256,
    table,
    engraft,
    classes,
    outputShapes: [["batch", classes.length]],
  };
}

/** Any value of a JSON file. */
type Json =
  | { readonly [name: string]: Json }
  | readonly Json[]
  | string
  | number
  | boolean
  | null
  | undefined;

/** Returns a field of an object; undefined of another value. */
const field = (value: Json, name: string): Json =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as { readonly [name: string]: Json })[name]
    : undefined;

/** True for a list whose items all pass. */
const listOf = (value: Json, passes: (item: Json) => boolean): boolean =>
  Array.isArray(value) && value.every(passes);

/** True if a file says how rows become inputs. */
function isTablePreprocessing(value: unknown): value is TablePreprocessing {
  const table = value as Json;
  const isText = (item: Json): boolean => typeof item === "string";
  const isNamed = (item: Json): boolean => isText(field(item, "name"));
  const encoding = field(table, "encoding");
  return (
    field(table, "format") === 1 &&
    listOf(field(table, "columns"), isNamed) &&
    listOf(field(table, "targets"), isText) &&
    listOf(field(table, "complete") ?? [], isText) &&
    listOf(field(table, "hidden"), Number.isInteger) &&
    Object.values(field(table, "forms") ?? {}).every((form) => form === "commas" || form === "dots") &&
    listOf(
      field(encoding, "numbers"),
      (item) =>
        isNamed(item) && ["median", "mean", "deviation"].every((name) => Number.isFinite(field(item, name))),
    ) &&
    listOf(field(encoding, "categories"), (item) => {
      const [values, counts] = [field(item, "values"), field(item, "counts")];
      return (
        isNamed(item) &&
        listOf(values, isText) &&
        listOf(counts, Number.isFinite) &&
        Number.isInteger(field(item, "mode")) &&
        (counts as readonly Json[]).length === (values as readonly Json[]).length + 1
      );
    })
  );
}
