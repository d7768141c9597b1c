// The report of a diagnosis: which layers' weights help or hurt, and which classes of the source.

import {
  type DiagnosisResult,
  type SourceClass,
  type SourceDiagnosis,
  type WorthOfLayers,
  type WorthSentence,
  worthSentence,
} from "../../core/results/diagnosis.js";
import type { Interval } from "../../core/results/task.js";
import { count, decimal, duration, gain, integer } from "../charts/numbers.js";
import { html, type Markup } from "../html.js";
import { titleOf } from "../layout/layout.js";
import type { ReportPart, ReportSection, ReportSheet } from "../sheet/report-sheet.js";
import {
  type ColumnOf,
  type Fact,
  inEach,
  say,
  type TableContent,
  type Text,
  tableOf,
  type Written,
} from "../sheet/sheet.js";
import { itemsZh } from "../words/items.js";
import type { Lang } from "../words/langs.js";
import { diagnosisZh } from "../words/zh/diagnosis.js";
import { baseFact, limitsOf, paired, seedCount, spread } from "./study-parts.js";

const style = `
.chart .zero { stroke: var(--muted); }
.chart .helps .interval { stroke: var(--good); } .chart .helps .mean { fill: var(--good); }
.chart .hurts .interval { stroke: var(--bad); } .chart .hurts .mean { fill: var(--bad); }`;

const moods = {
  helps: "positive",
  hurts: "negative",
  "no difference": "neutral",
  undecided: "inconclusive",
} as const;

export function diagnosisSheet(result: DiagnosisResult): ReportSheet {
  const { base, groups, seeds, split, unit, variants, notes, words, source } = result;
  const manyZh = itemsZh.many(unit.slice(0, -1));
  const layers = { en: `${count(groups.length, "group")} of layers`, zh: `${groups.length}\u00a0组层` };
  const begun = `${variants.length} ways to begin × ${seedCount(seeds.length).en}`;
  return {
    title: titleOf(result.data),
    kind: { en: "diagnosis of layers", zh: "分层诊断" },
    about: [
      [{ name: base.name }],
      inEach((lang) => `${layers[lang]} × ${seedCount(seeds.length)[lang]}`),
      {
        en: `${integer(split.train)} ${unit} to train, ${integer(split.validation)} to validate`,
        zh: `训练${manyZh} ${integer(split.train)}，验证${manyZh} ${integer(split.validation)}`,
      },
    ],
    done: {
      label: "diagnosed",
      lines: [`${base.name} on ${result.data}: ${begun}, judged on ${split.validation} validation ${unit}`],
    },
    lead: [
      {
        kind: "conclusion",
        short: "weights",
        mood: moods[result.all.finding],
        title: { en: "Value of the pretrained weights", zh: "基础模型的权重值多少" },
        lines: [{ en: words, zh: diagnosisZh.words(result) }],
      },
      limitsOf(paired(notes, diagnosisZh.notes(result))),
    ],
    sections: [
      groupsSection(result),
      {
        id: "table",
        title: { en: "Gain by group", zh: "各组的价值" },
        parts: [{ kind: "table", table: groupTable(result) }],
      },
      {
        id: "source",
        title: { en: "Classes of the source", zh: "源数据的类别" },
        parts: sourceParts(source),
      },
      {
        id: "trainings",
        title: { en: "All trainings", zh: "各次训练" },
        folded: true,
        parts: [{ kind: "table", table: trainings(result) }],
      },
      {
        id: "settings",
        title: { en: "Settings", zh: "做法" },
        folded: true,
        parts: [{ kind: "facts", facts: settings(result) }],
      },
    ],
    paths: { report: `${result.diagnosis}/report.html`, folder: result.diagnosis },
    style,
    footer: {
      en: "All trainings have the same split, recipe and head. They differ only in the groups of layers that start from random weights. Differences are paired by seed and validation sample; p is corrected (Holm) for all comparisons of the page. The test split was not used.",
      zh: "每次训练的划分、做法和输出头都相同，只有哪些组重新初始化不同。差别按随机种子和验证样本配对，p 值按本页的全部比较做了 Holm 校正。没有看过测试集。",
    },
  };
}

function groupsSection(result: DiagnosisResult): ReportSection {
  const { groups, unit } = result;
  const manyZh = itemsZh.many(unit.slice(0, -1));
  return {
    id: "groups",
    title: { en: "Group by group, from the input on", zh: "从输入起逐组" },
    parts: [
      { kind: "drawing", draw: (lang) => chart(result, lang) },
      {
        kind: "text",
        small: true,
        text: {
          en: `Gain in accuracy (points) from the pretrained weights of a group over random ones. Lines: 95 % confidence intervals over seeds and validation ${unit}. Upper dot: all later groups are random. Lower dot: all earlier groups are random. Green: helps; red: hurts; grey: not decided.`,
          zh: `保留一组的权重与重新初始化相比，准确率提高多少个百分点；横线：对随机种子和验证${manyZh}的 95 % 区间。上面的点：该组之后全部重新初始化；下面的点：该组之前全部重新初始化。绿色有帮助，红色有损害，灰色无法断定。`,
        },
      },
      {
        kind: "list",
        texts: groups.map((group) => ({ en: group.words, zh: diagnosisZh.groupWords(group, groups.length) })),
      },
    ],
  };
}

function settings(result: DiagnosisResult): readonly Fact[] {
  const { base, recipe, recipe_messages: messages } = result;
  const [took, forecast] = [duration(result.seconds), duration(result.forecast.seconds)];
  return [
    {
      label: { en: "Recipe", zh: "训练方法" },
      short: "recipe",
      value: [{ recorded: recipe, messages }],
    },
    {
      label: { en: "Time", zh: "用时" },
      short: "time",
      value: { en: `${took} (forecast ${forecast})`, zh: `${took}（预测 ${forecast}）` },
    },
    {
      label: { en: "Base", zh: "基础模型" },
      value: baseFact(base),
    },
    { label: { en: "Folder", zh: "文件夹" }, value: [{ code: result.diagnosis }] },
  ];
}

const isSure = ({ finding }: WorthOfLayers): boolean => finding === "helps" || finding === "hurts";

const findings: Readonly<Record<WorthOfLayers["finding"], Readonly<Record<Lang, string>>>> = {
  helps: { en: "helps", zh: "有帮助" },
  hurts: { en: "hurts", zh: "有损害" },
  "no difference": { en: "no difference", zh: "无差别" },
  undecided: { en: "undecided", zh: "无定论" },
};

function rangeOf({ ci95, finding, beside }: WorthOfLayers): Readonly<Record<Lang, string>> {
  const [low, high] = [gain(ci95![0]), gain(ci95![1])];
  const [en, zh] =
    beside === undefined ? ["", ""] : [` beside group ${beside}`, `，只在与第 ${beside} 组一起保留时`];
  return {
    en: `${low} to ${high}, ${findings[finding].en}${en}`,
    zh: `${low} 至 ${high}，${findings[finding].zh}${zh}`,
  };
}

/** What stands behind a gain. */
const behind: Readonly<Record<WorthSentence, (worth: WorthOfLayers) => Readonly<Record<Lang, string>>>> = {
  "few groups": () => ({ en: "too few groups for an interval", zh: "组太少，无法给出区间" }),
  identical: () => ({ en: "right on the same samples", zh: "答对的样本完全相同" }),
  range: rangeOf,
  "not shown": rangeOf,
  shown: (worth) => {
    const p = worth.p_adjusted!;
    const { en, zh } = rangeOf(worth);
    return p < 0.001
      ? { en: `${en}, p below 0.001`, zh: `${zh}，p 小于 0.001` }
      : { en: `${en}, p ${decimal(p)}`, zh: `${zh}，p = ${decimal(p)}` };
  },
};

const worthCell = (worth: WorthOfLayers): Written => ({
  text: gain(worth.gain),
  small: behind[worthSentence(worth)](worth),
  mood: worth.finding === "helps" ? "good" : worth.finding === "hurts" ? "bad" : undefined,
});

/** A row of the table: a group, or all of them. */
interface GroupRow {
  readonly name: Text;
  readonly weights: string | null;
  readonly parameters: number;
  readonly from_output: WorthOfLayers;
  readonly from_input?: WorthOfLayers;
}

function groupTable({ groups, all }: DiagnosisResult): TableContent {
  const rows: readonly GroupRow[] = [
    ...groups.map((one) => ({ ...one, name: String(one.group), weights: `${one.from} … ${one.to}` })),
    {
      name: { en: "all", zh: "全部" },
      weights: null,
      parameters: groups.reduce((sum, one) => sum + one.parameters, 0),
      from_output: all,
    },
  ];
  return tableOf(rows, {
    title: { en: "Groups", zh: "各组" },
    most: 200,
    columns: [
      { name: { en: "group", zh: "组" }, as: "text", of: (row) => row.name },
      {
        name: { en: "first and last weight", zh: "第一个和最后一个权重" },
        as: "name",
        of: (row) => row.weights,
      },
      { name: { en: "parameters", zh: "参数数" }, as: "count", of: (row) => row.parameters },
      {
        name: { en: "later groups random", zh: "其后重新初始化" },
        as: "written",
        of: (row) => worthCell(row.from_output),
      },
      {
        name: { en: "earlier groups random", zh: "其前重新初始化" },
        as: "written",
        of: (row) => row.from_input && worthCell(row.from_input),
      },
    ],
  });
}

const trainings = ({ variants, groups, unit }: DiagnosisResult): TableContent =>
  tableOf(variants, {
    title: { en: "Trainings", zh: "各次训练" },
    most: 200,
    columns: [
      {
        name: { en: "starts from", zh: "起始权重" },
        as: "text",
        of: (one) => ({ en: one.label, zh: diagnosisZh.variant(one, groups.length) }),
      },
      {
        name: {
          en: `accuracy on validation ${unit}`,
          zh: `验证${itemsZh.many(unit.slice(0, -1))}上的准确率`,
        },
        short: "valid.",
        as: "written",
        of: ({ accuracy }) => spread(accuracy, "accuracy"),
      },
    ],
  });

function sourceParts(source: SourceDiagnosis | undefined): readonly ReportPart[] {
  if (!source) return [];
  const { data, n, effective, classes } = source;
  const said: Text = { en: source.words, zh: diagnosisZh.sourceWords(source) };
  const columns: readonly (ColumnOf<SourceClass> | false)[] = [
    { name: { en: "class", zh: "类别" }, as: "name", of: ({ label }) => label },
    { name: { en: "samples", zh: "样本数" }, as: "count", of: (one) => one.n },
    {
      name: { en: "weight", zh: "权重" },
      as: "written",
      of: ({ weight, weight_ci95: [low, high] }) => ({
        text: decimal(weight, 2),
        small: {
          en: `${decimal(low, 2)} to ${decimal(high, 2)}`,
          zh: `${decimal(low, 2)} 至 ${decimal(high, 2)}`,
        },
      }),
    },
    classes.some(({ worth }) => worth) && {
      name: { en: "gain for a linear probe", zh: "对线性探测的价值" },
      as: "written",
      of: ({ worth }) => worth && worthCell(worth),
    },
  ];
  return [
    { kind: "text", short: "source", text: said },
    {
      kind: "text",
      small: true,
      text: {
        en: say`${[{ name: data }]}: ${integer(n)} samples, which count as ${integer(effective)} when weighted. Weight: density of your data divided by density of the source at these samples, 1 on average.`,
        zh: say`${[{ name: data }]}：${integer(n)} 个样本，加权后相当于 ${integer(effective)} 个。权重：在该类样本处，你的数据比源数据密集多少，平均为 1。`,
      },
    },
    {
      kind: "table",
      table: tableOf(classes, {
        title: { en: "Classes of the source", zh: "源数据的类别" },
        most: 200,
        columns: columns.filter((column) => column !== false),
      }),
    },
  ];
}

const [width, left, right, rowHeight] = [720, 150, 26, 20];
const at = (x: number): string => x.toFixed(1);

/** Returns the ends of the interval; the gain alone if there is none. */
const endsOf = ({ ci95, gain: only }: WorthOfLayers): Interval => ci95 ?? [only, only];

const chartWords = {
  alternative: {
    en: "Gain from the weights of each group, with intervals; the same numbers are in the table",
    zh: "各组权重的价值及区间；表中有同样的数字",
  },
  group: { en: (n: number) => `group ${n}`, zh: (n: number) => `第 ${n} 组` },
};

function chart({ groups }: DiagnosisResult, lang: Lang): Markup {
  const all = groups.flatMap((g) => [g.from_output, g.from_input]).map(endsOf);
  const step = 0.1;
  const low = Math.min(-step, Math.floor(Math.min(...all.map(([low]) => low)) / step) * step);
  const high = Math.max(step, Math.ceil(Math.max(...all.map(([, high]) => high)) / step) * step);
  const x = (value: number): string => at(left + ((value - low) / (high - low)) * (width - left - right));
  const every = high - low > 1 ? 0.2 : step;
  const marks = Array.from({ length: Math.round((high - low) / every) + 1 }, (_, i) => low + i * every);
  const bottom = groups.length * (2 * rowHeight + 8) + 8;
  const row = (one: WorthOfLayers, y: number): Markup =>
    html`<g class="${isSure(one) ? one.finding : "other"}"><line class="interval" x1="${x(endsOf(one)[0])}" x2="${x(endsOf(one)[1])}" y1="${y}" y2="${y}"/><circle class="mean" cx="${x(one.gain)}" cy="${y}" r="4.5"/></g>`;
  return html`<svg class="chart" viewBox="0 0 ${width} ${bottom + 24}" role="img" aria-label="${chartWords.alternative[lang]}">
${marks.map((m) => html`<line x1="${x(m)}" x2="${x(m)}" y1="0" y2="${bottom}"${Math.abs(m) < 1e-9 ? html` class="zero"` : ""}/><text x="${x(m)}" y="${bottom + 16}" text-anchor="middle">${Math.abs(m) < 1e-9 ? "0" : gain(m)}</text>`)}
${groups.map((group, i) => {
  const y = 8 + i * (2 * rowHeight + 8);
  return html`<text class="name" x="0" y="${y + rowHeight + 4}">${chartWords.group[lang](group.group)}</text>${row(group.from_output, y + rowHeight / 2)}${row(group.from_input, y + rowHeight * 1.5)}`;
})}</svg>`;
}
