/** 中文：用户自己能引起的错误，每个代码一句：哪里不对，怎么办。英文是错误本身的文字。 */

import { type Modality, modalities } from "../modalities.js";

const devices = { camera: "摄像头", microphone: "麦克风" } as const;
interface Device {
  readonly device: keyof typeof devices;
}
interface Path {
  readonly path: string;
}
interface Columns {
  readonly list: string;
  readonly columns: readonly string[];
}

const inputZh = (input: Modality): string => modalities[input].zh[1];
const targetZh = {
  ...{ classes: "类别", labels: "多个标签", numbers: "数值", tags: "词的标签" },
  ...{ boxes: "边界框", masks: "掩码", transcript: "文字", sequence: "文本" },
};
interface Pair {
  readonly data: string;
  readonly input: Modality;
  readonly target: keyof typeof targetZh;
  /** Targets of the input, and inputs of the target. */
  readonly targets: readonly (keyof typeof targetZh)[];
  readonly inputs: readonly Modality[];
}

/** Why folds and another option exclude each other. */
const foldsExclude = {
  budget: "时间预算只用于一次训练（可改用 epochs）",
  "split-by": "某一折会从比其测试行更晚的行学习",
  safe: "safe 可能保留从头训练的模型，而各折不训练它",
  "train-size": "各折从留出样本以外的全部样本学习",
  shots: "各折从留出样本以外的全部样本学习",
  with: "源表格有自己的折",
} as const;

const columnsOf = ({ columns }: Columns): string => `它的列是：${columns.join("，") || "无"}。`;

/** A sentence for each code, from the error's `details`. */
export const errorsZh = {
  "device-insecure": ({ device }: Device) =>
    `此页面不能使用${devices[device]}。请通过 https 或 localhost 打开页面。`,
  "device-refused": ({ device }: Device) =>
    `使用${devices[device]}的许可被拒绝。请在浏览器地址栏旁允许此网站使用${devices[device]}，然后再试。`,
  "device-missing": ({ device }: Device) => `没有${devices[device]}。请接上一个，然后再试。`,
  "device-busy": ({ device }: Device) =>
    `${devices[device]}正被另一个程序使用。请关闭那个程序，或选择另一个${devices[device]}。`,
  "device-failed": ({ device }: Device) => `${devices[device]}无法打开。请试试另一个${devices[device]}。`,
  "device-stopped": ({ device }: Device) => `${devices[device]}停止了：它被拔下，或许可被收回。请重新打开。`,

  "storage-full": ({ path }: Path) =>
    `无法写入“${path}”：存储空间已满。请腾出空间，或选择另一个磁盘上的文件夹。`,
  "storage-refused": ({ path }: Path) => `没有使用“${path}”的权限。请更改权限，或选择另一个位置。`,
  "file-missing": ({ path }: Path) => `没有文件或文件夹“${path}”。请检查路径的拼写。`,

  "one-class": (v: { readonly class: string }) => `只有一个类别：“${v.class}”。分类至少需要两个类别。`,
  "class-too-small": (v: { readonly class: string }) =>
    `类别“${v.class}”只有一个样本。每个类别至少需要 2 个样本：请再添加，或删除这个类别。`,
  "too-few-groups": (v: { readonly groups: number }) =>
    `${v.groups} 个组不足以分成训练集、验证集和测试集：组不会被拆开。请添加更多组的样本，或自己给出划分。`,
  "too-few-samples": (v: { readonly samples: number }) =>
    `${v.samples} 个样本不足以分成训练集、验证集和测试集。请添加样本，或自己给出划分。`,
  "needs-score": (v: { readonly option: string }) =>
    `没有分数就不能用 ${v.option}：每个类别需要几个组，例如几次录制。请加入其他组的样本，或去掉这个选项。`,
  "folds-excluded": (v: { readonly folds: number; readonly option: keyof typeof foldsExclude }) =>
    `${v.folds} 折交叉验证不能与 ${v.option} 一起使用：${foldsExclude[v.option]}。请去掉其中一个。`,
  "folds-unusable": (_: object) => "这种任务或训练方式没有交叉验证。请去掉 folds。",

  "no-pictures": ({ path }: Path) => `“${path}”中没有图片。请为每个类别建一个图片文件夹。`,
  "unread-pictures": ({ path }: Path) =>
    `“${path}”中的图片格式都无法读取（如 HEIC）。请把它们转换为 JPEG 或 PNG。`,
  "broken-picture": (v: { readonly path?: string }) =>
    `图片${v.path === undefined ? "" : `“${v.path}”`}无法读取：它是空的、损坏的，或格式未知（如 HEIC）。请用看图程序打开，另存为 JPEG 或 PNG，或将其删除。`,

  "no-text-column": (v: Columns) =>
    `“${v.list}”没有文本列。${columnsOf(v)}第一行应是列名，文本列叫 text；请检查分隔符。`,
  "no-label-column": (v: Columns) =>
    `“${v.list}”没有常用名称的目标列。可选的列：${v.columns.join("，") || "无"}。第一行应是列名；请选择目标列，或把它叫作 label。`,
  "no-such-column": (v: Columns & { readonly named: string }) =>
    `“${v.list}”没有“${v.named}”这一列。${columnsOf(v)}`,
  "unusable-list": (v: { readonly file: string; readonly line?: number }) =>
    `列表“${v.file}”${v.line === undefined ? "" : `第 ${v.line} 行`}无法使用。请检查分隔符、引号、第一行的列名，以及列数（目标列外至少一列）。`,
  "other-task": (v: { readonly model: string; readonly data: string }) =>
    `数据像是用于 ${v.data}，而模型用于 ${v.model}。请给出与训练时同类的数据。`,
  "pair-not-built": ({ data, input, target, targets, inputs }: Pair) =>
    `“${data}”的输入是${inputZh(input)}，目标是${targetZh[target]}：没有这种组合的任务。${inputZh(input)}可以学习${targets.map((one) => targetZh[one]).join("、")}；${targetZh[target]}可以从${inputs.map(inputZh).join("、")}学习。也可以选择另一个目标列。`,

  "pairs-not-learnt": (v: { readonly data: string; readonly source: string; readonly target: string }) =>
    `“${v.data}”是文本对，源列“${v.source}”，目标列“${v.target}”：可以识别，但还不能学习。如果把两列改名为 prompt 和 completion，解码器可以用 --task text-generation 学习写出后者。`,

  "too-little-memory": (_: object) =>
    "内存不足。请用更小的批次、更小的图片或更小的基础模型，或关闭其他程序。",
  unreachable: (v: { readonly address: string }) => `无法下载 ${v.address}。请检查地址和网络连接。`,
  "run-in-use": ({ path }: Path) => `“${path}”正被另一个进程或标签页使用。请等它结束，或选择另一个文件夹。`,
  "run-damaged": ({ path }: Path) => `运行“${path}”已损坏。请用完好的副本，或重新训练。`,
  "other-data": (_: object) => "数据与训练开始时不同。请用原来的数据继续，或者重新训练。",
  "broken-sound": (v: { readonly path?: string }) =>
    `声音${v.path === undefined ? "" : `“${v.path}”`}无法读取：它是空的、损坏的，或格式未知。请用播放器打开，另存为 WAV 或 FLAC，或将其删除。`,

  "project-damaged": (_: object) => "此项目已损坏。请打开您最近下载的该项目的 zip 文件。",
  "project-newer": (_: object) =>
    "此项目由更新版本的 Engraft 创建。请重新加载页面，或安装最新版本。项目没有被改动。",
  "project-missing": (_: object) => "没有这个项目。请在开始页选择一个。",
  "project-changed": (_: object) =>
    "另一个标签页或程序改动了此项目。请重新加载页面；您在此之后的改动没有保存。",
  "project-open": (_: object) => "另一个工作室已打开此文件夹，这里无法改动。请先关闭它，再重新启动这一个。",
  "project-empty": (_: object) => "项目还没有样本。请在“样本”页添加。",
  "no-project-zip": (_: object) =>
    "此 zip 文件无法打开：它不完整、已损坏，或不是工作室写的。请选择由“下载项目”得到、以 .engraft.zip 结尾的文件。",
  "zip-too-large": (v: { readonly files: number }) =>
    `内容超出一个 zip 文件的上限：${v.files} 个文件，4 GB。请删除一些，或对文件夹使用 engraft studio。`,
  "content-missing": (v: { readonly name: string }) =>
    `“${v.name}”已不在文件夹中。请把它放回去，或删除这个样本。`,
  "content-changed": (v: { readonly name: string }) =>
    `“${v.name}”在磁盘上被改动。请重新启动工作室，它会读取文件夹的变化；或删除这个样本后再次添加。`,
  "content-too-large": (v: { readonly most: number }) => `文件过大，最多 ${v.most} 字节。请使用更小的文件。`,
  "content-broken": (_: object) => "文件没有完整到达。请再添加一次。",
  "run-missing": (_: object) => "没有这次训练。请查看训练记录。",
  "model-missing": (_: object) => "这次训练还没有模型。请等它完成，或继续训练。",
  "option-path": (v: { readonly option: string }) =>
    `在工作室中，选项 ${v.option} 不能是文件路径。请在终端中用 engraft train 训练。`,
};
