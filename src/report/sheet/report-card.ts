// Writes the sheet of a report as the card of its model, in English.
import { count } from "../charts/numbers.js";
import {
  baseLine,
  escapeMarkdown,
  fenced,
  licenceSection,
  versionsLine,
  withoutFolders,
} from "../markdown.js";
import { lastEvent } from "../report-data.js";
import type { RunRecord } from "../studies/study-parts.js";
import type { ModelFacts, ReportPart, ReportSheet } from "./report-sheet.js";
import type { Fact } from "./sheet.js";
import { cardHead, cardText, cardUse, tableText } from "./sheet-card.js";

/** Returns the model card, README.md of the model folder. */
export function reportCard(
  { lead, footer }: Pick<ReportSheet, "lead" | "footer">,
  { usage, base, samples, made }: ModelFacts,
  record: RunRecord,
): string {
  return `${cardHead(usage, base)}

# ${escapeMarkdown(record.title)}

${cardText(usage.does)}

## Results

${[...lead.flatMap(partText), cardText(footer)].join("\n\n")}

${cardUse(usage)}## How it was made

${[baseLine(base), ...factLines(made), ...recordLines(record), versionsLine(record.versions)].join("\n")}

The command:

${fenced("sh", withoutFolders(record.command))}

${licenceSection(base, samples)}
`;
}

const factLines = (facts: readonly Fact[]): string[] =>
  facts.map(({ label, value }) => `- ${cardText(label)}: ${cardText(value)}`);

/** Returns what a run recorded of its data and its machine. */
function recordLines(record: RunRecord): string[] {
  const [data, start] = [lastEvent(record, "data"), lastEvent(record, "start")];
  return [
    ...(data
      ? [`- Split: ${escapeMarkdown(data.split_words)}`, `- Data fingerprint: \`${data.fingerprint}\``]
      : []),
    ...(start ? [`- Machine: ${escapeMarkdown(start.machine)}, ${count(start.threads, "thread")}`] : []),
  ];
}

/** Returns a part in Markdown. A card has the parts that the screen has. */
function partText(part: ReportPart): string[] {
  switch (part.kind) {
    case "table":
      return part.only === "page" ? [] : [tableText(part.table)];
    case "conclusion":
      return [`**${cardText(part.title)}**`, part.lines.map(cardText).join(" ")];
    case "text":
      return part.short === undefined ? [] : [cardText(part.text)];
    case "list":
    case "notes":
      return part.short === undefined ? [] : part.texts.map(cardText);
    default:
      return [];
  }
}
