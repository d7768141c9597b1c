// The model card of an adapted model.

import type { AdaptResultEvent } from "../../core/events/events.js";
import { classificationOf } from "../../core/results/task.js";
import { percent, percentRange } from "../charts/numbers.js";
import {
  baseLine,
  escapeMarkdown,
  fenced,
  licenceSection,
  versionsLine,
  withoutFolders,
} from "../markdown.js";
import { frontMatter } from "./front-matter.js";

/** Returns the model card, README.md of the model folder. */
export function adaptationCard(
  result: AdaptResultEvent,
  command: string,
  versions: Readonly<Record<string, string>>,
): string {
  const { method, base, classes, chosen, test, source_only, unit } = result;
  const texts = unit === "text";
  const accuracy = test
    ? `On ${test.n} target ${unit}s that nothing was trained on: ${percent(test.accuracy)} (95 % interval ${percentRange(test.accuracy_ci95)}); the same network without adaptation: ${percent(source_only.test?.accuracy ?? Number.NaN)}.`
    : "The target had no labels: how well it does there was not measured.";
  const head = frontMatter({
    base,
    task: classificationOf[texts ? "text" : "image"],
    metrics: ["accuracy"],
    // Transformers.js has no bags of words as input.
    ...(!texts && { library: "transformers.js" as const }),
    tags: ["domain-adaptation"],
  });
  return `${head}

# Adapted with Engraft

Trained on a labelled source for an unlabelled target: ${escapeMarkdown(method.name)} (${escapeMarkdown(method.paper)}).

${baseLine(base)}
- Classes: ${classes.map(escapeMarkdown).join(", ")}
- Recipe: ${escapeMarkdown(method.recipe)}
- Chosen without target labels: epoch ${chosen.epoch}${chosen.trade_off === undefined ? "" : `, trade-off ${chosen.trade_off}`}, by ${escapeMarkdown(chosen.by)}
${versionsLine(versions)}

${accuracy}

${fenced("sh", withoutFolders(command))}

${licenceSection(base, `${unit}s`)}
`;
}
