// The model card of a base that was pretrained on texts of a domain.
import type { Interval, LanguageScores, PretrainResultEvent } from "../../core/events/events.js";
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

const intervalOf = (interval: Interval | null, digits: number): string =>
  interval ? `95 % interval ${interval.map((x) => x.toFixed(digits)).join(" to ")}` : "no interval";

const between = ({ perplexity, perplexity_ci95: interval }: LanguageScores): string =>
  `${perplexity.toFixed(2)} (${intervalOf(interval, 2)})`;

/** Returns the model card as Markdown. */
export function pretrainedCard(
  result: PretrainResultEvent,
  command: string,
  versions: Readonly<Record<string, string>>,
): string {
  const { base, objective, split, tokens, rows, before, after, gain, epochs, best_epoch } = result;
  const head = frontMatter({
    base,
    task: "feature-extraction",
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

| perplexity on the held-back texts | |
|---|---|
| the base, with the best head of words over its features | ${between(before)} |
| this one | ${between(after)} |

The loss is lower by ${gain.loss.toFixed(4)} nats a token (${intervalOf(gain.ci95, 4)}, over the same ${after.n} places). Whether that helps a task is for a comparison on that task to say.

${fenced("sh", `${withoutFolders(command)}\nengraft train labelled.csv --base THIS_FOLDER`)}

${licenceSection(base, "texts")}
`;
}
