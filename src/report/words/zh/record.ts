/** 中文：运行记录里常见的英文说法。记录按分句翻译；有一个分句不认识，就整句保留英文。 */

type Phrase = readonly [english: RegExp, chinese: string];

/** 数据怎样划分。 */
const split: readonly Phrase[] = [
  [/^(\d+ \/ \d+ \/ \d+)$/, "$1"],
  [/^stratified$/, "分层抽样"],
  [/^(.+) instead of (.+)$/, "$1（设定为 $2）"],
  [/^since classes are small$/, "因为有的类别样本太少"],
  [/^stratified by type$/, "按类型分层抽样"],
  [/^look-alikes on one side$/, "相似的样本放在同一侧"],
  [/^equal rows on one side$/, "相同的行放在同一侧"],
  [/^([\d,]+)\s(?:text|sentence)s?$/, "共 $1 个样本"],
  [/^seed (\d+)$/, "种子 $1"],
  [/^only "train" was given$/, "只给定了 train"],
  [/^as given$/, "按给定"],
  [/^train$/, "train"],
  [/^validation and test as given$/, "validation 和 test 按给定"],
  [/^test as given$/, "test 按给定"],
  [/^the given validation part is used as the test part$/, "给定的验证集用作测试集"],
  [/^validation taken out of train$/, "验证集从训练集中取出"],
  [/^test taken out of train$/, "测试集从训练集中取出"],
  [/^validation and test taken out of train$/, "验证集和测试集从训练集中取出"],
  [/^validation taken out of train \((\d+) %$/, "验证集从训练集中取出（$1 %"],
  [/^seed (\d+)\)$/, "种子 $1）"],
  [/^tags are (\w+)$/, "标签为 $1"],
  [/^labels from ("[^"]*")$/, "标签来自 $1"],
  [/^which holds lists$/, "其中为列表"],
  [/^parted by ("[^"]*")$/, "以 $1 分隔"],
  [/^a label from each of (\d+) columns of 0 and 1$/, "$1 个 0/1 列各为一个标签"],
];

/** 策略为什么是它，基础模型是什么。 */
const reasons: readonly Phrase[] = [
  [/^the default$/, "默认"],
  [/^or asked for$/, "或指定"],
  [/^asked for$/, "指定"],
  [/^(\d+) heads on one body$/, "同一主体上的 $1 个输出头"],
  [
    /^a table alone has nothing pretrained: random weights \(--init-from MODEL starts from another table's\)$/,
    "单独的表格没有预训练权重：随机初始化（--init-from MODEL 从另一个表格的模型开始）",
  ],
  [/^none: a network for tables$/, "无：用于表格的网络"],
  [/^the same prediction for every sample$/, "对每个样本给出同样的预测"],
  [/^none: random weights$/, "无：随机权重"],
  [/^your data's$/, "与你的数据相同"],
  [/^not stated$/, "未注明"],
];

const items = "(?:pictures|texts)";
const of = (pattern: string): RegExp => new RegExp(`^${pattern.replaceAll("ITEMS", items)}$`);

/** 自动选择的理由。 */
const planned: readonly Phrase[] = [
  [
    of(
      String.raw`(\d+) training ITEMS \((\d+) of class (".*")\) are enough to move the base's weights \(from (\d+) on\)`,
    ),
    "$1 个训练样本（类别 $3 有 $2 个）足以调整基础模型的权重（$4 个起）",
  ],
  [
    of(
      String.raw`(\d+) training ITEMS \((\d+) of class (".*")\) are fewer than (\d+): moving all weights would mostly fit noise`,
    ),
    "$1 个训练样本（类别 $3 有 $2 个）少于 $4 个：调整全部权重多半只会拟合噪声",
  ],
  [
    of(String.raw`(\d+) training ITEMS of (\d+) classes are too few to plan by: there must be (\d+)`),
    "$2 个类别只有 $1 个训练样本，不足以制定计划：至少要 $3 个",
  ],
  [
    of(
      String.raw`a linear probe on the frozen features answers ([\d.]+ %) of (\d+) training ITEMS it has not seen \(95 % interval ([\d.]+ %) to ([\d.]+ %)\)`,
    ),
    "冻结特征上的线性探测答对 $2 个未见过的训练样本中的 $1（95 % 区间 $3 到 $4）",
  ],
  [
    of(
      String.raw`a linear probe on the frozen features answers ([\d.]+ %) of (\d+) training ITEMS it has not seen \(95 % interval ([\d.]+ %) to ([\d.]+ %)\): there is less than ([\d.]+ %) left to gain`,
    ),
    "冻结特征上的线性探测答对 $2 个未见过的训练样本中的 $1（95 % 区间 $3 到 $4）：可提高的余地不到 $5",
  ],
  [/^so there is room to gain$/, "还有提高的余地"],
  [/^of what was measured on small sets of pictures$/, "在小规模图片集上的各种做法中"],
  [/^near and far ones$/, "无论与基础模型的数据相近还是相远"],
  [/^"finetune" at a rate by the size of the base lost least$/, "按基础模型大小定学习率的 finetune 损失最少"],
  [/^nothing measured on texts speaks for another strategy yet$/, "文本上的测量还没有支持其他策略"],
  [
    of(
      String.raw`(\d+) ITEMS to choose on are too few to tell strategies apart by a trial \(from (\d+) on\)`,
    ),
    "用于选择的样本只有 $1 个，短训练分辨不出策略的好坏（$2 个起）",
  ],
  [
    /^a rate of ([\d.]+) where ([\d.]+) is usual for networks of ([\d.]+) million weights: this base has ([\d.]+)$/,
    "学习率 $1；$3 百万个权重的网络通常用 $2，而这个基础模型只有 $4 百万个",
  ],
  [/^and smaller ones bear more$/, "较小的网络可以用更大的学习率"],
  [/^by the root$/, "按权重数之比的平方根"],
  [
    /^the usual rate of ([\d.]+): this base has ([\d.]+) million weights$/,
    "通常的学习率 $1：这个基础模型有 $2 百万个权重",
  ],
  [
    /^short trainings on (\d+) validation items: discriminative ([\d.]+ %)$/,
    "在 $1 个验证样本上的短训练：discriminative $2",
  ],
  [/^finetune ([\d.]+ %)$/, "finetune $1"],
  [
    /^the probe ([\d.]+ %) \(one standard error is ([\d.]+) points\): nothing speaks against it$/,
    "线性探测 $1（一个标准误差为 $2 个百分点）：没有理由改变",
  ],
  [
    /^the probe ([\d.]+ %) \(one standard error is ([\d.]+) points\): moving the weights made it worse$/,
    "线性探测 $1（一个标准误差为 $2 个百分点）：调整权重反而更差",
  ],
  [
    /^the probe ([\d.]+ %) \(one standard error is ([\d.]+) points\): early layers have much to learn$/,
    "线性探测 $1（一个标准误差为 $2 个百分点）：靠前的层还有很多要学",
  ],
  [/^at rates that stay high$/, "学习率要一直较大"],
];

/** 各种对照和训练的做法。 */
const recipes: readonly Phrase[] = [
  [/^always the mean of the training part$/, "总是回答训练集的均值"],
  [/^always the most frequent class of the training part$/, "总是回答训练集中最常见的类别"],
  [/^each word's most frequent tag in the training part$/, "每个词取其在训练集中最常见的标签"],
  [
    /^(ridge|logistic) regression on scaled numbers and one column a category$/,
    "$1：标准化的数值列，每个类别取值一列",
  ],
  [/^(ridge|logistic) regression on frozen features$/, "$1：冻结的特征"],
  [/^logistic regression on frozen features of words$/, "逻辑回归：词的冻结特征"],
  [/^a logistic regression for each label on frozen features$/, "每个标签一个逻辑回归：冻结的特征"],
  [/^logistic regressions? on TF-IDF of ([\d,]+) words and pairs$/, "逻辑回归：$1 个词和词对的 TF-IDF"],
  [
    /^logistic regression on (\d+) frozen features and TF-IDF of ([\d,]+) words and pairs$/,
    "逻辑回归：$1 个冻结的特征，以及 $2 个词和词对的 TF-IDF",
  ],
  [/^(ridge|logistic) regression on the pixels$/, "$1：像素"],
  [/^a logistic regression for each label on the pixels$/, "每个标签一个逻辑回归：像素"],
  [/^always the (\d+) most frequent labels? of the training part$/, "总是回答训练集中最常见的 $1 个标签"],
  [/^made (\d+ × \d+)$/, "缩小到 $1"],
  [/^strength ([\d.e+-]+)$/, "正则强度 $1"],
  [/^alpha ([\d.e+-]+)$/, "正则系数 $1"],
  [/^random weights$/, "随机权重"],
  [/^all of them from the first step: AdamW at ([\d.e-]+)$/, "从第一步起训练全部权重：AdamW，学习率 $1"],
  [/^constant rate until validation stops improving$/, "固定学习率直到验证结果不再提高"],
  [/^at most (\d+) steps of (\d+)$/, "最多 $1 步，每步 $2 个"],
  [/^warmup-stable-decay$/, "预热、固定、衰减学习率"],
  [/^then all weights at one rate: AdamW$/, "然后以同一学习率训练全部权重：AdamW"],
  [/^head from the probe's solution$/, "输出头从线性探测的解开始"],
  [/^then all weights$/, "然后训练全部权重"],
  [/^early layers at 1\/(\d+) of the rate: AdamW$/, "靠前的层用 1/$1 的学习率：AdamW"],
  [/^one-cycle$/, "单周期学习率"],
  [/^cosine$/, "余弦退火学习率"],
  [/^linear$/, "线性衰减学习率"],
  [/^constant$/, "固定学习率"],
  [/^(\d+) epochs? of batches of (\d+)$/, "$1 轮，每批 $2 个"],
  [/^adamw$/, "AdamW"],
  [/^fresh layers and the head at up to ([\d.e-]+)$/, "重新初始化的层和输出头的学习率最高 $1"],
  [/^kept ones at ([\d.e-]+)$/, "保留的层 $1"],
  [/^batch statistics$/, "使用批统计量"],
  [/^BatchNormalization frozen$/, "冻结 BatchNormalization"],
  [/^stopped after (\d+) epochs? without a better one$/, "连续 $1 轮没有改进后停止"],
];

/** 训练了哪些组，学习率多大。 */
const groups: readonly Phrase[] = [
  [/^adapters: ([\d,]+) parameters$/, "适配器：$1 个参数"],
  [/^head: ([\d,]+) parameters$/, "输出头：$1 个参数"],
  [/^heads? \(solved$/, "输出头（直接求解"],
  [/^no rate\): ([\d,]+) parameters$/, "没有学习率）：$1 个参数"],
  [/^body$/, "主体"],
  [/^(first|second) half: ([\d,]+) parameters$/, "$1：$2 个参数"],
  [/^biases and shifts: ([\d,]+) parameters$/, "偏置和平移：$1 个参数"],
  [/^scales and shifts of normalisations: ([\d,]+) parameters$/, "归一化的缩放和平移：$1 个参数"],
  [/^by pairs: ([\d,]+) parameters$/, "按样本对：$1 个参数"],
  [/^rate up to ([\d.e-]+)$/, "学习率最高 $1"],
  [/^from epoch (\d+) on$/, "从第 $1 轮起"],
  [/^(\d+) epochs$/, "$1 轮"],
  [/^the best by validation is kept$/, "保留验证最好的一轮"],
  [/^here number (\d+)$/, "这里是第 $1 轮"],
  [/^no epochs: solved exactly$/, "没有轮次：直接求解"],
];

const all: readonly Phrase[] = [...split, ...reasons, ...planned, ...recipes, ...groups];
const kinds: Readonly<Record<string, string>> = {
  ...{ ridge: "岭回归", logistic: "逻辑回归" },
  ...{ first: "前一半", second: "后一半" },
};

function phrase(part: string): string | undefined {
  const found = all.find(([english]) => english.test(part));
  return found && part.replace(...found).replace(/^(?:ridge|logistic|first|second)/, (kind) => kinds[kind]!);
}

/** @returns 没有译文时为 undefined */
export function recordZh(text: string): string | undefined {
  const told = text
    .split(/([,;] )/)
    .map((part, i) => (i % 2 === 0 ? phrase(part) : part === ", " ? "，" : "；"));
  return told.every((part) => part !== undefined) ? told.join("") : undefined;
}
