// Chats: pretrain a decoder of the hub, teach it to answer, ask it, and open it in Transformers.js.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { renderPretrainResult } from "../../src/cli/commands/pretrain.js";
import { fromOnnx } from "../../src/graph/from-onnx.js";
import {
  openTextGenerator,
  type PretrainOptions,
  type PretrainResultEvent,
  pretrain,
  resume,
} from "../../src/index.js";
import { engraft } from "../support/fixtures.js";
import { decoderFile, writeDecoder } from "../support/golden-decoders.js";
import { writeTextBase } from "../support/text-base.js";

const root = mkdtempSync(join(tmpdir(), "engraft-chats-"));
const at = (...parts: string[]): string => join(root, ...parts);
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** In the style of ChatML, with tokens of the tiny vocabulary. */
const template =
  "{% for message in messages %}{{ '[CLS] ' + message['content'] + ' [SEP]' }}{% endfor %}{% if add_generation_prompt %}{{ '[CLS]' }}{% endif %}";
const words = ["great", "bad", "good", "book", "the", "it", "is", "film"];
/** Every pair of words, answered with the second one. */
const chats = words.flatMap((a) =>
  words.map((b) => ({
    messages: [
      { role: "user", content: `${a} ${b}` },
      { role: "assistant", content: b },
    ],
  })),
);
const jsonl = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).join("\n");
const json = (path: string) => JSON.parse(readFileSync(path, "utf8"));
const common = { threads: 1, batchSize: 8, lr: 1e-2 } as const;

let [base, texts] = ["", ""];
let pretrained: PretrainResultEvent;
let taught: PretrainResultEvent;
const warnings: string[] = [];
const train = (data: string, options: PretrainOptions) =>
  pretrain(data, {
    ...common,
    ...options,
    onEvent: (e) => e.event === "warning" && warnings.push(e.code),
  });

beforeAll(async () => {
  base = writeDecoder(at("base"));
  writeFileSync(
    at("base/tokenizer_config.json"),
    JSON.stringify({ ...json(at("base/tokenizer_config.json")), chat_template: template }),
  );
  texts = at("texts.txt");
  writeFileSync(texts, words.flatMap((a) => words.map((b) => `${a} ${b} ${a} ${b}`)).join("\n"));
  writeFileSync(at("chats.jsonl"), jsonl(chats));
  pretrained = await train(texts, { base, epochs: 2, maxLength: 16, out: at("pretrained") });
  taught = await train(at("chats.jsonl"), { base: pretrained.model, epochs: 60, out: at("taught") });
});

test("answers are learnt, and nothing else: those that were held back are right", () => {
  expect(warnings.filter((code) => code !== "no-gain" && code !== "worse-than-guessing")).toEqual([]);
  const { chats: facts, rows, before, after, guessing, samples, objective, split } = taught;
  expect(objective.words).toBe("each token of an answer from those before it");
  expect(split).toMatchObject({ train: 58, validation: 6 });
  // Each answer is a word and [SEP]. [CLS] a b [SEP] [CLS] b [SEP]
  expect(facts).toEqual({ learnt: "answers", tokens: 116, template: "base", cut: 0 });
  expect(rows.length).toBe(8);
  expect([before.n, after.n]).toEqual([12, 12]);
  // Of 116 + 40 counts, [SEP] has 59 and a word about 8: e^((ln(156 / 59) + ln(156 / 8)) / 2) = 7.2.
  expect(guessing.perplexity).toBeGreaterThan(6.2);
  expect(guessing.perplexity).toBeLessThan(8.2);
  expect(after.perplexity).toBeLessThan(1.5);
  expect(after.accuracy).toBe(1);
  expect(after.bits_per_byte).toBeLessThan(before.bits_per_byte!);
  for (const { data, after: written } of samples!) expect(written.trim()).toBe(data.trim());
  const screen = renderPretrainResult(taught).join("\n");
  expect(screen).toContain("58 chats of at most 8 tokens, 116 tokens of answers");
  expect(screen.replace(/\s+/g, " ")).toContain('taught/model "a question" --chat');
});

test("the folder keeps the form of its base: it answers with its cache, as Transformers.js does", async () => {
  const inputs = (path: string) => fromOnnx(readFileSync(path)).graph.inputs;
  expect(inputs(at("taught/model/onnx/model.onnx"))).toEqual(inputs(at("base/onnx/model.onnx")));
  expect(json(at("taught/model/tokenizer_config.json")).chat_template).toBe(template);
  // [SEP] ends an answer.
  expect(json(at("taught/model/generation_config.json"))).toEqual({ eos_token_id: [3] });
  const card = readFileSync(at("taught/model/README.md"), "utf8");
  expect(card).toContain("pipeline_tag: text-generation");
  expect(card).toContain('{ dtype: "fp32" }');
  const generator = await openTextGenerator(taught.model, { threads: 1 });
  expect(generator).toMatchObject({ cached: true, ends: true });
  const questions = chats.slice(0, 12).map(({ messages }) => messages.slice(0, 1));
  const ours = await generator.generateAll(questions, { maxNew: 5 });
  await generator.close();
  const { env, pipeline } = await import("@huggingface/transformers");
  env.allowRemoteModels = false;
  const theirs = await pipeline("text-generation", taught.model, { dtype: "fp32" });
  for (const [i, question] of questions.entries()) {
    const [answer] = (await theirs(question as never, { max_new_tokens: 5 })) as unknown as {
      generated_text: { content: string }[];
    }[];
    expect(ours[i]).toMatchObject({ end: "end", tokens: 1 });
    expect(ours[i]!.text.trim()).toBe(answer!.generated_text.at(-1)!.content.trim());
  }
  await theirs.dispose();
});

test("an adapter is merged into the file, and kept as a small file in the form of PEFT", {
  tags: ["thorough"],
}, async () => {
  const run = await train(at("chats.jsonl"), {
    ...{ base: pretrained.model, strategy: "lora", option: { r: 4 }, epochs: 30, lr: 3e-2, out: at("lora") },
  });
  expect(run.strategy.name).toBe("lora");
  expect(run.after.loss).toBeLessThan(run.before.loss);
  const config = json(at("lora/adapter/adapter_config.json"));
  expect(config).toMatchObject({ peft_type: "LORA", task_type: "CAUSAL_LM", r: 4, modules_to_save: null });
  expect(config.target_modules).toHaveLength(8);
  expect(existsSync(at("lora/adapter/adapter_model.safetensors"))).toBe(true);
  const [now, old] = [run.model, pretrained.model].map(
    (folder) =>
      fromOnnx(readFileSync(join(folder, "onnx/model.onnx")), { emptyCache: true }).graph.initializers,
  );
  const changed = [...now!].filter(([name, { data }]) => data.some((x, i) => x !== old!.get(name)!.data[i]));
  expect(changed).toHaveLength(8);
});

test("the command line answers a question, and refuses what makes no sense", async () => {
  const answer = await engraft(["predict", taught.model, "great book", "--chat", "--max-new", "5"], {
    cwd: root,
  });
  expect(answer).toMatchObject({ code: 0, out: "book\n" });
  const both = await engraft(["predict", base, "great book", "--chat"], { cwd: root });
  expect(both.code).toBe(0);
  rmSync(at("plain"), { recursive: true, force: true });
  writeDecoder(at("plain"));
  const plain = await engraft(["predict", at("plain"), "great book", "--chat"], { cwd: root });
  expect(plain.err).toContain("ModelError: plain has no chat template: it continues texts");
  for (const [option, message] of [
    ["--all-messages", "OptionError: --all-messages is for chats"],
    ["--template=x.jinja", "OptionError: --template is for chats"],
    ["--mask-share=0.2", "OptionError: --mask-share means nothing"],
    ["--max-length=65", "give a --max-length from 3"],
  ] as const)
    expect((await engraft(["pretrain", texts, "--base", base, option], { cwd: root })).err).toContain(
      message,
    );
});

test("a resumed training has the template that it began with; a chat that does not fit is left out by name", {
  tags: ["thorough"],
}, async () => {
  const file = at("own.jinja");
  writeFileSync(file, template);
  const stop = new AbortController();
  const given = { base, epochs: 4, template: file, out: at("stopped") };
  const begun = pretrain(at("chats.jsonl"), {
    ...{ ...common, ...given, signal: stop.signal },
    onEvent: (e) => e.event === "epoch" && e.epoch === 2 && stop.abort(),
  });
  await expect(begun).rejects.toMatchObject({ kind: "Interrupted" });
  writeFileSync(file, template.replace(" [SEP]", " the [SEP]"));
  await expect(resume(at("stopped"), { threads: 1 })).rejects.toMatchObject({ kind: "RunError" });
  writeFileSync(file, template);
  expect(await resume(at("stopped"), { threads: 1 })).toMatchObject({ epochs: 4 });

  // A template that refuses a chat that begins with an answer.
  const strict = `{% if messages[0]['role'] != 'user' %}{{ raise_exception('begins with an answer') }}{% endif %}${template}`;
  writeFileSync(file, strict);
  writeFileSync(at("odd.jsonl"), jsonl([...chats, { messages: [{ role: "assistant", content: "good" }] }]));
  warnings.length = 0;
  const run = await train(at("odd.jsonl"), { ...given, epochs: 1, out: at("odd") });
  expect(warnings).toContain("left-out-chats");
  expect(run.rows.train + run.rows.held_back).toBe(64);

  // No special token ends an answer here, so no other token does.
  writeFileSync(file, "{% for m in messages %}{{ m['role'] + ' ' + m['content'] + ' ' }}{% endfor %}");
  const open = await train(at("chats.jsonl"), { ...given, allMessages: true, epochs: 1, out: at("open") });
  expect(existsSync(join(open.model, "generation_config.json"))).toBe(false);
});

test("a file that the runtime cannot run is named, and the new base is written without its cache", {
  tags: ["thorough"],
}, async () => {
  // GroupQueryAttention with heads of 4 numbers: onnxruntime refuses it when it runs.
  writeFileSync(join(writeDecoder(at("genai")), "onnx/model.onnx"), decoderFile("llama-genai").bytes);
  warnings.length = 0;
  const run = await train(texts, { base: at("genai"), epochs: 1, maxLength: 16, out: at("genai-run") });
  expect(warnings).toContain("no-cache");
  // The mask stood for the lengths of rows, which are padded at the end.
  expect(fromOnnx(readFileSync(join(run.model, "onnx/model.onnx"))).graph.inputs).toEqual(["input_ids"]);
  const generator = await openTextGenerator(run.model, { threads: 1 });
  expect(generator.cached).toBe(false);
  expect((await generator.generateAll(["great book"], { maxNew: 3 }))[0]!.tokens).toBe(3);
  await generator.close();
});

test.each<[string, readonly object[], PretrainOptions, RegExp]>([
  [
    "a template that changes an earlier message",
    chats,
    { template: "broken.jinja" },
    /the chat template renders the text before the end of message 2 of chat chats\.jsonl:\d+ differently[\s\S]*--template FILE/,
  ],
  [
    "a template that is not there",
    chats,
    { template: "none.jinja" },
    /there is no template at ".*none\.jinja"/,
  ],
  [
    "chats without answers",
    chats.map(({ messages }) => ({ messages: messages.slice(0, 1) })),
    {},
    /has no answer/,
  ],
  [
    "chats that do not fit",
    chats.map(({ messages }) => ({
      messages: [{ role: "user", content: `${messages[0]!.content} ${"great ".repeat(20)}` }, messages[1]],
    })),
    { maxLength: 8 },
    /no answer begins within the 8 tokens of a row/,
  ],
  ["options of an encoder", chats, { maskShare: 0.2 }, /^OptionError: maskShare /],
])("%s", async (_name, rows, options, message) => {
  writeFileSync(
    at("broken.jinja"),
    "{{ messages | length }}{% for m in messages %}{{ m['content'] }}[SEP]{% endfor %}",
  );
  const file = at("wrong", "chats.jsonl");
  rmSync(at("wrong"), { recursive: true, force: true });
  (await import("node:fs")).mkdirSync(at("wrong"));
  writeFileSync(file, jsonl(rows));
  const given = options.template === undefined ? options : { template: at(options.template) };
  const error = await train(file, { base, epochs: 1, out: at("wrong", "run"), ...options, ...given }).catch(
    (e) => e,
  );
  expect(error.format?.() ?? String(error)).toMatch(message);
});

test("of texts, options for chats are refused; an encoder learns no answers", async () => {
  const error = async (data: string, options: PretrainOptions) =>
    (await train(data, { epochs: 1, out: at("refused"), ...options }).catch((e) => e)).format();
  expect(await error(texts, { base, allMessages: true })).toContain("allMessages is for chats");
  expect(await error(at("chats.jsonl"), { base: writeTextBase(at("encoder")) })).toContain(
    "encoder sees both sides of a token: it writes no answers",
  );
  expect(await error(at("chats.jsonl"), { base: "text-mini" })).toContain(
    "text-mini has no scores of all tokens: it writes no answers",
  );
});
