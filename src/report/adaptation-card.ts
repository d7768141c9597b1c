/** The README.md of an adapted model's folder. */
import type { AdaptResultEvent } from "../core/events.js";
import { escapeMarkdown, withoutFolders } from "./model-card.js";
import { percent, percentRange } from "./numbers.js";

/** What a stranger needs to know of an adapted model, in Markdown. */
export function adaptationCard(result: AdaptResultEvent, command: string): string {
  const { method, base, classes, chosen, test, source_only, unit } = result;
  const accuracy = test
    ? `On ${test.n} target ${unit}s that nothing was trained on: ${percent(test.accuracy)} (95 % interval ${percentRange(test.accuracy_ci95)}); the same network without adaptation: ${percent(source_only.test?.accuracy ?? Number.NaN)}.`
    : "The target had no labels: how well it does there was not measured.";
  return `${[
    "# Adapted with Engraft",
    "",
    `Trained on a labelled source for an unlabelled target: ${escapeMarkdown(method.name)} (${escapeMarkdown(method.paper)}).`,
    "",
    `- Base: ${escapeMarkdown(base.name)}, licence ${escapeMarkdown(base.license)}`,
    `- Classes: ${classes.map(escapeMarkdown).join(", ")}`,
    `- Recipe: ${escapeMarkdown(method.recipe)}`,
    `- Chosen without target labels: epoch ${chosen.epoch}${chosen.trade_off === undefined ? "" : `, trade-off ${chosen.trade_off}`}, by ${escapeMarkdown(chosen.by)}`,
    "",
    accuracy,
    "",
    "```sh",
    withoutFolders(command),
    "```",
  ].join("\n")}\n`;
}
