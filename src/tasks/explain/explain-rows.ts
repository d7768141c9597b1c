import { readTableFolder } from "../../bases/model-folder/table-folder.js";
import { EngraftError } from "../../core/errors.js";
import { tableModelNames } from "../../core/results/base-facts.js";
import type { Explanation } from "../../core/results/explanation.js";
import type { ModelTask } from "../../core/results/task.js";
import { float32 } from "../../core/tensor.js";
import { encodedWidth, encodeRows, type TableEncoding } from "../../data/tables/table-encoding.js";
import { occludeFeatures } from "../../explain/index.js";
import { openFolderSession } from "../../inference/model-session.js";
import type { Machine } from "../../run/machine.js";
import type { Runtime } from "../../runtime/runtime.js";
import { cellsOfRows, requireRow, type TableRow } from "../tables/table-rows.js";
import { checkWeights, explainByMasks, type FeatureSample, type Weighed } from "./explain-features.js";
import {
  type ExplainOptions,
  linkOf,
  type ModelOutputs,
  outputValues,
  placeOf,
  predicted,
} from "./explanation.js";
import { openRowGradients } from "./row-gradients.js";

/** Most background rows: each mask costs one prediction per row. */
const mostBackground = 100;
/** Rows per batch. */
const atOnce = 4096;

/**
 * Explains predictions for rows by their columns. A hidden column gets the mean of the training rows (numbers) or their most
 * frequent value (categories). With a background, it gets the value of each background row, and predictions are averaged.
 *
 * v(S) = mean over background rows b of F(x_S, b without S)
 *
 * @see Janzing, Minorics & Blöbaum 2020, Feature relevance quantification in explainable AI: A causal problem
 * @throws ModelError for a damaged folder, or for gradients of trees; DataError for a background without the model's columns
 */
export async function explainerOfRows(
  { platform }: Machine,
  runtime: Runtime,
  dir: string,
  task: ModelTask,
  options: ExplainOptions,
): Promise<(item: unknown) => Promise<Explanation>> {
  const folder = await readTableFolder(platform, dir);
  const { table, classes, graph } = folder;
  if (options.method === "ig" && table.model === "trees")
    throw new EngraftError(
      "ModelError",
      `the model "${folder.dir}" has no gradients: it is ${tableModelNames.trees}`,
      { help: "use --method shap, which looks at the predictions alone" },
    );
  const outputs: ModelOutputs = { names: classes, link: linkOf(task) };
  const requested = placeOf(outputs, options);
  const session = await openFolderSession(runtime, folder);
  const names = table.columns.map(({ name }) => name);
  const width = encodedWidth(table.encoding);
  const encode = (rows: readonly TableRow[]): Float32Array =>
    encodeRows(table.encoding, names, cellsOfRows(rows, folder));
  const background = options.background?.length
    ? encode(evenly(options.background, mostBackground))
    : typicalRow(table.encoding);
  const input = session.inputs[0]!.name;
  const score = async (x: Float32Array): Promise<Float32Array> => {
    const n = x.length / width;
    const all = new Float32Array(n * classes.length);
    for (let first = 0; first < n; first += atOnce) {
      const rows = x.slice(first * width, (first + atOnce) * width);
      const out = await session.run({ [input]: float32([rows.length / width, width], rows) });
      all.set(Object.values(out)[0]!.data as Float32Array, first * classes.length);
    }
    return all;
  };
  const places = placesOf(table.encoding, names);
  const gradients =
    options.method === "ig"
      ? await openRowGradients(runtime, graph, table.encoding, outputs.link)
      : undefined;
  let count = 0;
  return async (item) => {
    const row = requireRow(item);
    count++;
    const x = encode([row]);
    const [cells] = cellsOfRows([row], folder) as [readonly string[]];
    const { k, prediction } = predicted(await score(x), outputs, requested);
    const sample = columnSample({ x, background, places, width, names, cells }, async (rows) =>
      outputValues(outputs.link, await score(rows), rows.length / width, k),
    );
    let found: Weighed;
    if (gradients) {
      const { weights: all, ...facts } = await gradients(x, k, options);
      const weights = places.map((columnPlaces) => columnPlaces.reduce((sum, place) => sum + all[place]!, 0));
      found = { explanation: { method: "ig", ...sample.describe(weights), ...facts }, weights };
    } else found = await explainWithMasks(sample, options);
    return {
      input: `row ${count}`,
      task,
      ...prediction,
      ...found.explanation,
      ...(await checkWeights(sample, found.weights, options)),
    };
  };
}

async function explainWithMasks(sample: FeatureSample, options: ExplainOptions): Promise<Weighed> {
  const { method = "shap", signal } = options;
  if (method !== "occlusion") return explainByMasks(sample, method === "lime" ? "lime" : "shap", options);
  const { values } = await occludeFeatures(sample.masked, signal ? { signal } : {});
  return { explanation: { method, ...sample.describe(values) }, weights: values };
}

/** Returns the places of each column in an encoded row: its number or category, and the flag of a missing value. */
function placesOf({ numbers, categories }: TableEncoding, names: readonly string[]): number[][] {
  const places = new Map<string, number[]>(names.map((name) => [name, []]));
  let at = 0;
  for (const { name } of numbers) places.get(name)!.push(at++);
  for (const { name, indicator } of [...numbers, ...categories]) if (indicator) places.get(name)!.push(at++);
  for (const { name } of categories) places.get(name)!.push(at++);
  return names.map((name) => places.get(name)!);
}

/** Returns the encoded row with mean numbers (0 when scaled), most frequent categories, and no missing value. */
function typicalRow(encoding: TableEncoding): Float32Array {
  const x = new Float32Array(encodedWidth(encoding));
  x.set(
    encoding.categories.map(({ mode }) => mode),
    x.length - encoding.categories.length,
  );
  return x;
}

interface OpenedRow {
  /** float32[F] */
  readonly x: Float32Array;
  /** float32[B, F] */
  readonly background: Float32Array;
  readonly places: readonly (readonly number[])[];
  readonly width: number;
  readonly names: readonly string[];
  /** The row in the columns of the model. */
  readonly cells: readonly string[];
}

function columnSample(
  { x, background, places, width, names, cells }: OpenedRow,
  valuesOf: (rows: Float32Array) => Promise<number[]>,
): FeatureSample {
  const b = background.length / width;
  const masked: FeatureSample["masked"] = {
    features: places.length,
    async evaluate(masks) {
      const rows = new Float32Array(masks.length * background.length);
      for (const [s, shown] of masks.entries()) {
        rows.set(background, s * background.length);
        for (const [column, columnPlaces] of places.entries()) {
          if (!shown[column]) continue;
          for (let r = 0; r < b; r++)
            for (const place of columnPlaces) rows[(s * b + r) * width + place] = x[place]!;
        }
      }
      const values = await valuesOf(rows);
      return masks.map((_, s) => values.slice(s * b, (s + 1) * b).reduce((sum, v) => sum + v / b, 0));
    },
  };
  return {
    masked,
    describe: (weights, halfWidths) => ({
      columns: names.map((name, i) => ({
        name,
        value: cells[i]!,
        weight: weights[i]!,
        half_width: halfWidths?.[i],
      })),
    }),
  };
}

function evenly<T>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return [...all];
  return Array.from({ length: most }, (_, i) => all[Math.floor((i * all.length) / most)]!);
}
