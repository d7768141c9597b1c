import type { AdaptGain, AdaptResultEvent } from "../../core/events/events.js";
import { fewestGroups } from "../../statistics/index.js";
import { count, gain } from "../charts/numbers.js";
import type { ReportPart } from "../sheet/report-sheet.js";
import { itemsEn, itemsZh } from "../words/items.js";

/** What a gain leaves open: trainings differ by their seed, and solved heads do not. */
const openQuestion = {
  trained: {
    en: "Each was trained once: another seed can give another result, so this does not show that the method causes the difference.",
    zh: "两者都只训练了一次：换一个随机种子结果可能不同，所以还不能说明差别是方法带来的。",
  },
  solved: {
    en: "Both are solved without random numbers: another seed only divides the data differently.",
    zh: "两者都由求解得出，不含随机数：换一个随机种子只会改变数据的划分。",
  },
};

/** Returns why a gain has no interval. */
export function whyNoInterval({ few_groups: groups }: AdaptGain, unit: string) {
  const items = { en: itemsEn.many(unit), zh: itemsZh.many(unit) };
  return groups === undefined
    ? { en: `The two models are right on the same ${items.en}.`, zh: `这两个模型答对的${items.zh}完全相同。` }
    : {
        en: `The ${items.en} are of ${count(groups, "group")}: too few groups for an interval, which needs ${fewestGroups}.`,
        zh: `这些${items.zh}只来自 ${groups} 个组：太少，无法给出区间，至少需要 ${fewestGroups} 个组。`,
      };
}

/** Returns the gain over source-only, from one model of each. */
export function gainParts({
  gain: difference,
  method,
  unit,
  chosen,
}: AdaptResultEvent): readonly ReportPart[] {
  if (!difference) return [];
  const { value, models_ci95: range } = difference;
  const [low, high] = range ? range.map(gain) : [];
  const none = whyNoInterval(difference, unit);
  const open = openQuestion[chosen.map ? "solved" : "trained"];
  const items = { en: itemsEn.many(unit), zh: itemsZh.many(unit) };
  const between = range
    ? {
        en: `For these two models, the 95 % confidence interval over other ${items.en} is ${low} to ${high}. `,
        zh: `就这两个模型而言，换一批${items.zh}的 95 % 置信区间为 ${low} 至 ${high}。`,
      }
    : { en: `${none.en} `, zh: none.zh };
  return [
    {
      kind: "conclusion",
      short: "gain",
      mood: "inconclusive",
      title: { en: "Gain over the same training without adaptation", zh: "与没有自适应的同样训练相比" },
      lines: [
        {
          en: `${method.name} − source-only: ${gain(value)} points. ${between.en}${open.en}`,
          zh: `${method.name} − source-only：${gain(value)} 个百分点。${between.zh}${open.zh}`,
        },
      ],
    },
  ];
}
