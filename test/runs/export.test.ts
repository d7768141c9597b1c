// A model folder of its own: from an adapter that was kept apart, from a whole model, in another precision.
// @module-tag thorough
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { exportClassifier } from "../../src/bases/export.js";
import { exportModel, loadModel, train } from "../../src/index.js";
import { engraft, tinyBase, tinyData, tinyGraph } from "../support/fixtures.js";
import { inFolder } from "../support/pictures.js";

const preprocessing = {
  height: 32,
  width: 32,
  rescale: 1,
  mean: [0, 0, 0],
  std: [1, 1, 1],
  channels: "rgb",
} as const;

test("an adapter and its base become a plain model, wherever the base is now; another base is refused", async () => {
  await inFolder(async (folder) => {
    const at = (name: string) => join(folder, name);
    const data = await tinyData(at("data"));
    const base = tinyBase(at("base"));
    const options = { base, epochs: 2, lr: 0.01, cache: false, threads: 1, augment: "none" } as const;
    const apart = await train(data, { ...options, strategy: "lora", adapterOnly: true, out: at("apart") });
    const picture = join(data, "ant", "3.png");
    const scoresOf = async (dir: string) => {
      const model = await loadModel(dir, { threads: 1 });
      const answers = await model.predict(picture);
      await model.close();
      return new Map(answers.map((a) => [a.label, a.score]));
    };
    const before = await scoresOf(apart.model);

    const moved = at("moved");
    renameSync(base, moved);
    await expect(exportModel(at("apart"), { out: at("plain"), threads: 1 })).rejects.toThrow(/base/);
    const said = await exportModel(at("apart"), { out: at("plain"), base: moved, threads: 1 });
    expect(said).toMatchObject({
      task: "image-classification",
      adapter: { strategy: "lora", base: { sha256: apart.base.sha256 } },
    });
    expect(said.adapter!.difference).toBeLessThan(1e-5);
    const beside = readdirSync(apart.model).filter((name) => !name.startsWith("adapter_"));
    expect(readdirSync(said.model).sort()).toEqual([...beside, "onnx"].sort());
    // Its card no longer describes an adapter.
    const card = (dir: string): string => readFileSync(join(dir, "README.md"), "utf8");
    expect(card(apart.model)).toContain("engraft export ./model --out ./merged");
    expect(card(apart.model)).not.toContain("onnx/model.onnx");
    expect(card(said.model)).toContain("library_name: transformers.js");
    expect(card(said.model)).toContain('ort.InferenceSession("onnx/model.onnx")');
    expect(card(said.model)).not.toContain("engraft export");
    const after = await scoresOf(said.model);
    for (const [label, score] of before) expect(Math.abs(after.get(label)! - score)).toBeLessThan(1e-5);

    const stranger = tinyBase(at("stranger"), exportClassifier(tinyGraph(2), preprocessing));
    await expect(
      exportModel(at("apart"), { out: at("none"), base: stranger, threads: 1 }),
    ).rejects.toMatchObject({ details: { expected: apart.base.sha256 } });
    expect(existsSync(at("none"))).toBe(false);

    const small = await exportModel(said.model, { out: at("small"), weights: "fp16" });
    expect(small.bytes).toBeLessThan(0.8 * said.bytes);
    // A 16-bit float has 11 binary digits.
    const rounded = await scoresOf(small.model);
    for (const [label, score] of before) expect(Math.abs(rounded.get(label)! - score)).toBeLessThan(1e-2);
    const same = await exportModel(said.model, { out: at("same") });
    expect(readFileSync(same.file)).toEqual(readFileSync(said.file));

    await expect(exportModel(said.model, { out: at("same") })).rejects.toMatchObject({
      kind: "FileError",
      message: expect.stringMatching(/ is there already, /),
    });
    await expect(exportModel(said.model, { out: at("x"), base: moved })).rejects.toThrow(
      "is a whole model: it needs no base",
    );
    await expect(exportModel(said.model, { out: at("x"), weights: "int4" as "fp16" })).rejects.toThrow(
      'weights is "int4"',
    );
    await expect(exportModel(at("data"), { out: at("x") })).rejects.toThrow("is not a model folder");
    writeFileSync(join(apart.model, "adapter_config.json"), "{}");
    await expect(exportModel(at("apart"), { out: at("x"), base: moved })).rejects.toThrow(
      "adapter_config.json does not say which base the adapter was trained on",
    );
  });
}, 120_000);

test("the command writes it and says what it wrote; without --out it says what is missing", async () => {
  await inFolder(async (folder) => {
    const data = await tinyData(join(folder, "data"));
    const base = tinyBase(join(folder, "base"));
    const run = join(folder, "run");
    await train(data, {
      ...{ base, strategy: "ia3", epochs: 1, cache: false, threads: 1, out: run },
      adapterOnly: true,
    });
    const out = join(folder, "plain");
    const told = await engraft(["export", run, "--out", out, "--threads", "1"]);
    expect(told.code).toBe(0);
    expect(told.out).toMatch(/merged +ia3 into .*: scores differ by \d\.\de[-+]\d+ at most/);
    const json = await engraft(["export", out, "--out", join(folder, "again"), "--json"]);
    expect(JSON.parse(json.out)).toMatchObject({ event: "result", task: "image-classification" });
    const refused = await engraft(["export", run]);
    expect([refused.code, refused.err]).toEqual([
      2,
      "OptionError: export needs a folder to write into\n  help: give --out DIR\n",
    ]);
  });
}, 120_000);
