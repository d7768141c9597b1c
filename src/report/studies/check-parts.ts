// The part of a domain adaptation's report that compares two models on a few labelled samples.
import type { AdaptCheck, AdaptResultEvent } from "../../core/events/events.js";
import { decimal } from "../charts/numbers.js";
import type { ReportPart } from "../sheet/report-sheet.js";
import { say } from "../sheet/sheet.js";
import { itemsEn, itemsZh } from "../words/items.js";

/** Returns both models on the drawn samples; without their labels, how to fill them in. */
export function checkParts(
  { method, unit, run }: AdaptResultEvent,
  { n, file, scores }: AdaptCheck,
): readonly ReportPart[] {
  const items = { en: itemsEn.count(n, unit), zh: itemsZh.count(n, unit) };
  if (!scores) {
    const [list, command] = [[{ code: file ?? "" }], [{ code: `engraft adapt --resume ${run}` }]];
    return [
      {
        kind: "notes",
        short: "check",
        title: { en: "The accuracy on the target is not known yet", zh: "目标领域的准确率尚未知" },
        texts: [
          {
            en: say`${items.en} of the target's test split are in ${list}. Fill in their labels, then run ${command}.`,
            zh: say`目标领域测试集中的 ${items.zh} 列在 ${list} 里。填好标签后运行 ${command}。`,
          },
        ],
      },
    ];
  }
  const { adapted, source_only: before, only_adapted: own, only_source_only: lost, p } = scores;
  const beyond = p < 0.05;
  const shown = p < 0.001 ? "< 0.001" : `= ${decimal(p, 3)}`;
  return [
    {
      kind: "conclusion",
      short: "check",
      mood: !beyond ? "inconclusive" : own > lost ? "positive" : "negative",
      title: { en: "Check on labelled samples", zh: "用有标签的样本检查" },
      lines: [
        {
          en: `${method.name} is right on ${adapted} of ${items.en}, source-only on ${before}. On ${own} only ${method.name} is right, on ${lost} only source-only.`,
          zh: `${items.zh}中，${method.name} 答对 ${adapted} 个，source-only 答对 ${before} 个；只有 ${method.name} 答对的 ${own} 个，只有 source-only 答对的 ${lost} 个。`,
        },
        {
          en: `Exact McNemar test: p ${shown}. ${beyond ? "The difference is beyond chance, for these two models." : "The difference may be chance."}`,
          zh: `McNemar 精确检验：p ${shown}。${beyond ? "对这两个模型来说，差别不是偶然。" : "差别可能是偶然。"}`,
        },
        file === undefined
          ? {
              en: "These labels were used only after everything was chosen. Other labels of the target can only balance its split.",
              zh: "这些标签只在一切选定之后才用到；目标领域的其他标签至多用于均衡地划分数据。",
            }
          : {
              en: "No other label of the target was used, and these only after everything was chosen.",
              zh: "没有用到目标领域的其他标签；这些标签也只在一切选定之后才用到。",
            },
      ],
    },
  ];
}
