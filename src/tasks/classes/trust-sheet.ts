// What the results of classes say of the probabilities: calibration, prediction sets, abstention and unusual samples.
import type { TrustResult } from "../../core/events/events.js";
import { fixed } from "../../core/fixed.js";
import { changeWords } from "../../core/results/trust-words.js";
import type { Chart } from "../../report/charts/charts.js";
import { lineChart } from "../../report/charts/line-chart.js";
import { decimal, percent } from "../../report/charts/numbers.js";
import { html } from "../../report/html.js";
import {
  type Drawing,
  type Fact,
  type Phrase,
  say,
  type Table,
  type Text,
  tableOf,
  termed,
} from "../../report/sheet/sheet.js";
import { itemsEn, itemsZh } from "../../report/words/items.js";
import type { Lang } from "../../report/words/langs.js";

const logLoss = termed("log-loss", "log loss", "对数损失");
const brier = termed("brier", "Brier score", "Brier 分数");

/** 0.9 -> "90 %", 0.905 -> "90.5 %" */
const asked = (share: number): string =>
  percent(share, Number.isInteger(Math.round(1e4 * share) / 100) ? 0 : 1);

/** Returns the tables on calibration and prediction sets. @param sample "picture" */
export const trustTables = (trust: TrustResult, sample: string): readonly Table[] => [
  calibrationTable(trust, sample),
  setsTable(trust),
];

function calibrationTable({ n, calibration, temperature }: TrustResult, sample: string): Table {
  const few = n < 100;
  const [before, after] = [calibration.before, calibration.after];
  const divided = decimal(temperature.value);
  const rows = [
    { of: { en: "as trained", zh: "训练所得" }, scores: before },
    { of: { en: `divided by ${divided}`, zh: `除以 ${divided}` }, scores: after },
  ];
  return tableOf(rows, {
    section: "calibration",
    note: {
      en: `Calibration, prediction sets and thresholds were fitted on ${itemsEn.validationCount(n, sample)} and measured on the test split. ${few ? "With so few validation samples, another validation split can give other thresholds. " : ""}Even a calibrated model shows some error on a finite number of samples: see the third column.`,
      zh: `校准、预测集和阈值在 ${itemsZh.validationCount(n, sample)}上拟合，在测试集上测量。${few ? "验证样本很少：换一个验证集，阈值可能差很多。" : ""}样本有限时，校准好的模型也会显出一些误差：见第三列。`,
    },
    columns: [
      { name: { en: "logits", zh: "logits" }, as: "text", of: (row) => row.of },
      {
        name: termed("calibration-error", "calibration error", "校准误差"),
        as: "share",
        of: ({ scores }) => scores.ece,
      },
      {
        name: { en: "if calibrated", zh: "若已校准" },
        as: "share",
        of: ({ scores }) => scores.ece_if_calibrated.mean,
      },
      { name: logLoss, as: "decimal", of: ({ scores }) => scores.loss },
      { name: brier, short: "Brier", as: "decimal", of: ({ scores }) => scores.brier },
    ],
  });
}

function setsTable({ prediction_sets: { lac, aps } }: TrustResult): Table {
  const rows = [
    { of: "LAC", scores: lac },
    { of: "APS", scores: aps },
  ];
  return tableOf(rows, {
    section: "sets",
    note: {
      en: "Sets by LAC are the smallest on average; those by APS are larger for harder samples.",
      zh: "LAC 的集合平均最小；APS 的集合对难的样本更大。",
    },
    columns: [
      { name: { en: "prediction sets", zh: "预测集" }, as: "text", of: (row) => row.of },
      {
        name: { en: "coverage of the true class", zh: "真实类别的覆盖率" },
        short: "coverage",
        as: "share",
        of: ({ scores }) => ({ value: scores.test_coverage, ci95: scores.test_coverage_ci95 }),
      },
      { name: { en: "mean size", zh: "平均大小" }, as: "decimal", of: ({ scores }) => scores.mean_size },
      {
        name: { en: "sets of one class", zh: "只含一类的集合" },
        short: "of one class",
        as: "share",
        of: ({ scores }) => scores.single,
      },
    ],
  });
}

/** Returns the sentences on temperature, prediction sets, abstention and unusual samples. @param sample "picture" */
export const trustFacts = (trust: TrustResult, sample: string): readonly Fact[] => [
  {
    section: "calibration",
    label: termed("temperature", "Temperature", "温度"),
    short: "divisor",
    value: temperatureText(trust),
  },
  {
    section: "sets",
    label: termed("prediction-set", "Prediction sets", "预测集"),
    short: "sets",
    value: setsText(trust, sample),
  },
  {
    section: "sets",
    label: termed("abstention", "Abstention", "弃答"),
    value: abstentionText(trust, sample),
  },
  {
    section: "sets",
    label: { en: `Unusual ${itemsEn.many(sample)}`, zh: `不寻常的${itemsZh.many(sample)}` },
    short: "unusual",
    value: unusualText(trust, sample),
  },
];

function temperatureText({ temperature, calibration: { change } }: TrustResult): Text {
  const value = decimal(temperature.value);
  const isShown = change?.finding === "falls";
  const over = temperature.value > 1;
  return {
    en: [
      ...(isShown ? [over ? "the model is overconfident" : "the model is underconfident"] : []),
      `logits divided by ${value} have the lowest loss on validation`,
      temperature.written
        ? "the model divides them itself"
        : "the model does not divide them; --calibrate temperature (train, export) writes it into the model",
      ...(change ? [changeWords(change)] : []),
    ].join("; "),
    zh: [
      ...(isShown ? [over ? "模型过于自信" : "模型不够自信"] : []),
      `logits 除以 ${value} 时，验证集上的损失最小`,
      temperature.written
        ? "模型自己会做这个除法"
        : "模型没有做这个除法；用 train 或 export 的 --calibrate temperature 可以写进模型",
      ...(change ? [changeZh(change)] : []),
    ].join("；"),
  };
}

/** Says in Chinese whether the change of the log loss by the temperature is significant. */
export function changeZh({ loss, ci95, finding }: NonNullable<TrustResult["calibration"]["change"]>): string {
  const [low, high] = ci95 && loss < 0 ? [-ci95[1], -ci95[0]] : (ci95 ?? [0, 0]);
  const range = ci95 ? `（95 % 区间 ${fixed(low, 3)} 至 ${fixed(high, 3)}）` : "";
  const by = `${Math.abs(loss).toFixed(3)}${range}`;
  if (finding === "falls") return `除以温度使对数损失降低 ${by}，不只是偶然`;
  if (finding === "rises") return `除以温度使对数损失升高 ${by}，不只是偶然：不要使用温度`;
  if (finding === "few groups") return `除以温度使对数损失改变 ${by}：组太少，看不出是否出于偶然`;
  if (ci95 === null) return "除以温度没有改变对数损失";
  return `除以温度使对数损失${loss < 0 ? "升高" : "降低"} ${by}，可能出于偶然`;
}

/** Samples that thresholds were fitted on, with their groups and the models of which they chose one. */
function fittedOn({ n, groups, chosen_of: chosen }: TrustResult, sample: string): Record<Lang, string> {
  const of = groups === undefined ? "" : ` of ${groups} group${groups === 1 ? "" : "s"}`;
  return {
    en: `${itemsEn.validationCount(n, sample)}${of}${chosen === undefined ? "" : `, which also chose this model from ${chosen},`}`,
    zh: `${itemsZh.validationCount(n, sample)}${groups === undefined ? "" : `（属于 ${groups} 个组）`}${chosen === undefined ? "" : `（它们还从 ${chosen} 个模型中选出了这个模型）`}`,
  };
}

function setsText(trust: TrustResult, sample: string): Text {
  const { prediction_sets: sets, n } = trust;
  const { coverage, coverage_range95: range, lac } = sets;
  const share = asked(coverage);
  const on = fittedOn(trust, sample);
  const made = {
    en: `made to hold the true class ${share} of the time`,
    zh: `目标是以 ${share} 的比例包含真实类别`,
  };
  if (lac.threshold === null)
    return {
      en: `${made.en}; ${itemsEn.validationCount(n, sample)} are too few: every set of LAC holds every class`,
      zh: `${made.zh}；验证集太小：LAC 的每个集合都包含所有类别`,
    };
  if (range === undefined) return made;
  if (range === null)
    return {
      en: `${made.en}; fitted on ${on.en.replace(/,$/, "")}: too few groups to tell the true share`,
      zh: `${made.zh}；用于拟合的是 ${on.zh}：组太少，无法判断真实比例`,
    };
  return {
    en: `${made.en}; with only ${on.en} to fit them on, the true share can be anything from ${itemsEn.range(range, 0)}`,
    zh: `${made.zh}；只有 ${on.zh}可用于拟合，真实比例可能是 ${itemsZh.range(range, 0)} 之间的任何值`,
  };
}

function abstentionText(trust: TrustResult, sample: string): Text {
  const { threshold, test, accuracy } = trust.abstain;
  if (threshold === null) return noThreshold(trust, sample);
  const [en, zh] = [itemsEn.many(sample), itemsZh.many(sample)];
  const given = percent(test.answered);
  const right =
    test.accuracy === null || test.accuracy_ci95 === null
      ? { en: "", zh: "" }
      : {
          en: `, and ${percent(test.accuracy)} of these predictions are right (${itemsEn.range(test.accuracy_ci95)})`,
          zh: `，其中 ${percent(test.accuracy)} 正确（${itemsZh.range(test.accuracy_ci95)}）`,
        };
  return {
    en: `above a confidence of ${percent(threshold)} at least ${asked(accuracy)} of new predictions should be right; with another validation split this fails in at most 5 of 100 cases. The model then predicts ${given} of the test ${en}${right.en}; for the others it says "unsure"`,
    zh: `置信度高于 ${percent(threshold)} 时，新样本的预测应至少有 ${asked(accuracy)} 正确；换一个验证集，这一点不成立的情况至多为 100 次中的 5 次。用这个阈值，测试${zh}中有 ${given} 得到预测${right.zh}；其余为“不确定”`,
  };
}

/** Returns why no threshold is accepted. */
function noThreshold({ n, abstain }: TrustResult, sample: string): Text {
  const { accuracy, needed, surest, few_groups: groups } = abstain;
  const none = {
    en: `no confidence threshold can promise that ${asked(accuracy)} of the predictions are right`,
    zh: `没有一个置信度阈值能保证预测有 ${asked(accuracy)} 正确`,
  };
  const [en, zh] = [itemsEn.many(sample), itemsZh.many(sample)];
  if (groups !== undefined)
    return {
      en: `${none.en}: the validation ${en} are of ${groups} group${groups === 1 ? "" : "s"}, too few to tell for other groups`,
      zh: `${none.zh}：验证${zh}只来自 ${groups} 个组，说明不了其他组的情况`,
    };
  if (surest)
    return {
      en: `${none.en}: of the ${surest.n} most confident validation ${en}, ${surest.errors} ${surest.errors === 1 ? "is" : "are"} wrong`,
      zh: `${none.zh}：在置信度最高的 ${surest.n} 个验证${zh}中，有 ${surest.errors} 个预测错误`,
    };
  if (needed === undefined) return none;
  return {
    en: `${none.en}: it takes ${needed} confident validation ${en}; there are ${n}`,
    zh: `${none.zh}：需要 ${needed} 个置信度高的验证${zh}，而验证${zh}只有 ${n} 个`,
  };
}

function unusualText({ unusual: { test, test_ci95, level, features } }: TrustResult, sample: string): Text {
  const [en, zh] = [itemsEn.many(sample), itemsZh.many(sample)];
  const distant: Record<Lang, Phrase> = features
    ? {
        en: `; by the distance to the nearest training ${en} in the base's features it is ${percent(features.test)} (${itemsEn.range(features.test_ci95)})`,
        zh: `；按基础模型特征中到最近训练${zh}的距离看，为 ${percent(features.test)}（${itemsZh.range(features.test_ci95)}）`,
      }
    : { en: "", zh: "" };
  const energy = {
    en: [{ term: "energy", text: "energy" }],
    zh: [{ term: "energy", text: "能量" }],
  } as const;
  return {
    en: say`by the ${energy.en} of their logits, ${percent(test)} of the test ${en} (${itemsEn.range(test_ci95)}) differ from the validation ${en}; ${percent(level, 0)} are expected of ${en} of the same kind${distant.en}`,
    zh: say`按 logits 的${energy.zh}看，测试${zh}中有 ${percent(test)}（${itemsZh.range(test_ci95)}）不同于验证${zh}；同类${zh}中预期有 ${percent(level, 0)}${distant.zh}`,
  };
}

const chartWords = {
  en: {
    reliability: "Reliability",
    reliabilityNote: "accuracy by confidence; on the diagonal is best",
    confidence: "confidence",
    asTrained: "as trained",
    divided: "divided by the temperature",
    asStated: "perfect calibration",
    risk: "Accuracy with abstention",
    riskNote: "by the share that is predicted, the most confident first",
    answered: "predicted",
    test: "test",
    asked: "asked",
  },
  zh: {
    reliability: "可靠性图",
    reliabilityNote: "按置信度的准确率；落在对角线上最好",
    confidence: "置信度",
    asTrained: "训练所得",
    divided: "除以温度后",
    asStated: "完美校准",
    risk: "弃答时的准确率",
    riskNote: "按给出预测的比例，置信度最高的在前",
    answered: "给出预测",
    test: "测试",
    asked: "要求",
  },
};

/** Returns the charts of accuracy over confidence, and over the share of samples that are predicted. */
export const trustDrawing = (trust: TrustResult): Drawing => ({
  section: "calibration",
  draw: ({ lang }) =>
    html`<div class="curves">${lineChart(reliabilityChart(trust, lang))}${lineChart(riskChart(trust, lang))}</div>`,
});

/** Returns accuracy over confidence. */
export function reliabilityChart({ calibration }: TrustResult, lang: Lang): Chart {
  const w = chartWords[lang];
  const points = (which: "before" | "after") =>
    new Map(calibration[which].reliability.map((bin) => [bin.confidence, bin.accuracy]));
  const [before, after] = [points("before"), points("after")];
  const stated = [...new Set([0, ...before.keys(), ...after.keys(), 1])].sort((a, b) => a - b);
  const at = (map: ReadonlyMap<number, number>) => stated.map((x) => map.get(x) ?? null);
  return {
    id: "reliability",
    title: w.reliability,
    note: w.reliabilityNote,
    percent: true,
    x: stated,
    axis: { label: w.confidence, logarithmic: false, share: true },
    series: [
      { label: w.asTrained, curve: 2, dashed: true, y: at(before) },
      { label: w.divided, curve: 1, dashed: false, y: at(after) },
      { label: w.asStated, curve: 3, dashed: true, y: stated },
    ],
  };
}

function riskChart({ abstain }: TrustResult, lang: Lang): Chart {
  const w = chartWords[lang];
  const shares = abstain.curve.map(([answered]) => answered);
  const given = abstain.test.answered;
  const marked = abstain.threshold !== null && given > 0 ? { best: given } : {};
  return {
    id: "risk",
    title: w.risk,
    note: w.riskNote,
    percent: true,
    x: shares,
    axis: { label: w.answered, logarithmic: false, share: true },
    ...marked,
    series: [
      { label: w.test, curve: 1, dashed: false, y: abstain.curve.map(([, accuracy]) => accuracy) },
      { label: w.asked, curve: 3, dashed: true, y: shares.map(() => abstain.accuracy) },
    ],
  };
}
