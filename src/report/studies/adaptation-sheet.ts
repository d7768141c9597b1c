// The report of a domain adaptation: its gain, the choice of the model, and the distance of the domains.
import type {
  AdaptCandidate,
  AdaptResultEvent,
  ClassificationScores,
  DomainDistance,
} from "../../core/events/events.js";
import type { SplitCounts } from "../../core/results/counts.js";
import { shownScore } from "../../evaluate/shown-score.js";
import { confusionMatrix } from "../charts/confusion.js";
import { decimal, duration, integer, megabytes } from "../charts/numbers.js";
import { type Method, resultHead } from "../layout/result-head.js";
import { classTables, pageTable, pairsTable } from "../sheet/class-tables.js";
import type { ReportPart, ReportSection, ReportSheet } from "../sheet/report-sheet.js";
import {
  type Fact,
  inEach,
  intervalOf,
  type Phrase,
  plainText,
  say,
  type TableContent,
  type Text,
  tableOf,
  termed,
  type Value,
} from "../sheet/sheet.js";
import { markupOf } from "../sheet/sheet-page.js";
import { hasDigits, saidOfScore } from "../sheet/shown-score.js";
import { wordsIn } from "../words/index.js";
import { itemsEn, itemsZh } from "../words/items.js";
import { gainParts } from "./adaptation-gain.js";
import { checkParts } from "./check-parts.js";
import {
  baseFact,
  curvesSection,
  heading,
  noRecord,
  type RunRecord,
  reproduceSection,
  splitText,
  warnings,
} from "./study-parts.js";

export function adaptationSheet(result: AdaptResultEvent, record: RunRecord = noRecord): ReportSheet {
  const { method, source, target, classes, seconds, forecast } = result;
  const took = `${duration(seconds.total)} (forecast ${duration(forecast.seconds)})`;
  const named = method.requested === undefined ? method.name : `${method.requested} means ${method.name}`;
  const memory = `peak memory ${megabytes(result.peak_rss_mb)} (forecast ${megabytes(forecast.peak_rss_mb)})`;
  return {
    title: method.name,
    kind: { en: "domain adaptation", zh: "领域自适应" },
    about: [
      say`${[{ name: source.root }]} → ${[{ name: target.root }]}`,
      inEach((lang) => wordsIn(lang).items.classCount(classes.length)),
    ],
    done: { label: "adapted", lines: [`${named}: ${method.recipe}`, `${took}, ${memory}`] },
    lead: [...onTarget(result), warnings(record)],
    sections: [
      ...classSections(result),
      {
        id: "distances",
        title: { en: "Distance of the domains", zh: "两个领域的距离" },
        parts: [{ kind: "table", table: distances(result) }],
      },
      ...sharesSection(result),
      { id: "choice", title: { en: "Choice of the model", zh: "模型的选择" }, parts: choice(result) },
      curvesSection(record, () => ({ training: "own", epoch: "best", name: method.name })),
      {
        id: "data",
        title: heading("data"),
        parts: [{ kind: "facts", facts: dataFacts(result) }],
      },
      {
        id: "settings",
        title: heading("settings"),
        folded: true,
        parts: [{ kind: "facts", facts: settings(result) }],
      },
      reproduceSection(record, result.seed),
    ],
    paths: { model: result.model, run: result.run },
    footer: {
      en: "The confidence intervals of accuracies are Wilson's at 95 %, over the test samples of one run: another seed can give another result.",
      zh: "准确率的置信区间是 95 % 的 Wilson 区间，只针对一次训练的测试样本：换一个随机种子，结果可能不同。",
    },
  };
}

/** A model whose accuracy on the target is known, and how it was chosen. */
interface TestedModel {
  readonly name: Text;
  readonly scores?: ClassificationScores;
  readonly accuracy: number;
  readonly chosen: Text;
}

/** True if source-only was kept because no difference of the domains was seen. */
const keepsSource = ({ guard }: AdaptResultEvent): boolean =>
  guard !== undefined && guard.refused !== "differ";

function testedModels(result: AdaptResultEvent): readonly TestedModel[] {
  const { method, test, source_only, oracle } = result;
  if (!test) return [];
  return [
    {
      name: method.name,
      scores: test,
      accuracy: test.accuracy,
      chosen: keepsSource(result)
        ? { en: "source validation: the domains are not told apart", zh: "源领域验证：两个领域无法区分" }
        : { en: "source validation and a label-free score", zh: "源领域验证和一个不需要标签的得分" },
    },
    ...(method.name !== "source-only" && source_only.test
      ? [
          {
            name: "source-only",
            scores: source_only.test,
            accuracy: source_only.test.accuracy,
            chosen: { en: "source validation", zh: "源领域验证" },
          },
        ]
      : []),
    ...(oracle?.target_accuracy === undefined
      ? []
      : [
          {
            name: { en: "oracle: best choice by target labels", zh: "oracle：按目标标签所能做的最好选择" },
            accuracy: oracle.target_accuracy,
            chosen: {
              en: `${candidateName(oracle).en}; not available in practice`,
              zh: `${candidateName(oracle).zh}；实际中得不到`,
            },
          },
        ]),
  ];
}

const tradeOff = ({ trade_off }: AdaptCandidate): string =>
  trade_off === undefined ? "–" : String(trade_off);

/** "epoch 3, trade-off 0.1", "moments with self-training" */
function candidateName({ map, epoch, trade_off }: AdaptCandidate): {
  readonly en: string;
  readonly zh: string;
} {
  if (map) {
    const name = map.name === "none" ? "source-only" : map.name;
    return map.self_trained
      ? { en: `${name} with self-training`, zh: `${name} 加自训练` }
      : { en: name, zh: name };
  }
  const [en, zh] =
    trade_off === undefined ? ["", ""] : [`, trade-off ${trade_off}`, `，权衡系数 ${trade_off}`];
  return { en: `epoch ${epoch}${en}`, zh: `第 ${epoch} 轮${zh}` };
}

const onTargetName = { en: "Accuracy on the target", zh: "目标领域准确率" };

/** Returns the accuracy on the target beside that of source-only; without labels, that it is not known. */
function onTarget(result: AdaptResultEvent): readonly ReportPart[] {
  const { test, unit, check } = result;
  if (check) return checkParts(result, check);
  if (!test)
    return [
      {
        kind: "notes",
        short: "target",
        title: { en: "The accuracy on the target is not known", zh: "目标领域的准确率未知" },
        texts: [
          {
            en: say`The target has no labels. Before you use such a model, label some ${itemsEn.many(unit)} of the target and run ${[{ code: "engraft eval" }]} on them.`,
            zh: say`目标领域没有标签。使用这样的模型之前，先给目标领域的一些${itemsZh.many(unit)}加上标签，再对它们运行 ${[{ code: "engraft eval" }]}。`,
          },
        ],
      },
    ];
  const figure = { name: onTargetName, as: "share", value: test.accuracy } as const;
  const over = {
    en: `Over ${itemsEn.count(test.n, unit)} of the target's test split. Their labels were used once, after everything was chosen.`,
    zh: `目标领域测试集中的 ${itemsZh.count(test.n, unit)}；其标签只在一切选定之后看过一次。`,
  };
  return [
    {
      kind: "drawing",
      draw: (lang) =>
        resultHead(
          {
            label: markupOf(termed("accuracy", onTargetName.en, onTargetName.zh), lang),
            metric: wordsIn(lang).metrics.names.accuracy,
            scale: "share",
            methods: testedModels(result).map(
              ({ name, scores, accuracy, chosen }): Method => ({
                label: plainText(name, lang),
                value: accuracy,
                ...(scores && !scores.few_groups && { ci95: scores.accuracy_ci95 }),
                digits: scores === undefined || hasDigits(scores),
                how: markupOf(chosen, lang),
              }),
            ),
            few: saidOfScore({ shown: shownScore(test), figure, sample: unit, lang }).few,
            notes: [over[lang]],
          },
          wordsIn(lang),
        ),
    },
    { kind: "table", only: "screen", table: testedTable(result) },
    ...gainParts(result),
  ];
}

const testedTable = (result: AdaptResultEvent): TableContent =>
  tableOf(testedModels(result), {
    columns: [
      { name: { en: "model", zh: "模型" }, as: "text", of: ({ name }) => name },
      { name: { en: "chosen by", zh: "依据" }, as: "text", of: ({ chosen }) => chosen },
      {
        name: onTargetName,
        as: "share",
        of: ({ accuracy, scores }): Value => ({
          value: accuracy,
          ci95: scores ? intervalOf(scores, scores.accuracy_ci95) : null,
        }),
      },
    ],
  });

function classSections({ test, unit, classes }: AdaptResultEvent): readonly ReportSection[] {
  if (!test) return [];
  return [
    {
      id: "confusion",
      title: heading("confusion"),
      parts: [
        pageTable(pairsTable(test, unit)),
        { kind: "drawing", draw: (lang) => confusionMatrix(test, classes, false, wordsIn(lang)) },
      ],
    },
    { id: "scores", title: heading("scores"), parts: classTables(test, unit).map(pageTable) },
  ];
}

function distances({ distance, method, unit }: AdaptResultEvent): TableContent {
  const tooFew: Text = { en: "too few samples or groups", zh: "样本或组太少" };
  const rows: readonly (DomainDistance & { readonly name: Text })[] = [
    { ...distance.before, name: { en: "source-only (before)", zh: "source-only（自适应前）" } },
    { ...distance.after, name: { en: `${method.name} (after)`, zh: `${method.name}（自适应后）` } },
  ];
  return tableOf(rows, {
    title: { en: "Distances", zh: "距离" },
    note: {
      en: `A-distance: 0 when a linear classifier cannot tell the domains apart, 2 when it always can. MMD²: 0 for one distribution; p by random divisions. Both over held-out ${itemsEn.many(unit)}. A small distance proves nothing: classes may be swapped.`,
      zh: `A 距离：线性分类器完全分不开两个领域时为 0，总能分开时为 2。MMD²：同一分布时为 0；p 由随机划分得出。两者都在留出的${itemsZh.many(unit)}上计算。距离小并不能证明什么：类别可能已经互换。`,
    },
    columns: [
      { name: { en: "features of", zh: "特征来自" }, as: "text", of: ({ name }) => name },
      {
        name: termed("a-distance", "A-distance (95 %)", "A 距离（95 %）"),
        as: "written",
        of: ({ a_distance: a }): Value => {
          if (!a) return tooFew;
          const [low, high] = a.ci95.map((end) => decimal(end, 2));
          return { text: decimal(a.value, 2), small: { en: `${low} to ${high}`, zh: `${low} 至 ${high}` } };
        },
      },
      {
        name: termed("mmd", "MMD²", "MMD²"),
        as: "written",
        of: ({ mmd }) => (mmd ? decimal(mmd.value, 4) : tooFew),
      },
      {
        name: termed("p-value", "p", "p"),
        as: "written",
        of: ({ mmd }) => mmd && (mmd.p < 0.01 ? "< 0.01" : decimal(mmd.p, 2)),
      },
    ],
  });
}

type Shares = NonNullable<AdaptResultEvent["shares"]>;

/** Returns the shares of the classes, which the score of a map takes into account. */
function sharesSection({ shares, shares_p: p, unit, method }: AdaptResultEvent): readonly ReportSection[] {
  if (!shares || p === undefined) return [];
  const shown = p < 0.01 ? "< 0.01" : `= ${decimal(p, 2)}`;
  const share = (en: string, zh: string, of: (one: Shares[number]) => number) =>
    ({ name: { en, zh }, as: "share", of }) as const;
  const table = tableOf(shares, {
    note: {
      en: `Estimated by EM from the predictions of source-only. Permutation test that they are those of the source: p ${shown}. Both models predict the validation ${itemsEn.many(unit)} of the target.`,
      zh: `由 source-only 的预测用 EM 估计。与源领域比例相同的置换检验：p ${shown}。两个模型的预测取自目标领域验证集的${itemsZh.many(unit)}。`,
    },
    columns: [
      { name: { en: "class", zh: "类别" }, as: "name", of: ({ name }: Shares[number]) => name },
      share("source", "源领域", (one) => one.source),
      share("target, estimated", "目标领域（估计）", (one) => one.estimated),
      share("predicted by source-only", "source-only 预测", (one) => one.source_only),
      share(`predicted by ${method.name}`, `${method.name} 预测`, (one) => one.adapted),
    ],
  });
  const title = { en: "Shares of the classes", zh: "各类别的比例" };
  return [{ id: "shares", title, parts: [pageTable(table)] }];
}

/** Returns why source-only was kept. */
function keptText({ guard }: AdaptResultEvent): Text {
  if (!guard?.domains || !guard.halves)
    return {
      en: "Source-only: there is too little to tell whether the domains differ.",
      zh: "source-only：数据太少，无法判断两个领域是否不同。",
    };
  const [between, within] = [guard.domains, guard.halves].map(({ value }) => decimal(value, 2));
  return {
    en: `Source-only: the A-distance of the domains is ${between}, that of two halves of the source ${within}.`,
    zh: `source-only：两个领域之间的 A 距离为 ${between}，源领域两半之间为 ${within}。`,
  };
}

function choice(result: AdaptResultEvent): readonly ReportPart[] {
  const { chosen, candidates, oracle } = result;
  const same = (a: AdaptCandidate | undefined, b: AdaptCandidate): boolean =>
    a !== undefined && candidateName(a).en === candidateName(b).en;
  const by: Phrase = [{ recorded: chosen.by, messages: chosen.by_message && [chosen.by_message] }];
  const name = candidateName(chosen);
  const nameOf = (one: AdaptCandidate): Text => {
    const { en, zh } = candidateName(one);
    return {
      en: `${same(chosen, one) ? "chosen: " : ""}${same(oracle, one) ? "oracle: " : ""}${en}`,
      zh: `${same(chosen, one) ? "选定：" : ""}${same(oracle, one) ? "oracle：" : ""}${zh}`,
    };
  };
  const isTrained = chosen.map === undefined;
  const table = tableOf(candidates, {
    title: { en: "Candidates", zh: "候选" },
    columns: [
      { name: { en: "candidate", zh: "候选" }, as: "text", of: nameOf },
      ...(isTrained
        ? [{ name: { en: "trade-off", zh: "权衡系数" }, as: "written" as const, of: tradeOff }]
        : []),
      { name: { en: "source validation", zh: "源领域验证" }, as: "share", of: (one) => one.source_accuracy },
      { name: { en: "information", zh: "信息量" }, as: "decimal", of: (one) => one.information },
      { name: { en: "score", zh: "得分" }, as: "decimal", of: (one) => one.score },
      {
        name: { en: "target accuracy (seen afterwards)", zh: "目标领域准确率（事后得知）" },
        as: "share",
        of: (one) => one.target_accuracy,
      },
    ],
  });
  return [
    {
      kind: "text",
      short: "chosen",
      text: keepsSource(result)
        ? keptText(result)
        : {
            en: say`${name.en.charAt(0).toUpperCase() + name.en.slice(1)}, by ${by}: ${decimal(chosen.score)}. No label of the target was used for the choice.`,
            zh: say`${name.zh}，依据${by}：${decimal(chosen.score)}。没有用到目标领域的任何标签。`,
          },
    },
    { kind: "folded", title: { en: "All candidates", zh: "全部候选" }, parts: [{ kind: "table", table }] },
  ];
}

function dataFacts({ source, target, check }: AdaptResultEvent): readonly Fact[] {
  const side = (root: string, split: SplitCounts, en: string, zh: string): Text => ({
    en: say`${[{ name: root }]}: ${splitText(split).en}${en}`,
    zh: say`${[{ name: root }]}：${splitText(split).zh}${zh}`,
  });
  const used = check?.scores ? { en: `${check.n} `, zh: ` ${check.n} 个` } : { en: "", zh: "" };
  const [en, zh] =
    target.labelled || check?.scores
      ? [`; ${used.en}labels used once, at the end`, `；${used.zh}标签只在最后用过一次`]
      : ["; no labels", "；没有标签"];
  return [
    { label: { en: "Source", zh: "源领域" }, value: side(source.root, source.split, "", "") },
    { label: { en: "Target", zh: "目标领域" }, value: side(target.root, target.split, en, zh) },
  ];
}

function settings({
  base,
  method,
  seconds,
  forecast,
  weights,
  ...result
}: AdaptResultEvent): readonly Fact[] {
  const [total, expected, training] = [seconds.total, forecast.seconds, seconds.training].map(duration);
  const memory = megabytes(result.peak_rss_mb);
  const counted = weights && {
    n: integer(weights.n),
    effective: integer(weights.effective),
    largest: decimal(weights.largest, 1),
  };
  return [
    { label: termed("base", "Base", "基础模型"), value: baseFact(base) },
    { label: { en: "Method", zh: "方法" }, value: say`${method.name}: ${[{ name: method.paper }]}` },
    {
      label: { en: "Recipe", zh: "训练方法" },
      value: [{ recorded: method.recipe, messages: method.recipe_messages }],
    },
    ...(counted
      ? [
          {
            label: { en: "Weights", zh: "样本权重" },
            short: "weights",
            value: {
              en: `${counted.n} source samples count like ${counted.effective}; the largest weight is ${counted.largest}`,
              zh: `${counted.n} 个源样本相当于 ${counted.effective} 个；最大的权重是 ${counted.largest}`,
            },
          },
        ]
      : []),
    {
      label: inEach((lang) => wordsIn(lang).page.time),
      value: {
        en: `${total} (forecast ${expected}), training ${training}; peak memory ${memory}`,
        zh: `${total}（预测 ${expected}），其中训练 ${training}；内存峰值 ${memory}`,
      },
    },
  ];
}
