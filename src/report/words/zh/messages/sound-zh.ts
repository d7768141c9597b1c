/** 中文：数据集中的录音。 */

import { formatDuration } from "../../../../core/duration.js";
import type { Names } from "../../../../core/messages/counted.js";
import type { SomeClips, soundEn } from "../../../../core/messages/sound-en.js";
import { integer } from "../../../charts/numbers.js";
import { itemsZh } from "../../items.js";

const clips = (n: number): string => itemsZh.count(n, "clip");
const some = (v: SomeClips): string =>
  v.clips === v.of ? `全部 ${clips(v.of)}` : `${clips(v.of)}中的 ${integer(v.clips)} 段`;
const listed = ({ names, more }: Names): string =>
  `${names.map((name) => `“${name}”`).join("、")}${more > 0 ? `，另有 ${more} 个` : ""}`;

export const soundZh: typeof soundEn = {
  "sound-lengths": (v) =>
    `${clips(v.clips)}，共 ${formatDuration(v.seconds)}：${v.shortest.toFixed(2)} 至 ${v.longest.toFixed(2)} s，中位数 ${v.median.toFixed(2)} s`,
  "sound-rates": ({ rates }) =>
    rates.length === 1
      ? `每秒 ${integer(rates[0]![0])} 个采样`
      : `每秒采样数：${rates.map(([rate, n]) => `${integer(rate)}（${clips(n)}）`).join("、")}`,
  "sound-channels": (v) => `${some(v)}有多个声道`,
  "sound-clipped": (v) => `${some(v)}有削波`,
  "sound-narrow": (v) => `${some(v)}在 4 kHz 以上没有内容`,
  "silent-clips": (v) => `${clips(v.clips)}只有静音：${listed(v)}`,
  "clips-end-in-zeros": (v) =>
    `${some(v)}以数字静音结尾：${v.classes === false ? "" : "如果它在某些类别中更常见，"}模型可能学到的是静音而不是声音`,
  "wrong-lengths": (v) =>
    `${integer(v.clips)} 个 WAV 文件的头部写的长度与实际不符，读到文件末尾：${listed(v)}`,
  "clips-without-row": (v) => `略去 ${clips(v.clips)}：列表中没有它们的行：${listed(v)}`,
  "clips-unread": (v) =>
    `略去 ${integer(v.clips)} 个文件，因为无法读取 ${v.formats.join("、")}：${listed(v)}；请先转换为 WAV、FLAC、MP3 或 Opus，例如用 ffmpeg`,
  "speakers-in-names": (v) =>
    `文件名中似乎有 ${v.speakers} 个说话人或录音来源，如 ${listed(v)}：在已知的说话人上测试过于容易；--group-from ${JSON.stringify(v.pattern)} 使同一说话人只在划分的一侧`,
};
