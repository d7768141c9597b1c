// What a model was made of, and what to expect of its recipe: folds, joined bases, a source table, and what `engraft extend` did. Facts for the
// screen, the page and the card.
import type { Interval } from "../../core/events/events.js";
import type {
  ExtendedFacts,
  HolderFacts,
  JoinedFacts,
  OldTest,
  OldTestScore,
} from "../../core/events/run-outcome.js";
import type { SourceFacts } from "../../core/events/source-facts.js";
import type { CommonResult } from "../../core/results/common-result.js";
import { metrics, type NamedScore, scoreNameIn } from "../../core/results/metric.js";
import { decimal, integer, percent } from "../charts/numbers.js";
import { formatInRun } from "../charts/score-format.js";
import type { Lang } from "../words/langs.js";
import {
  type Fact,
  inEach,
  names,
  type Phrase,
  type Piece,
  piecesOf,
  plainText,
  say,
  type Text,
  type Tile,
} from "./sheet.js";
import { writtenInterval } from "./written.js";

/** Parts of a result that say what the model was made of, and what to expect of its recipe. */
interface Made {
  readonly cross_validation?: CommonResult["cross_validation"];
  readonly joined?: JoinedFacts | undefined;
  readonly with_source?: SourceFacts | undefined;
  readonly extended?: ExtendedFacts | undefined;
  readonly hidden?: number | undefined;
}

/**
 * Returns the facts of a cross-validated model, of one with a hidden layer, of joined bases, with a source table, or of an extended one;
 * none for another one.
 */
export const madeFacts = ({
  cross_validation: folds,
  joined,
  with_source: source,
  extended,
  hidden,
}: Made): readonly Fact[] => [
  ...(folds ? [foldsFact(folds)] : []),
  ...(hidden === undefined ? [] : [hiddenFact(hidden)]),
  ...(joined ? joinedFacts(joined) : []),
  ...(source ? sourceFacts(source) : []),
  ...(extended ? extendedFacts(extended) : []),
];

/** A small test split says how good this model is on these samples. The folds say what to expect of its recipe. */
function foldsFact(its: NonNullable<Made["cross_validation"]>): Fact {
  const { folds, n } = its;
  const scores: NamedScore<number> & Readonly<Record<string, unknown>> = its;
  const metric = scoreNameIn(scores);
  const ci95 = scores[`${metric}_ci95`] as Interval | null;
  const as = metrics[metric].sentenceScale === "share" ? "share" : "decimal";
  const text = formatInRun(metric).score(scores[metric]!);
  // The accuracy needs no name.
  const name = metric === "accuracy" ? "" : `${metrics[metric].name} `;
  const scored = (lang: Lang): string =>
    inBrackets(`${name}${text}`, ci95 && writtenInterval(as, ci95, lang), lang);
  return {
    label: {
      en: "Expected of this recipe",
      zh: metric === "accuracy" ? "此方法的预期准确率" : "此方法的预期得分",
    },
    short: "expected",
    value: {
      en: say`${scored("en")} of this recipe, cross-validated: ${integer(folds)} folds of ${integer(n)} samples`,
      zh: say`${scored("zh")}，交叉验证：${integer(n)} 个样本分 ${integer(folds)} 折`,
    },
  };
}

const hiddenFact = (units: number): Fact => ({
  label: { en: "Hidden layer", zh: "隐藏层" },
  short: "hidden",
  value: {
    en: say`${integer(units)} units with ReLU between the features and the output layer`,
    zh: say`特征与输出层之间有 ${integer(units)} 个单元（ReLU）`,
  },
});

function joinedFacts({ metric, parts, together, best, words, message }: JoinedFacts): readonly Fact[] {
  const [as, text] = metric === "r2" ? (["decimal", decimal] as const) : (["share", percent] as const);
  const { gain: signed } = formatInRun(metric);
  const points: Readonly<Record<Lang, string>> =
    metric === "r2" ? { en: "", zh: "" } : { en: " points", zh: " 个百分点" };
  const scored = ({ test, ci95 }: JoinedFacts["together"], lang: Lang): string =>
    inBrackets(text(test), ci95 && writtenInterval(as, ci95, lang), lang);
  const range = ([low, high]: Interval, lang: Lang): string =>
    lang === "en" ? `${signed(low)} to ${signed(high)}` : `${signed(low)} 至 ${signed(high)}`;
  const gained = ({ name, gain: { value, ci95 } }: (typeof parts)[number], lang: Lang): readonly Piece[] => {
    const canBeChance = !ci95 || (ci95[0] <= 0 && ci95[1] >= 0);
    const own = inBrackets(`${signed(value)}${points[lang]}`, ci95 && range(ci95, lang), lang);
    const chosen =
      name === best ? { en: ", the best alone by folds", zh: "（交叉验证中最好的）" } : undefined;
    const chance = canBeChance ? { en: ": can be chance", zh: "，可能是偶然" } : undefined;
    const after = `${chosen?.[lang] ?? ""}${chance?.[lang] ?? ""}`;
    return lang === "en"
      ? [{ own: `${own} over ` }, { code: name }, { own: after }]
      : [{ own: "比 " }, { code: name }, { own: ` ${own}${after}` }];
  };
  const alone = (lang: Lang): Phrase =>
    parts.flatMap((part) => [
      { code: part.name },
      { own: ` ${scored(part, lang)}${lang === "en" ? ", " : "，"}` },
    ]);
  const lines = (lang: Lang): Phrase =>
    parts.flatMap((part, i) => [
      ...(i === 0 ? [] : [{ own: lang === "en" ? "; " : "；" }]),
      ...gained(part, lang),
    ]);
  const ofInputs = words !== undefined;
  const found: readonly Piece[] = ofInputs ? [{ recorded: words, messages: message && [message] }] : [];
  return [
    ...(ofInputs
      ? [
          {
            section: "scores",
            label: { en: "Gain of the inputs", zh: "各输入的增益" },
            short: "inputs",
            value: { en: found, zh: found },
          } as const,
        ]
      : []),
    {
      section: "scores",
      label: ofInputs
        ? { en: "Each input alone", zh: "单独使用各输入" }
        : { en: "Each base alone", zh: "单独使用各基座" },
      short: "each alone",
      value: {
        en: say`${alone("en")}all ${scored(together, "en")}: linear models on frozen features`,
        zh: say`${alone("zh")}全部 ${scored(together, "zh")}：冻结特征上的线性模型`,
      },
    },
    {
      section: "scores",
      label: { en: "Gain of joining", zh: "联合的增益" },
      short: "joining",
      value: inEach(lines),
    },
    ...parts.flatMap(({ name, distance }): readonly Fact[] => {
      if (distance === undefined) return [];
      const [code, share] = [[{ code: name }], percent(distance)];
      return [
        {
          section: "scores",
          label: { en: "Resized twice", zh: "两次缩放" },
          short: "resized",
          value: {
            en: say`pictures for ${code} are resized twice: its features are ${share} of their length away from those it has alone`,
            zh: say`${code} 的图片经过两次缩放：其特征与单独使用时相差其长度的 ${share}`,
          },
        },
      ];
    }),
  ];
}

/** Names of the models of a run with a source table, and how they are made. */
const sourceModels: Readonly<
  Record<SourceFacts["scores"][number]["name"], { readonly label: Label; readonly short: string }>
> = {
  alone: { label: { en: "Target alone", zh: "只用目标表" }, short: "target" },
  pooled: { label: { en: "Both tables", zh: "两表合并" }, short: "both" },
  residual: { label: { en: "Source and correction", zh: "源表模型加修正" }, short: "corrected" },
  source: { label: { en: "Source alone", zh: "只用源表" }, short: "source" },
};
type Label = Readonly<Record<Lang, string>>;

function sourceFacts(facts: SourceFacts): readonly Fact[] {
  const { metric, scores, kept, source, rows, left_out: left, chosen_on: chosen, folds, gain } = facts;
  const isR2 = metric === "r2";
  const { gain: signed } = formatInRun(metric);
  const text = (score: number): string => (isR2 ? `R² ${decimal(score)}` : percent(score));
  const kinds: Readonly<Record<"linear" | "trees", Label>> = {
    linear: { en: "linear", zh: "线性模型" },
    trees: { en: "trees", zh: "梯度提升树" },
  };
  const lines = scores.map(({ name, model, folds: byFolds, test, ci95 }): Fact => {
    const ranges = (lang: Lang): string =>
      inBrackets(text(test), ci95 && writtenInterval(isR2 ? "decimal" : "share", ci95, lang), lang);
    const fold: Label = isR2
      ? { en: "by folds", zh: "交叉验证" }
      : { en: "log loss by folds", zh: "交叉验证的对数损失" };
    const isKept = name === kept;
    return {
      section: "scores",
      ...sourceModels[name],
      value: {
        en: say`${ranges("en")}, ${fold.en} ${decimal(byFolds)}: ${kinds[model].en}${isKept ? ", kept" : ""}`,
        zh: say`${ranges("zh")}，${fold.zh} ${decimal(byFolds)}：${kinds[model].zh}${isKept ? "，保留" : ""}`,
      },
    };
  });
  const canBeChance = gain.ci95 && gain.ci95[0] <= 0 && gain.ci95[1] >= 0;
  const points: Label = isR2 ? { en: " of R²", zh: "（R²）" } : { en: " points", zh: " 个百分点" };
  const range: Label = gain.ci95
    ? { en: ` (${gain.ci95.map(signed).join(" to ")})`, zh: `（${gain.ci95.map(signed).join(" 至 ")}）` }
    : { en: "", zh: "" };
  const of = sourceModels[gain.of].label;
  const chance: Label = canBeChance
    ? { en: ": can be chance", zh: "，可能是偶然" }
    : gain.ci95
      ? { en: "", zh: "" }
      : { en: ", without an interval: too few test rows or groups", zh: "，没有区间：测试行或分组太少" };
  const outcome = kept === "alone" ? { en: "; not kept", zh: "；没有保留" } : { en: "", zh: "" };
  return [
    {
      section: "scores",
      label: { en: "Source table", zh: "源表" },
      short: "with",
      value: {
        en: say`${[{ code: source }]}: ${integer(rows)} rows${left > 0 ? `, ${integer(left)} left out` : ""}; chosen by ${integer(folds)} folds of ${integer(chosen)} rows of the target`,
        zh: say`${[{ code: source }]}：${integer(rows)} 行${left > 0 ? `，略去 ${integer(left)} 行` : ""}；由目标表 ${integer(chosen)} 行的 ${integer(folds)} 折交叉验证选出`,
      },
    },
    ...lines,
    {
      section: "scores",
      label: { en: "Gain by the source", zh: "源表的增益" },
      short: "gain",
      value: {
        en: say`${signed(gain.value)}${points.en}${range.en} for ${of.en.toLowerCase()} over the target alone${chance.en}${outcome.en}`,
        zh: say`${of.zh}比只用目标表 ${signed(gain.value)}${points.zh}${range.zh}${chance.zh}${outcome.zh}`,
      },
    },
  ];
}

const inBrackets = (text: string, more: string | null | undefined, lang: Lang): string =>
  more ? (lang === "en" ? `${text} (${more})` : `${text}（${more}）`) : text;

/** Returns the facts of an extended model. */
function extendedFacts(extended: ExtendedFacts): readonly Fact[] {
  const { old_test: old } = extended;
  return [
    {
      label: { en: "Sources", zh: "来源" },
      short: "sources",
      value: inEach((lang) => sourcesIn(extended, lang)),
    },
    ...(extended.new_classes && extended.new_classes.length > 0
      ? [{ label: { en: "New classes", zh: "新类别" }, short: "new", value: names(extended.new_classes) }]
      : []),
    ...(extended.removed
      ? [
          {
            label: { en: "Taken out", zh: "移除" },
            short: "taken out",
            value: inEach((lang) => removedIn(extended.removed!, lang)),
          },
        ]
      : []),
    ...(extended.holders ? [holdersFact(extended.holders)] : []),
    ...(old ? oldTestFacts(old, extended.removed?.classes ?? []) : []),
  ];
}

/** Test score with and without each holder. */
const holdersFact = (holders: readonly HolderFacts[]): Fact => ({
  label:
    holders[0]?.metric === "r2"
      ? { en: "R² with each holder", zh: "各持有方加入时的 R²" }
      : { en: "Accuracy with each holder", zh: "各持有方加入时的准确率" },
  short: "holders",
  value: inEach((lang) =>
    holders.flatMap(({ name, metric, test, left_out: out }, i): readonly Piece[] => {
      const [its, without] = [test.with, test.without].map((one) => scoreIn(metric, one));
      const text: Label = {
        en: ` ${its}, without ${without}${out ? " (left out)" : ""}`,
        zh: ` ${its}，不加入 ${without}${out ? "（略去）" : ""}`,
      };
      return [...(i === 0 ? [] : [{ own: "; " }]), { code: name }, { own: text[lang] }];
    }),
  ),
});

const scoreIn = (metric: OldTest["metric"], score: number): string =>
  metric === "r2" ? decimal(score) : percent(score);

/** Returns the score on the old test samples as one of the most important numbers of a page. */
export function madeTiles({ extended }: Parameters<typeof madeFacts>[0]): readonly Tile[] {
  const old = extended?.old_test;
  if (!old) return [];
  const { metric, before, after } = old;
  const [was, is] = [before, after].map(({ score }) => scoreIn(metric, score));
  return [
    {
      label: { en: "Old test samples", zh: "原有的测试样本" },
      value: is!,
      small: { en: `${was} before`, zh: `扩展前为 ${was}` },
    },
  ];
}

/** Returns the lines of a card on how an extended model was made. */
export const cardLines = (
  result: Parameters<typeof madeFacts>[0],
): readonly { readonly label: string; readonly value: Phrase }[] =>
  madeFacts(result).map(({ label, value }) => ({
    label: plainText(label, "en"),
    value: piecesOf(value, "en"),
  }));

function sourcesIn({ sources, samples }: ExtendedFacts, lang: Lang): Phrase {
  const listed = sources.flatMap(({ name, samples: own }, i): readonly Piece[] => [
    ...(i === 0 ? [] : [{ own: lang === "en" ? ", " : "、" }]),
    { code: name },
    { own: lang === "en" ? ` (${integer(own)})` : `（${integer(own)}）` },
  ]);
  return lang === "en"
    ? say`${listed}: the head is solved from the feature sums of ${integer(samples)} samples`
    : say`${listed}：输出头由 ${integer(samples)} 个样本的特征之和求解`;
}

function removedIn({ samples, classes }: NonNullable<ExtendedFacts["removed"]>, lang: Lang): Phrase {
  const own = lang === "en" ? say`${integer(samples)} samples` : say`${integer(samples)} 个样本`;
  if (classes.length === 0) return own;
  return lang === "en" ? say`${own}, all of ${names(classes)}` : say`${own}，${names(classes)} 全部移除`;
}

function oldTestFacts(
  { n, metric, before, after, flips, joint }: OldTest,
  gone: readonly string[],
): readonly Fact[] {
  const score = ({ score: value, ci95 }: OldTestScore, lang: Lang): string => {
    const [text, as] =
      metric === "r2" ? [decimal(value), "decimal" as const] : [percent(value), "share" as const];
    if (!ci95) return text;
    const interval = writtenInterval(as, ci95, lang);
    return lang === "en" ? `${text} (${interval})` : `${text}（${interval}）`;
  };
  const name: Readonly<Record<Lang, string>> =
    metric === "r2" ? { en: "R²", zh: "R²" } : { en: "accuracy", zh: "准确率" };
  const changed: Text = inEach((lang) =>
    lang === "en"
      ? say`${name.en} ${score(before, lang)} before, ${score(after, lang)} after, on the ${integer(n)} test samples of old classes${gone.length > 0 ? "; before without the classes that are taken out" : ""}`
      : say`原有类别的 ${integer(n)} 个测试样本：${name.zh} 原为 ${score(before, lang)}，现为 ${score(after, lang)}${gone.length > 0 ? "（原有的预测不计被移除的类别）" : ""}`,
  );
  return [
    {
      section: "scores",
      label: { en: "Before and after", zh: "扩展前后" },
      short: "old test",
      value: changed,
    },
    ...(flips
      ? [
          {
            section: "scores",
            label: { en: "Changed predictions", zh: "改变的预测" },
            short: "changed",
            value:
              flips.fixed + flips.broken === 0
                ? { en: "no prediction", zh: "没有" }
                : {
                    en: say`${integer(flips.fixed)} wrong → right, ${integer(flips.broken)} right → wrong (McNemar's test: p ${pText(flips.p)})`,
                    zh: say`${integer(flips.fixed)} 个由错变对，${integer(flips.broken)} 个由对变错（McNemar 检验：p ${pText(flips.p)}）`,
                  },
          } as const,
        ]
      : []),
    ...(joint
      ? [
          {
            section: "scores",
            label: { en: "Joint training", zh: "联合训练" },
            short: "joint",
            value: inEach((lang) =>
              lang === "en"
                ? say`${name.en} ${score(joint, lang)} with a linear probe on all samples together`
                : say`用全部样本训练线性探测：${name.zh} ${score(joint, lang)}`,
            ),
          } as const,
        ]
      : []),
  ];
}

const pText = (p: number): string => (p < 0.001 ? "< 0.001" : p.toFixed(3));
