// The model card of a base that was pretrained on texts of a domain.
import type { Interval, LanguageScores, PretrainResultEvent } from "../../core/events/events.js";
import { taskWith } from "../../core/results/task.js";
import {
  baseLine,
  baseName,
  escapeMarkdown,
  fenced,
  licenceSection,
  versionsLine,
  withoutFolders,
} from "../markdown.js";
import { frontMatter } from "./front-matter.js";

/** Task of a decoder on the hub. */
const writing = taskWith({ head: "sequence" });

const intervalOf = (interval: Interval | null, digits: number): string =>
  interval ? `95 % interval ${interval.map((x) => x.toFixed(digits)).join(" to ")}` : "no interval";

const between = ({ perplexity, perplexity_ci95: interval }: LanguageScores): string =>
  `${perplexity.toFixed(2)} (${intervalOf(interval, 2)})`;

/**
 * Returns the model card as Markdown.
 * @param dtype as Transformers.js names the type of the file's numbers. Missing: it cannot write with this file, which has no cache
 */
export function pretrainedCard(
  result: PretrainResultEvent,
  command: string,
  versions: Readonly<Record<string, string>>,
  dtype?: "fp32" | "fp16",
): string {
  const { base, objective, split, rows, tokens, before, after, guessing, gain, epochs, best_epoch } = result;
  const writes = result.samples !== undefined;
  const head = frontMatter({
    base,
    task: writes ? writing : "feature-extraction",
    metrics: ["perplexity"],
    library: "transformers.js",
    tags: ["pretrained"],
  });
  return `${head}

# A base for texts, pretrained further with Engraft

${baseName(base)} went on learning from ${split.train} texts without labels: ${objective.name} modelling, ${objective.words} (${escapeMarkdown(objective.paper)}).

${baseLine(base)}
- Texts: ${split.train} with ${tokens} tokens, in ${rows.train} rows of ${rows.length}; ${split.validation} more held back
- Length: ${epochs} epochs, the weights of epoch ${best_epoch} kept
${versionsLine(versions)}

| on the held-back texts | perplexity |${bitsOf("bits per byte |", before)}
|---|---|${bitsOf("---|", before)}
| guessing by the frequency of tokens | ${guessing.perplexity.toFixed(2)} |${bitsOf("|", before)}
| the base${writes ? "" : ", with the best head of words over its features"} | ${between(before)} |${bits(before)}
| this one | ${between(after)} |${bits(after)}

The loss is lower by ${gain.loss.toFixed(4)} nats a token (${intervalOf(gain.ci95, 4)}, over the same ${after.n} places). ${
    writes
      ? "Lower is better; whether the texts are good is for a reader to say."
      : "Whether that helps a task is for a comparison on that task to say."
  }
${samplesOf(result)}
${usage(result, command, dtype)}

${licenceSection(base, "texts")}
`;
}

const bitsOf = (cell: string, { bits_per_byte: has }: LanguageScores): string =>
  has === undefined ? "" : ` ${cell}`;

const bits = ({ bits_per_byte: value, bits_per_byte_ci95: interval }: LanguageScores): string =>
  value === undefined ? "" : ` ${value.toFixed(3)} (${intervalOf(interval ?? null, 3)}) |`;

/** Returns what both models write, as a list of indented texts. */
function samplesOf({ samples = [] }: PretrainResultEvent): string {
  const quoted = (text: string): string => escapeMarkdown(text.replace(/\s+/g, " ").trim()) || "nothing";
  return samples
    .map(
      ({ prompt, data, before, after }) => `
- ${quoted(prompt)}
  - data: ${quoted(data)}
  - the base: ${quoted(before)}
  - this one: ${quoted(after)}
`,
    )
    .join("");
}

function usage({ samples }: PretrainResultEvent, command: string, dtype: string | undefined): string {
  const made = withoutFolders(command);
  if (!samples) return fenced("sh", `${made}\nengraft train labelled.csv --base THIS_FOLDER`);
  const input = '"the beginning of a text"';
  const predict = fenced("sh", `${made}\nengraft predict THIS_FOLDER ${input}`);
  if (dtype === undefined) return predict;
  return `${predict}

${fenced(
  "js",
  `import { pipeline } from "@huggingface/transformers";
const generate = await pipeline("${writing}", "THIS_FOLDER", { dtype: "${dtype}" });
const [{ generated_text }] = await generate(${input}, { max_new_tokens: 100 });`,
)}`;
}
