// Writes a sheet as the model card, in English.
import { constantBaselines } from "../../core/results/baseline-names.js";
import type { CommonResult } from "../../core/results/common-result.js";
import { methodOfModel } from "../../core/results/common-result.js";
import type { GroupFacts } from "../../core/results/group-facts.js";
import { groupWords } from "../../core/results/group-words.js";
import { frontMatter } from "../cards/front-matter.js";
import { count, integer } from "../charts/numbers.js";
import {
  averageLine,
  baseLine,
  escapeMarkdown,
  licenceSection,
  verdictParagraphs,
  versionsLine,
} from "../markdown.js";
import type { RunPageData } from "../report-data.js";
import { baselineLabels } from "../words/baselines.js";
import { wordsIn } from "../words/index.js";
import { type Column, piecesOf, type Sheet, type Table, type Text, type Usage, wordsOf } from "./sheet.js";
import type { ScoredResult } from "./sheet-page.js";
import { writtenInterval, writtenNumber, writtenValue } from "./written.js";

/** Returns a text as Markdown. */
const markdownOf = (text: Text): string =>
  piecesOf(text, "en")
    .map((piece) => ("own" in piece ? piece.own : escapeMarkdown(wordsOf(piece))))
    .join("");

type CardResult<Test> = ScoredResult<Test> &
  Pick<
    CommonResult,
    "safe" | "epochs" | "best_epoch" | "strategy" | "split" | "base" | "trainable" | "average"
  > & {
    readonly task: string;
  };

/** Returns the model card, README.md of the model folder. */
export function sheetCard<
  Test extends GroupFacts,
  About,
  Read extends About & { readonly test: Test },
  Result extends Read & CardResult<Test>,
>(
  sheet: Sheet<Test, About, Read>,
  { result, title, versions }: Pick<RunPageData, "title" | "versions"> & { readonly result: Result },
): string {
  const { usage, tables: more = [] } = sheet.run(result);
  const { n, warning, notes = [], tables } = sheet.scores(result.test, result);
  const grouped = groupWords({ ...result.test, n }, `${sheet.sample(result)}s`);
  const { base, split, trainable, epochs, task, strategy } = result;
  const sample = sheet.sample(result);
  const { hub, counted, scored, script } = usage;
  const cardTables = [...tables, ...more].filter(({ samples }) => samples === undefined);
  const head = frontMatter({
    base,
    task: hub.task,
    metrics: hub.metrics,
    ...(hub.library !== undefined && { library: hub.library }),
    ...(script !== undefined && { library: "transformers.js" }),
    tags: [task],
  });
  return `${head}

# ${escapeMarkdown(title)}

${markdownOf(usage.does)}

## Results

On ${count(n, `test ${sample}`)} that took no part in training or choosing${counted === undefined ? "" : `; ${counted}`}; intervals over ${sample}s, or their groups.${notes.map((note) => ` ${markdownOf(note)}`).join("")}
${warning === undefined ? "" : `\n**${markdownOf(warning)}**\n`}${grouped === undefined ? "" : `\nOn the test part, ${grouped}.\n`}
${[methodTable(sheet, result), ...cardTables.map(tableText)].join("\n\n")}
${scored === undefined ? "" : `\n${scored}\n`}

${verdictParagraphs(result)}
${useSection(usage)}## How it was made

${baseLine(base)}
- Strategy: ${escapeMarkdown(strategy.name)}
- Data: ${integer(split.train)} ${sample}s to train, ${integer(split.validation)} to validate, ${integer(split.test)} to test; seed ${split.seed}
- Trained: ${integer(trainable.parameters)} of ${integer(trainable.total)} parameters, ${count(epochs, "epoch")}
${averageLine(result)}${versionsLine(versions)}

${licenceSection(base, `${sample}s`)}
`;
}

/** Returns the section on the use of the model; none if neither a script nor the command line knows the task. */
function useSection({ note, script, example }: Usage): string {
  const parts = [
    ...(note === undefined ? [] : [note]),
    ...(script === undefined ? [] : [`\`\`\`js\n${script}\n\`\`\``]),
    ...(example === undefined ? [] : [`\`\`\`sh\nengraft predict ./model ${example}\n\`\`\``]),
  ];
  return parts.length === 0 ? "" : `## How to use it\n\n${parts.join("\n\n")}\n\n`;
}

/** Returns the scores of the run and of its baselines. */
function methodTable<
  Test extends GroupFacts,
  About,
  Read extends About & { readonly test: Test },
  Result extends Read & CardResult<Test>,
>(sheet: Sheet<Test, About, Read>, result: Result): string {
  const { page } = wordsIn("en");
  const { test, tta } = result;
  const own = [{ label: page.thisModel(methodOfModel(result)), test, constant: false }];
  const views = tta ? [{ label: page.views(tta.views), test: tta.test, constant: false }] : [];
  const baselines = Object.entries({ ...result.baselines } as Record<string, { test: Test } | undefined>);
  const others = baselines.flatMap(([key, baseline]) => {
    const label = baselineLabels("en")[key] ?? key;
    return baseline ? [{ label, test: baseline.test, constant: constantBaselines.has(key) }] : [];
  });
  const rows = [...own, ...views, ...others].map((method) => {
    const [score, ...further] = sheet.figures(method.test, result);
    return [
      escapeMarkdown(method.label),
      writtenNumber(score.as, score.value),
      writtenInterval(score.as, method.constant ? null : score.ci95, "en"),
      ...further.map(({ as, value }) => writtenNumber(as, value)),
    ];
  });
  const [score, ...further] = sheet.figures(test, result);
  const heads = [score.name, "95 % interval", ...further.map(({ name }) => name)];
  return lines(["", ...heads.map(markdownOf)], rows);
}

function tableText({ columns, rows, empty }: Table): string {
  if (rows.length === 0 && empty !== undefined) return markdownOf(empty);
  const value = ({ as }: Column, cell: Table["rows"][number][number]): string =>
    escapeMarkdown(writtenValue(as, cell, "en"));
  return lines(
    columns.map(({ name }) => markdownOf(name)),
    rows.map((row) => row.map((cell, i) => value(columns[i]!, cell))),
  );
}

const lines = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  [heads, heads.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
