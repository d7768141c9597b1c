import type { OptionName } from "./option-table.js";

/** Name and help of an option in Chinese, and its default in words. */
interface OptionWords {
  readonly title: string;
  readonly help: string;
  readonly otherwise?: string;
}

const w = (title: string, help: string, otherwise?: string): OptionWords => ({
  title,
  help,
  ...(otherwise !== undefined && { otherwise }),
});

/** Chinese words of every option of `train`. An option without a row does not compile. */
export const optionWordsZh: Readonly<Record<OptionName, OptionWords>> = {
  base: w(
    "基础模型",
    "基础模型：名称、file.onnx、文件夹或 hf:org/name[@revision]",
    "vision-open；文本：text-mini；声音：audio-mini",
  ),
  cut: w("接头位置", "计算图中接新输出头的张量；声音还可用 mix，即各层的加权和", "自动检测"),
  weights: w("权重格式", "模型文件中权重的数值格式", "fp32"),
  levels: w("特征层级", "带特征的张量，按步幅给出，或 decoder", "自动检测"),
  adapterOnly: w("只写适配器", "只写入适配器文件（策略 lora、dora、ia3、adapter）"),
  initFrom: w("初始权重", "另一个模型，按名称和形状复制其权重", "无"),
  initHead: w("输出头的起点", "输出头的起点：线性探针，或同名类别的行", "probe"),
  seed: w("随机种子", "所有随机抽取的种子", "0"),
  strategy: w(
    "训练策略",
    "网络的哪些部分学习，以及如何学习",
    "分类任务为 auto；5000 万权重起的解码器为 lora；其他为 finetune",
  ),
  option: w("策略选项", "策略或训练循环的选项；可重复"),
  baselines: w("基线", "同时从头训练同一网络并训练线性探针，报告迁移是否有帮助"),
  threads: w("线程数", "CPU 线程数", "全部核心"),
  device: w("设备", "计算设备；auto：CPU 与 GPU 中较快的一个", "cpu"),
  cache: w("特征缓存", "把冻结的基础模型的特征缓存到磁盘", "开启"),
  memoryLimit: w("内存上限", "训练最多使用的内存", "机器的全部内存"),
  reasons: w("理由", "记录中选择策略的理由"),
  out: w("运行文件夹", "运行文件夹", "runs/日期-名称"),
  pictures: w("报告中的样本", "在报告中显示样本", "开启"),
  tensorboard: w("TensorBoard 文件", "同时在运行文件夹中写入 TensorBoard 事件文件"),
  explain: w("解释预测", "在报告中解释预测：Grad-CAM、特征图、层相似度", "关闭"),
  task: w("任务", "任务", "auto，从数据中检测"),
  optimizer: w("优化器", "优化器", "adamw"),
  schedule: w("学习率调度", "学习率调度", "由策略决定"),
  epochs: w("轮次", "遍历训练集的次数", "由策略决定"),
  batchSize: w("批次大小", "每个训练步的样本数", "由样本数决定"),
  trainable: w("可训练的权重", "要训练的基础模型权重：可含 * 的名称，或 after:VALUE", "全部"),
  recompute: w("重新计算激活值", "为节省内存，在反向传播中重新计算的激活值", "auto"),
  hidden: w("隐藏层", "输出层之前带 ReLU 的隐藏层的单元数", "无：线性输出头"),
  checkpointSeconds: w("检查点间隔", "一个轮次内两次检查点之间的秒数", "20"),
  lr: w("学习率", "最高学习率；find：用学习率范围测试选择", "由策略决定"),
  accumulate: w("梯度累积", "梯度累积：每次优化器更新的批次数", "1"),
  sam: w("锐度感知最小化", "锐度感知最小化（SAM）的半径，例如 0.05；时间加倍", "无"),
  average: w("权重平均", "保留的权重平均：按步（ema）或按轮次（swa、soup）", "none"),
  sampling: w("抽样方式", "一个轮次如何抽取样本：打乱，或按类别均衡", "shuffled"),
  budget: w("时间上限", "整个运行的时间上限，例如 90s 或 10m", "无"),
  augment: w(
    "数据增强",
    "训练图片的增强：none、light、standard、strong、randaugment、trivialaugment；文本为 delete、swap、mask、typo 中的一个或几个；声音为 shift、gain、noise、speed、specaugment 中的一个或几个",
    "light；文本：none；声音：shift,gain",
  ),
  seeds: w("种子个数", "用不同种子训练的次数，包括基线", "1；有 --baselines 且没有时间上限时为 3"),
  folds: w(
    "交叉验证折数",
    "交叉验证的折数：每一折都用同一方法再训练一次，并在没有参与学习的样本上评分",
    "无；测试集很小时，类别的线性探针、trees 和 linear 为 5",
  ),
  safe: w("安全模式", "同时从头训练，并保留验证集上更好的模型；这个选择可能是错的"),
  margin: w("有意义的提升", "相对基线有意义的最小提升；0.01 即一个百分点", "0.01"),
  scratchSteps: w("从头训练的步数", "从头训练的步数上限，会提前停止", "运行步数的 3 倍，至少 1500"),
  trainSize: w("训练样本数", "使用的训练样本数", "全部"),
  splitSeed: w("划分种子", "只用于划分数据的种子，便于用其他 --seed 重复", "--seed"),
  groupFrom: w(
    "分组依据",
    "把同一组留在同一个划分里：一列，或文件名的正则表达式（括号内为组），或 recordings（录制）；none 为不分组",
    "“group” 列（如果有）；文件显示出足够多的录制时按录制",
  ),
  shots: w("每类样本数", "每个类别使用的训练样本数，验证最多用同样多", "全部"),
  quotes: w("引号", "CSV 和 TSV 文件中的引号：standard（包住值）或 none（属于文本）", "自动检测"),
  splitBy: w("按时间划分", "按时间划分：最早的行用于训练，最晚的用于测试", "随机划分"),
  gap: w("间隔行数", "使用 --split-by 时在验证集和测试集之前略去的行数", "0"),
  season: w("季节长度", "一个季节内的时间点数；一个季节之前的值作为基线", "无"),
  classNames: w("类别名称", "整数类别或标签 0、1、2 …… 的名称", "来自元数据或数据集卡片"),
  target: w("预测目标", "要预测的列，用逗号分隔；类别只能一列", "按列名"),
  inputs: w("多种输入", "从多种输入学习：图片列、文本列、数值和类别列", "一种输入"),
  with: w("来源表", "作为来源的另一张表：如果目标表的交叉验证显示有提升，也从它的行学习", "无"),
  ignore: w("略去的列", "表格中略去的列", "无"),
  categories: w("类别列", "作为类别处理的数值列，例如邮政编码", "无"),
  imageSize: w("图片尺寸", "宽和高，单位像素；检测框和掩码为较长的一边", "基础模型自带的"),
  mean: w("通道均值", "每个通道减去的均值", "基础模型自带的"),
  std: w("通道标准差", "每个通道的标准差", "基础模型自带的"),
  rescale: w("像素系数", "0 到 255 的像素值的系数", "1/255"),
  channels: w("通道顺序", "基础模型的通道顺序", "rgb"),
  batchNorm: w("批归一化", "BatchNormalization 的统计量：冻结、每批计算（train）或适应（adapt）", "frozen"),
  tta: w("测试时增强", "测试时增强：每张图片另用 N 个视图给测试集打分", "1：关闭"),
  text: w("文本列", "文本列；两列（用逗号分隔）为文本对", "自动检测"),
  pooling: w("特征合并", "把各词元的特征合并为一个向量的方式", "来自基础模型的文件"),
  maxLength: w(
    "文本长度上限",
    "一条文本最多的词元数；更长的会被截断并计数",
    "128，或基础模型的上限；对话为最长者，至多 1024",
  ),
  test: w("测试列表", "另一个用于测试的文本列表，例如另一种语言", "无"),
  labels: w("标签", "每个样本有多个标签时：标签列，或由 0 和 1 组成的列", "自动检测"),
  threshold: w("标签阈值", "从多大概率起预测一个标签；validation：在验证集上选择", "0.5"),
  normalizer: w("文本规范化", "训练和评分前对转写文本的处理：basic（小写、去掉标点）或 none", "basic"),
  decoder: w("解码方式", "如何把帧变成文本：贪心，或用训练文本的语言模型做束搜索", "greedy"),
  lmOrder: w("语言模型阶数", "语言模型 n 元组的字符数；0：不用", "6"),
  lmWeight: w("语言模型权重", "语言模型的权重", "在验证集上选择"),
  template: w("对话模板", "把对话变成文本的 Jinja 模板文件", "基础模型自带的"),
  allMessages: w("全部消息", "学习对话的全部消息，而不只是回答", "关闭"),
  loss: w("损失函数", "数值的损失函数", "mse"),
  huberDelta: w("Huber 阈值", "Huber 损失的阈值，单位为标准差", "1"),
  coverage: w("覆盖率", "预测区间和预测集的目标覆盖率", "0.9"),
  calibrate: w("概率校准", "用温度缩放校准概率", "none"),
  abstain: w("作答准确率", "模型可以拒绝回答时，其回答的目标准确率", "0.95"),
};

/** Chinese of what an option needs, where this is no other option. */
export const needsZh: Readonly<Record<string, string>> = {
  "a verdict": "迁移的比较",
  "a training from scratch": "从头训练",
  "a language model": "语言模型",
};
