import type { TableFacts } from "../../core/results/task.js";
import { type Fact, names, type Text } from "./sheet.js";

const none: Text = { en: "none", zh: "无" };
const namesOr = (columns: readonly string[]): Text => (columns.length === 0 ? none : names(columns));

/** Returns the target of a table, the columns that the model reads, and those that it does not. */
export function columnFacts({ target, numbers, categories, unused }: TableFacts): readonly Fact[] {
  const left = (colon: string, comma: string) =>
    unused.flatMap(({ name, why, message }, i) => [
      { own: i === 0 ? "" : comma },
      { name },
      { own: colon },
      { recorded: why, messages: message && [message] },
    ]);
  return [
    { label: { en: "Target", zh: "目标" }, value: names(target) },
    { label: { en: "Numeric columns", zh: "数值列" }, value: namesOr(numbers) },
    { label: { en: "Categorical columns", zh: "类别列" }, value: namesOr(categories) },
    ...(unused.length === 0
      ? []
      : [
          {
            label: { en: "Unused columns", zh: "未使用" },
            value: { en: left(": ", ", "), zh: left("：", "，") },
          },
        ]),
  ];
}
