import { EngraftError } from "../../../core/errors.js";
import { listName } from "../../../data/split/found.js";
import type { Quotes } from "../../../data/tables/quotes.js";
import { nodePlatform } from "../../../platform/node.js";
import { rowsOf, type TableClassifier, type TableRegressor } from "../../../tasks/tables/table-model.js";
import type { Output } from "../../output.js";
import { type Asked, asksForTrust, toldAssessment } from "../../render/render-assessment.js";
import { estimateWords } from "../../render/render-numbers.js";

/** Rows that are answered at once. */
const atOnce = 1000;

/** `engraft predict <model> rows.csv`: an answer for each row of each table. */
export async function predictRows(
  model: TableClassifier | TableRegressor,
  files: readonly string[],
  { top, quotes, ...asked }: { readonly top: number; readonly quotes?: Quotes } & Asked,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const trust = asksForTrust(asked, 1);
  let n = 0;
  for (const file of files) {
    if (!listName.test(file))
      throw new EngraftError("DataError", `"${file}" is no table`, {
        help: "this model answers rows: give a .csv, .tsv, .jsonl, .json or .parquet file",
      });
    const rows = await rowsOf(nodePlatform, file, { quotes, onEvent: output.onEvent });
    for (let first = 0; first < rows.length; first += atOnce) {
      if (signal.aborted) throw new EngraftError("Interrupted", `stopped after ${n} rows`);
      const part = rows.slice(first, first + atOnce);
      const at = (i: number): string => `${file}, row ${first + i + 1}`;
      if (model.task === "tabular-regression")
        (await model.predict(part)).forEach((values, i) => {
          output.answer(
            { event: "prediction", input: at(i), values },
            [at(i), ...values.flatMap(estimateWords)].join("\t"),
          );
        });
      else if (trust) {
        const { sets } = asked;
        (await model.assess(part, { top, ...(sets && { sets }) })).forEach((assessment, i) => {
          const { event, words } = toldAssessment(assessment, asked);
          output.answer({ event: "prediction", input: at(i), ...event }, [at(i), ...words].join("\t"));
        });
      } else
        (await model.predict(part)).forEach((answers, i) => {
          const shown = answers.slice(0, top);
          output.answer(
            { event: "prediction", input: at(i), label: shown[0]?.label, score: shown[0]?.score, top: shown },
            [at(i), ...shown.flatMap((a) => [a.label, a.score.toFixed(4)])].join("\t"),
          );
        });
      n += part.length;
    }
  }
  output.result({ predictions: n }, []);
}
