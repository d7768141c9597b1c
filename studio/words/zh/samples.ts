import { sampleWords } from "../../../src/studio/project-kinds.js";
import type { Words } from "../en/index.js";

const number = (n: number): string => n.toLocaleString("zh-CN");

/** Returns the measure word and the noun of a sample, such as 张 and 图片. */
export const nouns = (kind: string): readonly [measure: string, noun: string] =>
  sampleWords(kind)?.zh ?? ["个", "样本"];

export const samplesWords: Words["samples"] = {
  newClass: (n) => `类别 ${n}`,
  className: (n) => `类别 ${n} 的名称`,
  samplesOf: (name) => `“${name}”的样本`,
  count: (kind, n) => `${number(n)} ${nouns(kind).join("")}`,
  recordings: (n, byTime) => `${number(n)} 次录制${byTime ? "（按时间）" : ""}`,
  oneRecording: "同一次录制",
  noRecording: "不属于录制",
  allApart: "取消录制分组",
  mayBeOne: (names) =>
    `${names.join("、")} 的图片可能${names.length > 1 ? "各" : ""}来自同一次录制。如果是这样，请选中它们，再按“同一次录制”，准确率会把它们算作一次。`,
  tile: (n, name) => name ?? `样本 ${n}`,
  addClass: "添加类别",
  addFiles: "添加文件",
  addFolder: "添加按类别分的文件夹",
  empty: "还没有样本。也可将文件拖放或粘贴到这里。",
  showAll: (n) => `显示全部 ${number(n)} 个`,
  showFewer: "收起",
  moreOf: (name) => `合并或删除“${name}”`,
  mergeInto: "合并到……",
  removeClass: "删除类别",
  merged: (name) => `“${name}”已合并。可用“撤销”恢复。`,
  removed: (name) => `“${name}”及其样本已删除。可用“撤销”恢复。`,
  listName: (name) => `名称“${name}”会被读成标签列表。`,
  listNameHelp: "请给类别起一个两端没有括号的名称。",
  sameName: (name) => `已有名为“${name}”的类别。若要合为一类，请使用合并。`,
  notAllAdded: (n) => `这 ${number(n)} 个文件没有全部添加。请再添加一次，页面会找出重复的样本。`,
  noFolder: "这些文件不属于任何类别。请拖到某个类别上，或为每个类别拖入一个文件夹。",
  selected: (n) => `已选 ${number(n)} 个`,
  moveTo: "移动到……",
  selectNone: "取消选择",
  adding: (done, total) => `正在添加文件：${number(done)} / ${number(total)}`,
  skipped: (n) => `有 ${number(n)} 个文件未添加`,
  moreSkipped: (n) => `另有 ${number(n)} 个`,
  pictures: {
    record: "按住录制",
    recording: "正在录制……",
    camera: "摄像头画面",
    opening: "浏览器正在询问是否允许此页面使用摄像头。",
    close: "关闭摄像头",
    bad: {
      empty: "文件是空的。",
      large: "文件大于 2 GB。",
      pixels: (megapixels) => `图片有 ${Math.round(100 * megapixels)} 万像素，最多 5000 万。请缩小后再保存。`,
      heic: "此浏览器无法读取 HEIC。请将图片另存为 JPEG。",
      tiff: "浏览器无法读取 TIFF。请将图片另存为 JPEG 或 PNG。",
      unreadable: "不是图片，或已损坏。请重新保存为 JPEG 或 PNG。",
    },
  },
};
