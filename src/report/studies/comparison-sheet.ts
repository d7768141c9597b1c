// The report of a comparison of strategies: the winner, charts, the table, and the settings of each strategy.
import {
  type ComparedRow,
  type ComparisonResult,
  type Difference,
  scoreIn,
  scoreOver,
} from "../../core/results/comparison.js";
import { areAlike } from "../../core/results/counts.js";
import { choosingMetric, metricNames, metrics } from "../../core/results/metric.js";
import { shownMean } from "../../evaluate/shown-score.js";
import { againstTime, withIntervals } from "../charts/comparison-chart.js";
import { count, decimal, duration, integer, megabytes, rate as significant } from "../charts/numbers.js";
import { formatOf } from "../charts/score-format.js";
import { titleOf } from "../layout/layout.js";
import { sentence } from "../layout/result-head.js";
import type { Conclusion, ReportPart, ReportSection, ReportSheet } from "../sheet/report-sheet.js";
import {
  type ColumnOf,
  inEach,
  type Phrase,
  plainText,
  say,
  type TableContent,
  type Text,
  tableOf,
  type Value,
} from "../sheet/sheet.js";
import { saidOfScore } from "../sheet/shown-score.js";
import { metricsEn } from "../words/en/metrics.js";
import { type Lang, wordsIn } from "../words/index.js";
import { comparisonZh } from "../words/zh/comparison.js";
import { metricsZh, spaced } from "../words/zh/metrics.js";
import {
  columnNames,
  comparedWith,
  fileSize,
  gainCell,
  limitsOf,
  paired,
  seedCount,
  splitText,
  spread,
  testScore,
  validationName,
  writtenValidation,
} from "./study-parts.js";

const style = `
.chart .seed { fill: var(--curve-3); opacity: .45; }
.chart .won .interval { stroke: var(--accent); } .chart .won .mean, .chart .won .seed { fill: var(--accent); }`;

export function comparisonSheet(result: ComparisonResult): ReportSheet {
  const { seeds, base, split, classes, targets, rows, notes, data } = result;
  const strategies = { en: count(rows.length, "strategy", "strategies"), zh: `${rows.length}\u00a0种策略` };
  const over = inEach((lang) => `${strategies[lang]} × ${seedCount(seeds.length)[lang]}`);
  return {
    title: titleOf(data),
    kind: { en: "comparison of strategies", zh: "策略比较" },
    about: [
      [{ name: base.name }],
      over,
      targets
        ? { en: count(targets.length, "target"), zh: `${targets.length}\u00a0个数值` }
        : inEach((lang) => wordsIn(lang).items.classCount(classes.length)),
      splitText(split),
    ],
    done: { label: "compared", lines: [`${plainText(over, "en")} on ${data}, base ${base.name}`] },
    lead: [...winner(result), limitsOf(paired(notes, comparisonZh.notes(result)))],
    sections: [
      scoresSection(result),
      {
        id: "table",
        title: { en: "Scores, time and memory", zh: "得分、用时与内存" },
        parts: [{ kind: "table", table: table(result) }],
      },
      ...(areAlike(result.runs) ? [timeSection(result)] : []),
      { id: "failures", title: { en: "Failed trainings", zh: "失败的训练" }, parts: failures(result) },
      {
        id: "settings",
        title: { en: "Settings of each strategy", zh: "各策略的做法" },
        folded: true,
        parts: recipes(result),
      },
      {
        id: "runs",
        title: { en: "All trainings", zh: "每次训练" },
        folded: true,
        parts: [{ kind: "table", only: "page", table: everyRun(result) }],
      },
    ],
    paths: { report: `${result.comparison}/report.html`, folder: result.comparison },
    style,
    footer: {
      en: "The winner was chosen by validation; the test split was scored once in each run and chose nothing. Differences are paired by seed and test sample; p is corrected (Holm) for all comparisons of the table.",
      zh: "优胜者由验证集选出；每次训练的测试集只评分一次，没有参与任何选择。差别按随机种子和测试样本配对，p 值按表中所有比较一起做了 Holm 校正。",
    },
  };
}

function scoresSection(result: ComparisonResult): ReportSection {
  const [en, zh] = [metricNames[result.metric], metricsZh.names[result.metric]];
  const chosen = choosingMetric(result.metric);
  const alternative = {
    en: `Test ${en} of each strategy with its interval; the same numbers are in the table below`,
    zh: `各策略的${spaced("测试", zh)}及区间；下表有同样的数字`,
  };
  return {
    id: "scores",
    title: { en: `${metricsEn.titles[result.metric]} on the test split`, zh: spaced("测试集", zh) },
    parts: [
      { kind: "drawing", draw: (lang) => withIntervals(result, alternative[lang]) },
      {
        kind: "text",
        small: true,
        text: {
          en: `Large dots: means over the seeds. Lines: their 95 % confidence intervals over seeds and test samples. Small dots: each seed. Ordered by validation ${metricNames[chosen]}.`,
          zh: `大圆点：各随机种子的平均；横线：其 95 % 区间（随机种子和测试样本）；小圆点：各个种子。按${spaced("验证", metricsZh.names[chosen])}排列。`,
        },
      },
    ],
  };
}

function timeSection(result: ComparisonResult): ReportSection {
  const { metric } = result;
  const alternative = {
    en: `Test ${metricNames[metric]} of each strategy over the time of a training; the same numbers are in the table`,
    zh: `各策略的${spaced("测试", metricsZh.names[metric])}与训练用时；表中有同样的数字`,
  };
  return {
    id: "time",
    title: { en: `${metricsEn.titles[metric]} against time`, zh: `${metricsZh.titles[metric]}与用时` },
    parts: [
      { kind: "drawing", draw: (lang) => againstTime(result, alternative[lang]) },
      {
        kind: "text",
        small: true,
        text: {
          en: "Seconds of one training, without the features of the frozen backbone that all strategies share. Logarithmic.",
          zh: "一次训练的秒数，不含各策略共用的冻结主体的特征；对数刻度。",
        },
      },
    ],
  };
}

function winner(result: ComparisonResult): readonly Conclusion[] {
  const { winner: won, rows, metric, guessing, split } = result;
  if (!won) return [];
  const score = scoreOver(rows.find(({ label }) => label === won.label)!)!;
  const shown = shownMean(metric, score, split.test, guessing);
  // A result of an older version has no guessing.
  const figure = {
    name: inEach((lang) => wordsIn(lang).metrics.names[metric]),
    as: metrics[metric].scale === "share" ? "share" : "decimal",
    value: null,
  } as const;
  const said = (lang: Lang): string | undefined =>
    saidOfScore({ shown, figure, sample: "sample", lang }).guessing;
  const { score: written, range } = formatOf(metric);
  const small = (named: Phrase, interval: string, model: Phrase): Phrase =>
    say`${named} ${written(score.mean)}${interval}${model}`;
  const rangeIn = (lang: "en" | "zh"): string => (score.ci95 ? range(score.ci95, wordsIn(lang).page) : "");
  return [
    {
      kind: "conclusion",
      short: "winner",
      mood: won.difference?.finding === "better" ? "positive" : "inconclusive",
      title: {
        en: say`${[{ name: won.label }]} wins by validation`,
        zh: say`${[{ name: won.label }]} 在验证集上胜出`,
      },
      lines: [
        { en: won.words, zh: comparisonZh.winner(result) },
        ...(guessing ? [inEach((lang) => sentence(said(lang)!, wordsIn(lang)))] : []),
      ],
      small: {
        en: small(
          plainText(testScore(metric), "en").replace(/^t/, "T"),
          score.ci95 ? `, 95 % confidence interval ${rangeIn("en")} over seeds and test samples` : "",
          say`. Of its seeds, ${String(won.seed)} is the best by validation: ${[{ code: won.model }]}`,
        ),
        zh: small(
          plainText(testScore(metric), "zh"),
          score.ci95 ? `，训练方式的 95 % 区间 ${rangeIn("zh")}` : "",
          say`。其随机种子中，验证最好的是 ${String(won.seed)}：${[{ code: won.model }]}`,
        ),
      },
    },
  ];
}

/** Returns a difference with its sentence. */
function difference(
  one: Difference | undefined,
  { label }: ComparedRow,
  metric: ComparisonResult["metric"],
): Value {
  if (!one) return null;
  const p = one.finding === "same" || one.finding === "undecided" ? null : one.p_adjusted;
  return gainCell({ gain: one.gain, finding: one.finding }, metric, {
    en: `${one.words} ${p !== null && p < 0.05 ? `p ${p < 0.001 ? "below 0.001" : decimal(p)} after Holm's correction` : ""}`.trim(),
    zh: `${comparisonZh.difference(one, label, metric)}${p !== null && p < 0.05 ? `校正后 p ${p < 0.001 ? "小于 0.001" : `= ${decimal(p)}`}` : ""}`,
  });
}

function table(result: ComparisonResult): TableContent {
  const { rows, baseline, winner: won, metric, targets, split, guessing } = result;
  const hasErrors = rows.some(({ mae }) => mae !== undefined);
  const target = targets?.[0];
  const columns: readonly (ColumnOf<ComparedRow> | false)[] = [
    {
      name: columnNames.strategy,
      as: "name",
      of: ({ label, failed, seeds }) =>
        seeds.length > 0 && failed.length > 0
          ? { en: `${label} (${failed.length} failed)`, zh: `${label}（${failed.length} 次失败）` }
          : label,
    },
    {
      name: validationName(metric),
      short: "valid.",
      as: "written",
      of: ({ validation }) =>
        validation
          ? writtenValidation(metric, scoreIn(validation), validation.loss)
          : { text: { en: "failed with every seed", zh: "所有随机种子都失败了" }, mood: "muted" },
    },
    {
      name: testScore(metric),
      as: "written",
      of: (row) => {
        const score = scoreOver(row);
        if (!score?.ci95 || shownMean(metric, score, split.test, guessing).value !== null)
          return score && spread(score, metric);
        const { ci95 } = score;
        return inEach((lang) => formatOf(metric).range(ci95, wordsIn(lang).page));
      },
    },
    hasErrors && {
      name: { en: `mean error of ${target ?? "it"}`, zh: `${target ?? "数值"} 的平均误差` },
      as: "written",
      of: ({ mae }) => (mae === undefined ? null : significant(mae)),
    },
    won !== null &&
      won.label !== baseline && {
        name: comparedWith(won.label),
        as: "written",
        only: "page",
        of: (row) => difference(row.to_winner, row, metric),
      },
    {
      name: comparedWith(baseline),
      as: "written",
      of: (row) => difference(row.to_baseline, row, metric),
    },
    { name: columnNames.time, as: "written", of: ({ seconds }) => seconds && duration(seconds.own) },
    {
      name: columnNames.memory,
      short: "memory",
      as: "written",
      of: ({ peak_rss_mb: mb }) => (mb === null ? null : megabytes(mb)),
    },
    {
      name: columnNames.file,
      as: "written",
      of: ({ model_bytes: bytes, adapter_bytes: adapter }) =>
        bytes === null ? null : fileSize(bytes, adapter),
    },
    {
      name: columnNames.trained,
      short: "trained",
      as: "written",
      of: ({ trainable }) => trainable && integer(trainable.parameters),
    },
    { name: { en: "seeds", zh: "种子数" }, as: "count", only: "page", of: ({ seeds }) => seeds.length },
  ];
  return tableOf(rows, {
    title: { en: "Strategies", zh: "各策略" },
    best: rows.findIndex(({ label }) => label === won?.label),
    columns: columns.filter((column) => column !== false),
  });
}

const recipes = ({ rows, runs }: ComparisonResult): readonly ReportPart[] =>
  rows.map(({ label, recipe, recipe_messages: messages }) => {
    const run = runs.find((one) => one.label === label);
    return {
      kind: "folded",
      title: [{ name: label }],
      parts: [
        { kind: "list", texts: recipe.map((line, i): Text => [{ recorded: line, messages: messages?.[i] }]) },
        ...(run ? [{ kind: "command", command: run.command } as const] : []),
      ],
    };
  });

const failures = ({ failures: all }: ComparisonResult): readonly ReportPart[] =>
  all.length === 0
    ? []
    : [
        {
          kind: "list",
          texts: all.map(({ label, seed, kind, message }) => {
            const what: Phrase = [{ recorded: message, messages: undefined }];
            return {
              en: say`${[{ name: label }]}, seed ${String(seed)}: ${kind}: ${what}`,
              zh: say`${[{ name: label }]}，种子 ${String(seed)}：${kind}：${what}`,
            };
          }),
        },
      ];

function everyRun({ runs, metric }: ComparisonResult): TableContent {
  const { score } = formatOf(metric);
  const columns: readonly (ColumnOf<ComparisonResult["runs"][number]> | false)[] = [
    { name: columnNames.strategy, as: "name", of: ({ label }) => label },
    { name: columnNames.seed, as: "written", of: ({ seed }) => String(seed) },
    {
      name: validationName(metric),
      as: "written",
      of: ({ validation }) => writtenValidation(metric, scoreIn(validation), validation.loss),
    },
    { name: { en: "test", zh: "测试" }, as: "written", of: ({ test }) => score(scoreIn(test)) },
    metric === "accuracy" && {
      name: { en: "macro F1", zh: "宏平均 F1" },
      as: "decimal",
      of: ({ test }) => test.macro_f1,
    },
    { name: { en: "loss", zh: "损失" }, as: "decimal", of: ({ test }) => test.loss },
    { name: columnNames.epochs, as: "count", of: ({ epochs }) => epochs },
    { name: { en: "best", zh: "最好的一轮" }, as: "count", of: (run) => run.best_epoch },
    { name: columnNames.time, as: "written", of: ({ seconds }) => duration(seconds.total) },
    { name: { en: "features", zh: "特征" }, as: "written", of: ({ seconds }) => duration(seconds.features) },
    { name: columnNames.memory, as: "written", of: (run) => megabytes(run.peak_rss_mb) },
    !areAlike(runs) && {
      name: { en: "machine", zh: "机器" },
      as: "name",
      of: ({ machine }) => machine ?? "",
    },
  ];
  return tableOf(runs, {
    title: { en: "All trainings", zh: "每次训练" },
    most: 200,
    columns: columns.filter((column) => column !== false),
  });
}
