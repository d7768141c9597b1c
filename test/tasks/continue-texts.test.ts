// Decoders that continue texts: as a stream, several at a time, by the command line, and as Transformers.js continues them.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { wordEmbeddings } from "../../src/bases/text/word-embedding.js";
import { Builder } from "../../src/graph/builder.js";
import { type GenerateOptions, load, openTextGenerator, type TextGenerator } from "../../src/index.js";
import { engraft } from "../support/fixtures.js";
import { writeDecoder } from "../support/golden-decoders.js";
import { tinyEncoder, writeTextBase } from "../support/text-base.js";

const root = mkdtempSync(join(tmpdir(), "engraft-continue-"));
const folder = join(root, "decoder");
const prompts = ["great book", "good the", "it is great book"];
let generator: TextGenerator;
beforeAll(async () => {
  writeDecoder(folder);
  generator = await openTextGenerator(folder, { threads: 1 });
});
afterAll(async () => {
  await generator?.close();
  rmSync(root, { recursive: true, force: true });
});

/** Continues a text. */
async function streamed(prompt: string, options: GenerateOptions) {
  const pieces: string[] = [];
  const all = generator.generate(prompt, options);
  let next = await all.next();
  for (; !next.done; next = await all.next()) pieces.push(next.value);
  return { pieces, made: next.value };
}

test("a stream, and several texts at a time, give what Transformers.js gives", async () => {
  const { env, pipeline } = await import("@huggingface/transformers");
  env.allowRemoteModels = false;
  const theirs = await pipeline("text-generation", folder, { dtype: "fp32" });
  const all = await generator.generateAll(prompts, { maxNew: 10 });
  for (const [i, prompt] of prompts.entries()) {
    const { pieces, made } = await streamed(prompt, { maxNew: 10 });
    expect(pieces.join("")).toBe(made.text);
    if (i < 2) expect(pieces.length).toBeGreaterThan(5);
    expect(made).toEqual(all[i]);
    expect(made).toMatchObject({ tokens: 10, end: "limit" });
    const [answer] = (await theirs(prompt, { max_new_tokens: 10 })) as { generated_text: string }[];
    expect(prompt + made.text).toBe(answer!.generated_text);
  }
  await theirs.dispose();
});

test("generation_config.json changes scores as in Transformers.js", async () => {
  const { env, pipeline } = await import("@huggingface/transformers");
  env.allowRemoteModels = false;
  const { vocab } = JSON.parse(readFileSync(join(folder, "tokenizer.json"), "utf8")).model;
  const tokenOf = (word: string): number => vocab[word];
  const plain = await generator.generateAll(prompts, { maxNew: 10 });
  const wordsOf = (text: string) => text.trim().split(" ");
  const [first, second, third] = wordsOf(plain[0]!.text).map(tokenOf);
  const cases = {
    repeated: { repetition_penalty: 1.7 },
    rewarded: { repetition_penalty: 0.5, no_repeat_ngram_size: 0, min_length: 0, bad_words_ids: null },
    grams: { no_repeat_ngram_size: 2 },
    single: { no_repeat_ngram_size: 1 },
    words: { bad_words_ids: [[second, third], [first], [tokenOf("great"), tokenOf("book"), third, first]] },
    suppressed: { suppress_tokens: [first, second, 1000], begin_suppress_tokens: [third] },
    ended: { eos_token_id: [first, second], min_length: 5 },
    endedLater: { eos_token_id: second, min_new_tokens: 4 },
    begun: { forced_bos_token_id: third, begin_suppress_tokens: [second] },
    all: {
      ...{ repetition_penalty: 1.3, no_repeat_ngram_size: 3, bad_words_ids: [[second]] },
      ...{ eos_token_id: third, min_new_tokens: 3, forced_eos_token_id: third, suppress_tokens: [first] },
    },
  };
  for (const [name, settings] of Object.entries(cases)) {
    // Transformers.js keeps a model's files by their path.
    const path = writeDecoder(join(root, name));
    writeFileSync(join(path, "generation_config.json"), JSON.stringify(settings));
    const other = await openTextGenerator(path, { threads: 1 });
    expect(other.cached).toBe(true);
    const theirs = await pipeline("text-generation", path, { dtype: "fp32" });
    const texts = ["film", ...prompts];
    const made = await other.generateAll(texts, { maxNew: 10 });
    for (const [i, prompt] of texts.entries()) {
      const [answer] = (await theirs(prompt, { max_new_tokens: 10 })) as { generated_text: string }[];
      // An end token is no part of our text.
      const last = wordsOf(answer!.generated_text).at(-1)!;
      const ended = made[i]!.end === "end" ? ` ${last}` : "";
      expect(`${prompt}${made[i]!.text}${ended}`, name).toBe(answer!.generated_text);
    }
    const changed = made.slice(1).some(({ text }, i) => text !== plain[i]!.text);
    expect(changed || name === "begun", name).toBe(true);
    await theirs.dispose();
    await other.close();
  }
  // Samples at a temperature near 0 follow the same scores, and so does a beam search.
  const other = await openTextGenerator(join(root, "repeated"), { threads: 1 });
  const greedy = await other.generateAll(prompts, { maxNew: 10 });
  expect(await other.generateAll(prompts, { maxNew: 10, temperature: 1e-6 })).toEqual(greedy);
  const wide = await other.generateAll(prompts, { maxNew: 10, beams: 3 });
  expect(wide).not.toEqual(await generator.generateAll(prompts, { maxNew: 10, beams: 3 }));
  await other.close();
});

test.each([
  [{ repetition_penalty: "1.2" }, /^repetition_penalty of the model is "1.2", expected a number above 0$/],
  [{ no_repeat_ngram_size: -1 }, /^no_repeat_ngram_size .* -1, /],
  [{ bad_words_ids: [[]] }, /^bad_words_ids .* \[\[\]\], /],
  [{ suppress_tokens: { length: 1e9 } }, /^suppress_tokens .* \{"length":1000000000\}, /],
])("%j in generation_config.json is refused", async (settings, message) => {
  const path = writeDecoder(join(root, "refused"));
  writeFileSync(join(path, "generation_config.json"), JSON.stringify(settings));
  await expect(openTextGenerator(path)).rejects.toMatchObject({
    kind: "ModelError",
    message: expect.stringMatching(message),
  });
});

test("a text ends at the end token, at the most tokens of the model, or at the signal", async () => {
  const made = async (settings: object) => {
    const path = join(root, "settings");
    writeDecoder(path);
    writeFileSync(join(path, "generation_config.json"), JSON.stringify(settings));
    const other = await openTextGenerator(path, { threads: 1 });
    const [one] = await other.generateAll(["great book"], { maxNew: 10 });
    await other.close();
    return { ...one!, ends: other.ends };
  };
  const { made: whole } = await streamed("great book", { maxNew: 10 });
  const word = whole.text.trim().split(" ")[0]!;
  const { model } = JSON.parse(readFileSync(join(folder, "tokenizer.json"), "utf8"));
  const ended = await made({ eos_token_id: [3, model.vocab[word]] });
  expect(ended).toEqual({ text: "", tokens: 0, ids: [], end: "end", ends: true });
  expect(await made({})).toEqual({ ...whole, ends: false });
  // 64 tokens in all: 2 of the prompt.
  expect(await streamed("great book", { maxNew: 500 })).toMatchObject({
    made: { tokens: 62, end: "limit" },
  });
  const stop = new AbortController();
  const pieces = generator.generate("great book", { maxNew: 50, signal: stop.signal });
  const first = await pieces.next();
  stop.abort();
  const last = await pieces.next();
  expect(last).toMatchObject({ done: true, value: { text: first.value, tokens: 1, end: "stopped" } });
});

test.each<[string, GenerateOptions, RegExp]>([
  ["", {}, /^there is nothing to continue: no token$/],
  [
    "the ".repeat(64),
    {},
    /^the text to continue has 64 tokens, and the model takes 64, with what it writes$/,
  ],
  ["the film", { beams: 2, temperature: 1 }, /^a beam search does not sample$/],
  ["the film", { maxNew: 0 }, /maxNew/],
])("%j with %j: %s", async (prompt, options, message) => {
  await expect(generator.generate(prompt, options).next()).rejects.toThrow(message);
  await expect(generator.generateAll([prompt], options)).rejects.toThrow(message);
});

test("predict continues a text, and says which models do not", async () => {
  const {
    made: { ids: _, ...made },
  } = await streamed("great book", { maxNew: 6, beams: 3 });
  const ours = ["predict", folder, "great book", "--max-new", "6", "--beams", "3"];
  const { out, err, code } = await engraft(ours);
  expect([out, code]).toEqual([`great book${made.text}\n`, 0]);
  expect(err).toContain("the model has no token that ends a text: every text goes on to --max-new");
  const json = await engraft([...ours, "--json"]);
  expect(JSON.parse(json.out.split("\n")[0]!)).toEqual({
    ...{ event: "prediction", input: "great book", ...made },
  });
  const list = join(root, "prompts.txt");
  writeFileSync(list, `${prompts.join("\n")}\n`);
  const all = await generator.generateAll(prompts, { maxNew: 6 });
  expect((await engraft(["predict", folder, list, "--max-new", "6"])).out).toBe(
    all.map(({ text }, i) => `${prompts[i]}${text}\n`).join(""),
  );
  // One that is too long does not keep the others; what the tokenizer does not know is counted.
  writeFileSync(list, `great book\n${"the ".repeat(70)}\nÜber 自 the film\n`);
  const some = await engraft(["predict", folder, list, "--max-new", "3"]);
  expect(some.out.split("\n")).toHaveLength(3);
  expect(some.err).toContain(", line 2");
  expect(some.err).toMatch(/note +\d tokens? of the texts/);
  expect(some.code).not.toBe(0);
  expect(generator.count("great 自")).toEqual({ tokens: 2, unknown: 1 });
  const refused = await engraft(["predict", folder, "the film", "--sets", "lac"]);
  expect(refused.err).toBe(
    "OptionError: a model that writes texts takes no --sets or --abstain\n  help: leave them out\n",
  );
  await expect(load(folder)).rejects.toMatchObject({
    kind: "ModelError",
    message: expect.stringMatching(/ is a decoder without classes: /),
    help: expect.stringMatching(/^openTextGenerator\(folder\)/),
  });
  // It gives scores of all tokens, and sees both sides of a token.
  const graph = tinyEncoder();
  const g = new Builder(graph, "scores");
  const [table] = wordEmbeddings(graph);
  graph.outputs.push(g.matmul(graph.outputs[0]!, g.transpose(table!.value, [1, 0])));
  const encoder = writeTextBase(join(root, "encoder"), undefined, { graph });
  await expect(openTextGenerator(encoder)).rejects.toMatchObject({
    kind: "ModelError",
    message: expect.stringMatching(/^encoder writes no texts/),
  });
  expect((await engraft(["predict", encoder, "the film"])).err).toMatch(/^ModelError: /);
});
