import { layoutOf, withRows } from "../../bases/joined/joined-inputs.js";
import type { TableFolder } from "../../bases/model-folder/table-folder.js";
import { readTokenizer } from "../../bases/model-folder/token-folder.js";
import { readJson } from "../../bases/open/read-json.js";
import { readPreprocessing } from "../../bases/preprocessing.js";
import { EngraftError, stopIf } from "../../core/errors.js";
import { scoringBatch, sizedBatches } from "../../data/index.js";
import type { ScoringFolder } from "../../inference/model-session.js";
import type { Platform } from "../../platform/platform.js";
import { firstOutput } from "../../runtime/first-output.js";
import { type RowReader, rowTensors } from "./row-tensors.js";

/** Returns the model of a folder with its input stage, and its logits of rows. @throws ModelError for a damaged folder */
export async function openSeveralScores(
  platform: Platform,
  { dir, graph, table, classes }: Pick<TableFolder, "dir" | "graph" | "table" | "classes">,
): Promise<Pick<ScoringFolder<readonly string[]>, "graph" | "scores">> {
  const { files } = platform;
  const has = (wanted: string): boolean => table.columns.some(({ kind }) => kind === wanted);
  const file = files.join(dir, "preprocessor_config.json");
  const picture = has("picture") ? readPreprocessing(await readJson(platform, file)) : undefined;
  if (has("picture") && !picture)
    throw new EngraftError("ModelError", "preprocessor_config.json does not say how pictures become inputs", {
      at: file,
      help: "the model folder is damaged: train it again",
    });
  const tokenizer = has("text") ? await readTokenizer(platform, dir) : undefined;
  const layout = layoutOf(table.encoding, picture, tokenizer !== undefined);
  const reader: RowReader = { ...table, layout, ...(tokenizer && { tokenizer }) };
  return {
    graph: withRows(graph, layout),
    async scores(session, rows, { signal, onCut } = {}) {
      const items = rows.map((cells, i) => ({ sha256: String(i), cells }));
      const inputs = await rowTensors(items, reader, { platform, signal });
      onCut?.(inputs.cut.count, inputs.cut.at);
      const out = new Float32Array(rows.length * classes.length);
      for (const { x, indices } of sizedBatches(items, inputs, scoringBatch(inputs))) {
        stopIf(signal);
        const scores = await firstOutput(session, x);
        indices.forEach((index, i) => {
          out.set(scores.subarray(i * classes.length, (i + 1) * classes.length), index * classes.length);
        });
      }
      return out;
    },
  };
}
