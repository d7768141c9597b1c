// A folder that holds an adapter: small, answering as the whole model, swapped, and never beside another base.
// @module-tag thorough
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { exportClassifier } from "../../src/bases/export.js";
import { decodeSafetensors } from "../../src/bases/open/safetensors.js";
import { evaluate, load, loadModel, type StrategyName, train } from "../../src/index.js";
import { tinyBase, tinyData, tinyGraph } from "../support/fixtures.js";
import { inFolder } from "../support/pictures.js";

test("an adapter is a small folder, answers as its merged model, is swapped, and refuses another base", async () => {
  await inFolder(async (folder) => {
    const at = (name: string) => join(folder, name);
    const first = await tinyData(at("first"));
    const second = await tinyData(at("second"), { cat: 8, dog: 8, eel: 8 }, 100);
    const base = tinyBase(at("base"));
    const options = { base, epochs: 2, lr: 0.01, cache: false, threads: 1, augment: "none" } as const;
    const strategy: StrategyName = "lora";
    const whole = await train(first, { ...options, strategy, out: at("whole") });
    const apart = await train(first, { ...options, strategy, adapterOnly: true, out: at("apart") });
    expect(apart.test).toEqual(whole.test);
    // Engraft's own version is in the record, the events and the card.
    const { version } = JSON.parse(readFileSync("package.json", "utf8"));
    const text = (...path: string[]): string => readFileSync(join(...path), "utf8");
    expect(JSON.parse(text(at("whole"), "run.json")).versions).toMatchObject({ engraft: version });
    expect(JSON.parse(text(whole.model, "engraft.json")).versions).toMatchObject({ engraft: version });
    expect(JSON.parse(text(at("whole"), "events.jsonl").split("\n")[0]!)).toMatchObject({
      ...{ event: "start", version },
      runtime: { name: "onnxruntime-node", version: expect.stringMatching(/^\d+\./) },
    });
    expect(text(whole.model, "README.md")).toContain(`- Versions: engraft ${version}, node `);
    expect(() => statSync(join(apart.model, "onnx"))).toThrow();
    const file = readFileSync(join(apart.model, "adapter_model.safetensors"));
    expect(file).toEqual(readFileSync(join(whole.model, "adapter_model.safetensors")));
    const { tensors } = decodeSafetensors(file, (why) => new Error(why) as never);
    expect([...tensors.keys()]).toContain("base_model.model.stem.conv.lora_A.weight");
    expect([...tensors.keys()].at(-1)).toBe("base_model.model.classifier.bias");
    const config = JSON.parse(readFileSync(join(apart.model, "adapter_config.json"), "utf8"));
    expect(config).toMatchObject({ peft_type: "LORA", r: 8, lora_alpha: 8, base_sha256: apart.base.sha256 });
    expect((await evaluate(apart.model, first, { threads: 1 })).test).toEqual(
      (await evaluate(whole.model, first, { threads: 1 })).test,
    );

    const opened = await load(apart.run, { threads: 1 });
    expect(opened.task).toBe("image-classification");
    await opened.close();

    const other = await train(second, {
      ...options,
      strategy,
      option: { r: 4, alpha: 16 },
      out: at("other"),
    });
    const model = await loadModel(whole.model, { threads: 1 });
    const picture = join(first, "ant", "3.png");
    const asked = async () => new Map((await model.predict(picture)).map((a) => [a.label, a.score]));
    const [mergedAnswer, otherAnswer] = [await asked(), await loadModel(other.model, { threads: 1 })];
    const expected = new Map((await otherAnswer.predict(picture)).map((a) => [a.label, a.score]));
    await otherAnswer.close();
    for (const [path, answer] of [
      [apart.model, mergedAnswer],
      [other.model, expected],
      [whole.model, mergedAnswer],
    ] as const) {
      await model.useAdapter(path);
      const now = await asked();
      expect([...now.keys()].sort()).toEqual([...answer.keys()].sort());
      for (const [label, score] of answer) expect(Math.abs(now.get(label)! - score)).toBeLessThan(1e-5);
    }
    expect(model.classes).toEqual(["ant", "bee"]);

    // Another file under the same name is another base.
    const onnx = readFileSync(join(base, "onnx", "model.onnx"));
    rmSync(base, { recursive: true });
    const preprocessing = {
      height: 32,
      width: 32,
      rescale: 1,
      mean: [0, 0, 0],
      std: [1, 1, 1],
      channels: "rgb",
    } as const;
    tinyBase(base, exportClassifier(tinyGraph(2), preprocessing));
    await expect(loadModel(apart.model)).rejects.toMatchObject({ details: { expected: apart.base.sha256 } });
    const stranger = await train(first, { ...options, strategy: "ia3", out: at("stranger") });
    await expect(model.useAdapter(stranger.model)).rejects.toMatchObject({
      kind: "ModelError",
      details: { expected: expect.any(String), found: apart.base.sha256 },
    });
    writeFileSync(join(base, "onnx", "model.onnx"), onnx);
    const damaged = file.subarray(0, file.length - 8);
    writeFileSync(join(apart.model, "adapter_model.safetensors"), damaged);
    await expect(loadModel(apart.model)).rejects.toThrow("the adapter is damaged");
    await model.close();
    await expect(train(first, { ...options, strategy: "full", adapterOnly: true })).rejects.toThrow(
      'strategy "full" changes the base\'s own weights: there is no adapter to keep apart',
    );
  });
}, 120_000);
