// The report of several runs side by side: a chart with intervals, the table, the curves, and the options that differ.

import { metricNames, metrics } from "../../core/results/metric.js";
import type { RunsReport, SideRun } from "../../core/results/side-by-side.js";
import type { Chart } from "../charts/charts.js";
import { chartMarkup, figure } from "../charts/curves.js";
import { duration, integer, megabytes } from "../charts/numbers.js";
import { formatOf } from "../charts/score-format.js";
import { testScores } from "../charts/test-scores.js";
import { html } from "../html.js";
import { titleOf } from "../layout/layout.js";
import type { ReportAssets } from "../report-data.js";
import { type ReportScripts, reportPage } from "../sheet/report-page.js";
import type { ReportPart, ReportSheet } from "../sheet/report-sheet.js";
import {
  type ColumnOf,
  type Fact,
  inEach,
  type Phrase,
  type Piece,
  say,
  type TableContent,
  type Text,
  tableOf,
  type Value,
} from "../sheet/sheet.js";
import { type Lang, wordsIn } from "../words/index.js";
import { metricsZh, spaced } from "../words/zh/metrics.js";
import { differenceZh } from "../words/zh/side-by-side.js";
import { taskNameZh } from "../words/zh/task.js";
import {
  baseFact,
  columnNames,
  comparedWith,
  fileSize,
  gainCell,
  limitsOf,
  splitText,
  testScore,
  testTitle,
  validationName,
  writtenValidation,
} from "./study-parts.js";

// Four further colours. From the ninth run on, colours repeat and curves are dashed.
const more = (five: string, six: string, seven: string, eight: string): string =>
  `--curve-5: ${five}; --curve-6: ${six}; --curve-7: ${seven}; --curve-8: ${eight};`;
const style = `
:root { ${more("#7b4bb3", "#0f7f8c", "#a3337a", "#7a6a00")} }
@media screen and (prefers-color-scheme: dark) { :root { ${more("#b796e8", "#5fc3cf", "#e58bc4", "#cdbb4a")} } }
.chart .interval { stroke: var(--this); } .chart .mean { fill: var(--this); }
table.data tbody th bdi { max-width: 11rem; }`;

const colours = 8;
const colourOf = (run: number): number => (run % colours) + 1;

const states: Readonly<Record<SideRun["status"], Readonly<Record<Lang, string>>>> = {
  done: { en: "done", zh: "完成" },
  running: { en: "running", zh: "进行中" },
  stopped: { en: "stopped", zh: "已停止" },
};

/** Returns the page. Without `assets` it has no curves. */
export function renderSideBySide(result: RunsReport, assets?: ReportAssets, lang: Lang = "en"): string {
  const charts = assets ? chartsOf(result, lang) : [];
  const scripts: ReportScripts =
    assets && charts.length > 0 ? { assets, scripts: chartMarkup(charts, assets) } : {};
  return reportPage(sideBySideSheet(result, assets), lang, scripts);
}

export function sideBySideSheet(result: RunsReport, assets?: ReportAssets): ReportSheet {
  const { runs, notes, note_messages: messages, learns, best } = result;
  const titles = [...new Set(runs.map(({ data }) => titleOf(data)))];
  return {
    title: titles.length <= 3 ? titles.join(", ") : `${titles.slice(0, 3).join(", ")}, …`,
    kind: { en: "runs side by side", zh: "多次训练并列" },
    about: [
      { en: `${runs.length} runs`, zh: `${runs.length} 次训练` },
      { en: learns, zh: taskNameZh(learns) },
    ],
    done: {
      label: "runs",
      lines: [`${runs.length} of ${learns}${best === null ? "" : "; * is the best by validation"}`],
    },
    lead: [limitsOf(notes.map((note, i) => [{ recorded: note, messages: messages && [messages[i]!] }]))],
    sections: [
      {
        id: "scores",
        title: testTitle(result.metric),
        parts: [
          { kind: "drawing", draw: (lang) => testScores(result, chartWords(result)[lang], colourOf) },
          {
            kind: "text",
            small: true,
            text: {
              en: "Dots: the test score of each run; lines: its 95 % confidence interval.",
              zh: "圆点：各次训练的测试分数；横线：其 95 % 区间。",
            },
          },
        ],
      },
      {
        id: "table",
        title: { en: "Scores, time and memory", zh: "得分、用时与内存" },
        parts: [{ kind: "table", table: table(result) }],
      },
      {
        id: "differences",
        title: { en: "Differences in words", zh: "差别的文字说明" },
        parts: differences(result),
      },
      { id: "curves", title: { en: "Learning curves", zh: "学习曲线" }, parts: assets ? curves(result) : [] },
      { id: "options", title: { en: "Options that differ", zh: "不同的选项" }, parts: differing(result) },
      {
        id: "runs",
        title: { en: "Settings of each run", zh: "各次训练的设置" },
        folded: true,
        parts: runs.flatMap(runFacts),
      },
    ],
    paths: { report: result.report },
    style,
    footer: {
      en: "The confidence intervals of scores are those of each run's own report. Differences are paired on the same test samples; p is corrected (Holm) for the number of comparisons. The best run was chosen by validation; test splits chose nothing.",
      zh: "分数的置信区间与各次训练自己的报告相同。差别是在完全相同的测试样本上逐个配对得到的，p 值按对照的次数做了 Holm 校正。最好的一次由验证集选定；测试集没有参与任何选择。",
    },
  };
}

const chartWords = ({ metric }: RunsReport) => ({
  en: `Test ${metricNames[metric]} of each run with its interval; the same numbers are in the table`,
  zh: `各次训练的${spaced("测试", metricsZh.names[metric])}及区间；下表有同样的数字`,
});

/** Returns the test score with its interval, and the mean over seeds; of a run that is not done its state. */
function scoreOf({ test, status, by_seed: seeds }: SideRun, { metric }: RunsReport): Value {
  if (!test) return { text: states[status], mood: "muted" };
  const { score, range } = formatOf(metric);
  const { ci95 } = test;
  const parts = (lang: Lang): readonly string[] => [
    ...(ci95 ? [range(ci95, wordsIn(lang).page)] : []),
    ...(seeds ? [overSeeds[lang](seeds.seeds, score(seeds.mean))] : []),
  ];
  return {
    text: score(test.value),
    small: parts("en").length > 0 ? { en: parts("en").join("; "), zh: parts("zh").join("；") } : undefined,
  };
}

const overSeeds = {
  en: (seeds: number, mean: string) => `${mean} on average over ${seeds} seeds`,
  zh: (seeds: number, mean: string) => `${seeds} 个随机种子平均 ${mean}`,
};

const why = ({ difference, difference_message: message }: SideRun): readonly Piece[] => [
  { recorded: difference as string, messages: message && [message] },
];

function differenceOf(run: SideRun, result: RunsReport): Value {
  const { difference: one } = run;
  if (run.label === result.against) return null;
  if (typeof one !== "object")
    return {
      text: { en: "n/a", zh: "不适用" },
      mood: "muted",
      hint: one === undefined ? undefined : why(run),
    };
  return gainCell(one, result.metric, { en: one.words, zh: differenceZh(one, run.label, result) });
}

function table(result: RunsReport): TableContent {
  const { runs, metric, against, best } = result;
  const columns: readonly (ColumnOf<SideRun> | false)[] = [
    { name: { en: "run", zh: "训练" }, as: "name", of: ({ label }) => label },
    { name: columnNames.strategy, as: "text", only: "screen", of: ({ strategy }) => strategy },
    { name: columnNames.seed, as: "text", only: "screen", of: ({ seed }) => String(seed) },
    { name: testScore(metric), as: "written", of: (run) => scoreOf(run, result) },
    {
      name: validationName(metric),
      short: "valid.",
      as: "written",
      of: ({ validation }) => validation && writtenValidation(metric, validation.value, validation.loss),
    },
    against !== null && {
      name: comparedWith(against),
      as: "written",
      of: (run) => differenceOf(run, result),
    },
    { name: columnNames.time, as: "written", of: ({ seconds }) => seconds && duration(seconds.total) },
    {
      name: columnNames.memory,
      short: "memory",
      as: "written",
      of: ({ peak_rss_mb: mb }) => (mb === undefined ? null : megabytes(mb)),
    },
    {
      name: columnNames.file,
      as: "written",
      of: ({ model_bytes: bytes = 0, adapter_bytes: adapter }) => fileSize(bytes, adapter),
    },
    {
      name: columnNames.trained,
      short: "trained",
      as: "written",
      of: ({ trainable }) => trainable && integer(trainable.parameters),
    },
    { name: columnNames.epochs, as: "count", only: "page", of: ({ epochs }) => epochs },
  ];
  return tableOf(runs, {
    title: { en: "Scores, time and memory", zh: "得分、用时与内存" },
    ...(best !== null && {
      note: {
        en: "★ the best by validation, on the same data and split.",
        zh: "★ 在相同数据与划分下，验证集上最好的一次。",
      },
    }),
    most: 200,
    best: runs.findIndex(({ label }) => label === best),
    colours: runs.map((_, i) => colourOf(i)),
    columns: columns.filter((column) => column !== false),
  });
}

/** Returns the differences in words, and why there are none. */
function differences(result: RunsReport): readonly ReportPart[] {
  const { runs, against } = result;
  const paired = runs.flatMap(({ label, difference: one }): readonly Text[] =>
    typeof one === "object" ? [{ en: one.words, zh: differenceZh(one, label, result) }] : [],
  );
  const not = runs.filter(({ difference }) => typeof difference === "string");
  return [
    ...(paired.length > 0 ? [{ kind: "list", short: "paired", texts: paired } as const] : []),
    ...(not.length > 0
      ? [
          {
            kind: "list",
            short: "not paired",
            title: { en: `Not compared with ${against}`, zh: `为何有些没有与 ${against} 对照` },
            texts: not.map((run) => ({
              en: say`${[{ name: run.label }]}: ${why(run)}`,
              zh: say`${[{ name: run.label }]}：${why(run)}`,
            })),
          } as const,
        ]
      : []),
  ];
}

function curves(result: RunsReport): readonly ReportPart[] {
  if (chartsOf(result, "en").length === 0) return [];
  return [
    {
      kind: "drawing",
      draw: (lang) =>
        html`<div class="curves">${chartsOf(result, lang).map((chart) => figure(chart, wordsIn(lang)))}</div>`,
    },
    {
      kind: "text",
      small: true,
      text: {
        en: "By epoch. A run without epochs (a linear probe) has no curve.",
        zh: "按轮次，各次训练自己的过程；没有轮次的（probe）没有曲线。",
      },
    },
  ];
}

const curveTitles = {
  score: {
    en: (metric: RunsReport["metric"]) => `Validation ${metricNames[metric]}`,
    zh: (metric: RunsReport["metric"]) => spaced("验证", metricsZh.names[metric]),
  },
  loss: { en: "Validation loss", zh: "验证损失" },
  train: { en: "Training loss", zh: "训练损失" },
};

/** Returns the charts, with a curve for each run. */
function chartsOf({ runs, metric }: RunsReport, lang: Lang): readonly Chart[] {
  const { charts: words } = wordsIn(lang);
  const length = Math.max(0, ...runs.map(({ curve }) => curve.length));
  if (length === 0) return [];
  const x = Array.from({ length }, (_, i) => i + 1);
  const chart = (
    id: string,
    title: string,
    note: string,
    y: (epoch: SideRun["curve"][number]) => number,
    share = false,
  ): Chart => ({
    id,
    title,
    note,
    percent: share,
    x,
    epoch: words.epoch,
    series: runs.flatMap(({ label, curve }, i) =>
      curve.length === 0
        ? []
        : [
            {
              label,
              curve: colourOf(i),
              dashed: i >= colours,
              y: x.map((_, e) => (Number.isFinite(curve[e] && y(curve[e])) ? y(curve[e]!) : null)),
            },
          ],
    ),
  });
  const share = metrics[metric].scale === "share";
  const lossNote = share ? words.lossNote : words.lossNoteNumbers;
  return [
    chart("side-score", curveTitles.score[lang](metric), words.accuracyNote, (e) => e.validation, share),
    chart("side-loss", curveTitles.loss[lang], lossNote, (e) => e.validation_loss),
    chart("side-train", curveTitles.train[lang], lossNote, (e) => e.train_loss),
  ];
}

/** Returns the options that differ: a table on the page, a line for each on the screen. */
function differing({ runs, differing: all }: RunsReport): readonly ReportPart[] {
  if (all.length === 0)
    return [
      {
        kind: "text",
        text: {
          en: "All options, versions and threads are the same; base, strategy, seed and data are in the section below.",
          zh: "所有选项、版本和线程数都相同；基础模型、策略、随机种子和数据见下一节。",
        },
      },
    ];
  const unset = { en: "not given", zh: "未给出" };
  return [
    {
      kind: "table",
      table: tableOf(all, {
        title: { en: "Options that differ", zh: "不同的选项" },
        most: 200,
        columns: [
          { name: { en: "option", zh: "选项" }, as: "text", of: ({ option }) => [{ code: option }] },
          ...runs.map(
            ({ label }, run): ColumnOf<RunsReport["differing"][number]> => ({
              name: [{ name: label }],
              as: "text",
              of: ({ values }) => values[run] ?? unset,
            }),
          ),
        ],
      }),
    },
  ];
}

function runFacts(run: SideRun, i: number): readonly ReportPart[] {
  const { base, split, strategy, verdict, status } = run;
  const state = status === "done" ? undefined : states[status];
  const heading = (lang: Lang): Phrase => say`${[{ name: run.label }]}${state ? ` (${state[lang]})` : ""}`;
  const data = (lang: Lang): Phrase =>
    say`${[{ name: titleOf(run.data) }]}${split ? ` · ${splitText(split)[lang]}` : ""}`;
  const facts: readonly (Fact | false)[] = [
    { label: { en: "data", zh: "数据" }, value: inEach(data) },
    base !== undefined && {
      label: { en: "base", zh: "基础模型" },
      value: baseFact(base),
    },
    strategy !== undefined && { label: columnNames.strategy, value: strategy },
    { label: columnNames.seed, value: String(run.seed) },
    verdict !== undefined && {
      label: { en: "verdict", zh: "结论" },
      value: inEach((lang) => {
        const { transfer } = wordsIn(lang).verdict;
        return transfer[verdict as keyof typeof transfer] ?? verdict;
      }),
    },
    { label: { en: "machine", zh: "机器" }, value: run.machine },
    { label: { en: "command", zh: "命令" }, value: [{ code: run.command }] },
    { label: { en: "run folder", zh: "训练文件夹" }, value: [{ code: run.run }] },
  ];
  return [
    { kind: "heading", text: inEach(heading), colour: colourOf(i) },
    { kind: "facts", facts: facts.filter((fact) => fact !== false) },
  ];
}
