// Chats: pretrain a decoder of the hub, teach it to answer, ask it, and open it in Transformers.js.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { renderAnyResult } from "../../src/cli/render/render-result.js";
import type { EpochEvent } from "../../src/core/events/events.js";
import { fromOnnx } from "../../src/graph/from-onnx.js";
import {
  evaluate,
  explain,
  load,
  openTextGenerator,
  type PretrainResultEvent,
  pretrain,
  type ResultOf,
  resume,
  type TrainOptions,
  train,
} from "../../src/index.js";
import { chatWords, pairsOfWords, chatTemplate as template, writeChatDecoder } from "../support/chat-data.js";
import { engraft } from "../support/fixtures.js";
import { decoderFile, writeDecoder } from "../support/golden-decoders.js";
import { writeTextBase } from "../support/text-base.js";

const root = mkdtempSync(join(tmpdir(), "engraft-chats-"));
const at = (...parts: string[]): string => join(root, ...parts);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const words = chatWords;
const chats = pairsOfWords();
const jsonl = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).join("\n");
const json = (path: string) => JSON.parse(readFileSync(path, "utf8"));
const common = { threads: 1, batchSize: 8, lr: 1e-2 } as const;

let [base, texts] = ["", ""];
let pretrained: PretrainResultEvent;
let taught: ResultOf<"text-generation">;
const warnings: string[] = [];
const epochs: EpochEvent[] = [];
const onEvent: TrainOptions["onEvent"] = (e) => {
  if (e.event === "warning") warnings.push(e.code);
  if (e.event === "epoch") epochs.push(e);
};
const teach = (data: string, options: Omit<TrainOptions, "task">) =>
  train(data, { ...common, task: "text-generation", baselines: "quick", onEvent, ...options });

beforeAll(async () => {
  base = writeChatDecoder(at("base"));
  texts = at("texts.txt");
  writeFileSync(texts, words.flatMap((a) => words.map((b) => `${a} ${b} ${a} ${b}`)).join("\n"));
  writeFileSync(at("chats.jsonl"), jsonl(chats));
  pretrained = await pretrain(texts, {
    ...{ ...common, base, epochs: 2, maxLength: 16, out: at("pretrained"), onEvent },
  });
  epochs.length = 0;
  taught = await teach(at("chats.jsonl"), { base: pretrained.model, epochs: 60, out: at("taught") });
});

test("answers are learnt, and nothing else: those of the test split are right", async () => {
  expect(warnings.filter((code) => code !== "no-gain" && code !== "worse-than-guessing")).toEqual([]);
  const { chats: facts, rows, test: scores, samples, split, baselines, validation } = taught;
  expect(split).toMatchObject({ train: 44, validation: 10, test: 10 });
  // Each answer is a word and [SEP]. [CLS] a b [SEP] [CLS] b [SEP]
  expect(facts).toEqual({ learnt: "answers", tokens: 88, template: "base", cut: 0 });
  expect(rows).toEqual({ train: 44, length: 8 });
  expect(scores).toMatchObject({ n: 10, tokens: 20, metric: { value: 1 } });
  expect(scores.perplexity).toBeLessThan(1.5);
  expect(validation.perplexity).toBeLessThan(1.5);
  // Of 88 + 40 counts, [SEP] has 45 and a word about 6.5: e^((ln(128 / 45) + ln(128 / 6.5)) / 2) = 7.5. Half of the tokens are [SEP].
  const { unigram, zero_shot } = baselines;
  expect(unigram!.test.metric.value).toBe(0.5);
  expect(unigram!.test.perplexity).toBeGreaterThan(6.4);
  expect(unigram!.test.perplexity).toBeLessThan(8.6);
  expect(zero_shot!.test.bits_per_byte).toBeGreaterThan(scores.bits_per_byte);
  // After each epoch it answers a chat: in the end with the last word of the question.
  expect(epochs.every(({ written }) => written?.length === 1)).toBe(true);
  const { prompt, text } = epochs.findLast(({ best }) => best)!.written![0]!;
  expect(text.trim()).toBe(prompt.trim().split(/\s+/).at(-1));
  for (const { data, after: written } of samples) expect(written.trim()).toBe(data.trim());
  const screen = (await renderAnyResult(taught)).join("\n");
  expect(screen).toMatch(/most frequent token +50\.0 %/);
  expect(screen).toContain(`after:  ${samples[0]!.after.trim()}`);
});

test("the folder keeps the form of its base: it answers with its cache, as Transformers.js does", async () => {
  const inputs = (path: string) => fromOnnx(readFileSync(path)).graph.inputs;
  expect(inputs(at("taught/model/onnx/model.onnx"))).toEqual(inputs(at("base/onnx/model.onnx")));
  expect(json(at("taught/model/tokenizer_config.json")).chat_template).toBe(template);
  // [SEP] ends an answer.
  expect(json(at("taught/model/generation_config.json"))).toEqual({ eos_token_id: [3] });
  const card = readFileSync(at("taught/model/README.md"), "utf8");
  expect(card).toContain("pipeline_tag: text-generation");
  expect(card).toContain('dtype: "fp32" }');
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
  const run = await teach(at("chats.jsonl"), {
    ...{ base: pretrained.model, strategy: "lora", option: { r: 4 }, epochs: 30, lr: 3e-2, out: at("lora") },
  });
  expect(run.strategy.name).toBe("lora");
  expect(run.test.loss).toBeLessThan(run.baselines.zero_shot!.test.loss);
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

test("a model of chats answers: in a program, piece by piece, and on the command line without an option", async () => {
  const model = await load(taught.model, { threads: 1 });
  if (model.task !== "text-generation") throw new Error(model.task);
  expect(model).toMatchObject({ form: "chats", cached: true });
  const [one] = await model.predict(["great book"], { maxNew: 5 });
  expect(one).toMatchObject({ text: " book", tokens: 1, end: "end" });
  const pieces: string[] = [];
  for await (const piece of model.generate("great book")) pieces.push(piece);
  expect(pieces.join("")).toBe(one!.text);
  const [first, second] = await model.predict(["great bad", "bad good"]);
  await model.close();
  const answer = await engraft(["predict", taught.run, "great book", "--max-new", "5"], { cwd: root });
  expect(answer).toMatchObject({ code: 0, out: "book\n" });
  // Chats of a file are answered from their last question on; one without an answer too.
  writeFileSync(at("questions.jsonl"), jsonl([chats[1]!, { messages: chats[10]!.messages.slice(0, 1) }]));
  const all = await engraft(["predict", taught.run, "questions.jsonl"], { cwd: root });
  expect(all.out).toBe(`great bad\n${first!.text.trim()}\nbad good\n${second!.text.trim()}\n`);
  // Explained in the same order, each by the words of its last question.
  const explained = await engraft(["explain", taught.run, "questions.jsonl", "--json"], { cwd: root });
  const events = explained.out.split("\n").filter((line) => line.includes('"explanation"'));
  expect(explained.code).toBe(0);
  expect(events.map((line) => JSON.parse(line))).toMatchObject([
    { input: "great bad", label: first!.text, words: [{ text: "great" }, {}, { text: "bad" }] },
    { input: "bad good", label: second!.text },
  ]);
  writeDecoder(at("plain"));
  const plain = await engraft(["predict", at("plain"), "great book", "--chat"], { cwd: root });
  expect(plain.err).toContain("ModelError: plain has no chat template: it continues texts");
});

test("a resumed training has the template that it began with; a chat that does not fit is left out by name", {
  tags: ["thorough"],
}, async () => {
  const file = at("own.jinja");
  writeFileSync(file, template);
  const stop = new AbortController();
  const given = { base, epochs: 4, template: file, out: at("stopped") };
  const begun = teach(at("chats.jsonl"), {
    ...{ ...given, signal: stop.signal },
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
  const run = await teach(at("odd.jsonl"), { ...given, epochs: 1, out: at("odd") });
  expect(warnings).toContain("left-out-chats");
  const { train: learnt, validation, test: tested } = run.split;
  expect(learnt + validation + tested).toBe(64);

  // No special token ends an answer here, so no other token does.
  writeFileSync(file, "{% for m in messages %}{{ m['role'] + ' ' + m['content'] + ' ' }}{% endfor %}");
  const open = await teach(at("chats.jsonl"), { ...given, allMessages: true, epochs: 1, out: at("open") });
  expect(existsSync(join(open.model, "generation_config.json"))).toBe(false);
});

test("a file that the runtime cannot run is named, and the new base is written without its cache", {
  tags: ["thorough"],
}, async () => {
  // GroupQueryAttention with heads of 4 numbers: onnxruntime refuses it when it runs.
  writeFileSync(join(writeDecoder(at("genai")), "onnx/model.onnx"), decoderFile("llama-genai").bytes);
  warnings.length = 0;
  const run = await teach(texts, { base: at("genai"), epochs: 1, maxLength: 16, out: at("genai-run") });
  expect(warnings).toContain("no-cache");
  // The mask stood for the lengths of rows, which are padded at the end.
  expect(fromOnnx(readFileSync(join(run.model, "onnx/model.onnx"))).graph.inputs).toEqual(["input_ids"]);
  const generator = await openTextGenerator(run.model, { threads: 1 });
  expect(generator.cached).toBe(false);
  expect((await generator.generateAll(["great book"], { maxNew: 3 }))[0]!.tokens).toBe(3);
  await generator.close();
});

test.each<[string, readonly object[], Omit<TrainOptions, "task">, RegExp]>([
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
    /no answer of the train split begins within the 8 tokens of a row/,
  ],
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
  const error = await teach(file, { base, epochs: 1, out: at("wrong", "run"), ...options, ...given }).catch(
    (e) => e,
  );
  expect(error.format?.() ?? String(error)).toMatch(message);
});

test("of texts, options for chats are refused; a base must be a decoder with scores of all tokens; pretrain learns no chats", async () => {
  const error = async (data: string, options: Omit<TrainOptions, "task">) =>
    (await teach(data, { epochs: 1, out: at("refused"), ...options }).catch((e) => e)).format();
  expect(await error(texts, { base, allMessages: true })).toContain(
    "the option allMessages is for chats, and these are texts",
  );
  const chatFile = at("chats.jsonl");
  expect(await error(chatFile, { base, text: "messages" })).toContain(
    "text is for texts, and these are chats",
  );
  expect(await error(chatFile, {})).toContain(
    "text-generation needs a decoder to start from, and none is bundled",
  );
  expect(await error(chatFile, { base: writeTextBase(at("encoder")) })).toContain(
    "encoder has no scores of all tokens: it writes no texts",
  );
  expect(await error(chatFile, { base: "text-mini" })).toMatch(/^ModelError: text-mini /);
  expect(await error(chatFile, { base, strategy: "probe" })).toContain('strategy "probe" needs a head');
  const refused = await pretrain(chatFile, { base, out: at("refused") }).catch((e) => e);
  expect(refused.format()).toContain("--task text-generation --base DECODER learns the answers");
});

test("a penalty on the distance to the base trains a decoder, which has no new head; bottleneck layers are refused", {
  tags: ["thorough"],
}, async () => {
  for (const strategy of ["l2-sp", "delta"] as const) {
    const of = { base: pretrained.model, epochs: 2, baselines: false } as const;
    const result = await teach(at("chats.jsonl"), { ...of, strategy, out: at(strategy) });
    expect(result.test.loss).toBeGreaterThan(0);
    const scores = await evaluate(result.model, at("chats.jsonl"), { threads: 1 });
    expect((scores as { test: object }).test).toMatchObject({ tokens: 20, loss: result.test.loss });
  }
  const refused = await teach(at("chats.jsonl"), {
    ...{ base: pretrained.model, epochs: 1, strategy: "adapter", out: at("bottleneck") },
  }).catch((e) => e);
  expect(refused.format()).toContain(
    'strategy "adapter" adds layers, and a new decoder has only the layers of its base',
  );
  expect(refused.format()).toContain("--strategy lora");
});

test("chats and texts of one group are refused before a training", async () => {
  const error = async (name: string, rows: readonly object[]) => {
    writeFileSync(at(name), jsonl(rows));
    return (await teach(at(name), { base, epochs: 1, out: at("refused") }).catch((e) => e)).format();
  };
  const answers = words.map((content) => ({
    messages: [
      { role: "user", content: "so" },
      { role: "assistant", content },
    ],
  }));
  expect(await error("same.jsonl", answers)).toContain("have the same prompt");
  const grouped = words.map((word) => ({ text: `so ${word} ${word}`, group: "a" }));
  expect(await error("grouped.jsonl", grouped)).toMatch(/^DataError: .*group/);
});

test("a run whose tokenizer changed is not resumed: the tokens would be others", {
  tags: ["thorough"],
}, async () => {
  const own = writeChatDecoder(at("own-tokenizer"));
  const labelled = at("labelled.csv");
  const lines = words.flatMap((a) => words.map((b) => `${a} ${b} so,${words.indexOf(b) % 2}`));
  writeFileSync(labelled, ["text,label", ...lines].join("\n"));
  for (const [data, name, task] of [
    [at("chats.jsonl"), "chats", "text-generation"],
    [texts, "texts", "text-generation"],
    [labelled, "classes", "text-classification"],
  ] as const) {
    const stop = new AbortController();
    const begun = train(data, {
      ...{ ...common, base: own, task, epochs: 4, strategy: "finetune", option: { keep: "last" } },
      ...{ baselines: false, out: at(`${name}-stopped`), signal: stop.signal },
      onEvent: (e) => e.event === "epoch" && e.epoch === 1 && stop.abort(),
    });
    await expect(begun).rejects.toMatchObject({ kind: "Interrupted" });
    const file = join(own, "tokenizer.json");
    const before = readFileSync(file, "utf8");
    const changed = JSON.parse(before);
    const { vocab } = changed.model;
    [vocab.great, vocab.bad] = [vocab.bad, vocab.great];
    writeFileSync(file, JSON.stringify(changed));
    const error = await resume(at(`${name}-stopped`), { threads: 1 }).catch((e) => e);
    expect(error).toMatchObject({ kind: "RunError" });
    expect(error.message).toMatch(/tokenizer changed/);
    writeFileSync(file, before);
    expect(await resume(at(`${name}-stopped`), { threads: 1 })).toMatchObject({ epochs: 4 });
  }
});

test("a prompt that is no text and no list of messages is refused", async () => {
  const { model } = taught;
  const loaded = await load(model, { threads: 1 });
  if (loaded.task !== "text-generation") throw new Error(loaded.task);
  for (const prompt of [[], null, 5, [null], [{ role: "user", content: 5 }], [{ content: "so" }]])
    await expect(loaded.predict([prompt as never])).rejects.toMatchObject({ kind: "DataError" });
  await loaded.close();
  const all = async () => {
    for await (const _ of explain(model, [[null] as never], { threads: 1 }));
  };
  await expect(all()).rejects.toMatchObject({ kind: "DataError" });
});

test("a text that fills the table of positions is explained", {
  tags: ["thorough"],
}, async () => {
  const folder = writeDecoder(at("positions"));
  const { bytes, golden } = decoderFile("gpt2-tied");
  writeFileSync(join(folder, "onnx/model.onnx"), bytes);
  const [places] = Object.entries(golden.shapes).find(([name]) => name.endsWith("wpe.weight"))![1];
  const config = { ...json(join(folder, "config.json")), model_type: "gpt2" };
  writeFileSync(join(folder, "config.json"), JSON.stringify({ ...config, max_position_embeddings: places }));
  const { model } = await teach(texts, { base: folder, epochs: 1, baselines: false, out: at("gpt2") });
  const text = Array.from({ length: places! - 6 }, (_, i) => words[i % words.length]).join(" ");
  const of = { method: "occlusion", threads: 1 } as const;
  for await (const { score } of explain(model, [text], of)) expect(score).toBeGreaterThan(0);
});
