/** 中文：为什么使用这个策略。 */

import type {
  CandidateName,
  ModelScores,
  ProbeAccuracy,
  SourceLead,
  strategyEn,
  TrainingSamples,
} from "../../../../core/messages/strategy-en.js";
import { type BaseModality, modalities, modalityOf, type SampleWords } from "../../../../core/modalities.js";
import { integer, percent } from "../../../charts/numbers.js";
import { measuredZh } from "../metrics.js";

const itemOf = (unit: SampleWords<BaseModality>["many"]): string => modalities[modalityOf(unit)].zh[1];
const trainingSamples = ({ samples, unit, fewest, class: name }: TrainingSamples): string =>
  `${samples} 个训练${itemOf(unit)}（类别“${name}”有 ${fewest} 个）`;
const probeAccuracy = ({ accuracy, samples, unit, low, high }: ProbeAccuracy): string =>
  `冻结特征上的线性探测在 ${samples} 个未见过的训练${itemOf(unit)}中答对 ${percent(accuracy)}（95 % 区间 ${percent(low)} 至 ${percent(high)}）`;
const trialResult = (accuracy: number | null): string => (accuracy === null ? "发散" : percent(accuracy));

const named: Readonly<Record<string, string>> = { network: "神经网络", "from scratch": "从头训练的模型" };

/** 模型的名称；策略保留原名。 */
export const modelZh = (name: string): string => named[name] ?? ` ${name} `;

/** 各模型在验证集上的得分，以及差值的标准误差。 */
export const scoresZh = ({ models, metric, samples, error, of }: ModelScores): string => {
  const measured = measuredZh(metric);
  const scores = models
    .map(({ name, score, best_of: epochs, beside }) => {
      const chosen =
        epochs === undefined
          ? ""
          : `（${epochs} 轮中最好的一轮${beside === undefined ? "" : `，得分相近的各轮平均为 ${measured.score(beside)}`}）`;
      return `${modelZh(name).trim()} ${measured.score(score)}${chosen}`;
    })
    .join("，");
  const between = of ? `${of.map(modelZh).join("与").trimStart()}之差` : "差值";
  const chance = error === undefined ? "" : `（${between}的一个标准误差为 ${measured.amount(error)}）`;
  return `在 ${samples} 个验证样本上，${scores}${chance}`;
};

/** 有源表时的各候选。 */
export const candidatesZh: Readonly<Record<CandidateName, string>> = {
  alone: "只用目标表",
  pooled: "两表合并",
  residual: "源表模型加修正",
};

/** 源表被采用或略去的原因。 */
function leadZh({ value, needed, groups }: SourceLead): string {
  const [lead, least] = [value, needed ?? 0].map((one) => one.toFixed(3));
  if (value <= 0) return "：不使用源表";
  if (needed === null) return `：这些行只来自 ${groups} 个组，说明不了其他组的情况，因此不使用源表`;
  return value > needed ? `：领先 ${lead}，超过所需的 ${least}` : `：领先须超过 ${least}，因此不使用源表`;
}

export const strategyZh: typeof strategyEn = {
  "strategy-default": "默认",
  "requested-strategy": "由用户指定",
  "base-cannot-be-fine-tuned": ({ why }) => `基础模型不能微调（${why}）`,
  "adapted-between-domains": ({ source, target }) => `从“${source}”适应到“${target}”`,
  "adapted-to-target": ({ target }) => `适应到“${target}”`,
  "heads-on-one-body": ({ heads }) => `同一主干上的 ${heads} 个输出头`,
  "learns-from-teacher": ({ teacher }) => `向教师模型 ${teacher} 学习`,
  "masked-modelling": "掩码语言模型：基础模型能看到每个位置两侧的词元",
  "causal-modelling": "因果语言模型：基础模型只能看到每个位置之前的词元",
  "adapter-for-size": ({ millions }) =>
    `基础模型有 ${millions} 百万个权重：适配器所需的内存少于为全部权重运行优化器`,
  "table-without-base": "单独的表格没有预训练模型：随机初始化（--init-from MODEL 从另一个表格的模型开始）",
  "folds-choose": "除非目标表的交叉验证选择线性模型",
  "table-from-model": ({ model }) => `从 ${model} 开始`,

  "enough-samples": ({ samples, from }) => `${samples} 个训练样本足以训练全部权重（${from} 个起）`,
  "few-samples": ({ samples, from }) => `${samples} 个训练样本少于 ${from} 个：训练全部权重多半只会拟合噪声`,

  "enough-samples-of-classes": (v) => `${trainingSamples(v)}足以训练基础模型的权重（${v.from} 个起）`,
  "few-samples-of-classes": (v) => `${trainingSamples(v)}少于 ${v.from} 个：训练全部权重多半只会拟合噪声`,
  "too-few-samples-to-plan": ({ samples, unit, classes, needed }) =>
    `${classes} 个类别只有 ${samples} 个训练${itemOf(unit)}，不足以制定计划：至少需要 ${needed} 个`,
  "probe-accuracy": probeAccuracy,
  "probe-leaves-room": (v) => `${probeAccuracy(v)}，还有提高的余地`,
  "probe-leaves-little": (v) => `${probeAccuracy(v)}：可提高的余地不到 ${percent(v.left)}`,
  "budget-below-one-epoch": ({ seconds, steps, samples, unit, per_epoch }) =>
    `${seconds} 秒只够训练 ${steps} 步，而遍历 ${samples} 个训练${itemOf(unit)}的一轮需要 ${per_epoch} 步：线性探测不需要训练步数`,
  "best-for-pictures":
    "在小规模图片数据集上测量过的策略中，无论数据与基础模型的相近还是相远，按基础模型大小定学习率的 finetune 损失最少",
  "best-for-clips": "短训练优于线性探测时，声音的默认策略",
  "probe-for-clips": "在测量过的声音数据集上，特征上的线性探测不低于微调，对未听过的说话人则更好",
  "best-for-texts": "短训练优于带词元组合的输出头时，文本的默认策略",
  "ngrams-for-texts":
    "在四个文本数据集的 16 次比较中，用冻结的特征和一元、二元词元组合的 TF-IDF 训练的输出头有 14 次不低于 TF-IDF，其余最多低 2.1 个百分点",
  "ngrams-missing": "训练文本没有可用的词元组合",
  "too-few-for-trials": ({ samples, unit, from }) =>
    `验证${itemOf(unit)}只有 ${samples} 个，短训练分辨不出策略的好坏（${from} 个起）`,
  "too-few-groups-for-trials": ({ groups, unit, from }) =>
    `验证${itemOf(unit)}只来自 ${groups} 个组，短训练说明不了其他组的情况（${from} 个组起）`,
  "trials-too-long": ({ time, share }) => `用短训练比较策略需要 ${time}，超过时间预算的 ${100 * share} %`,
  "short-trainings": ({ samples, discriminative, finetune, probe, ngrams, error, finding }) =>
    `在 ${samples} 个验证样本上的短训练：${discriminative === undefined ? "" : `discriminative ${trialResult(discriminative)}，`}finetune ${trialResult(finetune)}，线性探测 ${percent(probe)}${ngrams === undefined ? "" : `，ngram-probe ${percent(ngrams)}`}（一个标准误差为 ${(100 * error).toFixed(1)} 个百分点）：${
      {
        "no change": "没有理由改变选择",
        "ngram-probe": "没有一种训练比带词元组合的输出头高出一个标准误差以上",
        probe: "训练权重反而更差",
        "probe kept": "没有一种训练比线性探测高出一个标准误差以上",
        discriminative: "靠前的层还有很多要学，学习率要一直较高",
      }[finding]
    }`,
  "chosen-with-source": (v) =>
    `${candidatesZh[v.kept]}${v.metric === "r2" ? " R²" : "的对数损失"} ${v.score.toFixed(3)}，${candidatesZh[v.other]} ${v.of_other.toFixed(3)}：目标表 ${integer(v.rows)} 行的 ${v.folds} 折交叉验证，源表为“${v.source}”${leadZh(v.lead)}`,
  "kept-by-validation": (v) =>
    `按验证集保留${modelZh(v.kept).trimEnd()}：${scoresZh(v)}${v.simpler ? `：差别不超过这个范围，因此保留${v.simpler === "pretrained" ? "使用预训练特征的" : "较简单的"}模型` : ""}${
      v.losses
        ? `：${modelZh(v.losses.best)}的损失更高（${v.losses.of_best.toFixed(3)} 对 ${v.losses.of_kept.toFixed(3)}），因此保留较简单的模型`
        : ""
    }${v.few_groups === undefined ? "" : `：样本只来自 ${v.few_groups} 个组，说明不了其他组的情况，因此保留较简单的模型`}`,
  "rate-for-small-base": ({ rate, usual, usual_millions, millions }) =>
    `学习率 ${rate}；参数量 ${usual_millions}M 的网络通常用 ${usual}，这个基础模型的参数量为 ${millions}M，学习率按两者之比的平方根增大`,
  "rate-of-trials": ({ rate, usual, unit }) =>
    `学习率 ${Number(rate.toPrecision(2))}：短训练中，按基础模型大小得出的${itemOf(unit)}学习率 ${usual} 毁掉了线性探测的结果`,
  "usual-rate": ({ rate, millions }) => `通常的学习率 ${rate}：这个基础模型的参数量为 ${millions}M`,
};
