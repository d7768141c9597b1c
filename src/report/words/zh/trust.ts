/** 中文：概率可以信到什么程度，以及其他得分。 */
import type { trustEn } from "../en/trust.js";

export const trustZh: typeof trustEn = {
  few: (items) => `测试${items}太少，什么都说明不了`,
  fewLabel: "测试样本太少",
  fewWords: (n, range, items) =>
    `${n}：真实准确率可能是 ${range} 之间的任何值，下面各类别的得分、校准和阈值更不可靠。大约 100 个测试${items}才能得到 ± 10 个百分点的区间。`,
  title: "它的概率可以信到什么程度",
  intro: (n, few) =>
    `以下全部在${n}上拟合${few ? "（数量很少：换一个验证集，阈值可能差很多）" : ""}，在测试集上测量。轮次也由验证集选定，所以新样本上的表现可能比所述略差。`,
  calibration: "校准",
  temperature: (value, sure) =>
    `得分除以温度 ${value} 时在验证集上损失最小：模型${sure ? "过于自信" : "不够自信"}。`,
  writtenIn: "模型自己会做这个除法。",
  notWritten: (option) => ["模型给出的是训练时的得分；用 train 或 export 的 ", option, " 可以写进模型。"],
  setsTitle: (share) => `有 ${share} 的把握包含真实类别的集合`,
  doubtful: (items) => `把拿不准的${items}留给别人`,
  setsRange: (share, n, range) =>
    `这些集合按有 ${share} 的把握包含真实类别制作。只有${n}可用来设定它们，真实比例可能是 ${range} 之间的任何值。`,
  noThreshold: (share) => `没有一个阈值能保证回答有 ${share} 正确。`,
  tooFewSure: (n, needed, items) => `验证${items}只有 ${n} 个，而需要 ${needed} 个有把握的。`,
  surestWrong: (errors, n, items) => `在最有把握的 ${n} 个验证${items}中，有 ${errors} 个答错。`,
  threshold: (at, share) =>
    `置信度高于 ${at} 时，新样本的回答应至少有 ${share} 正确；换一个验证集，这一点不成立的情况至多为 100 次中的 5 次。`,
  answered: (share, items) => `用这个阈值，测试${items}中有 ${share} 得到回答`,
  answeredRight: (share, range) => `，其中 ${share} 正确（95 % 区间 ${range}）`,
  unsure: "；其余为“拿不准”。",
  unusual: (share, items, range, expected) =>
    `测试${items}中有 ${share}（95 % 区间 ${range}）的得分按能量看不像验证${items}；同类${items}中预期有 ${expected}。`,
  distant: (items, share, range) => ` 按基础模型特征中到最近训练${items}的距离看，为 ${share}（${range}）。`,
  reliability: "可靠性",
  reliabilityNote: "按所称置信度，实际正确的比例；落在对角线上最好",
  confidence: "置信度",
  asTrained: "训练所得",
  divided: "除以温度后",
  dividedBy: (value) => `除以 ${value}`,
  asStated: "如其所称",
  risk: "所回答部分的准确率",
  riskNote: "按得到回答的比例，最有把握的在前",
  answeredAxis: "已回答",
  test: "测试",
  asked: "要求",
  calibrationNote: "粗体是模型给出的。样本有限时，校准好的模型也会显出一些误差：见第三列。",
  change: ({ loss, ci95, finding }) => {
    const [low, high] = ci95 && loss < 0 ? [-ci95[1], -ci95[0]] : (ci95 ?? [0, 0]);
    const range = ci95 ? `（95 % 区间 ${low.toFixed(3)} 至 ${high.toFixed(3)}）` : "";
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
  loss: "损失",
  brier: "Brier",
  setsLabel: "预测集合",
  sets: "集合",
  holdTrue: "包含真实类别",
  classes: "类别数",
  oneClass: "只有一类",
  tooSmall: "验证集太小：每个集合都包含所有类别",
  lac: "lac：平均最小",
  aps: "aps：难的样本集合更大",

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
  topK: (k) => `在最可能的 ${k} 类之中`,
  topKWords: (share, range) => `${share}（95 % 区间 ${range}）`,
  kappa: "Cohen kappa",
  mcc: "Matthews 相关系数",
  brierScore: "Brier 得分",
  absent: "测试集中没有、未计入平均的类别：",
};
