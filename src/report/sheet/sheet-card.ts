// Writes a sheet as the model card, in English.
import type { DistillationResult } from "../../core/events/run-outcome.js";
import type { BaseFacts } from "../../core/results/base-facts.js";
import { constantBaselines } from "../../core/results/baseline-names.js";
import type { CommonResult } from "../../core/results/common-result.js";
import { methodOfModel } from "../../core/results/common-result.js";
import type { GroupFacts } from "../../core/results/group-facts.js";
import { groupWords } from "../../core/results/group-words.js";
import { type ShownResult, shownScoreOf } from "../../evaluate/shown-score.js";
import { frontMatter } from "../cards/front-matter.js";
import { count, duration, integer } from "../charts/numbers.js";
import { sentence } from "../layout/result-head.js";
import {
  averageLine,
  baseLine,
  escapeMarkdown,
  fenced,
  licenceSection,
  verdictParagraphs,
  versionsLine,
  withoutFolders,
} from "../markdown.js";
import { seedsWords } from "../pages/seeds-words.js";
import { lastEvent, type RunPageData } from "../report-data.js";
import { baselineLabels, teacherLabel } from "../words/baselines.js";
import { wordsIn } from "../words/index.js";
import {
  type Column,
  type Figure,
  pairExample,
  piecesOf,
  type RunSheet,
  type Sheet,
  type TableContent,
  type Text,
  type Usage,
  wordsOf,
} from "./sheet.js";
import type { ScoredResult } from "./sheet-page.js";
import { hasDigits, saidOfScore } from "./shown-score.js";
import { sheetFor } from "./unscored-sheet.js";
import { writtenInterval, writtenNumber, writtenValue } from "./written.js";

/** Returns a text as Markdown. */
export const cardText = (text: Text): string =>
  piecesOf(text, "en")
    .map((piece) => ("own" in piece ? piece.own : escapeMarkdown(wordsOf(piece))))
    .join("");

export type CardResult<Test> = ScoredResult<Test> &
  Omit<CommonResult, "event"> & { readonly task: string; readonly distillation?: DistillationResult };

/** Returns the model card, README.md of the model folder. */
export function sheetCard<
  Test extends GroupFacts,
  About,
  Read extends About & { readonly test: Test },
  Result extends Read & CardResult<Test>,
>(
  scored: Sheet<Test, About, Read>,
  data: Pick<RunPageData, "title" | "versions" | "events" | "command"> & { readonly result: Result },
): string {
  const { result, title } = data;
  const sheet = sheetFor(scored, result);
  const { usage, tables: more = [], made = [] } = sheet.run(result);
  const { n, warning, notes = [], tables, facts } = sheet.scores(result.test, result);
  const sample = sheet.sample(result);
  const grouped = result.test.few_groups ? undefined : groupWords({ ...result.test, n }, `${sample}s`);
  const [figure] = sheet.figures(result.test, result);
  const shown = shownScoreOf(result as ShownResult);
  const said = Object.values(saidOfScore({ shown, figure, sample, lang: "en", baselines: result.baselines }));
  const { base, test_looks: looks, by_seed: seeds } = result;
  const { counted, scored: other } = usage;
  const cardTables = [...tables, ...more].filter(({ samples }) => samples === undefined);
  const results = result.no_score
    ? `No score was measured: ${cardText(warning!)}\n`
    : `On ${count(n, `test ${sample}`)} that took no part in training or choosing${counted === undefined ? "" : `; ${counted}`}; intervals over ${sample}s, or their groups.${notes.map((note) => ` ${cardText(note)}`).join("")}
The test part had been scored ${count(looks, "time")} before.
${warning === undefined ? "" : `\n**${cardText(warning)}**\n`}${grouped === undefined ? "" : `\nOn the test part, ${grouped}.\n`}${said.map((part) => `\n${sentence(part, wordsIn("en"))}\n`).join("")}
${[methodTable(sheet, result), ...cardTables.map(tableText)].join("\n\n")}
${facts.length === 0 ? "" : `\n${facts.map(({ label, value }) => `- ${cardText(label)}: ${cardText(value)}`).join("\n")}\n`}${other === undefined ? "" : `\n${other}\n`}${seeds ? `\nBy seed: ${seedsWords.en.words(seeds)}.\n` : ""}
${verdictParagraphs(result)}
These figures hold for ${sample}s like those of the test part${seeds ? "; " : ", and for "}${seedsWords.en.foot(seeds)}.
`;
  return `${cardHead(usage, base)}

# ${escapeMarkdown(title)}

${cardText(usage.does)}

## Results

${results}
${cardUse({ ...usage, ...(result.pairs && { example: pairExample }) })}## How it was made

${madeLines(data, sample, made)}

The command:

${fenced("sh", withoutFolders(data.command))}

${licenceSection(base, `${sample}s`)}
`;
}

/** Returns the front matter. */
export const cardHead = ({ hub, script }: Pick<Usage, "hub" | "script">, base: BaseFacts): string =>
  frontMatter({
    base,
    task: hub.task,
    metrics: hub.metrics,
    ...(hub.tags && { tags: hub.tags }),
    ...(hub.library !== undefined && { library: hub.library }),
    ...(script !== undefined && { library: "transformers.js" }),
    ...(hub.relation !== undefined && { relation: hub.relation }),
  });

/** Returns the section on the use of the model; "" if neither a script nor the command line knows the task. */
export function cardUse({ note, script, python, example }: Omit<Usage, "does" | "hub">): string {
  const named = (name: string): string => (python === undefined ? "" : `With ${name}:\n\n`);
  const parts = [
    ...(note === undefined ? [] : [note]),
    ...(script === undefined ? [] : [`${named("Transformers.js")}${fenced("js", script)}`]),
    ...(python === undefined ? [] : [`${named("onnxruntime in Python")}${fenced("python", python)}`]),
    ...(example === undefined
      ? []
      : [`${named("Engraft")}${fenced("sh", `engraft predict ./model ${example}`)}`]),
  ];
  return parts.length === 0 ? "" : `## How to use it\n\n${parts.join("\n\n")}\n\n`;
}

/** Returns the lines on base, strategy, data and machine. */
function madeLines(
  {
    result,
    versions,
    events,
  }: Pick<RunPageData, "versions" | "events"> & { readonly result: Omit<CommonResult, "event"> },
  sample: string,
  made: NonNullable<RunSheet["made"]>,
): string {
  const { base, strategy, trainable, epochs, best_epoch: best, split, seconds, peak_rss_mb: memory } = result;
  const [data, start] = [lastEvent({ events }, "data"), lastEvent({ events }, "start")];
  const weights = best === 0 ? "before the first epoch" : `of epoch ${best}`;
  const trained = epochs > 0 ? `, ${count(epochs, "epoch")}, weights ${weights}` : "";
  const line = (label: string, value: string | undefined): string[] =>
    value === undefined ? [] : [`- ${label}: ${value}`];
  return [
    baseLine(base),
    ...line("Strategy", [strategy.name, ...strategy.reasons].map(escapeMarkdown).join("; ")),
    ...made.flatMap(({ label, value }) => line(label, cardText(value))),
    ...line(
      "Trained",
      `${integer(trainable.parameters)} of ${integer(trainable.total)} parameters${trained}`,
    ),
    ...(result.average ? [averageLine(result).trimEnd()] : []),
    ...line(
      "Data",
      `${integer(split.train)} ${sample}s to train, ${integer(split.validation)} to validate, ${integer(split.test)} to test`,
    ),
    ...line("Split", data?.split_words && escapeMarkdown(data.split_words)),
    ...line("Data fingerprint", data?.fingerprint && `\`${data.fingerprint}\``),
    ...line("Seed", String(split.seed)),
    ...line("Time and memory", `${duration(seconds.total)}, ${integer(memory)} MB at the peak`),
    ...line("Machine", start && `${escapeMarkdown(start.machine)}, ${count(start.threads, "thread")}`),
    versionsLine(versions),
  ].join("\n");
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
  // A teacher is of the same task.
  const taught = result.distillation?.test as (Test & object) | undefined;
  const teacher = taught
    ? [
        {
          label: teacherLabel(
            result.distillation!.test!.n,
            sheet.scores(test, result).n,
            sheet.sample(result),
            "en",
          ),
          test: taught,
          constant: false,
        },
      ]
    : [];
  const rows = [...own, ...views, ...others, ...teacher].map((method) => {
    const [score, ...further] = sheet.figures(method.test, result);
    const isShown = hasDigits(method.test, method.constant);
    const written = ({ as, value }: Figure): string => (isShown ? writtenNumber(as, value) : "–");
    return [
      escapeMarkdown(method.label),
      written(score),
      writtenInterval(score.as, method.constant ? null : score.ci95, "en"),
      ...further.map(written),
    ];
  });
  const [score, ...further] = sheet.figures(test, result);
  const heads = [score.name, "95 % interval", ...further.map(({ name }) => name)];
  return lines(["", ...heads.map(cardText)], rows);
}

/** Returns a table as Markdown. */
export function tableText({ columns, rows, empty }: TableContent): string {
  if (rows.length === 0 && empty !== undefined) return cardText(empty);
  const value = ({ as }: Column, cell: TableContent["rows"][number][number]): string =>
    escapeMarkdown(writtenValue(as, cell, "en"));
  return lines(
    columns.map(({ name }) => cardText(name)),
    rows.map((row) => row.map((cell, i) => value(columns[i]!, cell))),
  );
}

const lines = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  [heads, heads.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
