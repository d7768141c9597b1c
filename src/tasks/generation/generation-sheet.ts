// The results of a run of text generation: scores, facts and tables for the screen, the page and the card.
import type { GenerationResultEvent, GenerationScores } from "../../core/results/sequences/generation.js";
import { intervalRules } from "../../evaluate/interval-rules.js";
import { scriptBegin } from "../../report/cards/transformers-js.js";
import { integer } from "../../report/charts/numbers.js";
import {
  type Fact,
  intervalOf,
  type Sheet,
  say,
  type Text,
  tableOf,
  termed,
  type Usage,
} from "../../report/sheet/sheet.js";

/** Facts that a result and an evaluation both have. */
type About = Pick<GenerationResultEvent, "form">;
type Result = About &
  Pick<GenerationResultEvent, "task" | "test" | "tokens" | "rows" | "chats" | "samples" | "dtype">;

export const generationSheet: Sheet<GenerationScores, About, Result> = {
  kind: ({ form }) =>
    form === "chats" ? { en: "answers to chats", zh: "对话回答" } : { en: "text generation", zh: "文本生成" },
  sample: () => "text",
  figures: (test) => [
    {
      name: { en: "token accuracy", zh: "词元正确率" },
      title: termed("token_accuracy", "Token accuracy", "词元正确率"),
      as: "share",
      value: test.metric.value,
      ci95: test.metric.ci95,
    },
    {
      name: { en: "perplexity", zh: "困惑度" },
      title: termed("perplexity", "Perplexity", "困惑度"),
      as: "short",
      value: test.perplexity,
      ci95: intervalOf(test, test.perplexity_ci95),
    },
    {
      name: { en: "bits per byte", zh: "每字节比特数" },
      title: termed("bits-per-byte", "Bits per byte", "每字节比特数"),
      as: "short",
      value: test.bits_per_byte,
      ci95: intervalOf(test, test.bits_per_byte_ci95),
    },
  ],
  scores: (test, about) => ({
    n: test.n,
    notes: notesOf(test, about),
    facts: [],
    tables: [worstTable(test)],
  }),
  run: (result) => ({
    facts: factsOf(result),
    tables: [samplesTable(result)],
    drawings: [],
    usage: usageOf(result),
  }),
};

function notesOf({ n, tokens, few_groups: few }: GenerationScores, { form }: About): readonly Text[] {
  const needed = intervalRules.token_accuracy.samples;
  const counted: Text =
    form === "chats"
      ? {
          en: `${integer(tokens)} tokens of the answers in ${integer(n)} test chats, each predicted from the true ones before it.`,
          zh: `${integer(n)} 个测试对话的回答共 ${integer(tokens)} 个词元，每个都根据其前面的真实词元预测。`,
        }
      : {
          en: `${integer(tokens)} tokens of ${integer(n)} test texts, each predicted from the true ones before it.`,
          zh: `${integer(n)} 条测试文本共 ${integer(tokens)} 个词元，每个都根据其前面的真实词元预测。`,
        };
  if (few || n >= needed) return [counted];
  return [counted, { en: `An interval needs ${needed} texts.`, zh: `计算区间至少需要 ${needed} 条文本。` }];
}

const worstTable = ({ worst }: GenerationScores) =>
  tableOf(worst, {
    section: "worst",
    most: 5,
    sample: ({ item }) => item,
    text: ({ text }) => text,
    columns: [
      { name: { en: "perplexity", zh: "困惑度" }, as: "short", of: ({ perplexity }) => perplexity },
      { name: { en: "tokens", zh: "词元" }, as: "count", of: ({ tokens }) => tokens },
      { name: { en: "text", zh: "文本" }, as: "name", only: "screen", of: ({ text }) => shown(text) },
    ],
  });

/** Most characters of a written text in a table. */
const shownCharacters = 160;
const shown = (text: string): string => {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > shownCharacters ? `…${line.slice(-shownCharacters)}` : line;
};

const samplesTable = ({ samples }: Result) =>
  tableOf(samples, {
    section: "drawn",
    title: { en: "What both models write", zh: "两个模型写出的文本" },
    note: {
      en: "Always the most probable token. Whether a text is right is for a reader to say.",
      zh: "总是取最可能的词元。文本是否正确由读者判断。",
    },
    // A page shows the beginning as the text of the sample. A card has none of them.
    sample: ({ item }) => item,
    text: ({ prompt }) => shown(prompt),
    columns: [
      { name: { en: "data", zh: "数据" }, as: "name", of: ({ data }) => shown(data) },
      { name: { en: "base", zh: "基础模型" }, as: "name", of: ({ before }) => shown(before) },
      { name: { en: "new model", zh: "新模型" }, as: "name", of: ({ after }) => shown(after) },
    ],
  });

const templates = {
  base: { en: "that of the base", zh: "基础模型自带" },
  given: { en: "given with the data", zh: "由用户给出" },
  default: { en: "a plain one, since the base has none", zh: "简单模板，因为基础模型没有" },
} as const;

function factsOf({ rows, tokens, chats }: Result): readonly Fact[] {
  const cut = chats?.cut ?? 0;
  const learnt: Text = chats
    ? {
        en: `${integer(tokens)} tokens of ${chats.learnt}, at most ${integer(rows.length)} tokens of each chat${cut > 0 ? `, ${integer(cut)} chats cut` : ""}`,
        zh: `${chats.learnt === "answers" ? "回答" : "全部消息"}的 ${integer(tokens)} 个词元，每个对话最多 ${integer(rows.length)} 个词元${cut > 0 ? `，截断 ${integer(cut)} 个对话` : ""}`,
      }
    : {
        en: `${integer(tokens)} tokens, in ${integer(rows.train)} rows of ${integer(rows.length)}`,
        zh: `${integer(tokens)} 个词元，分为 ${integer(rows.train)} 行，每行 ${integer(rows.length)} 个`,
      };
  return [
    { label: { en: "Learnt", zh: "学习内容" }, value: learnt },
    ...(chats
      ? [
          {
            label: { en: "Chat template", zh: "对话模板" },
            short: "template",
            value: templates[chats.template],
          },
        ]
      : []),
  ];
}

function usageOf({ task, form, dtype }: Result): Usage {
  const input = form === "chats" ? '[{ role: "user", content: "a question" }]' : '"the beginning of a text"';
  return {
    does: say`A decoder that ${form === "chats" ? "answers chats" : "continues texts"}. Its ONNX file has the inputs and outputs of its base.
\`engraft predict\` writes with it; it is also a base for \`--base\`.`,
    counted: form === "chats" ? "tokens of answers are counted" : "all tokens are counted",
    ...(dtype && { script: scriptOf(task, input, dtype) }),
    example: form === "chats" ? '"a question"' : '"the beginning of a text"',
    hub: { task, metrics: ["perplexity", "accuracy"] },
  };
}

const scriptOf = (task: string, input: string, dtype: string): string => `${scriptBegin("pipeline")}
const generate = await pipeline("${task}", folder, { local_files_only: true, dtype: "${dtype}" });
const [{ generated_text }] = await generate(${input}, { max_new_tokens: 100 });
console.log(generated_text);`;
