// Writes the sheet of a report on the screen.
import type { ReportPart, ReportSheet } from "../../report/sheet/report-sheet.js";
import type { Text } from "../../report/sheet/sheet.js";
import { type StudyResult, studySheet } from "../../report/studies/study-sheets.js";
import { labelled } from "./labelled.js";
import { screenText, tableOnScreen } from "./render-sheet.js";

/** Returns the lines of a finished study. */
export const studyLines = (result: StudyResult): string[] => reportLines(studySheet(result));

const linesOf = (short: string | undefined, texts: readonly Text[]): string[] =>
  short === undefined ? [] : texts.flatMap((text) => labelled(short, screenText(text)));

type PartOf<Kind> = Extract<ReportPart, { readonly kind: Kind }>;

/** Parts that the screen has, in its order. */
const writers: { readonly [Kind in ReportPart["kind"]]?: (part: PartOf<Kind>) => string[] } = {
  table: ({ table, only }) => (only === "page" ? [] : tableOnScreen(table)),
  conclusion: ({ short, lines }) => labelled(short, ...lines.map(screenText)),
  text: ({ short, text }) => linesOf(short, [text]),
  list: ({ short, texts }) => linesOf(short, texts),
  facts: ({ facts }) => facts.flatMap(({ short, value }) => linesOf(short, [value])),
  notes: ({ short, texts }) => linesOf(short, texts),
};

/** Returns the lines of a report: what was done, tables, conclusions, notes, and the paths of its files. */
function reportLines({ done, lead, sections, paths }: ReportSheet): string[] {
  const parts = [...sections.flatMap((section) => section.parts), ...lead];
  return [
    ...labelled(done.label, ...done.lines.map(screenText)),
    ...Object.entries(writers).flatMap(([kind, write]) =>
      parts.filter((part) => part.kind === kind).flatMap(write as (part: ReportPart) => string[]),
    ),
    ...Object.entries(paths).flatMap(([label, path]) => labelled(label, path)),
  ];
}
