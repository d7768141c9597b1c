// The report of a learning curve: what transfer saves, the chart with both power laws, the table.

import { sentence } from "../../core/modalities.js";
import { areAlike } from "../../core/results/counts.js";
import { type CurveLaw, type CurveResult, type CurveSize, extrapolatedTo } from "../../core/results/curve.js";
import { metricNames, metrics } from "../../core/results/metric.js";
import { count, decimal, duration, integer, percent } from "../charts/numbers.js";
import { formatOf } from "../charts/score-format.js";
import { html, type Markup } from "../html.js";
import { titleOf } from "../layout/layout.js";
import type { ReportSheet } from "../sheet/report-sheet.js";
import {
  type ColumnOf,
  type Fact,
  inEach,
  type TableContent,
  type Text,
  tableOf,
  type Written,
} from "../sheet/sheet.js";
import { metricsEn } from "../words/en/metrics.js";
import { type Lang, wordsIn } from "../words/index.js";
import { itemsZh } from "../words/items.js";
import { curveMetricZh, curveZh } from "../words/zh/curve.js";
import { beforeWord } from "../words/zh/metrics.js";
import { columnNames, limitsOf, paired, seedCount, spread } from "./study-parts.js";

const style = `
.chart .transfer { --this: var(--accent); } .chart .scratch { --this: var(--curve-3); }
.chart g path { stroke: var(--this); stroke-width: 2; } .chart g path.beyond { stroke-dasharray: 4 4; } .chart g line { stroke: var(--this); stroke-width: 2; }
.chart circle { fill: var(--this); } .chart .name { fill: var(--this); font-weight: 600; } .chart .target { stroke: var(--good); stroke-dasharray: 2 3; }`;

type Method = "transfer" | "scratch";
const methods = {
  transfer: { en: "transfer", zh: "迁移" },
  scratch: { en: "from scratch", zh: "从头训练" },
} satisfies Readonly<Record<Method, Text>>;

export function curveSheet(result: CurveResult): ReportSheet {
  const isDrawn = result.sizes[0]!.shots !== undefined;
  const repeats = isDrawn ? drawCount : seedCount;
  const { seeds, base, sizes, strategy, unit, metric, laws, words, notes, test_items: tests } = result;
  const manyZh = itemsZh.many(itemOf(result));
  const nameZh = curveMetricZh(metric);
  return {
    title: titleOf(result.data),
    kind: { en: "learning curve", zh: "学习曲线" },
    about: [
      [{ name: base.name }],
      strategy,
      inEach((lang) => `${sizeCount(sizes.length)[lang]} × ${repeats(seeds.length)[lang]}`),
      learnt(result),
      inEach((lang) => wordsIn(lang).items.testCount(tests, itemOf(result))),
    ],
    done: {
      label: "measured",
      lines: [
        `${sizeCount(sizes.length).en} × ${repeats(seeds.length).en} on ${result.data}, base ${base.name}`,
      ],
    },
    lead: [
      {
        kind: "conclusion",
        mood: "inconclusive",
        short: "saved",
        title: { en: "How many samples transfer saves", zh: "迁移省下了多少" },
        lines: [{ en: words, zh: curveZh.words(result) }],
      },
      limitsOf(paired(notes, curveZh.notes(result))),
    ],
    sections: [
      {
        id: "curve",
        title: {
          en: `${{ ...metricsEn.titles, f1: "Micro F1" }[metric]} by number of training ${unit}`,
          zh: `${beforeWord(nameZh)}与训练${manyZh}数`,
        },
        parts: [
          { kind: "drawing", draw: (lang) => chart(result, lang) },
          {
            kind: "text",
            small: true,
            text: {
              en: `Dots: means over the ${isDrawn ? "draws" : "seeds"}, with 95 % confidence intervals over ${isDrawn ? `draws and test ${unit}` : "seeds alone"}. Curves: the best fit of error = floor + scale · n^−rate, dashed where it is extrapolated. Dotted line: the requested ${metricNames[metric]}. The number of ${unit} is logarithmic.`,
              zh: `圆点：${isDrawn ? `各次抽取的平均，95 % 区间包含另抽标签和换一批测试${manyZh}的差异` : "各随机种子的平均，95 % 区间只针对随机种子"}。曲线：拟合最好的规律 误差 = 下限 + 系数 · n^−指数，超出实测的部分为虚线。点线：要求达到的${nameZh}。${manyZh}数为对数刻度。`,
            },
          },
        ],
      },
      {
        id: "table",
        title: { en: "Scores by size", zh: "表格" },
        parts: [{ kind: "table", table: table(result) }],
      },
      {
        id: "laws",
        title: { en: "Power laws", zh: "规律" },
        folded: true,
        parts: [
          {
            kind: "facts",
            facts: [
              lawFact({ en: "Transfer", zh: "迁移" }, laws.transfer),
              lawFact({ en: "From scratch", zh: "从头训练" }, laws.scratch),
            ],
          },
        ],
      },
    ],
    paths: { report: `${result.curve}/report.html`, folder: result.curve },
    style,
    footer: {
      en: "The runs from scratch have the same network, data, split and head. All weights train from the first step, with batch statistics. They try three learning rates and train until validation stops improving.",
      zh: "从头训练的网络、数据、划分和输出头都相同，从第一步起训练所有权重并使用批统计量；试三个学习率，训练到验证结果不再提高为止。",
    },
  };
}

const itemOf = ({ unit }: CurveResult): string => unit.slice(0, -1);

const drawCount = (n: number) => ({ en: count(n, "draw"), zh: `抽取 ${n}\u00a0次` });

const sizeCount = (n: number) => ({ en: count(n, "size"), zh: `${n}\u00a0种规模` });

/** Returns the number of classes, labels, targets or types. */
function learnt({ classes: { length: n }, unit, metric }: CurveResult): Text {
  if (unit === sentence.many)
    return { en: `${count(n, "type")} of entities`, zh: `${integer(n)}\u00a0类实体` };
  if (metric === "f1") return { en: count(n, "label"), zh: `${integer(n)}\u00a0个标签` };
  if (metric === "r2") return { en: count(n, "target"), zh: `${integer(n)}\u00a0个数值` };
  return inEach((lang) => wordsIn(lang).items.classCount(n));
}

const timeColumns: readonly ColumnOf<CurveSize>[] = [
  { name: columnNames.time, as: "written", of: ({ seconds }) => seconds && duration(seconds.transfer) },
  {
    name: { en: "time from scratch", zh: "从头训练用时" },
    as: "written",
    of: ({ seconds }) => seconds && duration(seconds.scratch),
  },
];

const table = ({ sizes, unit, metric, strategy, runs }: CurveResult): TableContent =>
  tableOf(sizes, {
    title: { en: "Sizes", zh: "各种规模" },
    columns: [
      ...(sizes[0]!.shots === undefined
        ? []
        : [
            {
              name: { en: "labels a class", zh: "每类标签数" },
              as: "count" as const,
              of: ({ shots }: CurveSize) => shots!,
            },
          ]),
      {
        name: { en: unit, zh: `${itemsZh.many(unit.slice(0, -1))}数` },
        as: "count",
        of: ({ size }) => size,
      },
      {
        name: methods.transfer,
        short: strategy,
        as: "written",
        of: ({ transfer }) => spread(transfer, metric),
      },
      { name: methods.scratch, as: "written", of: ({ scratch }) => spread(scratch, metric) },
      { name: gainName(metric), short: "gain", as: "written", of: ({ gain }) => gainOf(gain, metric) },
      ...(areAlike(runs) ? timeColumns : []),
    ],
  });

const gainName = (metric: CurveResult["metric"]): Text =>
  metrics[metric].scale === "share"
    ? { en: "gain, points", zh: "增益（百分点）" }
    : { en: "gain", zh: "增益" };

function gainOf({ mean, ci95 }: CurveSize["gain"], metric: CurveResult["metric"]): Written {
  const { gain } = formatOf(metric);
  const range = ci95 && inEach((lang) => wordsIn(lang).page.to(gain(ci95[0]), gain(ci95[1])));
  return { text: gain(mean), small: range ?? undefined };
}

function lawFact(label: Text, law: CurveLaw | null): Fact {
  if (law === null)
    return { label, value: { en: "no fit: it takes four sizes", zh: "没有规律：需要四种规模" } };
  const [floor, scale, rate] = [decimal(law.floor), decimal(law.scale), decimal(law.rate, 2)];
  const explained = percent(Math.max(0, law.explained));
  const [en, zh] = law.follows
    ? ["", ""]
    : [": too little to extrapolate from", "：太少，因此什么都说明不了"];
  return {
    label,
    value: {
      en: `error = ${floor} + ${scale} · n^−${rate}; it explains ${explained} of the variance between sizes${en}`,
      zh: `误差 = ${floor} + ${scale} · n^−${rate}；解释了各规模之间方差的 ${explained}${zh}`,
    },
  };
}

const alternative = ({ metric, unit }: CurveResult) => ({
  en: `Test ${metricNames[metric]} with transfer and from scratch by the number of training ${unit}; the same numbers are in the table`,
  zh: `迁移与从头训练的测试${beforeWord(curveMetricZh(metric))}随训练${itemsZh.many(unit.slice(0, -1))}数的变化；表中有同样的数字`,
});

const [width, height, edge, side] = [720, 320, 52, 104];
const at = (x: number): string => x.toFixed(1);

function chart(result: CurveResult, lang: Lang): Markup {
  const { sizes, laws: both, target, metric } = result;
  const first = sizes[0]!.size;
  const last = sizes.at(-1)!.size;
  const end = extrapolatedTo * last;
  const values = sizes.flatMap(({ transfer, scratch }) =>
    [transfer, scratch].flatMap(({ mean, ci95 }) => [mean, ...(ci95 ?? [])]),
  );
  const low = Math.max(0, Math.floor(10 * Math.min(...values)) / 10);
  const x = (n: number): number =>
    edge + (Math.log(n / first) / Math.log(end / first)) * (width - edge - side);
  const y = (a: number): number => 10 + ((1 - Math.min(1, Math.max(low, a))) / (1 - low)) * (height - 44);
  const marks = Array.from({ length: Math.round(10 * (1 - low)) + 1 }, (_, i) => low + i / 10);
  const curve = (name: Method): Markup => {
    const law = both[name];
    const final = law?.follows ? scoreAt(law, end) : sizes.at(-1)![name].mean;
    return html`<g class="${name}">${law?.follows && html`<path d="${line(law, first, last, x, y)}"/><path class="beyond" d="${line(law, last, end, x, y)}"/>`}
${sizes.map((s) => dot(s, name, x, y))}<text class="name" x="${at(x(law?.follows ? end : last) + 8)}" y="${at(y(final) + 4)}">${methods[name][lang]}</text></g>`;
  };
  return html`<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-label="${alternative(result)[lang]}">
${marks.map((m) => html`<line x1="${edge}" x2="${width - side}" y1="${at(y(m))}" y2="${at(y(m))}"/><text x="${edge - 6}" y="${at(y(m) + 4)}" text-anchor="end">${metrics[metric].scale === "share" ? percent(m, 0) : decimal(m, 1)}</text>`)}
${sizes.map(({ size }) => html`<text x="${at(x(size))}" y="${height - 12}" text-anchor="middle">${integer(size)}</text>`)}
<line class="target" x1="${edge}" x2="${width - side}" y1="${at(y(target))}" y2="${at(y(target))}"/>
${curve("transfer")}${curve("scratch")}</svg>`;
}

const scoreAt = ({ floor, scale, rate }: CurveLaw, n: number): number => 1 - floor - scale * n ** -rate;

type Axis = (value: number) => number;

function line(law: CurveLaw, from: number, to: number, x: Axis, y: Axis): string {
  const steps = 24;
  return Array.from({ length: steps + 1 }, (_, i) => from * (to / from) ** (i / steps))
    .map((n, i) => `${i === 0 ? "M" : "L"}${at(x(n))} ${at(y(scoreAt(law, n)))}`)
    .join("");
}

function dot(size: CurveSize, method: Method, x: Axis, y: Axis): Markup {
  const { mean, ci95 } = size[method];
  const place = at(x(size.size));
  return html`${ci95 !== null && html`<line x1="${place}" x2="${place}" y1="${at(y(ci95[0]))}" y2="${at(y(ci95[1]))}"/>`}<circle cx="${place}" cy="${at(y(mean))}" r="4.5"/>`;
}
