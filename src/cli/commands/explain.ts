import { explainOn } from "../../api/explain.js";
import { pictureColumns, readTableFolder } from "../../bases/model-folder/table-folder.js";
import { EngraftError } from "../../core/errors.js";
import type { Explanation } from "../../core/results/explanation.js";
import { nodePlatform } from "../../platform/node.js";
import type { Lang } from "../../report/words/langs.js";
import { openMachine } from "../../run/machine.js";
import { hideUserFolders } from "../../run/report/keep-report.js";
import { pageAt } from "../../run/report/run-report.js";
import { samplesOf } from "../../tasks/explain/samples.js";
import { readWriterFolder } from "../../tasks/generation/generation-model.js";
import { rowsOf } from "../../tasks/tables/table-rows.js";
import type { Command } from "../command.js";
import type { OptionsOf } from "../options/options.js";
import { renderExplanation } from "../render/render-explanation.js";
import { pairOf } from "./pair-of.js";
import { imagesOf, rowsOfFiles, soundsOf, textsOf } from "./predict/inputs.js";
import { promptsOf } from "./predict/prompts.js";
import { unreadableInputs } from "./unreadable.js";

/** `engraft explain <model> <item…>`: explains predictions. */
export const explain: Command<OptionsOf<"explain">> = async (
  [dir, ...words],
  options,
  { output, signal },
) => {
  const { textA, textB, text: columns, background, out, lang, json, quiet, help, ...given } = options;
  const method = methodFor(options);
  const explainOptions = { ...given, ...(method !== undefined && { method }) };
  const pair = pairOf({ command: "explain", textA, textB, words });
  const { task, samples } = await samplesOf(nodePlatform, dir!);
  const writes = samples === "prompts";
  if ((pair || columns !== undefined) && samples !== "texts" && !writes)
    throw new EngraftError(
      "OptionError",
      `--text, --text-a and --text-b are for models of texts, and this is of ${task}`,
      { help: "leave them out" },
    );
  const unreadable = unreadableInputs(output);
  if (writes && pair)
    throw new EngraftError(
      "OptionError",
      "--text-a and --text-b are for models of pairs, and this one writes",
      {
        help: "give the text alone",
      },
    );
  /** Names of the rows, in their order. */
  const names: string[] = [];
  /** Name of the prompt that is explained. */
  let prompted = "";
  const picturesOf = async () => pictureColumns((await readTableFolder(nodePlatform, dir!)).table);
  async function* items(): AsyncGenerator<unknown> {
    const how = { pair, columns };
    if (writes) {
      const { form } = (await readWriterFolder(nodePlatform, dir!)).engraft.generation;
      const of = { columns, quotes: undefined, chat: form === "chats", signal, output, unreadable };
      for await (const { name, prompt } of promptsOf(words, of)) {
        prompted = name;
        yield prompt;
      }
      return;
    }
    if (samples === "pictures") for await (const { input } of imagesOf(words, signal)) yield input;
    else if (samples === "clips") for await (const { input } of soundsOf(words, signal)) yield input;
    else if (samples === "rows")
      for await (const { name, input } of rowsOfFiles(words, { pictures: await picturesOf() }, unreadable)) {
        names.push(name);
        yield input;
      }
    else for await (const { input } of textsOf(words, signal, how)) yield input;
  }
  // Before the explanations, which take long.
  if (out !== undefined) await pageAt(nodePlatform, out);
  let n = 0;
  const kept: Explanation[] = [];
  const how = {
    ...explainOptions,
    ...(background !== undefined && { background: await rowsOf(nodePlatform, background) }),
    signal,
  };
  const leaveOut = writes ? (error: unknown) => unreadable.add(prompted, error) : undefined;
  for await (const explanation of explainOn(await openMachine(), dir!, items(), how, leaveOut)) {
    if (signal.aborted)
      throw new EngraftError("Interrupted", `stopped after ${n} ${n === 1 ? "item" : "items"}`);
    const named = samples === "rows" ? { ...explanation, input: names[n]! } : explanation;
    n++;
    if (out !== undefined && kept.length < mostKept) kept.push(named);
    const { cells, lines } = renderExplanation(named);
    output.answer({ event: "explanation", ...named }, cells, lines);
  }
  const page = out && (await writeExplanations(out, dir!, kept, lang === undefined ? {} : { lang }));
  unreadable.refuse(n);
  output.result({ explanations: n, ...(page && { page }) }, page ? [`page       ${page}`] : []);
};

/** Most explanations of a page. */
const mostKept = 1000;

/** @throws OptionError for a page with a method whose weights do not sum up to the prediction */
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
    { help: "use --method shap or ig" },
  );
}

/**
 * Writes explanations by SHAP or Integrated Gradients as one HTML page: a waterfall for each sample, and a beeswarm over
 * the rows of a table. The page needs no network and no script.
 * @param model explained model folder; its path does not appear on the page
 * @returns the page's path
 * @throws FileError if `out` is a folder
 */
async function writeExplanations(
  out: string,
  model: string,
  explanations: readonly Explanation[],
  { lang = "en" }: { readonly lang?: Lang } = {},
): Promise<string> {
  const machine = await openMachine();
  const { files } = machine.platform;
  const { renderExplanations } = await import("../../report/pages/explanations.js");
  const page = await pageAt(machine.platform, out);
  const title = files
    .resolve(model)
    .split(/[\\/]/)
    .filter((part) => part !== "" && part !== "model")
    .at(-1);
  const text = renderExplanations(title ?? "model", explanations, { lang });
  await files.writeAtomic(page, hideUserFolders(machine, text, [files.resolve(model)]));
  return page;
}
