import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { chatTemplate, pairsOfWords, writeChatDecoder } from "../../../test/support/chat-data.js";
import { explainOn } from "../../api/explain.js";
import { nodePlatform } from "../../platform/node.js";
import { openMachine } from "../../run/machine.js";
import { evaluateGeneration, openGenerationModel, readWriterFolder } from "./generation-model.js";

const root = mkdtempSync(join(tmpdir(), "engraft-writer-"));
const at = (...parts: string[]): string => join(root, ...parts);
afterAll(() => rmSync(root, { recursive: true, force: true }));
const json = (path: string) => JSON.parse(readFileSync(path, "utf8"));
const edit = (path: string, fields: object): void =>
  writeFileSync(path, JSON.stringify({ ...json(path), ...fields }));

const facts = { form: "chats", length: 16, learnt: "answers" };
let folders = 0;
/** Writes the folder of a decoder as if a run had trained it. @returns the folder */
function writeModel(generation: unknown = facts): string {
  const dir = writeChatDecoder(at(`model-${folders++}`));
  const engraft = {
    ...{ format: 1, task: "text-generation", base: { name: "base" }, seed: 0, generation },
    data: { fingerprint: "", test_fingerprint: "" },
  };
  writeFileSync(join(dir, "engraft.json"), JSON.stringify(engraft));
  return dir;
}
const chats = at("chats.jsonl");
writeFileSync(
  chats,
  pairsOfWords()
    .map((row) => JSON.stringify(row))
    .join("\n"),
);

test.each([
  ["length", { ...facts, length: undefined }],
  ["length", { ...facts, length: -3 }],
  ["length", { ...facts, length: "16" }],
  ["length", { ...facts, length: 1.5 }],
  ["length", { ...facts, length: 1e9 }],
  ["learnt", { ...facts, learnt: undefined }],
  ["learnt", { ...facts, learnt: "all" }],
  ["learnt", { form: "texts", length: 16, learnt: "answers" }],
  ["form", { ...facts, form: "prose" }],
  ["time", { ...facts, time: "once" }],
  ["all", null],
])("damaged facts of what was learnt are refused by name: %s, %o", async (field, generation) => {
  const dir = writeModel(generation);
  const error = await readWriterFolder(nodePlatform, dir).catch((e) => e);
  expect(error).toMatchObject({ kind: "ModelError", at: join(dir, "engraft.json"), details: { field } });
  expect(error.help).toMatch(/copy/);
});

test.each(["config.json", "tokenizer.json", "tokenizer_config.json"])(
  "a folder without %s is refused by predict, eval and explain",
  async (file) => {
    const dir = writeModel();
    rmSync(join(dir, file));
    const machine = await openMachine();
    for (const work of [
      () => openGenerationModel(machine, dir, {}),
      () => evaluateGeneration(machine, dir, chats, {}),
      () => explainOn(machine, dir, ["great book"]).next(),
    ])
      await expect(work()).rejects.toMatchObject({ kind: "ModelError", details: { file } });
  },
);

test("a model of chats needs its template", async () => {
  const dir = writeModel();
  edit(join(dir, "tokenizer_config.json"), { chat_template: undefined });
  await expect(readWriterFolder(nodePlatform, dir)).rejects.toMatchObject({ kind: "ModelError" });
  writeFileSync(join(dir, "chat_template.jinja"), chatTemplate);
  expect((await readWriterFolder(nodePlatform, dir)).engraft.generation).toEqual(facts);
});

test("a template that writes the time is scored with that of the training", async () => {
  const begin = (word: string) => `{{ '[CLS] ' + ${word} }}${chatTemplate}`;
  const year = begin("('great' if strftime_now('%Y') == '2001' else 'bad')");
  const machine = await openMachine();
  const scored = async (template: string, time?: string) => {
    const dir = writeModel({ ...facts, ...(time && { time }) });
    edit(join(dir, "tokenizer_config.json"), { chat_template: template });
    return (await evaluateGeneration(machine, dir, chats, { threads: 1 })).test.loss;
  };
  const [great, bad] = [await scored(begin("'great'")), await scored(begin("'bad'"))];
  expect(great).not.toBe(bad);
  expect(await scored(year, "2001-12-31T23:59:59.000")).toBe(great);
  expect(await scored(year)).toBe(bad);
});

test("a model takes data of its own form", async () => {
  const machine = await openMachine();
  const texts = at("texts.txt");
  writeFileSync(texts, "great book\nbad film\nthe film\nit is\n");
  const refused = async (generation: object, data: string) =>
    (await evaluateGeneration(machine, writeModel(generation), data, {}).catch((e) => e)).format();
  expect(await refused({ form: "texts", length: 16 }, chats)).toMatch(
    /^DataError: "chats.jsonl" holds chats/,
  );
  expect(await refused(facts, texts)).toMatch(/^DataError: ".*texts.txt" holds no chats/);
});
