// The model card of a base that was exported as it is.
import type { BaseModality } from "../../core/modalities.js";
import type { BaseFacts } from "../../core/results/base-facts.js";
import { engraftVersion } from "../../core/version.js";
import { baseLine, baseName, escapeMarkdown, fenced, licenceSection, versionsLine } from "../markdown.js";
import { frontMatter } from "./front-matter.js";
import { pipelineSnippet } from "./transformers-js.js";

/** What the card of an exported base says. */
export interface BaseCard extends BaseFacts {
  readonly modality: BaseModality;
  /** Its task on the hub. A base without a classifier gives features. */
  readonly task: string;
  /** What was found while its file was read. */
  readonly notes: readonly string[];
}

/** True if the outputs of a task are features. */
export const givesFeatures = (task: string): boolean => task.endsWith("feature-extraction");

const words: Readonly<Record<BaseModality, { readonly data: string; readonly call?: string }>> = {
  image: { data: "pictures", call: 'console.log(await run("picture.jpg"));' },
  text: { data: "texts", call: 'console.log(await run(["a text", "another one"]));' },
  audio: { data: "sounds" },
};

/** Returns the model card as Markdown. */
export function baseCard({ modality, task, notes, ...base }: BaseCard): string {
  const { data, call } = words[modality];
  const head = frontMatter({
    ...{ base, task, relation: "quantized", library: "transformers.js" },
  });
  const gives = givesFeatures(task)
    ? "The model has no classifier: its outputs are features."
    : "The output `logits` has the raw scores of the classes in `config.json`.";
  return `${head}

# ${baseName(base)} as ONNX

${baseName(base)}, written as ONNX by Engraft. Its weights were not trained further. ${gives}

${baseLine(base)}
${notes.map((note) => `- Note: ${escapeMarkdown(note)}\n`).join("")}${versionsLine({ engraft: engraftVersion })}

${call === undefined ? "" : `${fenced("js", pipelineSnippet(task, "run", call))}\n\n`}${fenced("sh", "engraft train DATA --base THIS_FOLDER")}

${licenceSection(base, data)}
`;
}
