import { PreTrainedTokenizer } from "@huggingface/transformers";
import fc from "fast-check";
import { expect, test } from "vitest";
import { byteTokenizer } from "../../../test/support/byte-tokenizer.js";
import { chatTemplates, chatTokens } from "../../../test/support/chat-templates.js";
import type { EngraftError } from "../../core/errors.js";
import { openTokenizer } from "../texts/tokenizer.js";
import { answerTokens } from "./answer-tokens.js";
import type { Chat, ChatMessage } from "./chat.js";
import { openChatTemplate } from "./chat-template.js";

const config = { bos_token: "<s>", eos_token: "</s>", pad_token: "<|endoftext|>" };
// Merges for words with their spaces, for double line breaks, and for a colon with a space.
const corpus = `${"What is the answer to this question? It is four, and the other is six.\n\n".repeat(3)}\n\n`;
const files = byteTokenizer(corpus, 120, chatTokens, config);
const tokenizer = await openTokenizer(files, 512);
const gpt2Files = byteTokenizer(corpus, 120, chatTokens, config, "gpt2");
const gpt2 = await openTokenizer(gpt2Files, 512);
const peer = new PreTrainedTokenizer(files.tokenizer, files.config);
const pairs = [
  [tokenizer, peer],
  [gpt2, new PreTrainedTokenizer(gpt2Files.tokenizer, gpt2Files.config)],
] as const;

const chat = (...contents: readonly string[]): Chat => ({
  id: "chats.jsonl:7",
  messages: contents.map((content, i) => ({ role: i % 2 ? "assistant" : "user", content })),
});
const twoTurns = chat("What is the answer?", "It is four.", "And the other?", " It is six.\n");

/** Returns the text of tokens, with the special ones. All are ASCII. */
const written = (ids: readonly number[]): string =>
  ids
    .map((id) => tokenizer.tokenOf(id)!)
    .join("")
    .replaceAll("Ġ", " ")
    .replaceAll("Ċ", "\n");
/** Returns the runs of answer tokens as texts. */
function answersOf({
  ids,
  isAnswer,
}: {
  readonly ids: readonly number[];
  readonly isAnswer: readonly boolean[];
}) {
  const runs: number[][] = [];
  for (const [i, id] of ids.entries()) {
    if (!isAnswer[i]) continue;
    if (!isAnswer[i - 1]) runs.push([]);
    runs.at(-1)!.push(id);
  }
  return runs.map(written);
}
/** Tokens of a chat with Transformers.js. */
const peerIds = (messages: readonly ChatMessage[], template: string, forAnswer = false): number[] =>
  peer.apply_chat_template(messages as never, {
    chat_template: template,
    add_generation_prompt: forAnswer,
    return_tensor: false,
    return_dict: false,
  }) as unknown as number[];
const open = (template: string) => openChatTemplate(config, template);
const failure = (work: () => unknown): EngraftError => {
  try {
    work();
  } catch (error) {
    return error as EngraftError;
  }
  throw new Error("nothing was thrown");
};

test.each<[keyof typeof chatTemplates, string[]]>([
  ["smol", ["It is four.<|im_end|>\n", " It is six.\n<|im_end|>\n"]],
  ["qwen", ["It is four.<|im_end|>\n", " It is six.\n<|im_end|>\n"]],
  ["llama2", [" It is four. </s>", " It is six. </s>"]],
  ["llama3", ["It is four.<|eot_id|>", "It is six.<|eot_id|>"]],
  ["zephyr", ["It is four.</s>\n", " It is six.\n</s>\n"]],
  ["gemma", ["It is four.<end_of_turn>\n", "It is six.<end_of_turn>\n"]],
])("learns the answers of a chat with the template of %s, with their end tokens", async (name, answers) => {
  const tokens = answerTokens(twoTurns, await open(chatTemplates[name]), tokenizer);
  expect(answersOf(tokens)).toEqual(answers);
  expect(tokens).toMatchObject({ endsByToken: true, specialAsText: 0, divisions: 0 });
  expect(tokens.ids).toEqual(peerIds(twoTurns.messages, chatTemplates[name]));
  for (const n of [1, 3]) {
    const prompt = peerIds(twoTurns.messages.slice(0, n), chatTemplates[name], true);
    expect(tokens.ids.slice(0, prompt.length)).toEqual(prompt);
    expect([tokens.isAnswer[prompt.length - 1], tokens.isAnswer[prompt.length]]).toEqual([false, true]);
  }
});

test("learns all tokens on request, and no message of an assistant without a text", async () => {
  const template = await open(chatTemplates.smol);
  expect(answerTokens(twoTurns, template, tokenizer, { all: true }).isAnswer).not.toContain(false);
  const empty = answerTokens(chat("What?", "", "What?", "It is."), template, tokenizer);
  expect(answersOf(empty)).toEqual(["It is.<|im_end|>\n"]);
});

test("takes an answer of weight 0 as context", async () => {
  const template = await open(chatTemplates.smol);
  const [question, first, ...others] = twoTurns.messages;
  const weighted = { ...twoTurns, messages: [question!, { ...first!, weight: 0 as const }, ...others] };
  const [tokens, all] = [
    answerTokens(weighted, template, tokenizer),
    answerTokens(weighted, template, tokenizer, { all: true }),
  ];
  expect(tokens.ids).toEqual(answerTokens(twoTurns, template, tokenizer).ids);
  expect(answersOf(tokens)).toEqual([" It is six.\n<|im_end|>\n"]);
  expect(answersOf(all)).toHaveLength(2);
  expect(answersOf(all).join("")).not.toContain("It is four.");
  // A special token inside the answer of weight 0 stays hidden.
  const spoof = { ...first!, content: "It is four.</s>", weight: 0 as const };
  const spoofed = answerTokens({ ...weighted, messages: [question!, spoof, ...others] }, template, tokenizer);
  expect([answersOf(spoofed).length, spoofed.specialAsText]).toEqual([1, 1]);
  for (const { ends, ids } of [tokens, all]) expect(ends).toEqual([ids.length]);
  // The last answer alone is learnt, so the template may change the first one.
  const thoughts = await open(chatTemplates.thoughts);
  expect(answersOf(answerTokens(weighted, thoughts, tokenizer))).toHaveLength(1);
});

test("ends an answer by the end token in the default template, and by a line break without one", async () => {
  const ended = answerTokens(twoTurns, await openChatTemplate(config), tokenizer);
  expect(answersOf(ended)).toEqual([" It is four.</s>\n", "  It is six.\n</s>\n"]);
  expect(ended).toMatchObject({ endsByToken: true, divisions: 0 });
  const plain = answerTokens(twoTurns, await openChatTemplate({}), tokenizer);
  expect(answersOf(plain)[0]).toBe(" It is four.\n");
  expect(plain.endsByToken).toBe(false);
});

test("refuses a template that changes earlier messages when others follow", async () => {
  const template = await open(chatTemplates.thoughts);
  const single = answerTokens(chat("What?", "It is."), template, tokenizer);
  expect(answersOf(single)).toEqual(["<think>\n\n</think>\n\nIt is.<|im_end|>\n"]);
  const later = failure(() => answerTokens(twoTurns, template, tokenizer));
  expect(later.kind).toBe("DataError");
  expect(later.message).toContain(
    'message 2 of chat chats.jsonl:7 differently when later messages follow (assistant: "It is four.")',
  );
  expect(later.at).toBe(
    '"im_start|>assistant\\n<think>\\n\\n</think>\\n\\nI" becomes "im_start|>assistant\\nIt is four.<|im_end|"',
  );
  expect(later.help).toContain("--template FILE");
  const prompt = failure(() =>
    answerTokens(
      chat("What?", "x".repeat(50)),
      { ...template, render: (all, o) => `${o?.forAnswer}${all.length}` },
      tokenizer,
    ),
  );
  expect(prompt.message).toContain(`when this answer follows (assistant: "${"x".repeat(40)}…")`);
});

test("reads several turns of a template that ends every text with a token of its own", async () => {
  const template = await open(chatTemplates.phi3);
  const tokens = answerTokens(twoTurns, template, tokenizer);
  expect(answersOf(tokens)).toEqual(["It is four.<|end|>\n", " It is six.\n<|end|>\n</s>"]);
  expect(tokens).toMatchObject({ endsByToken: true, divisions: 0 });
  expect(tokens.ids).toEqual(peerIds(twoTurns.messages, chatTemplates.phi3));
  for (const n of [1, 3]) {
    const prompt = peerIds(twoTurns.messages.slice(0, n), chatTemplates.phi3, true);
    expect(tokens.ids.slice(0, prompt.length)).toEqual(prompt);
  }
  // The only end token of the template stands behind the last answer.
  const once = await open(
    "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}{% if add_generation_prompt %}assistant:{% else %}</s>{% endif %}",
  );
  const ended = answerTokens(twoTurns, once, tokenizer);
  expect(answersOf(ended)).toEqual([" It is four.\n", "  It is six.\n\n</s>"]);
  expect(ended.endsByToken).toBe(false);
});

test("refuses a template that ends the last answer otherwise than earlier ones", async () => {
  const template = await open(
    "{% for m in messages %}<|im_start|>{{ m.content }}{{ '</s>' if loop.last else '<|im_end|>' }}{% endfor %}{% if add_generation_prompt %}<|im_start|>{% endif %}",
  );
  // The question before the answer ends otherwise, too.
  expect(failure(() => answerTokens(twoTurns, template, tokenizer)).kind).toBe("DataError");
  const changed = await open(
    "{% for m in messages %}{{ m.content if loop.last else m.content | upper }}<|im_end|>{% endfor %}",
  );
  expect(failure(() => answerTokens(twoTurns, changed, tokenizer)).kind).toBe("DataError");
});

test("names the chat for which a template fails", async () => {
  const template = await open(chatTemplates.gemma);
  const error = failure(() =>
    answerTokens({ id: "chats.jsonl:9", messages: [{ role: "system", content: "s" }] }, template, tokenizer),
  );
  expect(error.kind).toBe("DataError");
  expect(error.message).toMatch(/^chat chats\.jsonl:9 .*: System role not supported$/);
});

test("encodes special tokens inside messages as text", async () => {
  const template = await open(chatTemplates.smol);
  const spoof = "What is <|im_end|> and </s></s>?";
  const tokens = answerTokens(chat(spoof, "It is <|im_end|>."), template, tokenizer);
  expect(tokens.specialAsText).toBe(4);
  expect(written(tokens.ids)).toContain(`user\n${spoof}<|im_end|>`);
  expect(answersOf(tokens)).toEqual(["It is <|im_end|>.<|im_end|>\n"]);
  const special = tokens.ids.filter((id) => tokenizer.special.has(id)).map((id) => tokenizer.tokenOf(id));
  expect(special).toEqual(["system", "user", "assistant"].flatMap(() => ["<|im_start|>", "<|im_end|>"]));
  // Without a token behind the content, the one inside it is no end.
  const bare = await open(
    "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}{% if add_generation_prompt %}assistant:{% endif %}",
  );
  expect(answerTokens(chat("What?", "It </s> is."), bare, tokenizer).endsByToken).toBe(false);
});

test("uses a separator that no message and no template holds", async () => {
  const template = await open(`\ue001${chatTemplates.smol}`);
  const text = "\ue000</s>";
  const { ids, specialAsText } = answerTokens(chat(text, "It is."), template, tokenizer);
  expect(specialAsText).toBe(1);
  expect(tokenizer.text(ids)).toContain(text);
});

test("divides the text where a token would span prompt and answer", async () => {
  const template = await open(chatTemplates.smol);
  const spanning = chat("What?", "\nIt is.", "And?", "\nIt is six.");
  // The vocabulary has a token for two line breaks.
  const breaks = tokenizer.pieces("\n\n");
  expect(breaks).toHaveLength(1);
  expect(peerIds(spanning.messages, chatTemplates.smol).filter((id) => id === breaks[0])).toHaveLength(2);
  const tokens = answerTokens(spanning, template, tokenizer);
  expect(tokens.divisions).toBe(2);
  expect(answersOf(tokens)).toEqual(["\nIt is.<|im_end|>\n", "\nIt is six.<|im_end|>\n"]);
  const prompt = peerIds(spanning.messages.slice(0, 1), chatTemplates.smol, true);
  expect(tokens.ids.slice(0, prompt.length)).toEqual(prompt);
  expect(written(tokens.ids)).toBe(template.render(spanning.messages));
});

test("keeps the line breaks that end a prompt together where a following word would divide them", async () => {
  const template = await open(chatTemplates.llama3);
  const prompt = template.render(twoTurns.messages.slice(0, 1), { forAnswer: true });
  const tokens = answerTokens(twoTurns, template, gpt2);
  expect(gpt2.pieces(prompt)).not.toEqual(gpt2.pieces(`${prompt}It`).slice(0, -1));
  expect(tokens.divisions).toBe(2);
  expect(tokens.ids.slice(0, gpt2.pieces(prompt).length)).toEqual(gpt2.pieces(prompt));
});

/** A tokenizer that counts the characters that it encodes. */
function countingTokenizer() {
  const counted = { characters: 0 };
  const pieces = (text: string) => {
    counted.characters += text.length;
    return tokenizer.pieces(text);
  };
  return { counted, tokenizer: { ...tokenizer, pieces } };
}

test("encodes each part of a long chat a few times, however many messages precede it", async () => {
  const template = await open(chatTemplates.smol);
  const contents = Array.from({ length: 300 }, (_, i) => (i % 6 === 1 ? `\nIt is ${i}.` : `What is ${i}?`));
  const { counted, tokenizer: counting } = countingTokenizer();
  const { ids, divisions } = answerTokens(chat(...contents), template, counting);
  const text = template.render(chat(...contents).messages);
  expect(counted.characters).toBeLessThan(6 * text.length);
  expect(divisions).toBe(50);
  expect(written(ids)).toBe(text);
});

test("refuses a long chat whose template has no special tokens", async () => {
  const contents = Array.from({ length: 400 }, (_, i) => `${i}: ${"What? ".repeat(20)}`);
  const template = await openChatTemplate({});
  const error = failure(() => answerTokens(chat(...contents), template, tokenizer));
  expect(error.kind).toBe("DataError");
  expect(error.message).toBe("chat chats.jsonl:7 is too long for a template with so few special tokens");
  expect(answerTokens(chat(...contents.slice(0, 40)), template, tokenizer).ids.length).toBeGreaterThan(0);
});

const templates = await Promise.all([
  ...(["smol", "llama2", "llama3", "zephyr", "gemma"] as const).map((name) => open(chatTemplates[name])),
  openChatTemplate(config),
  openChatTemplate({}),
]);

test("the tokens are those of the text, and each first prompt is encoded as a server does", () => {
  const contents = fc.array(fc.constantFrom(" ", "\n", "It is", "?", ".", "a", "</s>", "<", "é", "7"), {
    maxLength: 8,
  });
  fc.assert(
    fc.property(
      fc.constantFrom(...templates),
      fc.constantFrom(...pairs),
      fc.array(contents, { minLength: 1, maxLength: 3 }),
      (template, [tokenizer, peer], turns) => {
        const made = chat(...turns.flatMap((turn, i) => [`What ${i}`, `${turn.join("")}.`]));
        const { ids, isAnswer, specialAsText } = answerTokens(made, template, tokenizer);
        expect(isAnswer).toHaveLength(ids.length);
        const bytes = peer.decode([...ids], {
          skip_special_tokens: false,
          clean_up_tokenization_spaces: false,
        });
        expect(bytes).toBe(template.render(made.messages));
        const prompt = tokenizer.pieces(template.render(made.messages.slice(0, 1), { forAnswer: true }));
        expect(ids.slice(0, prompt.length)).toEqual(prompt);
        expect(isAnswer.indexOf(true)).toBe(prompt.length);
        expect(specialAsText).toBe(turns.flat().filter((part) => part === "</s>").length);
      },
    ),
    { numRuns: 150, seed: 1 },
  );
});
