// Encoder–decoders write: beams and samples, languages, 16-bit files, the command line, and folders that are refused.
import { mkdtempSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { afterAll, expect, test } from "vitest";
import { openTextGenerator } from "../../src/index.js";
import {
  attribute as a,
  DataType,
  type GraphProto,
  NodeProtoSchema,
  readModel,
  readType,
  valueInfo,
  writeModel,
} from "../../src/onnx/index.js";
import { engraft } from "../support/fixtures.js";
import { goldenPairs, pairFile, sourceText, wordOf, writePair } from "../support/golden-pairs.js";

const root = mkdtempSync(join(tmpdir(), "engraft-write-pairs-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("a beam search and samples are those of recomputation, alone and together", {
  tags: ["thorough"],
}, async () => {
  const texts = goldenPairs.t5.sources.map(sourceText);
  const hows = [
    { beams: 4, lengthPenalty: 0.5 },
    { temperature: 1.5, seed: 3 },
    { beams: 3, maxNew: 3 },
  ];
  const made = async (decoder: "merged" | "decoder") => {
    const generator = await openTextGenerator(writePair(join(root, `ways-${decoder}`), "t5", { decoder }));
    const all = [];
    for (const how of hows) {
      const together = await generator.generateAll(texts, { maxNew: 10, ...how });
      // A sample of a text depends on its place among the texts.
      const [first] = await generator.generateAll(texts.slice(0, 1), { maxNew: 10, ...how });
      if (!("seed" in how)) expect(first).toEqual(together[0]);
      all.push(together);
    }
    await generator.close();
    return all;
  };
  expect(await made("merged")).toEqual(await made("decoder"));
});

test("mBART translates into a language, as Transformers.js does", { tags: ["thorough"] }, async () => {
  const folder = writePair(join(root, "mbart"), "mbart");
  const texts = goldenPairs.bart.sources
    .map((ids) => ids.slice(0, -1).filter((id) => id < 36))
    .map((ids) => ids.map(wordOf).join(" "));
  const generator = await openTextGenerator(folder, { threads: 1 });
  const { env, pipeline } = await import("@huggingface/transformers");
  env.allowRemoteModels = false;
  const theirs = await pipeline("translation", folder, { dtype: "fp32" });
  const written = new Set<string>();
  for (const [sourceLanguage, targetLanguage] of [
    ["en_XX", "de_DE"],
    ["fr_XX", "en_XX"],
  ] as const) {
    const made = await generator.generateAll(texts, { maxNew: 10, sourceLanguage, targetLanguage });
    for (const [i, text] of texts.entries()) {
      const how = { max_new_tokens: 10, src_lang: sourceLanguage, tgt_lang: targetLanguage };
      const [one] = (await theirs(text, how as Record<string, unknown>)) as unknown as {
        translation_text: string;
      }[];
      expect(made[i]!.text).toBe(one!.translation_text);
      written.add(made[i]!.text);
    }
  }
  expect(written.size).toBeGreaterThan(texts.length);
  await theirs.dispose();
  await generator.close();
});

/** Gives the features of the source to a merged decoder as 16-bit floats. */
function halve(graph: GraphProto): void {
  const name = "encoder_hidden_states";
  const rename = (one: GraphProto): void => {
    for (const node of one.node) {
      node.input = node.input.map((value) => (value === name ? `${name}/float` : value));
      for (const { g } of node.attribute) if (g) rename(g);
    }
  };
  rename(graph);
  graph.input = graph.input.map((info) =>
    info.name === name ? valueInfo(name, { dtype: "float16", shape: readType(info)!.shape! }) : info,
  );
  const [input, output, attribute] = [[name], [`${name}/float`], [a.int("to", DataType.FLOAT)]];
  graph.node.unshift(create(NodeProtoSchema, { opType: "Cast", name: "widen", input, output, attribute }));
}

test("files with _fp16 in their names are taken, with an input of 16-bit floats", async () => {
  const folder = writePair(join(root, "half"), "marian");
  const model = readModel(pairFile("marian", "merged"));
  halve(model.graph!);
  writeFileSync(join(folder, "onnx/decoder_model_merged_fp16.onnx"), writeModel(model));
  unlinkSync(join(folder, "onnx/decoder_model_merged.onnx"));
  renameSync(join(folder, "onnx/encoder_model.onnx"), join(folder, "onnx/encoder_model_fp16.onnx"));
  const generator = await openTextGenerator(folder, { threads: 1 });
  expect(generator.cached).toBe(true);
  const { sources, greedy } = goldenPairs.marian;
  const [made] = await generator.generateAll([sourceText(sources[1]!)], { maxNew: 12 });
  expect(made!.ids).toEqual(greedy[1]);
  await generator.close();
});

test("predict translates a text, the texts of a file and those of mBART; JSON has a line for each", async () => {
  const folder = writePair(join(root, "cli"), "marian");
  const { sources, greedy } = goldenPairs.marian;
  const texts = [sources[0]!, sources[1]!].map(sourceText);
  const theirs = greedy.map((ids) => ids.map(wordOf).join(" "));
  const one = await engraft(["predict", folder, texts[0]!, "--max-new", "12"]);
  expect([one.out, one.code]).toEqual([`${theirs[0]}\n`, 0]);
  const list = join(root, "sentences.txt");
  writeFileSync(list, `${texts.join("\n")}\n${"w05 ".repeat(40)}\n`);
  const many = await engraft(["predict", folder, list, "--max-new", "12", "--json"]);
  const lines = many.out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.filter(({ event }) => event === "prediction")).toEqual(
    texts.map((input, i) => ({ event: "prediction", input, text: theirs[i], tokens: 12, end: "limit" })),
  );
  // The third text has 41 tokens, and the model takes 32.
  expect(many.code).toBe(2);
  expect(`${many.out}${many.err}`).toMatch(/ 41 .* 32/s);
  const mbart = writePair(join(root, "cli-mbart"), "mbart");
  const refused = await engraft(["predict", mbart, "w05"]);
  expect(refused.err).toMatch(/^OptionError: .*--target-language.*de_DE, en_XX, fr_XX/s);
  const into = ["--target-language", "de_DE", "--max-new", "2"];
  expect((await engraft(["predict", mbart, "w05", ...into])).code).toBe(0);
  const t5 = writePair(join(root, "cli-t5"), "t5", {
    config: { task_specific_params: { summarization: { prefix: "w07 " } } },
  });
  const noted = await engraft(["predict", t5, "w05", "--max-new", "2"]);
  expect(noted.err).toMatch(/note .*"w07 "/);
  const prefixed = await engraft(["predict", t5, "w05", "--max-new", "4", "--prefix", "w07 "]);
  expect(prefixed.out).toBe((await engraft(["predict", t5, "w07 w05", "--max-new", "4"])).out);
});

/** Writes a Marian folder, changes it, and returns why it does not open. */
async function refusal(name: string, change: (folder: string) => void, config: object = {}) {
  const folder = writePair(join(root, name), "marian", { config });
  change(folder);
  return openTextGenerator(folder).then(
    () => undefined,
    ({ kind, message, help }) => ({ kind, message, help }),
  );
}
const remove = (file: string) => (folder: string) => unlinkSync(join(folder, file));
const json = (file: string, value: unknown) => (folder: string) =>
  writeFileSync(join(folder, file), JSON.stringify(value));

test.each<[string, (folder: string) => void, object, RegExp]>([
  ["only its encoder", remove("onnx/decoder_model_merged.onnx"), {}, /decoder_model_merged\.onnx/],
  ["only its decoder", remove("onnx/encoder_model.onnx"), {}, /encoder_model\.onnx/],
  ["no tokenizer", remove("tokenizer.json"), {}, /tokenizer\.json/],
  ["0 to", json("tokenizer.json", { model: { type: "Unigram", vocab: [] } }), {}, /tokenizer\.json/],
  [
    "40 rows",
    (folder) => {
      const path = join(folder, "tokenizer.json");
      const tokenizer = JSON.parse(readFileSync(path, "utf8"));
      tokenizer.model.vocab.push(["a", -1], ["b", -1]);
      writeFileSync(path, JSON.stringify(tokenizer));
    },
    {},
    /tokenizer\.json/,
  ],
  ["forced_bos_token_id", () => undefined, { forced_bos_token_id: "x" }, /config\.json/],
  ["another vocabulary", () => undefined, { decoder_vocab_size: 50 }, /one vocabulary/],
  [
    "encoder_hidden_states",
    (folder) => writeFileSync(join(folder, "onnx/decoder_model_merged.onnx"), pairFile("marian", "encoder")),
    {},
    /optimum/,
  ],
])("a folder is refused: %s", async (what, change, config, help) => {
  const found = await refusal(`refused-${what.replaceAll(" ", "-")}`, change, config);
  expect(found).toMatchObject({ kind: "ModelError", help: expect.stringMatching(help) });
  if (what !== "0 to") expect(found!.message).toContain(what);
});

test("chats and texts without a token are refused; a text that is too long is, too", async () => {
  const folder = writePair(join(root, "prompts"), "bart");
  const generator = await openTextGenerator(folder);
  for (const prompt of ["", [{ role: "user", content: "w05" }], "w05 ".repeat(32)])
    await expect(generator.generateAll([prompt])).rejects.toMatchObject({ kind: "DataError" });
  await generator.close();
});
