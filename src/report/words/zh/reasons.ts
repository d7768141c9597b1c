/** 中文：没有代码的句子：略去文件、行和标注的原因，以及运行环境的警告。记录中只有英文，因此按英文的句式查找；{1} 是其中的值。 */
import { itemZh } from "../../../core/messages/item-zh.js";

const rows: readonly (readonly [english: string, chinese: string])[] = [
  // Files.
  ["the file is empty", "文件是空的"],
  ["there is no such file", "没有这个文件"],
  ["a symbolic link to nothing", "符号链接所指的文件不存在"],
  ["a symbolic link that leads back to a folder already read", "符号链接指回已读过的文件夹"],
  ["is not JSON: {1}", "不是 JSON：{1}"],
  ['an exact copy of "{1}", which is in the {2} part', "与{2}中的“{1}”完全相同"],

  ['cannot {1} "{2}": {3}', "无法{1}“{2}”：{3}"],
  ["there is no such file or folder", "没有这个文件或文件夹"],
  ["permission denied", "没有权限"],
  ["the system does not allow it", "系统不允许"],
  ["the disk is read-only", "磁盘是只读的"],
  ["the disk is full", "磁盘已满"],
  ["its limit of {1} MB is reached", "已达到 {1} MB 的上限"],
  ["your disk quota is used up", "磁盘配额已用完"],
  ["too many files are open at once", "同时打开的文件太多"],
  ["it is a folder, not a file", "是文件夹，不是文件"],
  ["the path is too long", "路径太长"],
  ["the disk reported an error", "磁盘报告了错误"],
  ["it is in use by another program", "正被另一个程序使用"],

  // Chats.
  ["is not JSON", "不是 JSON"],
  ["is no object", "不是对象"],
  ["is longer than {1} characters", "超过 {1} 个字符"],
  ["has no messages, but {1}", "没有消息，只有 {1}"],
  ["has no answer", "没有回答"],
  ["has no answer of an assistant, but roles {1}", "没有助手的回答，只有角色 {1}"],
  ["has more than {1} messages", "超过 {1} 条消息"],
  ["has a message that is no object", "有一条消息不是对象"],
  ["has a message without a role", "有一条消息没有角色"],
  ["has no answer to learn: all have weight 0", "没有可学习的回答：权重都为 0"],
  ["has a message whose content is no text", "有一条消息的内容不是文本"],
  ["has a part that is no text: {1}", "有一部分不是文本：{1}"],
  ["calls a tool", "调用了工具"],

  // Pictures.
  [
    "its content is HEIC, which cannot be read: convert it to JPEG (macOS: sips -s format jpeg)",
    "内容是 HEIC，无法读取：请转换为 JPEG（macOS：sips -s format jpeg）",
  ],
  ["its format cannot be read: convert it to JPEG", "无法读取这种格式：请转换为 JPEG"],
  ["its format cannot be read", "无法读取这种格式"],
  ["it is not a picture of a known format", "不是已知格式的图片"],
  ["the file ends in the middle of the picture", "文件在图片中间就结束了"],
  ["it ends too early or is damaged ({1})", "文件过早结束，或已损坏（{1}）"],
  ["it cannot be decoded ({1})", "无法解码（{1}）"],
  ["its content is {1}, not a picture", "内容是 {1}，不是图片"],
  ["it says it is {1} × {2} pixels", "标明的尺寸是 {1} × {2} 像素"],
  [
    "{1} × {2} pixels is more than the limit of 100 million (a decompression bomb?)",
    "{1} × {2} 像素超过 1 亿的上限（可能是解压炸弹）",
  ],
  ['there is no picture "{1}"', "没有图片“{1}”"],

  // Sounds.
  ['there is no sound "{1}"', "没有声音“{1}”"],
  ["its name states no class, as the others do", "文件名没有像其他文件那样注明类别"],
  ["_background_noise_ is no class", "_background_noise_ 不是类别"],
  ["it is empty", "文件是空的"],
  ["it holds no samples", "文件没有声音数据"],
  ["it is a WAV file without samples", "WAV 文件没有声音数据"],
  ["it ends in its header", "文件在文件头中就结束了"],
  ["it is no sound of a known format", "不是已知格式的声音"],
  ["it is damaged: nothing of it can be decoded", "文件已损坏，完全无法解码"],
  ["it is damaged ({1})", "文件已损坏（{1}）"],
  ["it is truncated after {1} seconds", "文件在 {1} 秒后被截断"],
  ["it is truncated: {1} of {2} seconds", "文件被截断：{2} 秒中只有 {1} 秒"],
  ["it holds values that are infinite or no numbers", "文件含有无穷大或不是数字的值"],
  [
    "its {1} channels cancel each other: mixed into one, nothing is left",
    "{1} 个声道互相抵消：混合成一个后什么也不剩",
  ],
  [
    "its header states {1} samples per second; {2} to {3} can be read",
    "文件头写明每秒 {1} 个采样；可读取 {2} 至 {3} 个",
  ],
  ["its header states {1} channels; {2} to {3} can be read", "文件头写明 {1} 个声道；可读取 {2} 至 {3} 个"],
  [
    "it is too long: {1} minutes at {2} samples per second with {3}; at most {4} minutes fit into memory",
    "声音太长：{1} 分钟，每秒 {2} 个采样，{3}；内存最多容纳 {4} 分钟",
  ],
  ["{1} channels", "{1} 个声道"],
  [
    "it decodes to more than {1} million samples, more than its header states",
    "解码后超过 {1} 百万个采样，比文件头写明的多",
  ],
  ["it took longer than {1} seconds to decode", "解码超过 {1} 秒"],
  ["its WAV header ends before the format of the samples", "WAV 文件头在采样格式之前就结束了"],
  ["its WAV header names an unknown format", "WAV 文件头写明的格式未知"],
  [
    "its WAV header contradicts itself: {1} bytes for {2} of {3} bits",
    "WAV 文件头自相矛盾：{2}、{3} 位，却写明 {1} 字节",
  ],
  [
    "its WAV header states {1} bits in format {2}, which do not exist together",
    "WAV 文件头写明格式 {2}、{1} 位，这种组合不存在",
  ],
  ["its samples are stored as {1}, which cannot be read", "采样以 {1} 存储，无法读取"],
  ["it is AAC or ALAC in an M4A file", "无法读取：M4A 文件中的 AAC 或 ALAC"],
  ["it is an MP4 file, with video or AAC", "无法读取：含视频或 AAC 的 MP4 文件"],
  ["it is AAC", "无法读取：AAC"],
  ["it is AMR", "无法读取：AMR"],
  ["it is Windows Media (WMA or WMV)", "无法读取：Windows Media（WMA 或 WMV）"],
  ["it is WebM or Matroska, with video or sound", "无法读取：WebM 或 Matroska，含视频或声音"],
  ["it is an AVI video", "无法读取：AVI 视频"],
  ["it is an MPEG video", "无法读取：MPEG 视频"],
  ["it is AIFF", "无法读取：AIFF"],
  ["it is an AU file", "无法读取：AU 文件"],
  ["it is a CAF file", "无法读取：CAF 文件"],
  ["it is MIDI: notes, not sound", "无法读取：MIDI：是音符，不是声音"],
  ["it is AC-3", "无法读取：AC-3"],
  ["it is an Ogg file without Vorbis, Opus or FLAC", "无法读取：不含 Vorbis、Opus 或 FLAC 的 Ogg 文件"],
  ["it is a pointer of Git LFS instead of the sound itself", "无法读取：Git LFS 的指针，而不是声音本身"],
  ["it is a web page", "无法读取：网页"],
  ["{1}, the base takes {2} s", "{1}，基础模型最多接受 {2} 秒"],

  // Lists.
  ["has no label", "没有标签"],
  ["has no text", "没有文本"],
  ["has no transcript", "没有转写文本"],
  ["has no words", "没有词"],
  ['has no "{1}"', "“{1}”没有值"],
  ['"{1}" is "{2}", no number', "“{1}”的值是“{2}”，不是数字"],
  ['names "{1}" again', "再次列出“{1}”"],
  ["names no picture", "没有写出图片"],
  ["names no sound", "没有写出声音"],

  // Annotations.
  ["it names no image", "没有写出图片"],
  ['there is no image "{1}", only "{2}"', "没有图片“{1}”，只有“{2}”"],
  ['there is no image "{1}"', "没有图片“{1}”"],
  ['there are no images at "{1}"', "“{1}”处没有图片"],
  ["there is no image for these labels", "这些标注没有对应的图片"],
  ["there is no annotation with this name", "没有这个名称的标注"],
  ["there is no picture for this mask", "这个掩膜没有对应的图片"],
  ['"{1}" is the name of {2} images: {3}', "有 {2} 张图片名为“{1}”：{3}"],
  ["no image has its image_id {1}", "没有图片的编号是它的 image_id {1}"],
  ["no category has its category_id {1}", "没有类别的编号是它的 category_id {1}"],
  ["it has no id or no file_name", "没有 id 或 file_name"],
  ["it has no file_name", "没有 file_name"],
  ["it repeats the image with the id {1}", "与编号为 {1} 的图片重复"],
  ['its id {1} is that of "{2}"', "编号 {1} 已属于“{2}”"],
  ["it repeats line {1}", "与第 {1} 行重复"],
  ['"{1}" is in the {2} split, too: it counts as {3}', "“{1}”也在{2}中：算作{3}"],
  [
    "the annotation says {1} × {2} pixels, the file has {3} × {4}",
    "标注写的是 {1} × {2} 像素，文件是 {3} × {4}",
  ],
  ["it has no class", "没有类别"],
  ["it has no label", "没有标签"],
  ["it has no name", "没有名称"],
  ["its category is {1}", "类别是 {1}"],
  ["its objects have no lists bbox and categories of one length", "对象的 bbox 和 categories 不是等长的列表"],

  // Boxes, outlines and masks.
  ["it has no coordinates", "没有坐标"],
  ["it has no bbox", "没有 bbox"],
  ["it has no bndbox", "没有 bndbox"],
  ["a coordinate of its box is not a number", "边界框的一个坐标不是数字"],
  ["its box ends before it begins: {1}", "边界框的终点在起点之前：{1}"],
  ["its box has no area", "边界框没有面积"],
  ["its box lies within the first pixel: {1}", "边界框在第一个像素之内：{1}"],
  ["its box {1} is outside the picture of {2} × {3} pixels", "边界框 {1} 在 {2} × {3} 像素的图片之外"],
  ["its polygon has no area", "多边形没有面积"],
  ["its polygon is not a list of numbers", "多边形不是数字列表"],
  ["its polygon has {1} points; at least 3 are needed", "多边形有 {1} 个点，至少需要 3 个"],
  ["its polygon has {1} point; at least 3 are needed", "多边形有 {1} 个点，至少需要 3 个"],
  ["its points are not pairs of numbers", "点不是成对的数字"],
  ["it is no shape", "不是形状"],
  ['its shape "{1}" is unknown', "未知的形状“{1}”"],
  ["its mask is no object", "掩膜不是对象"],
  ["its mask is not grey", "掩膜不是灰度图"],
  ["its mask is not in whole numbers", "掩膜的数字不是整数"],
  ["its mask has no size [height, width]", "掩膜没有尺寸 [height, width]"],
  ["its mask has {1} × {2} pixels, its image {3} × {4}", "掩膜为 {1} × {2} 像素，图片为 {3} × {4}"],
  ["its mask has no readable counts", "掩膜的 counts 无法读取"],
  ["its mask has the count {1}", "掩膜的 counts 中有 {1}"],
  ["the counts of its mask cover {1} pixels, not {2}", "掩膜的 counts 覆盖 {1} 像素，而不是 {2}"],
  ["its imageData is no picture", "imageData 不是图片"],
  ["its imageData is not base64", "imageData 不是 base64"],
  ["it has {1} × {2} pixels, its picture {3} × {4}", "它有 {1} × {2} 像素，图片有 {3} × {4}"],
  ["its {1} has {2} points, not 2", "{1} 有 {2} 个点，应为 2 个"],
  ["its {1} has {2} point, not 2", "{1} 有 {2} 个点，应为 2 个"],
  ["its {1} has no area", "{1} 没有面积"],
  ["its {1} is not four numbers: {2}", "{1} 不是四个数字：{2}"],
  ["its {1} is not four numbers", "{1} 不是四个数字"],
  ["{1}: its box is used without the outline", "{1}：只使用边界框，不使用轮廓"],
  ["{1}, with {2} annotations", "{1}，连同 {2} 个标注"],
  ["{1}, with {2} annotation", "{1}，连同 {2} 个标注"],

  // Warnings of readers.
  ["{1} left out, since {2} cannot be read: {3}; {4}", "略去 {1}，因为无法读取 {2}：{3}；{4}"],
  ["{1} {2} picture", "{1} 张 {2} 图片"],
  ["{1} {2} pictures", "{1} 张 {2} 图片"],
  ["{1} and {2} more", "{1}，另有 {2} 个"],
  ["convert them to JPEG or PNG", "请转换为 JPEG 或 PNG"],
  [
    "convert them to JPEG, on macOS by `sips -s format jpeg`, elsewhere by `heif-convert`; new ones: on an iPhone Settings, Camera, Formats, Most Compatible",
    "请转换为 JPEG：macOS 用 `sips -s format jpeg`，其他系统用 `heif-convert`；以后拍摄时，在 iPhone 上选择“设置”、“相机”、“格式”、“兼容性最佳”",
  ],
  ["shapes without an area left out: {1}", "略去没有面积的形状：{1}"],
  ["shapes that are no boxes left out: {1}", "略去不是边界框的形状：{1}"],
  [
    "{1} in {2} not valid in {3} ({4}): repaired as conlleval does, so a tag that continues no entity begins one",
    "{2}中有{1}不符合 {3}（{4}）：按 conlleval 的方式修复，不延续任何实体的标签视为新实体的开始",
  ],
  ["{1} tag", " {1} 个标签"],
  ["{1} tags", " {1} 个标签"],
  ["{1} sentence", "{1} 个句子"],
  ["{1} sentences", "{1} 个句子"],

  // The runtime.
  ["onnxruntime-node is not installed", "没有安装 onnxruntime-node"],
  ["onnxruntime-node is installed without {1}", "安装的 onnxruntime-node 缺少 {1}"],
  ["onnxruntime-node has no native code for {1}", "onnxruntime-node 没有用于 {1} 的原生代码"],
  [
    "{1}. Engraft runs on WebAssembly instead, which is slower and has at most 4 GiB of memory. For the fast runtime type: {2}",
    "{1}。Engraft 改用 WebAssembly，速度较慢，内存最多 4 GiB。如需快速的运行环境，请运行：{2}",
  ],
  [
    "{1}. Engraft runs on WebAssembly instead, which is slower and has at most 4 GiB of memory. The fast runtime exists for {2}.",
    "{1}。Engraft 改用 WebAssembly，速度较慢，内存最多 4 GiB。快速的运行环境适用于：{2}。",
  ],
  ["{1}; the rest is computed on the CPU", "其余部分在 CPU 上计算：{1}"],
  ["{1}; using the copy of {2} that is kept here", "使用此处保存的 {2} 副本：{1}"],
  ["TensorBoard's file is not written any more: {1}", "不再写入 TensorBoard 的文件：{1}"],
];

/** Words of a sentence's values. */
const parts: Readonly<Record<string, string>> = {
  ...{ train: "训练集", validation: "验证集", test: "测试集", "1 channel": "1 个声道" },
  ...{
    read: "读取",
    "read the picture": "读取图片",
    write: "写入",
    create: "创建",
    remove: "删除",
    use: "使用",
  },
  ...{ "create the folder": "创建文件夹", "list the folder": "列出文件夹", "look at": "查看" },
};

const patterns = rows.map(([english, chinese]) => {
  const words = english.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{\d\}/g, "(.+?)");
  return [new RegExp(`^${words}$`), chinese] as const;
});

/** Returns a reason in Chinese, with the reasons in it; undefined if no row has its words. */
export function reasonZh(reason: string): string | undefined {
  for (const [pattern, chinese] of patterns) {
    const values = pattern.exec(reason);
    if (values) return chinese.replace(/\{(\d)\}/g, (_, n) => valueZh(values[n]!));
  }
  return undefined;
}

const valueZh = (value: string): string => parts[value] ?? reasonZh(value) ?? itemZh(value);
