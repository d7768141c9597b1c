import { float32 } from "../../core/tensor.js";
import { type ItemInputs, type TableDataset, uniformInputs } from "../../data/index.js";
import { encodedWidth, encodeRows, type TableEncoding } from "../../data/tables/table-encoding.js";

/** Rows per batch when a model is scored. */
export const scoredAtOnce = 4096;

/** Returns the rows of a table as inputs of a network, float32[n, F]. Equal rows are encoded once. */
export function rowInputs(data: TableDataset, encoding: TableEncoding): ItemInputs {
  const distinct = new Map(data.items.map(({ sha256, cells }) => [sha256, cells]));
  const width = encodedWidth(encoding);
  const columns = data.columns.map(({ name }) => name);
  const encoded = encodeRows(encoding, columns, [...distinct.values()]);
  const places = new Map([...distinct.keys()].map((sha256, i) => [sha256, i]));
  return uniformInputs(data.items, {
    unit: "rows",
    atOnce: scoredAtOnce,
    tensor(items) {
      const rows = new Float32Array(items.length * width);
      items.forEach(({ sha256 }, i) => {
        const place = places.get(sha256)!;
        rows.set(encoded.subarray(place * width, (place + 1) * width), i * width);
      });
      return float32([items.length, width], rows);
    },
  });
}

/** Returns the rows for steps that do not read targets. */
export const asSamples = (data: TableDataset) => ({
  ...data,
  classes: data.classes.length > 0 ? data.classes : data.targets,
  items: data.items.map((item) => ({ ...item, path: data.root })),
});
