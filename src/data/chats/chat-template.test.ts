import { PreTrainedTokenizer } from "@huggingface/transformers";
import { expect, test } from "vitest";
import { byteTokenizer } from "../../../test/support/byte-tokenizer.js";
import { chatTemplates, chatTokens } from "../../../test/support/chat-templates.js";
import type { EngraftError } from "../../core/errors.js";
import { openChatTemplate } from "./chat-template.js";

const tokens = { bos_token: "<s>", eos_token: { __type: "AddedToken", content: "</s>" }, unk_token: null };
const { tokenizer } = byteTokenizer("a question and its answer", 8, chatTokens);
const system = { role: "system", content: "Be short." };
const messages = ["2 + 2?", " 4\n", "And 3 + 3?", "<b>6</b> {{ x }}"].map((content, i) => ({
  role: i % 2 ? "assistant" : "user",
  content,
}));

/** Renders with Transformers.js. */
const peer = (config: object, chat: readonly object[], forAnswer: boolean, source?: string): string =>
  new PreTrainedTokenizer(tokenizer, config).apply_chat_template(chat as never, {
    tokenize: false,
    add_generation_prompt: forAnswer,
    ...(source && { chat_template: source }),
  }) as unknown as string;

const failure = async (work: () => unknown): Promise<EngraftError> => {
  try {
    await work();
  } catch (error) {
    return error as EngraftError;
  }
  throw new Error("nothing was thrown");
};

const names = Object.keys(chatTemplates) as (keyof typeof chatTemplates)[];

test.each(names)("renders the template of %s as Transformers.js does", async (name) => {
  const config = { ...tokens, chat_template: chatTemplates[name] };
  const { render, isDefault } = await openChatTemplate(config);
  expect(isDefault).toBe(false);
  for (let n = 1; n <= messages.length; n++)
    for (const forAnswer of [false, true])
      for (const chat of [
        messages.slice(0, n),
        ...(name === "gemma" ? [] : [[system, ...messages.slice(0, n)]]),
      ])
        expect(render(chat, { forAnswer })).toBe(peer(config, chat, forAnswer));
});

test("writes the text of a chat for ChatML", async () => {
  const { render } = await openChatTemplate({ chat_template: chatTemplates.smol });
  expect(render([system, messages[0]!], { forAnswer: true })).toBe(
    "<|im_start|>system\nBe short.<|im_end|>\n<|im_start|>user\n2 + 2?<|im_end|>\n<|im_start|>assistant\n",
  );
});

test.each([
  [tokens, "</s>"],
  [{}, ""],
])("has a default template, with the end token if there is one: %j", async (config, end) => {
  const { source, isDefault, render } = await openChatTemplate(config);
  expect(isDefault).toBe(true);
  const chat = [system, ...messages.slice(0, 3)];
  const text = `System: Be short.\nUser: 2 + 2?\nAssistant:  4\n${end}\nUser: And 3 + 3?\n`;
  expect(render(chat)).toBe(text);
  expect(render(chat, { forAnswer: true })).toBe(`${text}Assistant:`);
  // The source is written beside an exported model.
  expect(peer({ ...config, chat_template: source }, chat, true)).toBe(`${text}Assistant:`);
});

test("takes the given template before the stated one, and the default of several", async () => {
  const several = [
    { name: "tool_use", template: "t" },
    { name: "default", template: "d{{ messages | length }}" },
  ];
  expect((await openChatTemplate({ chat_template: several })).render(messages)).toBe("d4");
  expect((await openChatTemplate({ chat_template: several }, "g")).render(messages)).toBe("g");
  expect((await openChatTemplate({ chat_template: "" })).isDefault).toBe(true);
  const error = await failure(() => openChatTemplate({ chat_template: several.slice(0, 1) }));
  expect(error).toMatchObject({ kind: "ModelError", at: "tokenizer_config.json" });
  expect(error.message).toContain('"tool_use"');
  expect((await failure(() => openChatTemplate({ chat_template: 4 }))).kind).toBe("ModelError");
});

test("writes the time of its opening, as Transformers.js does", async () => {
  const format = "{{ strftime_now('%Y-%m-%d %d %b %B %H:%M %% %x') }}";
  const now = new Date(2026, 4, 3, 7, 5);
  const { render } = await openChatTemplate({}, format, undefined, { now });
  expect(render([])).toBe("2026-05-03 03 May May 07:05 % %x");
  const day = "{{ strftime_now('%Y-%m-%d') }}";
  expect((await openChatTemplate({}, day)).render([])).toBe(peer({}, [], false, day));
});

test("names the file of a template that cannot be read, and the message of one that fails", async () => {
  const unread = await failure(() => openChatTemplate({}, "{% if %}", "other.jinja"));
  expect(unread).toMatchObject({ kind: "ModelError", at: "other.jinja" });
  const long = await failure(() => openChatTemplate({}, "a".repeat(100_001)));
  expect(long.message).toMatch(/100,001 .* 100,000/);
  const { render } = await openChatTemplate({ chat_template: chatTemplates.gemma });
  const error = await failure(() => render([system]));
  expect(error.kind).toBe("ModelError");
  expect(error.message).toContain("System role not supported");
});

test.each([
  ["{% for i in range(1000000000) %}{% endfor %}", "list of 1000000000 entries"],
  ["{% for i in range(0, 5, 0) %}{% endfor %}", "must not be zero"],
  ["{% for i in range(10000) %}{% for j in range(10000) %}{% endfor %}{% endfor %}", "more work"],
  [
    "{% set ns = namespace(x='aaaaaaaa') %}{% for i in range(100) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
    "text of",
  ],
  [
    "{% set ns = namespace(x=[1, 2]) %}{% for i in range(100) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
    "list of",
  ],
  ["{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "the chat template fails"],
])("stops a template that does not end: %s", async (source, reason) => {
  const { render } = await openChatTemplate({}, source);
  const many = Array.from({ length: 50 }, (_, i) => messages[i % 4]!);
  const error = await failure(() => render(many));
  expect(error.kind).toBe("ModelError");
  expect(error.message).toContain(reason);
});

test("renders a chat of a thousand messages within its work", async () => {
  const many = Array.from({ length: 1000 }, (_, i) => messages[i % 4]!);
  for (const name of names) {
    const { render } = await openChatTemplate({ ...tokens, chat_template: chatTemplates[name] });
    expect(render(many).length).toBeGreaterThan(10_000);
  }
});
