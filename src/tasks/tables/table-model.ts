import { readModelFolder } from "../../bases/model-folder/model-folder.js";
import { readTableFolder, type TableFolder } from "../../bases/model-folder/table-folder.js";
import { EngraftError } from "../../core/errors.js";
import type { OnEvent } from "../../core/events/events.js";
import { decodePixels } from "../../data/index.js";
import { readList } from "../../data/lists/read-list.js";
import { withDecimalPoints } from "../../data/tables/decimal-commas.js";
import { isMissing, numberOf } from "../../data/tables/numbers.js";
import type { Quotes } from "../../data/tables/quotes.js";
import { encodedWidth, encodeRows } from "../../data/tables/table-encoding.js";
import type { Answer } from "../../inference/answer.js";
import type { Assessment, AssessOptions } from "../../inference/assess.js";
import { loadSession } from "../../inference/open-folder.js";
import { softmax } from "../../linalg/softmax.js";
import type { Platform } from "../../platform/platform.js";
import type { Machine } from "../../run/machine.js";
import { openSession } from "../../runtime/open.js";
import { predictRows } from "./predict-rows.js";

/** One predicted number. */
export interface Estimate {
  /** Name of the column it was learnt from. */
  readonly target: string;
  readonly value: number;
  /** Split-conformal interval at the model's coverage; missing where validation was too small for one. */
  readonly interval?: readonly [number, number];
}

/** Model of image regression. */
export interface Regressor {
  readonly task: "image-regression";
  readonly dir: string;
  readonly targets: readonly string[];
  /** Share of new items that shall lie inside the intervals. */
  readonly coverage: number;
  /** @param input path of a picture, or its bytes. @throws DataError when it cannot be read as a picture. */
  predict(input: string | Uint8Array): Promise<Estimate[]>;
  close(): Promise<void>;
}

/** A row: values by the names of the columns; null, undefined and "" are missing. */
export type TableRow = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** What models of tables have in common. */
interface OfTable {
  readonly dir: string;
  /** Columns that the model reads. */
  readonly columns: readonly string[];
  /** Classes, or the names of the numbers. */
  readonly outputs: readonly string[];
  close(): Promise<void>;
}

/** Model of tabular classification. */
export interface TableClassifier extends OfTable {
  readonly task: "tabular-classification";
  /** Returns the classes of each row, the most probable first. @throws DataError for wrong rows */
  predict(rows: readonly TableRow[]): Promise<Answer[][]>;
  /**
   * Returns what the predictions can be trusted with, as `assess` of a model of image classification does.
   * @throws ModelError for a folder without this information; DataError as {@link predict}
   */
  assess(rows: readonly TableRow[], options?: AssessOptions): Promise<Assessment[]>;
}

/** Model of tabular regression. */
export interface TableRegressor extends OfTable {
  readonly task: "tabular-regression";
  /** Returns the numbers of each row. @throws DataError for wrong rows */
  predict(rows: readonly TableRow[]): Promise<Estimate[][]>;
}

/** Opens a model folder of image regression. @throws ModelError for another folder */
export async function openRegressor(
  { platform, openRuntime }: Machine,
  dir: string,
  options: { readonly threads?: number },
): Promise<Regressor> {
  const folder = await readModelFolder(platform, dir);
  const facts = folder.engraft?.regression;
  if (!facts)
    throw new EngraftError("ModelError", "engraft.json does not say how scores become numbers", {
      at: folder.dir,
      help: "the model folder is damaged: train it again",
    });
  const runtime = await openRuntime(options.threads ?? platform.cores());
  const { session } = await loadSession(folder, runtime).catch(async (error: unknown) => {
    await runtime.close();
    throw error;
  });
  return {
    task: "image-regression",
    dir: folder.dir,
    targets: folder.classes,
    coverage: facts.coverage,
    async predict(input) {
      const { data, height, width } = await decodePixels(input, folder.preprocessing, platform);
      const x = { dtype: "uint8", dims: [1, height, width, 3], data } as const;
      const out = await session.run({ [session.inputs[0]!.name]: x });
      return estimates(Object.values(out)[0]!.data as Float32Array, folder.classes, facts.half_widths);
    },
    close: () => runtime.close(),
  };
}

/** Opens a model folder of tabular classification. @throws ModelError for another folder */
export async function openTableClassifier(
  machine: Machine,
  dir: string,
  options: { readonly threads?: number },
): Promise<TableClassifier> {
  const { folder, scores, ...table } = await openTable(machine, dir, options);
  const { classes, engraft } = folder;
  return {
    task: "tabular-classification",
    ...table,
    async predict(rows) {
      return (await scores(rows)).map((row) => {
        const shares = softmax(row);
        return classes.map((label, k) => ({ label, score: shares[k]! })).sort((a, b) => b.score - a.score);
      });
    },
    async assess(rows, options) {
      const { assess } = await import("../../inference/assess.js");
      const model = { dir: folder.dir, classes, trust: engraft.trust };
      return (await scores(rows)).map((row) => assess(model, row, options));
    },
  };
}

/** Opens a model folder of tabular regression. @throws ModelError for another folder */
export async function openTableRegressor(
  machine: Machine,
  dir: string,
  options: { readonly threads?: number },
): Promise<TableRegressor> {
  const { folder, scores, ...table } = await openTable(machine, dir, options);
  const halfWidths = folder.engraft.regression?.half_widths ?? [];
  return {
    task: "tabular-regression",
    ...table,
    predict: async (rows) => (await scores(rows)).map((row) => estimates(row, folder.classes, halfWidths)),
  };
}

/** Opens the model folder of a table. The model takes rows in the form of the training table. */
async function openTable(
  { platform, openRuntime }: Machine,
  dir: string,
  options: { readonly threads?: number },
) {
  const folder = await readTableFolder(platform, dir);
  const { table, classes, graph } = folder;
  const runtime = await openRuntime(options.threads ?? platform.cores());
  const session = await openSession(runtime, graph, { label: `model "${folder.dir}"` }).catch(
    async (error: unknown) => {
      await runtime.close();
      throw error;
    },
  );
  const columns = table.columns.map(({ name }) => name);
  const width = encodedWidth(table.encoding);
  const scores = async (rows: readonly TableRow[]): Promise<Float32Array[]> => {
    const cells = rows.map((row, i) => cellsOf(row, i, folder));
    const x = encodeRows(table.encoding, columns, cells);
    const evaluate = async (batch: Parameters<typeof session.run>[0][string]) =>
      Object.values(await session.run({ [session.inputs[0]!.name]: batch }))[0]!.data as Float32Array;
    const all = await predictRows(evaluate, x, width, classes.length);
    return rows.map((_, i) => all.subarray(i * classes.length, (i + 1) * classes.length));
  };
  return { dir: folder.dir, columns, outputs: classes, folder, scores, close: () => runtime.close() };
}

/** The rows of a table file, for a model to answer. */
export async function rowsOf(
  platform: Platform,
  path: string,
  { quotes, onEvent }: { readonly quotes?: Quotes | undefined; readonly onEvent?: OnEvent } = {},
): Promise<TableRow[]> {
  const list = await readList(platform, platform.files.resolve(path), {
    quotes,
    fewerClasses: true,
    keepUnlabelled: true,
  });
  const { rows, warnings = [] } = withDecimalPoints(list);
  for (const { code, message } of warnings) onEvent?.({ event: "warning", code, message });
  return rows.map(({ values }) => values as TableRow);
}

/** A row's texts in the order of the model's columns. @throws DataError for a row that has none of them, or no number */
export function cellsOf(
  row: TableRow,
  index: number,
  { table, dir }: Pick<TableFolder, "table" | "dir">,
): string[] {
  const names = table.columns.map(({ name }) => name);
  if (!names.some((name) => Object.hasOwn(row, name)))
    throw new EngraftError("DataError", `row ${index + 1} has none of the model's columns`, {
      at: `its columns are ${Object.keys(row).slice(0, 8).join(", ") || "none"}; model "${dir}"`,
      help: `name them as in training: ${names.slice(0, 12).join(", ")}`,
    });
  return table.columns.map(({ name, kind }) => {
    const value = Object.hasOwn(row, name) ? row[name] : undefined;
    const cell = value === undefined || value === null ? "" : String(value).trim();
    if (kind === "number" && !isMissing(cell) && numberOf(cell) === undefined)
      throw new EngraftError(
        "DataError",
        `"${name}" of row ${index + 1} is ${JSON.stringify(cell)}, no number`,
        {
          help: "give a number with a point, or leave it empty",
          details: { row: index + 1, column: name },
        },
      );
    return cell;
  });
}

function estimates(
  values: Float32Array,
  targets: readonly string[],
  halfWidths: readonly (number | null)[],
): Estimate[] {
  return targets.map((target, t) => {
    const value = values[t]!;
    const half = halfWidths[t];
    return {
      target,
      value,
      ...(typeof half === "number" && { interval: [value - half, value + half] as const }),
    };
  });
}
