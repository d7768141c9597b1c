// The report of one model for several tasks: each task with its interval, next to a model trained for that task alone.
import type { TaskResult, TasksResultEvent } from "../../core/events/events.js";
import { factsOf, taskOfHeads } from "../../core/results/task.js";
import { shownScore } from "../../evaluate/shown-score.js";
import { confusionMatrix } from "../charts/confusion.js";
import { keptModel } from "../charts/curves.js";
import { count, decimal, duration, gain, integer, megabytes, percent } from "../charts/numbers.js";
import { groupsNote, sentence, usageNote } from "../layout/result-head.js";
import { classTables, pageTable, pairsTable } from "../sheet/class-tables.js";
import type { Conclusion, ReportPart, ReportSection, ReportSheet } from "../sheet/report-sheet.js";
import {
  type ColumnOf,
  inEach,
  intervalOf,
  say,
  type TableContent,
  type Text,
  type Tile,
  tableOf,
  termed,
} from "../sheet/sheet.js";
import { hasDigits, saidOfScore } from "../sheet/shown-score.js";
import { type Lang, wordsIn } from "../words/index.js";
import {
  countOf,
  curvesSection,
  noRecord,
  type RunRecord,
  reproduceSection,
  warnings,
} from "./study-parts.js";

/** Returns the name of a sample. */
const sampleOf = ({ task }: TasksResultEvent): string => factsOf(taskOfHeads(task)!).sample;

export function severalHeadsSheet(result: TasksResultEvent, record: RunRecord = noRecord): ReportSheet {
  const { tasks, base, seconds, forecast, strategy, weighting, test_looks: looks } = result;
  const sample = sampleOf(result);
  const took = `${duration(seconds.total)} (features ${duration(seconds.features)}, training ${duration(seconds.training)}; forecast ${duration(forecast.seconds)})`;
  return {
    title: record.title,
    kind: {
      en: `${count(tasks.length, "task")} on one backbone`,
      zh: `同一主干网络上的 ${tasks.length} 个任务`,
    },
    about: [
      [{ name: base.name }],
      strategy.name,
      { en: `weighting ${weighting}`, zh: `加权方式：${weightings[weighting] ?? weighting}` },
      countOf("trainingCount", result.split.train, sample),
    ],
    done: {
      label: "trained",
      lines: [`${took}, peak memory ${megabytes(result.peak_rss_mb)}`],
    },
    lead: [
      { kind: "heading", text: eachTask },
      { kind: "table", table: tasksTable(result) },
      ...(tasks.every(({ test }) => hasDigits(test))
        ? [{ kind: "text", small: true, short: "mean", text: mean(result) } as const]
        : []),
      ...tasks.flatMap((task) => saidOfTask(task, sample)),
      {
        kind: "text",
        small: true,
        text: inEach((lang) => usageNote(looks, wordsIn(lang).items.many(sample), wordsIn(lang))),
      },
      ...tasks.flatMap((task) => groupsOfTest(task, sample)),
      ...tasks.flatMap(conclusion),
      { kind: "tiles", tiles: tiles(result) },
      warnings(record),
    ],
    sections: [
      ...tasks.map((task, i) => matrixSection(task, i, sample)),
      curvesSection(record, (lang) => keptModel(result, wordsIn(lang))),
      reproduceSection(record),
    ],
    paths: {},
    footer: tasks.some(({ test }) => test.groups !== undefined)
      ? {
          en: `The confidence intervals at 95 % are over the groups of the test ${sample}s of one run.`,
          zh: `95 % 置信区间按组计算，只针对一次训练的测试${wordsIn("zh").items.many(sample)}。`,
        }
      : {
          en: `The confidence intervals are Wilson's at 95 %, over the test ${sample}s of one run.`,
          zh: `置信区间是 95 % 的 Wilson 区间，只针对一次训练的测试${wordsIn("zh").items.many(sample)}。`,
        },
  };
}

function mean({ mean_accuracy: accuracy, weighting }: TasksResultEvent): Text {
  const [en, zh] =
    weighting === "uncertainty" ? [" The weights were learnt in training.", "权重是学到的。"] : ["", ""];
  return { en: `Mean accuracy ${percent(accuracy)}.${en}`, zh: `平均准确率 ${percent(accuracy)}。${zh}` };
}

const weightings: Readonly<Record<string, string>> = { fixed: "固定", uncertainty: "按不确定性" };

/** Returns an accuracy as it is shown: without its value if the test samples are too few. */
const accuracyOf = (test: TaskResult["test"]) => ({
  value: shownScore(test).value,
  ci95: intervalOf(test, test.accuracy_ci95),
});

const eachTask = { en: "Test score of each task", zh: "各任务的测试得分" };

function tasksTable({ tasks }: TasksResultEvent): TableContent {
  const columns: readonly (ColumnOf<TaskResult> | false)[] = [
    { name: { en: "task", zh: "任务" }, as: "name", of: (task) => task.name },
    { name: { en: "classes", zh: "类别数" }, as: "count", only: "page", of: ({ classes }) => classes.length },
    { name: { en: "train", zh: "训练" }, as: "count", of: ({ split }) => split.train },
    { name: { en: "test", zh: "测试" }, as: "count", of: ({ test }) => test.n },
    { name: termed("accuracy", "accuracy", "准确率"), as: "share", of: ({ test }) => accuracyOf(test) },
    {
      name: { en: "most frequent class", zh: "总是回答最常见的类别" },
      short: "guessing",
      as: "share",
      of: ({ test, baselines }) => shownScore(test, baselines).guessing?.value,
    },
    ...(tasks.some(({ baseline }) => baseline !== undefined)
      ? ([
          {
            name: { en: "alone (own network)", zh: "单独训练" },
            short: "alone",
            as: "share",
            of: ({ baseline }) => baseline && accuracyOf(baseline.test),
          },
          {
            name: { en: "gain", zh: "增益" },
            as: "written",
            of: ({ verdict }) => verdict && gain(verdict.gain),
          },
        ] satisfies readonly ColumnOf<TaskResult>[])
      : []),
    tasks.some(({ baselines }) => baselines?.probe) && {
      name: { en: "linear probe", zh: "线性探测" },
      as: "share",
      of: ({ baselines }) => baselines?.probe?.test.accuracy,
    },
    { name: termed("macro-f1", "macro F1", "宏平均 F1"), as: "decimal", of: ({ test }) => test.macro_f1 },
    { name: { en: "weight", zh: "权重" }, as: "written", of: ({ weight }) => decimal(weight, 2) },
    { name: { en: "output", zh: "输出" }, as: "text", only: "screen", of: ({ output }) => output },
  ];
  return tableOf(tasks, {
    title: eachTask,
    most: 200,
    columns: columns.filter((column) => column !== false),
  });
}

/** Returns why the accuracy of a task has no digits, and that it is not better than guessing. The table says what guessing gives. */
function saidOfTask({ name, test, baselines }: TaskResult, sample: string): readonly ReportPart[] {
  const shown = shownScore(test, baselines);
  const figure = { name: termed("accuracy", "accuracy", "准确率"), as: "share", value: null } as const;
  const saidIn = (lang: Lang): readonly string[] => {
    const said = saidOfScore({ shown, figure, sample, lang, baselines: { majority: true } });
    return Object.values(said).map((part) => sentence(part, wordsIn(lang)));
  };
  const [en, zh] = [saidIn("en"), saidIn("zh")];
  return en.map((text, i) => ({
    ...{ kind: "text", small: true, short: name },
    text: { en: say`${[{ name }]}: ${text}`, zh: say`${[{ name }]}：${zh[i]!}` },
  }));
}

/** Returns how many groups the test samples of a task are of. */
function groupsOfTest({ name, test }: TaskResult, sample: string): readonly ReportPart[] {
  if (test.groups === undefined || test.few_groups) return [];
  const note = (lang: "en" | "zh") => {
    const words = wordsIn(lang);
    return groupsNote(test, words.items.testCount(test.n, sample), words)!;
  };
  return [
    {
      kind: "text",
      small: true,
      text: { en: say`${[{ name }]}: ${note("en")}`, zh: say`${[{ name }]}：${note("zh")}` },
    },
  ];
}

/** Returns whether learning the tasks together helped one of them. */
const conclusion = ({ name, verdict }: TaskResult): readonly Conclusion[] =>
  verdict
    ? [
        {
          kind: "conclusion",
          short: name,
          mood: verdict.transfer,
          title: {
            en: say`${[{ name }]}: ${wordsIn("en").verdict.line(verdict)}`,
            zh: say`${[{ name }]}：${wordsIn("zh").verdict.line(verdict)}`,
          },
          lines: [inEach((lang) => wordsIn(lang).verdict.full(verdict))],
        },
      ]
    : [];

function tiles(result: TasksResultEvent): readonly Tile[] {
  const { trainable, seconds, forecast, peak_rss_mb: memory } = result;
  const forecastSmall = (text: string): Text => inEach((lang) => wordsIn(lang).page.forecastSmall(text));
  return [
    {
      label: { en: "Epochs", zh: "轮次" },
      value: integer(result.epochs),
      small: result.kept
        ? { en: "the last one is kept", zh: "保留最后一轮的权重" }
        : {
            en: `best on validation: epoch ${result.best_epoch}`,
            zh: `验证最好的是第 ${result.best_epoch} 轮`,
          },
    },
    {
      label: { en: "Trainable", zh: "可训练参数" },
      value: percent(trainable.parameters / trainable.total),
      small: { en: `of ${integer(trainable.total)} parameters`, zh: `共 ${integer(trainable.total)} 个参数` },
    },
    {
      label: inEach((lang) => wordsIn(lang).page.time),
      value: duration(seconds.total),
      small: forecastSmall(duration(forecast.seconds)),
    },
    {
      label: inEach((lang) => wordsIn(lang).page.peakMemory),
      value: megabytes(memory),
      small: forecastSmall(megabytes(forecast.peak_rss_mb)),
    },
  ];
}

function matrixSection({ name, classes, test }: TaskResult, i: number, sample: string): ReportSection {
  return {
    id: `task-${i + 1}`,
    title: { en: say`Confusion matrix: ${[{ name }]}`, zh: say`混淆矩阵：${[{ name }]}` },
    parts: [
      pageTable(pairsTable(test, sample)),
      { kind: "drawing", draw: (lang) => confusionMatrix(test, classes, false, wordsIn(lang)) },
      {
        kind: "folded",
        title: inEach((lang) => wordsIn(lang).page.byClassLabel),
        parts: classTables(test, sample).map(pageTable),
      },
    ],
  };
}
