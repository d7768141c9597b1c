// Files of other frameworks, given to the commands that take a model: each says what the file is.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { afterAll, beforeAll, expect, test } from "vitest";
import { engraft, tinyBase, tinyData } from "../support/fixtures.js";
import { startHub } from "./fake-hub.js";

const root = mkdtempSync(join(tmpdir(), "engraft-foreign-"));
const at = (...names: readonly string[]): string => join(root, ...names);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const keras = zipSync({ "config.json": strToU8("{}"), "model.weights.h5": strToU8("\x89HDF") });

beforeAll(async () => {
  writeFileSync(at("model.keras"), keras);
  writeFileSync(at("model.json"), '{"format": "layers-model", "modelTopology": {}}');
  mkdirSync(at("saved"));
  writeFileSync(at("saved", "saved_model.pb"), "\x08\x01");
  await tinyData(at("photos"), { a: 10, b: 10 });
});

/** Runs a command that is refused, and returns what it says. */
async function refused(...args: readonly string[]): Promise<string> {
  const { code, err } = await engraft(args, { cwd: root });
  expect(code).toBe(2);
  return err;
}

test("inspect and train name a file or a folder of another framework", async () => {
  for (const command of ["inspect", "train"]) {
    expect(await refused(command, "model.keras")).toContain("is a Keras 3 model");
    expect(await refused(command, "saved")).toContain("holds a SavedModel of TensorFlow");
  }
});

test("a model of TF.js is no list of samples, and without its weights no base", async () => {
  const said = await refused("train", "model.json");
  expect(said).toContain("is a TF.js layers model, not data");
  expect(said).toContain("engraft train DATA --base");
  expect(await refused("inspect", "model.json")).toContain("TF.js model is missing");
});

test("a base of another framework is named with its command", async () => {
  const said = await refused("train", "photos", "--base", "model.keras");
  expect(said).toContain("is a Keras 3 model");
  expect(said).toContain("keras.saving.load_model");
});

test("a repository without ONNX is named before anything is downloaded", async () => {
  const hub = await startHub("org/bert", new Map([["model.safetensors", new Uint8Array(8)]]), "mit");
  const { code, err } = await engraft(["inspect", "hf:org/bert"], {
    cache: at("cache"),
    env: { HF_ENDPOINT: hub.endpoint },
  });
  await hub.close();
  expect([code, hub.downloads]).toEqual([2, []]);
  expect(err).toContain('"hf:org/bert" holds safetensors, weights without a network');
  expect(err).toContain("optimum-cli export onnx --model org/bert model/");
});

test("an encoder in safetensors is downloaded, and one that is not read is refused by its config.json", async () => {
  const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  const files = (type: string) =>
    new Map([
      ["model.safetensors", new Uint8Array(8)],
      ["config.json", text({ model_type: type })],
      ["tokenizer.json", text({})],
    ]);
  for (const [type, downloads, words] of [
    [
      "bert",
      ["config.json", "tokenizer.json", "model.safetensors"],
      "hidden_size in config.json is undefined",
    ],
    ["llama", ["config.json"], "optimum-cli export onnx --model org/llama model/"],
  ] as const) {
    const hub = await startHub(`org/${type}`, files(type), "mit");
    const { code, err } = await engraft(["inspect", `hf:org/${type}`], {
      cache: at("cache"),
      env: { HF_ENDPOINT: hub.endpoint },
    });
    await hub.close();
    expect([code, hub.downloads]).toEqual([2, downloads]);
    expect(err).toContain(words);
  }
});

test("a file of a folder is chosen as the message says", async () => {
  const whole = join(tinyBase(at("variants")), "onnx", "model.onnx");
  const onnx = readFileSync(whole);
  for (const name of ["model_q4.onnx", "model_int8.onnx"]) writeFileSync(at("variants", "onnx", name), onnx);
  rmSync(whole);
  const said = await refused("inspect", at("variants"));
  expect(said).toContain("4-bit and 8-bit weights only");
  const [, ref] = /choose one: (\S+\.onnx)/.exec(said)!;
  const { code, out } = await engraft(["inspect", ref!], { cwd: root });
  expect(code).toBe(0);
  expect(out).toContain("model_int8.onnx");
  // Half precision can be trained: it is taken without a question.
  writeFileSync(at("variants", "onnx", "model_fp16.onnx"), onnx);
  expect((await engraft(["inspect", at("variants")], { cwd: root })).out).toContain("model_fp16.onnx");
});
