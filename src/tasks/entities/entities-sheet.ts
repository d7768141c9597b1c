// The results of a run on entities: scores, facts and tables for the screen, the page and the card.
import type { EntitiesResultEvent, EntityScores } from "../../core/events/events.js";
import { pipelineSnippet } from "../../report/cards/transformers-js.js";
import { count, integer, percent } from "../../report/charts/numbers.js";
import { html, type Markup, name } from "../../report/html.js";
import { intervalOf, names, type Sheet, say, tableOf, termed } from "../../report/sheet/sheet.js";
import { type Lang, wordsIn } from "../../report/words/index.js";

type EntitiesResult = Pick<EntitiesResultEvent, "test" | "types" | "labels" | "scheme" | "repaired" | "task">;

const precision = termed("precision", "precision", "精确率");
const recall = termed("recall", "recall", "召回率");
const f1 = termed("f1", "F1", "F1");

export const entitiesSheet: Sheet<EntityScores, unknown, EntitiesResult> = {
  kind: () => ({ en: "named-entity recognition", zh: "命名实体识别" }),
  sample: () => "sentence",
  figures: (test) => [
    { name: f1, as: "share", value: test.f1, ci95: intervalOf(test, test.f1_ci95) },
    { name: precision, as: "share", value: test.precision, ci95: intervalOf(test, test.precision_ci95) },
    { name: recall, as: "share", value: test.recall, ci95: intervalOf(test, test.recall_ci95) },
  ],
  scores: (test) => ({
    n: test.sentences,
    notes: [
      {
        en: `${count(test.n, "entity", "entities")} in ${count(test.sentences, "test sentence")}; ${integer(test.correct)} found, ${integer(test.predicted)} predicted.`,
        zh: `${integer(test.sentences)} 个测试句子中有 ${integer(test.n)} 个实体，找到 ${integer(test.correct)} 个，预测了 ${integer(test.predicted)} 个。`,
      },
    ],
    facts: scoreFacts(test),
    tables: [worstTable(test), typesTable(test)],
  }),
  run: (result) => ({
    facts: [
      { label: { en: "Types", zh: "类型" }, value: names(result.types) },
      {
        label: { en: "Tags", zh: "标签" },
        value: {
          en: `${result.scheme} in the data, BIO in the model; ${count(result.repaired.tags, "tag")} repaired`,
          zh: `数据中为 ${result.scheme}，模型中为 BIO；修正了 ${integer(result.repaired.tags)} 个标签`,
        },
      },
    ],
    drawings: [
      {
        section: "confusion",
        draw: ({ lang }) => confusion(result.test.confusion, result.types, lang),
      },
    ],
    usage: {
      does: say`Marks ${names(result.types)} in texts. \`onnx/model.onnx\` uses standard ONNX operators:
\`input_ids\`, \`attention_mask\` int64[batch, length] in, \`logits\` float32[batch, length, ${String(result.labels.length)}] out, raw scores of ${names(result.labels)}
(BIO). It learnt the tag of a word at the word's first sub-word: what it says of the others means nothing.`,
      counted: "entities as conlleval counts them",
      script: pipelineSnippet(
        result.task,
        "mark",
        'console.log(await mark("a text", { aggregation_strategy: "simple" }));',
      ),
      example: '"a text"',
      hub: { task: result.task, metrics: ["seqeval"] },
    },
  }),
};

const scoreFacts = ({ repaired, unseen_words: unseen, word_accuracy: accuracy, words }: EntityScores) => [
  {
    label: { en: "Repaired", zh: "修正" },
    value: {
      en: `${count(repaired.tags, "tag")} at invalid places, read as the begin of an entity, in ${count(repaired.sentences, "sentence")}; ${count(unseen, "word")} cut off, counted as O`,
      zh: `${integer(repaired.tags)} 个标签不能出现在其位置，按实体开头处理，涉及 ${integer(repaired.sentences)} 个句子；截掉 ${integer(unseen)} 个词，按 O 计`,
    },
  },
  {
    label: { en: "Words", zh: "词" },
    value: {
      en: `${percent(accuracy)} of ${integer(words)} have the right tag, most of them O`,
      zh: `${integer(words)} 个词中有 ${percent(accuracy)} 标签正确，其中大多数是 O`,
    },
  },
];

const typesTable = ({ per_type: types }: EntityScores) =>
  tableOf(types, {
    section: "scores",
    title: { en: "Scores by type", zh: "各类型的得分" },
    note: {
      en: "Weakest first. An entity is correct if its bounds and its type are, as in conlleval.",
      zh: "最弱的在前。边界和类型都正确才算正确，与 conlleval 的算法相同。",
    },
    weakest: 6,
    columns: [
      { name: { en: "type", zh: "类型" }, as: "name", of: (t) => t.type },
      { name: { en: "entities", zh: "实体数" }, short: "n", as: "count", of: (t) => t.n },
      { name: { en: "predicted", zh: "预测" }, as: "count", of: (t) => t.predicted },
      { name: { en: "correct", zh: "正确" }, as: "count", of: (t) => t.correct },
      { name: precision, as: "decimal", of: (t) => t.precision },
      { name: recall, as: "decimal", of: (t) => t.recall },
      { name: f1, as: "decimal", of: (t) => t.f1 },
    ],
  });

const worstTable = ({ worst }: EntityScores) =>
  tableOf(worst, {
    section: "worst",
    empty: { en: "Every entity was found.", zh: "所有实体都找到了。" },
    most: 6,
    sample: (one) => one.item,
    text: (one) => one.text,
    columns: [
      { name: { en: "errors", zh: "错误数" }, as: "count", of: (one) => one.mistakes },
      { name: { en: "true", zh: "真实" }, as: "names", of: (one) => one.true },
      { name: { en: "predicted", zh: "预测" }, as: "names", of: (one) => one.predicted },
    ],
  });

const matrixWords = {
  en: {
    title: "Confusion matrix of types",
    otherBounds: "other bounds",
    missed: "missed",
    noEntity: "no entity",
    note: 'Rows are true types, columns predicted types. "Other bounds": an entity was predicted that overlaps it.',
  },
  zh: {
    title: "实体类型的混淆矩阵",
    otherBounds: "边界不符",
    missed: "漏报",
    noEntity: "并无实体",
    note: "行是真实类型，列是预测类型。“边界不符”：预测的实体与它重叠，但边界不同。",
  },
};

/** Returns the confusion matrix of the types, with missed entities and those that are not there. */
function confusion(matrix: EntityScores["confusion"], types: readonly string[], lang: Lang): Markup {
  const words = matrixWords[lang];
  const { page } = wordsIn(lang);
  const columns = [...types.map(name), words.otherBounds, words.missed];
  const rows = [...types.map(name), words.noEntity];
  const cell = (t: number, p: number, total: number): Markup => {
    const n = matrix[t]![p]!;
    const kind = n === 0 ? "zero" : p === t ? "right" : "wrong";
    return html`<td class="${kind}" style="--share:${Math.sqrt(total > 0 ? n / total : 0).toFixed(3)}">${integer(n)}</td>`;
  };
  return html`<div class="scroll" role="region" aria-label="${words.title}" tabindex="0">
<table class="confusion"><thead><tr><th scope="col" class="axis">${page.matrixAxis}</th>${columns.map((c) => html`<th scope="col" class="class">${c}</th>`)}<th scope="col" class="axis">${page.all}</th></tr></thead>
<tbody>${rows.map((row, t) => {
    const total = matrix[t]!.reduce((a, b) => a + b, 0);
    return html`<tr><th scope="row">${row}</th>${columns.map((_, p) => cell(t, p, total))}<td class="total">${integer(total)}</td></tr>`;
  })}</tbody></table></div>
<p class="small muted">${words.note}</p>`;
}
