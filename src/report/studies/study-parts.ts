// What the reports of studies have in common.
import type { BaseFacts, OwnBaseText } from "../../core/results/base-facts.js";
import type { OverSeeds } from "../../core/results/counts.js";
import {
  choosingMetric,
  choosingScore,
  type MetricName,
  metricNames,
  metrics,
  type ScoreName,
} from "../../core/results/metric.js";
import type { Interval } from "../../core/results/task.js";
import { curves, type KeptModel } from "../charts/curves.js";
import { count, integer, megabytes } from "../charts/numbers.js";
import { formatOf } from "../charts/score-format.js";
import type { RunSection } from "../layout/run-sections.js";
import { type RunPageData, warningsOf } from "../report-data.js";
import type { Notes, ReportSection } from "../sheet/report-sheet.js";
import { inEach, type Phrase, say, type Text, type Value, type Written } from "../sheet/sheet.js";
import { layoutEn } from "../words/en/layout.js";
import { type Lang, wordsIn } from "../words/index.js";
import { layoutZh } from "../words/zh/layout.js";
import { metricsZh, spaced } from "../words/zh/metrics.js";

/** Heads of columns that several studies have. */
export const columnNames = {
  strategy: { en: "strategy", zh: "策略" },
  seed: { en: "seed", zh: "随机种子" },
  validation: { en: "validation", zh: "验证" },
  time: { en: "time", zh: "用时" },
  memory: { en: "peak memory", zh: "内存峰值" },
  file: { en: "model file", zh: "模型文件" },
  trained: { en: "trained parameters", zh: "训练的参数" },
  epochs: { en: "epochs", zh: "轮次" },
} satisfies Readonly<Record<string, Text>>;

/** "to probe" */
export const comparedWith = (label: string): Text => ({
  en: [{ own: "to " }, { name: label }],
  zh: [{ own: "与 " }, { name: label }, { own: " 相比" }],
});

export const seedCount = (n: number) => ({ en: count(n, "seed"), zh: `${n}\u00a0个随机种子` });

export const splitText = (split: {
  readonly train: number;
  readonly validation: number;
  readonly test: number;
}) => {
  const [train, validation, test] = [split.train, split.validation, split.test].map(integer);
  return {
    en: `${train} to train, ${validation} to validate, ${test} to test`,
    zh: `训练 ${train}，验证 ${validation}，测试 ${test}`,
  };
};

export const limitsOf = (texts: readonly Text[]): Notes => ({
  kind: "notes",
  title: { en: "Limits of these numbers", zh: "这些数字的局限" },
  short: "note",
  texts,
});

/** Returns the texts of a list in both languages as one text each. */
export const paired = (en: readonly string[], zh: readonly string[]): readonly Text[] =>
  en.map((text, i) => ({ en: text, zh: zh[i]! }));

/** "test accuracy" */
export const testScore = (metric: MetricName): Text => ({
  en: `test ${metricNames[metric]}`,
  zh: spaced("测试", metricsZh.names[metric]),
});

/** Name of the column of the validation score that chooses. */
export const validationName = (metric: ScoreName): Text => {
  const chosen = choosingMetric(metric);
  const { en, zh } = columnNames.validation;
  return chosen === metric
    ? columnNames.validation
    : { en: `${en} ${metricNames[chosen]}`, zh: spaced(zh, metricsZh.names[chosen]) };
};

/** Writes the validation score that chooses: of a decoder the perplexity. */
export function writtenValidation(metric: ScoreName, score: number, loss: number): string {
  const chosen = choosingMetric(metric);
  const value = choosingScore(metric, score, loss);
  return formatOf(chosen).score(metrics[chosen].better === "lower" ? -value : value);
}

/** "Test accuracy", at the start of a title. */
export const testTitle = (metric: MetricName): Text => ({
  en: `Test ${metricNames[metric]}`,
  zh: spaced("测试", metricsZh.names[metric]),
});

/** A mean over seeds: "73.3 % ± 2.1". */
export function spread({ mean, plus_minus: half }: OverSeeds, metric: MetricName): string {
  const format = formatOf(metric);
  return half === null ? format.score(mean) : `${format.score(mean)} ± ${format.half(half)}`;
}

/** "+2.1" with what was found; its sentence is shown on a page while the pointer rests on it. */
export function gainCell(
  {
    gain,
    finding,
    ci95 = null,
  }: { readonly gain: number; readonly finding: Finding; readonly ci95?: Interval | null },
  metric: MetricName,
  hint?: Text,
): Written {
  const format = formatOf(metric);
  const range = ci95 && `${format.gain(ci95[0])} … ${format.gain(ci95[1])}, `;
  return {
    text: format.gain(gain),
    small: inEach((lang) => `${range ?? ""}${findings[finding][lang]}`),
    mood: finding === "better" ? "good" : finding === "worse" ? "bad" : undefined,
    hint,
  };
}

type Finding = keyof typeof findings;
const findings = {
  better: { en: "better", zh: "更好" },
  worse: { en: "worse", zh: "更差" },
  same: { en: "no difference", zh: "无差别" },
  undecided: { en: "not shown", zh: "未能证实" },
} as const;

/** Size of a model's files: "12.1 MB + 12 KB adapter". */
export function fileSize(model: number, adapter: number | undefined): Value {
  const bytes = (n: number): string =>
    n < 1e6 ? `${Math.max(1, Math.round(n / 1e3))}\u00a0KB` : megabytes(n / 1e6);
  if (adapter === undefined) return model > 0 ? bytes(model) : null;
  const own = model > 0 ? `${bytes(model)} + ` : "";
  return { text: { en: `${own}${bytes(adapter)} adapter`, zh: `${own}${bytes(adapter)} 适配器` } };
}

/** Name, licence and start of the sha256 of a base. A text of this package about it, such as "no base", is translated. */
export const baseFact = ({ name, license, sha256 }: BaseFacts): Text =>
  inEach((lang) => {
    const own = (text: string): Phrase => {
      const { baseTexts } = wordsIn(lang).details;
      return Object.hasOwn(baseTexts, text) ? baseTexts[text as OwnBaseText] : [{ name: text }];
    };
    return say`${own(name)} · ${own(license)} · sha256 ${[{ code: `${sha256.slice(0, 12)}…` }]}`;
  });

/** What a run recorded besides its result. */
export interface RunRecord {
  readonly title: string;
  readonly events: RunPageData["events"];
  readonly command: string;
  readonly versions: Readonly<Record<string, string>>;
}

/** For the screen, which shows the result alone. */
export const noRecord: RunRecord = { title: "", events: [], command: "", versions: {} };

/** "240 training pictures" */
export const countOf = (
  what: "count" | "testCount" | "trainingCount" | "validationCount",
  n: number,
  sample: string,
): Text => inEach((lang) => wordsIn(lang).items[what](n, sample));

const headings: Readonly<Record<Lang, typeof layoutEn>> = { en: layoutEn, zh: layoutZh };

/** Heading of a section that pages of runs have too. */
export const heading = (section: RunSection): Text => inEach((lang) => headings[lang].sections[section]);

export function warnings({ events }: RunRecord): Notes {
  const all = warningsOf({ events });
  return {
    kind: "notes",
    title: inEach((lang) => wordsIn(lang).page.warningCount(all.length)),
    texts: all.map(({ message, sentence }) => [{ recorded: message, messages: sentence && [sentence] }]),
  };
}

/** Returns the section of the learning curves; without parts if no epoch was recorded. */
export const curvesSection = ({ events }: RunRecord, kept: (lang: Lang) => KeptModel): ReportSection => ({
  id: "curves",
  title: heading("curves"),
  parts: events.some(({ event }) => event === "epoch")
    ? [{ kind: "drawing", draw: (lang) => curves({ events, lang }, undefined, kept(lang)) }]
    : [],
});

/** @param seed of the run, if its page says it nowhere else */
export function reproduceSection({ command, versions }: RunRecord, seed?: number): ReportSection {
  const named = Object.entries(versions).map(([what, version]) => `${what} ${version}`);
  const text = (begin: readonly string[]): string => [...begin, ...named].join(" · ");
  return {
    id: "reproduce",
    title: heading("reproduce"),
    folded: true,
    parts: [
      { kind: "command", command },
      {
        kind: "text",
        small: true,
        text: seed === undefined ? text([]) : { en: text([`Seed ${seed}`]), zh: text([`随机种子 ${seed}`]) },
      },
    ],
  };
}
