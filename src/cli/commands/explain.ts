import { explain as explainItems } from "../../api/explain.js";
import { EngraftError } from "../../core/errors.js";
import type { Explanation } from "../../core/results/explanation.js";
import { listName } from "../../data/split/found.js";
import { nodePlatform } from "../../platform/node.js";
import { samplesOf } from "../../tasks/explain/samples.js";
import { writeExplanations } from "../../tasks/explain/write-explanations.js";
import { rowsOf, type TableRow } from "../../tasks/tables/table-model.js";
import type { TextOrPair } from "../../tasks/texts/asked-texts.js";
import type { Command } from "../command.js";
import type { OptionsOf } from "../options/options.js";
import { renderExplanation } from "../render/render-explanation.js";
import { pairOf } from "./pair-of.js";
import { inputsOf } from "./predict/predict.js";
import { textsOf } from "./predict/predict-texts.js";

/** `engraft explain <model> <item…>`: why the model answers what it answers. */
export const explain: Command<OptionsOf<"explain">> = async (
  [dir, ...words],
  options,
  { output, signal },
) => {
  const { textA, textB, text: columns, background, out, lang, json, quiet, help, ...given } = options;
  const method = methodFor(options);
  const asked = { ...given, ...(method !== undefined && { method }) };
  const pair = pairOf({ command: "explain", textA, textB, words });
  const { task, samples } = await samplesOf(nodePlatform, dir!);
  if ((pair || columns !== undefined) && samples !== "texts")
    throw new EngraftError(
      "OptionError",
      `--text, --text-a and --text-b are for models of texts, and this is of ${task}`,
      { help: "leave them out" },
    );
  /** Names of the rows, in their order. */
  const names: string[] = [];
  async function* items(): AsyncGenerator<TextOrPair | TableRow> {
    if (samples === "pictures") yield* inputsOf(words, signal);
    else if (samples === "rows")
      for await (const { name, row } of rowsOfFiles(words)) {
        names.push(name);
        yield row;
      }
    else {
      const how = { ...(pair && { pair }), ...(columns !== undefined && { columns }) };
      for await (const { text } of textsOf(words, signal, how)) yield text;
    }
  }
  let n = 0;
  const kept: Explanation[] = [];
  for await (const told of explainItems(dir!, items(), {
    ...asked,
    ...(background !== undefined && { background: await rowsOf(nodePlatform, background) }),
    signal,
  })) {
    if (signal.aborted) throw new EngraftError("Interrupted", `stopped after ${n} items`);
    const named = samples === "rows" ? { ...told, input: names[n]! } : told;
    n++;
    if (out !== undefined && kept.length < mostKept) kept.push(named);
    output.answer({ event: "explanation", ...named }, renderExplanation(named));
  }
  if (out === undefined) output.result({ explanations: n }, []);
  else {
    const page = await writeExplanations(out, dir!, kept, lang === undefined ? {} : { lang });
    output.result({ explanations: n, page }, [`page       ${page}`]);
  }
};

/** Explanations of a page. */
const mostKept = 1000;

/** @throws OptionError for a page of a method whose weights do not sum up to the prediction */
function methodFor({ method, out, lang }: OptionsOf<"explain">) {
  if (out === undefined && lang !== undefined)
    throw new EngraftError("OptionError", "--lang is of the page that --out writes", {
      help: "give --out FILE",
    });
  if (out === undefined || method === "shap" || method === "ig") return method;
  if (method === undefined) return "shap";
  throw new EngraftError(
    "OptionError",
    `--out draws weights that sum up to a prediction: not those of ${method}`,
    {
      help: "use --method shap or ig",
    },
  );
}

/** The rows of table files, with what messages call them. @throws DataError for a file that is no table */
async function* rowsOfFiles(files: readonly string[]) {
  for (const file of files) {
    if (!listName.test(file))
      throw new EngraftError("DataError", `"${file}" is no table`, {
        help: "this model answers rows: give a .csv, .tsv, .jsonl, .json or .parquet file",
      });
    for (const [i, row] of (await rowsOf(nodePlatform, file)).entries())
      yield { name: `${file}, row ${i + 1}`, row };
  }
}
