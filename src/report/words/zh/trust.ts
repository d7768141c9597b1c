/** 中文：校准、预测集与弃答，以及其他得分。 */
import { fixed } from "../../../core/fixed.js";
import { html } from "../../html.js";
import type { trustEn } from "../en/trust.js";

export const trustZh: typeof trustEn = {
  few: (items) => `测试${items}太少，不足以得出结论`,
  fewLabel: "测试样本太少",
  fewWords: (n, range, items) =>
    `${n}：真实准确率可能是 ${range} 之间的任何值，各类别的得分、校准和阈值更不确定。大约 100 个测试${items}才能得到 ± 10 个百分点的区间。`,
  intro: (n, few) =>
    `校准、预测集和阈值在 ${n}上拟合，在测试集上测量。${few ? "验证样本很少：换一个验证集，阈值可能差很多。" : ""}`,
  calibration: "校准",
  temperatureName: "温度",
  temperature: (temperature, value, finding) =>
    html`${finding && `模型${{ overconfident: "过于自信", underconfident: "不够自信" }[finding]}：`}logits 除以${temperature} ${value} 时，验证集上的损失最小。`,
  writtenIn: "模型自己会做这个除法。",
  notWritten: (option) => ["模型没有做这个除法；用 train 或 export 的 ", option, " 可以写进模型。"],
  setsTitle: (sets, asked, measured) => html`${sets}：要求 ${asked}，测试样本实际覆盖 ${measured}`,
  abstention: "弃答",
  fittedOn: (n, groups, chosenOf) =>
    `${n}${groups === undefined ? "" : `（属于 ${groups} 个组）`}${chosenOf === undefined ? "" : `（它们还从 ${chosenOf} 个模型中选出了这个模型）`}`,
  setsRange: (share, fittedOn, range) =>
    `预测集的目标是以 ${share} 的比例包含真实类别。只有 ${fittedOn}可用于拟合，真实比例可能是 ${range} 之间的任何值。`,
  setsFewGroups: (share, fittedOn) =>
    `预测集的目标是以 ${share} 的比例包含真实类别。用于拟合的是 ${fittedOn}：组太少，无法判断真实比例。`,
  fewGroups: (groups) => `验证样本只来自 ${groups} 个组，说明不了其他组的情况。`,
  noThreshold: (share) => `没有一个置信度阈值能保证预测有 ${share} 正确。`,
  tooFewSure: (n, needed, items) => `需要 ${needed} 个置信度高的验证${items}，而验证${items}只有 ${n} 个。`,
  surestWrong: (errors, n, items) => `在置信度最高的 ${n} 个验证${items}中，有 ${errors} 个预测错误。`,
  threshold: (at, share) =>
    `置信度高于 ${at} 时，新样本的预测应至少有 ${share} 正确；换一个验证集，这一点不成立的情况至多为 100 次中的 5 次。`,
  answered: (share, items) => `用这个阈值，测试${items}中有 ${share} 得到预测`,
  answeredRight: (share, range) => `，其中 ${share} 正确（95 % 置信区间 ${range}）`,
  unsure: "；其余为“不确定”。",
  unusualTitle: (items) => `不寻常的${items}`,
  energy: "能量",
  unusual: (share, items, range, energy, expected) =>
    html`按 logits 的${energy}看，测试${items}中有 ${share}（95 % 置信区间 ${range}）不同于验证${items}；同类${items}中预期有 ${expected}。`,
  distant: (items, share, range) => ` 按基础模型特征中到最近训练${items}的距离看，为 ${share}（${range}）。`,
  reliability: "可靠性图",
  reliabilityNote: "按置信度的准确率；落在对角线上最好",
  confidence: "置信度",
  asTrained: "训练所得",
  divided: "除以温度后",
  dividedBy: (value) => `除以 ${value}`,
  asStated: "完美校准",
  risk: "弃答时的准确率",
  riskNote: "按给出预测的比例，置信度最高的在前",
  answeredAxis: "给出预测",
  test: "测试",
  requested: "要求",
  calibrationNote: "粗体是模型给出的。样本有限时，校准好的模型也会显出一些误差：见第三列。",
  change: ({ loss, ci95, finding }) => {
    const [low, high] = ci95 && loss < 0 ? [-ci95[1], -ci95[0]] : (ci95 ?? [0, 0]);
    const range = ci95 ? `（95 % 区间 ${fixed(low, 3)} 至 ${fixed(high, 3)}）` : "";
    const by = `${Math.abs(loss).toFixed(3)}${range}`;
    if (finding === "falls") return `除以温度使对数损失降低 ${by}，不只是偶然。`;
    if (finding === "rises") return `除以温度使对数损失升高 ${by}，不只是偶然：不要使用温度。`;
    if (finding === "few groups") return `除以温度使对数损失改变 ${by}：组太少，看不出是否出于偶然。`;
    if (ci95 === null) return "除以温度没有改变对数损失。";
    return `除以温度使对数损失${loss < 0 ? "升高" : "降低"} ${by}，可能出于偶然。`;
  },
  scores: "得分",
  error: "校准误差",
  interval: "95 % 区间",
  ifCalibrated: "若已校准",
  loss: "对数损失",
  brier: "Brier 分数",
  setsLabel: "预测集",
  sets: "方法",
  holdTrue: "真实类别的覆盖率",
  classes: "平均大小",
  oneClass: "只含一类的集合",
  tooSmall: "验证集太小：每个集合都包含所有类别",
  lac: "LAC：平均最小",
  aps: "APS：难的样本集合更大",

  allScores: "全部得分",
  kindsOfMean: "按平均方式的得分",
  meanOver: "对类别的平均",
  macro: "宏平均",
  micro: "微平均",
  weighted: "加权",
  kinds: {
    precision: "精确率",
    recall: "召回率",
    f1: "F1",
    auroc: "AUROC，一类对其余",
    ap: "平均精确率",
  },
  balanced: "平衡准确率",
  topK: (k) => `前 ${k} 准确率`,
  topKWords: (share, range) => `${share}（95 % 置信区间 ${range}）`,
  kappa: "Cohen kappa",
  mcc: "Matthews 相关系数",
  brierScore: "Brier 分数",
  absent: "测试集中没有、未计入平均的类别：",
};
