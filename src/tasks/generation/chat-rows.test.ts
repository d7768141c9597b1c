import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { byteTokenizer } from "../../../test/support/byte-tokenizer.js";
import { chatTemplates, chatTokens } from "../../../test/support/chat-templates.js";
import { inFolder, platformIn } from "../../../test/support/pictures.js";
import { EngraftError } from "../../core/errors.js";
import type { EngraftEvent, Part } from "../../core/events/events.js";
import type { GenerationItem } from "../../data/chats/generation-data.js";
import { openTokenizer } from "../../data/texts/tokenizer.js";
import { type ChatRows, type ChatRowsHow, readChatRows } from "./chat-rows.js";

const corpus = "What is the answer to this question? It is four, and the other is six.\n\n".repeat(3);
const special = { bos_token: "<s>", eos_token: "</s>", pad_token: "<|endoftext|>" };
const files = byteTokenizer(corpus, 120, chatTokens, special);
const tokenizer = await openTokenizer(files, 512);
/** Returns a base whose config has a template. */
const baseOf = (template?: string, facts = {}) => {
  const config = { ...files.config, ...(template !== undefined && { chat_template: template }) };
  const text = { tokenizer, files: { ...files, config }, config: { max_position_embeddings: 200 }, ...facts };
  return { text } as unknown as Parameters<typeof readChatRows>[0];
};

type Message = { readonly role: string; readonly content: string; readonly weight?: 0 };
const turn = (question: string, ...answers: readonly (string | Message)[]): readonly Message[] =>
  answers.flatMap((answer) => [
    { role: "user", content: question },
    typeof answer === "string" ? { role: "assistant", content: answer } : answer,
  ]);
const itemsOf = (
  chats: readonly (readonly Message[])[],
  part: (i: number) => Part = () => "train",
): readonly GenerationItem[] =>
  chats.map((messages, i) => {
    const id = `c:${i}`;
    const names = { path: "c", sha256: id, copyHash: id, text: id };
    return { ...names, id, part: part(i), label: 0, chat: { id, messages } };
  });
const short = [turn("What is the answer?", "It is four."), turn("And the other?", "It is six.")];

interface Read extends ChatRows {
  readonly warnings: readonly string[];
}
/** Reads chats with a folder of templates. */
const read = (
  items: readonly GenerationItem[],
  options: ChatRowsHow["options"] = {},
  base = baseOf(chatTemplates.smol),
): Promise<Read> =>
  inFolder(async (folder) => {
    for (const name of ["zephyr", "llama3"] as const)
      writeFileSync(join(folder, `${name}.jinja`), chatTemplates[name]);
    const events: EngraftEvent[] = [];
    const how = { platform: platformIn(folder), now: undefined, signal: undefined };
    const rows = await readChatRows(base, items, {
      ...how,
      options: { ...options, ...(options.template && { template: join(folder, options.template) }) },
      onEvent: (event) => events.push(event as EngraftEvent),
    });
    const warnings = events.flatMap((event) => (event.event === "warning" ? [event.code] : []));
    return { ...rows, warnings };
  });
const refused = async (work: Promise<unknown>): Promise<EngraftError> => {
  const error = await work.catch((e: unknown) => e);
  expect(error).toBeInstanceOf(EngraftError);
  return error as EngraftError;
};
/** Returns what is learnt of a chat as a text with special tokens. */
const learnt = ({ byId }: ChatRows, id: string): string => {
  const { ids, isAnswer } = byId.get(id)!;
  const answer = ids.filter((_, i) => isAnswer[i]).map((one) => tokenizer.tokenOf(one)!);
  return answer.join("").replaceAll("Ġ", " ").replaceAll("Ċ", "\n");
};

test("a chat has a row of its own, as long as the longest chat, and its answers are learnt with their end", async () => {
  const rows = await read(itemsOf(short));
  expect(learnt(rows, "c:0")).toBe("It is four.<|im_end|>\n");
  expect(learnt(rows, "c:1")).toBe("It is six.<|im_end|>\n");
  expect(rows.length).toBe(Math.max(...[...rows.byId.values()].map(({ ids }) => ids.length)));
  // "It is four." and "It is six."
  expect([...rows.byId.values()].map(({ bytes }) => bytes)).toEqual([11, 10]);
  expect(rows.facts).toEqual({ learnt: "answers", template: "base", cut: 0 });
  expect(rows.ends.map((id) => tokenizer.tokenOf(id))).toEqual(["<|im_end|>"]);
  expect(rows.warnings).toEqual([]);
});

test("all messages are learnt on request, and bytes are those of all", async () => {
  const rows = await read(itemsOf(short), { allMessages: true });
  expect(rows.facts.learnt).toBe("all messages");
  expect(learnt(rows, "c:0")).toContain("What is the answer?");
  expect(rows.byId.get("c:0")!.bytes).toBe("What is the answer?It is four.".length);
  const context = { role: "assistant", content: "It is five.", weight: 0 } as const;
  const weighted = itemsOf([turn("What?", context, "It is four."), ...short]);
  const [answers, all] = [await read(weighted), await read(weighted, { allMessages: true })];
  expect(answers.byId.get("c:0")!.bytes).toBe(11);
  expect(all.byId.get("c:0")!.bytes).toBe("What?What?It is four.".length);
});

test("a chat that is too long is cut: the bytes are those of the tokens that are learnt", async () => {
  const long = turn("What is the answer?", `It is ${"four and six ".repeat(20)}`);
  const { ids } = (await read(itemsOf([long]))).byId.get("c:0")!;
  const whole = ids.length;
  const length = whole - 20;
  const rows = await read(itemsOf([...short, long]), { maxLength: length });
  const row = rows.byId.get("c:2")!;
  expect([rows.length, row.ids.length, rows.facts.cut]).toEqual([length, length, 1]);
  expect(row.ids).toEqual(ids.slice(0, length));
  const text = learnt(rows, "c:2");
  expect(long[1]!.content.startsWith(text)).toBe(true);
  expect(row.bytes).toBe(text.length);
  expect(rows.warnings).toEqual(["cut-chats"]);
});

test("a chat whose answer begins behind the row is left out, and a split without any is refused", async () => {
  const late = turn("What is the answer to this question? ".repeat(20), "It is four.");
  const rows = await read(itemsOf([...short, late]), { maxLength: 100 });
  expect([...rows.byId.keys()]).toEqual(["c:0", "c:1"]);
  expect(rows.facts.cut).toBe(1);
  const parts = ["train", "validation", "test"] as const;
  const error = await refused(
    read(
      itemsOf([...short, late], (i) => parts[i]!),
      { maxLength: 100 },
    ),
  );
  expect(error.kind).toBe("DataError");
  expect(error.message).toBe("no answer of the test split begins within the 100 tokens of a row");
  expect(error.help).toContain("up to 200");
});

test("chats that do not fit the template are left out with a warning, unless most do not", async () => {
  // The template of Gemma refuses messages of a system.
  const withSystem = [{ role: "system", content: "Be short." }, ...short[0]!];
  const gemma = baseOf(chatTemplates.gemma);
  const rows = await read(itemsOf([...short, withSystem]), {}, gemma);
  expect([...rows.byId.keys()]).toEqual(["c:0", "c:1"]);
  expect(rows.warnings).toEqual(["left-out-chats"]);
  const error = await refused(read(itemsOf([short[0]!, withSystem, withSystem]), {}, gemma));
  expect(error.message).toMatch(/System role not supported$/);
});

test("the template is that of the base, a given one, or the default", async () => {
  const items = itemsOf(short);
  const given = await read(items, { template: "zephyr.jinja" });
  expect(given.facts.template).toBe("given");
  expect(given.ends.map((id) => tokenizer.tokenOf(id))).toEqual(["</s>"]);
  const usual = await read(items, {}, baseOf());
  expect(usual.facts.template).toBe("default");
  expect(usual.warnings).toEqual(["default-template"]);
  expect((await refused(read(items, { template: "missing.jinja" }))).kind).toBe("OptionError");
  const endless =
    "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}{% if add_generation_prompt %}assistant:{% endif %}";
  const without = await read(items, {}, baseOf(endless));
  expect([without.ends, without.warnings]).toEqual([[], ["no-end-token"]]);
});

test("the hash changes with the template, the length and what is learnt", async () => {
  const items = itemsOf(short);
  const hash = async (options: ChatRowsHow["options"], some = items) => (await read(some, options)).sha256;
  const first = await hash({ maxLength: 60 });
  expect(await hash({ maxLength: 60 }, items.slice(0, 1))).toBe(first);
  const others = [
    await hash({ maxLength: 61 }),
    await hash({ maxLength: 60, allMessages: true }),
    await hash({ maxLength: 60, template: "zephyr.jinja" }),
    await hash({ maxLength: 60, template: "llama3.jinja" }),
  ];
  expect(new Set([first, ...others]).size).toBe(5);
});

test("rows have the one length that a file accepts", async () => {
  const rows = await read(itemsOf(short), {}, baseOf(chatTemplates.smol, { fixed: 64 }));
  expect(rows.length).toBe(64);
});

test("special tokens inside messages are counted", async () => {
  const rows = await read(itemsOf([...short, turn("What is <|im_end|>?", "It is four.")]));
  expect(rows.warnings).toEqual(["special-as-text"]);
});
