import { taskOfModel } from "../../bases/model-folder.js";
import { EngraftError } from "../../core/errors.js";
import type { HeatMap, WordWeight } from "../../core/insights.js";
import { explain as explainItems } from "../../front/explain.js";
import type { Explanation } from "../../front/explanation.js";
import type { TextOrPair } from "../../front/texts/asked-texts.js";
import { nodePlatform } from "../../platform/node.js";
import type { Command } from "../command.js";
import type { OptionsOf } from "../options.js";
import { pairOf } from "./pair-of.js";
import { inputsOf } from "./predict.js";
import { textsOf } from "./predict-texts.js";

/** From nothing to all, and beside each cell the same once more: letters are twice as high as wide. */
const shades = [" ", "░", "▒", "▓", "█"];

function drawn({ rows, columns, values }: HeatMap): string[] {
  const largest = values.reduce((max, v) => Math.max(max, Math.abs(v)), 0);
  const cell = (v: number): string => {
    const share = largest > 0 ? Math.abs(v) / largest : 0;
    if (v < 0) return share < 0.25 ? "  " : "--";
    const shade = shades[Math.round(share * (shades.length - 1))]!;
    return shade + shade;
  };
  const line = (r: number): string =>
    values
      .slice(r * columns, (r + 1) * columns)
      .map(cell)
      .join("");
  const against = values.some((v) => v < -0.25 * largest);
  return [
    ...Array.from({ length: rows }, (_, r) => `  |${line(r)}|`),
    ...(against ? ["  -- speaks against it"] : []),
  ];
}

/** The words with the largest weights, whichever way they speak. */
function strongest(words: readonly WordWeight[]): string[] {
  const told = words
    .flatMap(({ text, weight }) => (weight === undefined ? [] : [{ text, weight }]))
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
    .slice(0, 12);
  return told.map(
    ({ text, weight }) => `  ${weight < 0 ? "\u2212" : "+"}${Math.abs(weight).toFixed(3)}  ${text}`,
  );
}

/** An explanation for people. */
function renderExplanation(told: Explanation): string {
  const asked = told.class === told.label ? "" : `; why not ${told.class} (${told.class_score.toFixed(4)})`;
  const input = told.input.replace(/\s+/g, " ");
  const head = `${input}\t${told.label}\t${told.score.toFixed(4)}${asked}  [${told.method}]`;
  if (told.map) return [head, ...drawn(told.map)].join("\n");
  const [words, second] = [told.words ?? [], told.second];
  const lines = second
    ? ["  first text", ...strongest(words), "  second text", ...strongest(second)]
    : strongest(words);
  return [head, ...lines].join("\n");
}

/** `engraft explain <model> <item…>`: why the model answers what it answers. */
export const explain: Command<OptionsOf<"explain">> = async (
  [dir, ...words],
  options,
  { output, signal },
) => {
  const { method, class: asked, seed, threads, textA, textB, text: columns } = options;
  const pair = pairOf({ command: "explain", textA, textB, words });
  const task = await taskOfModel(nodePlatform, dir!);
  if ((pair || columns !== undefined) && task !== "text-classification")
    throw new EngraftError(
      "OptionError",
      `--text, --text-a and --text-b are for models of texts, and this is of ${task}`,
      { help: "leave them out" },
    );
  async function* texts(): AsyncGenerator<TextOrPair> {
    const asked = { ...(pair && { pair }), ...(columns !== undefined && { columns }) };
    for await (const { text } of textsOf(words, signal, asked)) yield text;
  }
  const items = task === "text-classification" ? texts() : inputsOf(words, signal);
  let n = 0;
  for await (const told of explainItems(dir!, items, {
    ...(method !== undefined && { method }),
    ...(asked !== undefined && { class: asked }),
    ...(seed !== undefined && { seed }),
    ...(threads !== undefined && { threads }),
    signal,
  })) {
    if (signal.aborted) throw new EngraftError("Interrupted", `stopped after ${n} items`);
    n++;
    output.answer({ event: "explanation", ...told }, renderExplanation(told));
  }
  output.result({ explanations: n }, []);
};
