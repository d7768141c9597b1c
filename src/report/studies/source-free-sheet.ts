// The report of a model that was adapted: its accuracy before and after, the shares of the classes, and the guard.
import type { ClassShare, DomainGuard, SourceFreeResultEvent } from "../../core/events/events.js";
import { inEnglish, message } from "../../core/messages/message.js";
import { classificationOf, isTaskWith } from "../../core/results/task.js";
import { decimal, duration, gain, integer, percentRange } from "../charts/numbers.js";
import { classTables, pageTable, pairsTable } from "../sheet/class-tables.js";
import type { ModelFacts, ReportPart, ReportSection, ReportSheet } from "../sheet/report-sheet.js";
import {
  inEach,
  intervalOf,
  say,
  type TableContent,
  type Text,
  tableOf,
  termed,
  type Value,
} from "../sheet/sheet.js";
import { wordsIn } from "../words/index.js";
import { itemsEn, itemsZh } from "../words/items.js";
import { whyNoInterval } from "./adaptation-gain.js";
import { baseFact, heading, noRecord, type RunRecord, reproduceSection, warnings } from "./study-parts.js";

export function sourceFreeSheet(result: SourceFreeResultEvent, record: RunRecord = noRecord): ReportSheet {
  const { method, from, target, classes, unit, base, seed, training } = result;
  return {
    title: method.name,
    kind: { en: "adaptation of a model", zh: "模型的自适应" },
    about: [
      say`${[{ name: from }]} → ${[{ name: target.root }]}`,
      inEach((lang) => wordsIn(lang).items.classCount(classes.length)),
    ],
    done: {
      label: "adapted",
      lines: [
        `${method.name}: ${itemsEn.count(result.other_predictions, unit)} of ${integer(target.n)} predicted otherwise`,
        duration(result.seconds),
      ],
    },
    lead: [...finding(result), ...onTarget(result), warnings(record)],
    sections: [
      {
        id: "shares",
        title: { en: "Shares of the classes", zh: "各类别的比例" },
        parts: [{ kind: "table", table: sharesTable(result) }],
      },
      ...guardSection(result.guard),
      ...classSections(result),
      {
        id: "settings",
        title: heading("settings"),
        folded: true,
        parts: [
          {
            kind: "facts",
            facts: [
              { label: termed("base", "Base", "基础模型"), value: baseFact(base) },
              {
                label: { en: "Method", zh: "方法" },
                value: say`${method.name}: ${[{ name: method.paper }]}`,
              },
              ...(training
                ? [
                    {
                      label: { en: "Recipe", zh: "训练方法" },
                      value: [{ recorded: training.recipe, messages: training.recipe_messages }],
                    },
                  ]
                : []),
            ],
          },
        ],
      },
      reproduceSection(record, seed),
    ],
    paths: { model: result.model, run: result.run },
    footer: {
      en: "The confidence intervals of accuracies are Wilson's at 95 %, over the samples of the target. The model has seen these samples, and not their labels.",
      zh: "准确率的置信区间是目标样本上 95 % 的 Wilson 区间。模型见过这些样本，但没有见过它们的标签。",
    },
  };
}

/** Width of an interval of a share that tells little: half of all shares. */
const tooWide = 0.5;

function testText(p: number): { readonly en: string; readonly zh: string } {
  const shown = p < 0.01 ? "< 0.01" : `= ${decimal(p, 2)}`;
  return { en: ` (permutation test: p ${shown})`, zh: `（置换检验：p ${shown}）` };
}

/** Returns what the method found. */
function finding({
  method,
  changed,
  forced,
  guard,
  shares,
  shares_p: p,
}: SourceFreeResultEvent): readonly ReportPart[] {
  if (method.name !== "label-shift") return [];
  const widest = Math.max(...shares.map(({ ci95 }) => (ci95 ? ci95[1] - ci95[0] : 0)));
  const points = decimal(100 * widest, 0);
  const test = p === undefined ? { en: "", zh: "" } : testText(p);
  const lines: readonly Text[] = [
    changed
      ? {
          en: `The shares of the classes differ${test.en}. The last layer is corrected by them.`,
          zh: `各类别的比例不同${test.zh}；最后一层已按新的比例修正。`,
        }
      : {
          en: `No label shift seen${test.en}. The model predicts as before, and the estimates are not used.`,
          zh: `没有发现标签偏移${test.zh}。模型的预测与之前相同，估计值没有采用。`,
        },
    ...(!changed && widest > tooWide
      ? [
          {
            en: `There may be one: the intervals are up to ${points} points wide, too wide to tell. More samples of the target make them narrower.`,
            zh: `但仍可能存在偏移：区间最宽达 ${points} 个百分点，无法判断。更多目标样本会使区间变窄。`,
          },
        ]
      : []),
    ...(forced
      ? [
          guard?.refused === "no source"
            ? {
                en: "Forced: the source is gone, so nothing tells other shares from other data.",
                zh: "强制执行：源数据已不在，无法区分比例不同还是数据不同。",
              }
            : {
                en: "Forced: the domains differ in more than the shares, or are too small to tell. The shares may be wrong.",
                zh: "强制执行：两个领域不仅比例不同，或样本太少而无法判断；估计的比例可能有误。",
              },
        ]
      : []),
  ];
  return [
    {
      kind: "conclusion",
      short: "shares",
      mood: forced ? "inconclusive" : changed ? "positive" : "neutral",
      title: { en: "Label shift", zh: "标签偏移" },
      lines,
    },
  ];
}

/** Returns the accuracy before and after; without labels, that nothing can be scored. */
function onTarget(result: SourceFreeResultEvent): readonly ReportPart[] {
  const { before, test, gain: difference, unit } = result;
  if (!before || !test || !difference)
    return [
      {
        kind: "notes",
        short: "target",
        title: { en: "Nothing can be scored", zh: "无法评分" },
        texts: [
          {
            en: say`The target has no labels, so nothing can be scored. Label some ${itemsEn.many(unit)} of it and run ${[{ code: "engraft eval" }]} with both models.`,
            zh: say`目标领域没有标签，无法评分。先给其中一些${itemsZh.many(unit)}加上标签，再用两个模型运行 ${[{ code: "engraft eval" }]}。`,
          },
        ],
      },
    ];
  const { value, models_ci95: range } = difference;
  const [low, high] = range ? range.map(gain) : [];
  const none = whyNoInterval(difference, unit);
  return [
    {
      kind: "table",
      table: tableOf(
        [
          { name: { en: "before", zh: "之前" }, scores: before },
          { name: { en: "adapted", zh: "自适应后" }, scores: test },
        ],
        {
          columns: [
            { name: { en: "model", zh: "模型" }, as: "text", of: ({ name }) => name },
            {
              name: { en: "accuracy on the target", zh: "目标领域准确率" },
              as: "share",
              of: ({ scores }): Value => ({
                value: scores.accuracy,
                ci95: intervalOf(scores, scores.accuracy_ci95),
              }),
            },
          ],
        },
      ),
    },
    {
      kind: "conclusion",
      short: "gain",
      mood: !range || (range[0] <= 0 && range[1] >= 0) ? "inconclusive" : value > 0 ? "positive" : "negative",
      title: { en: "Gain over the model before", zh: "与之前的模型相比" },
      lines: [
        range
          ? {
              en: `adapted − before: ${gain(value)} points. The 95 % confidence interval over other ${itemsEn.many(unit)} is ${low} to ${high}.`,
              zh: `自适应后 − 之前：${gain(value)} 个百分点；换一批${itemsZh.many(unit)}的 95 % 置信区间为 ${low} 至 ${high}。`,
            }
          : {
              en: `adapted − before: ${gain(value)} points. ${none.en}`,
              zh: `自适应后 − 之前：${gain(value)} 个百分点。${none.zh}`,
            },
      ],
    },
  ];
}

function sharesTable({ shares, method, held, changed }: SourceFreeResultEvent): TableContent {
  const hasIntervals = shares.some(({ ci95 }) => ci95 !== undefined);
  return tableOf(shares, {
    note:
      method.name !== "label-shift"
        ? {
            en: "Shares of the predictions of the model before, and of the adapted one.",
            zh: "之前模型预测的比例，以及自适应后模型预测的比例。",
          }
        : held === undefined
          ? {
              en: "Old shares: those of the source's test split. Without the source, the new ones have no intervals.",
              zh: "原比例取自源领域测试集；没有源数据，新比例没有区间。",
            }
          : {
              en: `Estimated by EM on predictions that are calibrated on ${integer(held)} held-out samples of the source. ${hasIntervals ? "The 95 % bootstrap intervals of all classes hold at once." : "There are too few groups for intervals."}`,
              zh: `用 EM 估计；预测在源领域 ${integer(held)} 个留出样本上校准。${hasIntervals ? "所有类别的 95 % 自助法区间同时成立。" : "组太少，无法给出区间。"}`,
            },
    columns: [
      { name: { en: "class", zh: "类别" }, as: "name", of: ({ name }: ClassShare) => name },
      { name: { en: "old share", zh: "原比例" }, as: "share", of: ({ old }) => old },
      {
        name: changed
          ? { en: "new share", zh: "新比例" }
          : { en: "estimate, not used", zh: "估计值（未采用）" },
        as: "share",
        of: ({ share, ci95 }): Value => (ci95 ? { value: share, ci95 } : share),
      },
    ],
  });
}

/** Returns the distances that tell whether the domains differ in more than their shares. */
function guardSection(guard: DomainGuard | undefined): readonly ReportSection[] {
  if (!guard?.domains || !guard.halves) return [];
  const rows = [
    {
      name: { en: "source, drawn by the new shares, and target", zh: "按新比例抽取的源样本与目标" },
      ...guard.domains,
    },
    { name: { en: "two halves of this source", zh: "这些源样本的两半" }, ...guard.halves },
  ];
  const table = tableOf(rows, {
    note: {
      en: "A-distance: 0 when a linear classifier cannot tell two sets apart, 2 when it always can. New shares are refused if the first distance is larger beyond chance (95 %).",
      zh: "A 距离：线性分类器完全分不开两组样本时为 0，总能分开时为 2。若第一个距离在 95 % 水平上显著更大，则拒绝修正。",
    },
    columns: [
      { name: { en: "between", zh: "两组" }, as: "text", of: ({ name }) => name },
      {
        name: termed("a-distance", "A-distance (95 %)", "A 距离（95 %）"),
        as: "written",
        of: ({ value, ci95 }): Value => {
          const [low, high] = ci95.map((end) => decimal(end, 2));
          return { text: decimal(value, 2), small: { en: `${low} to ${high}`, zh: `${low} 至 ${high}` } };
        },
      },
    ],
  });
  return [
    {
      id: "domains",
      title: { en: "Do the domains differ otherwise?", zh: "两个领域还有别的差异吗？" },
      parts: [{ kind: "table", table }],
    },
  ];
}

function classSections({ test, unit }: SourceFreeResultEvent): readonly ReportSection[] {
  if (!test) return [];
  return [
    { id: "confusion", title: heading("confusion"), parts: [pageTable(pairsTable(test, unit))] },
    { id: "scores", title: heading("scores"), parts: classTables(test, unit).map(pageTable) },
  ];
}

/** Returns the facts of the model's card, without its results. */
export function sourceFreeFacts({
  method,
  base,
  classes,
  unit,
  shares,
  changed,
  target,
  training,
  trust_left_out: leftOut,
}: SourceFreeResultEvent): ModelFacts {
  const task = Object.values(classificationOf).find((one) => isTaskWith(one, { sample: unit as "text" }))!;
  const percent = (share: number): string => `${decimal(100 * share, 1)} %`;
  const listed = shares.map(({ name, old, share, ci95 }) => {
    const range = ci95 ? ` (95 % interval ${percentRange(ci95, 1)})` : "";
    return `${name} ${percent(old)}${changed ? ` to ${percent(share)}${range}` : ""}`;
  });
  return {
    base,
    samples: `${unit}s`,
    usage: {
      does: [
        {
          value: changed
            ? `A trained model whose ${method.name === "shot" ? "backbone" : "last layer"} was adapted to unlabelled data: ${method.name} (${method.paper}).`
            : "A trained model, unchanged: no label shift was seen in unlabelled data.",
        },
        ...(leftOut ? [{ value: ` Note: ${inEnglish([message("trust-of-old-layer")])}.` }] : []),
      ],
      hub: { task, metrics: ["accuracy"], tags: ["domain-adaptation"], library: "transformers.js" },
    },
    made: [
      { label: "Classes", value: classes.join(", ") },
      { label: "Shares of the classes", value: listed.join(", ") },
      { label: "Target", value: `${integer(target.n)} ${unit}s` },
      ...(training ? [{ label: "Recipe", value: training.recipe }] : []),
    ],
  };
}
