import { EngraftError } from "../../core/errors.js";
import { explain as explainItems } from "../../front/explain/explain.js";
import { samplesOf } from "../../front/explain/samples.js";
import { rowsOf, type TableRow } from "../../front/tasks/predict-task.js";
import type { TextOrPair } from "../../front/texts/asked-texts.js";
import { nodePlatform } from "../../platform/node.js";
import type { Command } from "../command.js";
import type { OptionsOf } from "../options.js";
import { renderExplanation } from "../render-explanation.js";
import { pairOf } from "./pair-of.js";
import { inputsOf } from "./predict.js";
import { textsOf } from "./predict-texts.js";

/** `engraft explain <model> <item…>`: why the model answers what it answers. */
export const explain: Command<OptionsOf<"explain">> = async (
  [dir, ...words],
  options,
  { output, signal },
) => {
  const {
    textA,
    textB,
    text: columns,
    background,
    json: _json,
    quiet: _quiet,
    help: _help,
    ...asked
  } = options;
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
  for await (const told of explainItems(dir!, items(), {
    ...asked,
    ...(background !== undefined && { background: await rowsOf(nodePlatform, background) }),
    signal,
  })) {
    if (signal.aborted) throw new EngraftError("Interrupted", `stopped after ${n} items`);
    const named = samples === "rows" ? { ...told, input: names[n]! } : told;
    n++;
    output.answer({ event: "explanation", ...named }, renderExplanation(named));
  }
  output.result({ explanations: n }, []);
};

/** The rows of table files, with what messages call them. @throws DataError for a file that is no table */
async function* rowsOfFiles(files: readonly string[]) {
  for (const file of files) {
    if (!/\.(csv|tsv|jsonl|ndjson)$/i.test(file))
      throw new EngraftError("DataError", `"${file}" is no table`, {
        help: "this model answers rows: give a .csv, .tsv or .jsonl file",
      });
    for (const [i, row] of (await rowsOf(nodePlatform, file)).entries())
      yield { name: `${file}, row ${i + 1}`, row };
  }
}
