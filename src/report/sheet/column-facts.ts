import type { TableFacts } from "../../core/results/task.js";
import { type Fact, names, type Text } from "./sheet.js";

const none: Text = { en: "none", zh: "无" };
const namesOr = (columns: readonly string[]): Text => (columns.length === 0 ? none : names(columns));

/** Returns the target of a table, the columns that the model reads, and those that it does not. */
export function columnFacts({
  target,
  numbers,
  categories,
  pictures,
  texts,
  unused,
}: TableFacts): readonly Fact[] {
  const left = (colon: string, comma: string) =>
    unused.flatMap(({ name, why, message }, i) => [
      { own: i === 0 ? "" : comma },
      { name },
      { own: colon },
      { recorded: why, messages: message && [message] },
    ]);
  return [
    { label: { en: "Target", zh: "目标" }, value: names(target) },
    ...(pictures ? [{ label: { en: "Picture", zh: "图片" }, value: namesOr(pictures) }] : []),
    ...(texts ? [{ label: { en: "Text", zh: "文本" }, value: namesOr(texts) }] : []),
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

/** Returns the inputs of the saved model, for a card. */
export function rowTensors(table?: TableFacts): string {
  const { pictures, texts, numbers = [], categories = [] } = table ?? {};
  if (!pictures || !texts) return "`features` float32[batch, F] (see table.json)";
  const hasColumns = numbers.length + categories.length > 0;
  const kinds = [
    ...(pictures.length > 0 ? ["picture"] : []),
    ...(texts.length > 0 ? ["text"] : []),
    ...(hasColumns ? ["columns"] : []),
  ];
  const inputs = [
    ...(pictures.length > 0 ? ["`pixel_values` float32[batch, 3, H, W]"] : []),
    ...(texts.length > 0 ? ["`input_ids` and `attention_mask` int64[batch, length]"] : []),
    ...(hasColumns
      ? ["`columns` float32[batch, F] (scaled numbers, marks of missing values, categories: see table.json)"]
      : []),
    `\`missing\` float32[batch, ${kinds.length}] (1 for an input that a row lacks, in the order ${kinds.join(", ")})`,
  ];
  return inputs.join(", ");
}

/** Says that pipelines do not open a model with several inputs. */
export const severalInputsNote =
  "Pipelines of Transformers.js have one input and do not open this model. onnxruntime does.";
