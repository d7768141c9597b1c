// Random augmentation of training texts, and mixup of their features: only in training, reproducible, and refused where they
// have no effect.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTextBase } from "../../src/bases/text/text-base.js";
import type { EngraftError } from "../../src/core/errors.js";
import type { EngraftEvent } from "../../src/core/events/events.js";
import { draws } from "../../src/core/random.js";
import { mixingMatrix, pairsOf } from "../../src/data/augment/mix.js";
import { tokenTable } from "../../src/data/texts/token-table.js";
import { compare, type TrainOptions, train } from "../../src/index.js";
import { nodePlatform } from "../../src/platform/node.js";
import { tinyBase, tinyData } from "../support/fixtures.js";
import { expectSameAfterKill } from "../support/kill-run.js";
import { labelledTexts } from "../support/label-data.js";
import { reviews, vocabularyText, writeTextBase } from "../support/text-base.js";

const root = mkdtempSync(join(tmpdir(), "engraft-text-augment-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const at = (...parts: string[]): string => join(root, ...parts);
let [base, data] = ["", ""];
beforeAll(() => {
  base = writeTextBase(at("base"));
  data = at("reviews.csv");
  const rows = reviews(120).map(
    (r, i) => `${r.text},${r.label},${["train", "train", "validation", "test"][i % 4]}`,
  );
  writeFileSync(data, `text,label,split\n${rows.join("\n")}\n`);
});
const common = { task: "text-classification", threads: 1, cache: false, epochs: 2 } as const;

describe("tokens of changed texts", () => {
  const opened = async () => (await openTextBase(base, { platform: nodePlatform })).text.tokenizer;
  const row = { sha256: "a", text: "the good film", id: "list.csv:2" };

  test("only training texts are changed, by epoch and item, within the maximum length", async () => {
    const tokenizer = await opened();
    const seen: string[] = [];
    const table = tokenTable([row], tokenizer, {
      change: (text, epoch, item) => {
        seen.push(`${item} ${epoch} ${text}`);
        return epoch === 0 ? `${text} was very good` : "film";
      },
    });
    const plain = table.tensor([row], 8);
    expect([...(plain.data as Int32Array)]).toEqual([...tokenizer.encode(row.text).ids, -1, -1, -1]);
    expect(seen).toEqual([]);
    const longer = [...(table.changed!([row], 5, 0).data as Int32Array)];
    // [CLS] the good film [SEP]: the mark at the end stays.
    expect(longer).toEqual(tokenizer.encode(row.text).ids);
    const shorter = [...(table.changed!([row], 5, 1).data as Int32Array)];
    expect(shorter).toEqual([...tokenizer.encode("film").ids, -1, -1]);
    expect(seen).toEqual(["list.csv:2 0 the good film", "list.csv:2 1 the good film"]);
  });

  test("the mask in a text is the tokenizer's own", async () => {
    const { encode, mask } = await opened();
    expect(mask).toBeDefined();
    expect(encode("the [MASK] film").ids).toContain(mask);
  });
});

test("features are mixed in pairs, labels in the same shares; padding stays", () => {
  const pairs = pairsOf([0, 1, 2, 1, 0], { size: 6, classes: 3, alpha: 1 }, draws(4, "mix", 0, 0));
  const { targets } = pairs;
  const { dims, data } = mixingMatrix(pairs);
  expect(dims).toEqual([6, 6]);
  const rowOf = (i: number) => Array.from(data.slice(6 * i, 6 * i + 6), Number);
  expect(rowOf(5)).toEqual([0, 0, 0, 0, 0, 1]);
  for (let i = 0; i < 5; i++) {
    const row = rowOf(i);
    expect(row[5]).toBe(0);
    expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 6);
    expect(row.filter((share) => share > 0).length).toBeLessThanOrEqual(2);
    const shares = [0, 0, 0];
    for (const [j, label] of [0, 1, 2, 1, 0].entries()) shares[label]! += row[j]!;
    shares.forEach((share, k) => {
      expect(targets[3 * i + k]).toBeCloseTo(share, 6);
    });
  }
  expect([...targets.subarray(15)]).toEqual([0, 0, 0]);
});

describe("a run", () => {
  /** Returns the training losses of a run. */
  const lossesOf = async (name: string, more: Partial<TrainOptions> = {}) => {
    const losses: number[] = [];
    const onEvent = (event: EngraftEvent) => {
      if (event.event === "epoch") losses.push(event.train_loss);
    };
    await train(data, { ...common, base, ...more, out: at(name), onEvent });
    expect(losses).toHaveLength(2);
    return losses.join();
  };

  test("each augmentation changes the training, reproducibly", { tags: ["thorough"] }, async () => {
    const plain = await lossesOf("plain");
    expect(await lossesOf("none", { augment: "none" })).toBe(plain);
    const all = [plain];
    for (const augment of ["delete", "swap", "mask", "typo", "delete,typo"] as const)
      all.push(await lossesOf(augment.replace(",", "-"), { augment }));
    all.push(await lossesOf("mixup", { option: { mixup: 0.4 } }));
    all.push(await lossesOf("noise", { augment: "delete", option: { noise: 0.5 } }));
    expect(new Set(all).size).toBe(all.length);
    expect(await lossesOf("again", { augment: "delete,typo" })).toBe(all[5]);
  });

  test("killed and resumed, it gives the very bits of an undisturbed run", { tags: ["thorough"] }, () =>
    expectSameAfterKill(root, data, {
      ...common,
      base,
      augment: "delete,swap,typo",
      option: { mixup: 0.3 },
    }),
  );

  test("pairs of texts are changed too, and so are texts with several labels", {
    tags: ["thorough"],
  }, async () => {
    const pairs = at("pairs.csv");
    const rows = reviews(80).map(
      (r, i) => `${r.text},${r.text},${r.label},${["train", "train", "validation", "test"][(i >> 1) % 4]}`,
    );
    writeFileSync(pairs, `first,second,label,split\n${rows.join("\n")}\n`);
    const ofPairs = { ...common, base, text: "first,second", augment: "swap" } as const;
    expect((await train(pairs, { ...ofPairs, out: at("pairs") })).epochs).toBe(2);
    const several = at("several.csv");
    const lines = labelledTexts(80).map((r) => `${r.text},${r.labels.join("|")}`);
    writeFileSync(several, `text,labels\n${lines.join("\n")}\n`);
    const ofLabels = { ...common, base, task: "multi-label", augment: "typo" } as const;
    expect((await train(several, { ...ofLabels, out: at("several") })).epochs).toBe(2);
  });

  test("compare shows the effect of augmentation on one strategy; a probe runs without it", {
    tags: ["thorough"],
  }, async () => {
    const result = await compare(data, {
      ...common,
      base,
      epochs: 1,
      strategies: ["finetune", "finetune:augment=delete+typo:noise=0.2", "finetune:mixup=0.2"],
      seeds: 1,
      out: at("comparison"),
    });
    expect(result.failures).toEqual([]);
    expect(result.rows.map((row) => row.label).sort()).toEqual([
      "finetune",
      "finetune:augment=delete+typo:noise=0.2",
      "finetune:mixup=0.2",
    ]);
    expect(result.runs.find((run) => run.label.includes("augment"))!.command).toMatch(
      /--augment delete,typo/,
    );
    const shared = await compare(data, {
      ...common,
      base,
      epochs: 1,
      strategies: ["probe", "finetune"],
      augment: "typo",
      seeds: 1,
      out: at("shared"),
    });
    expect(shared.failures).toEqual([]);
  });
});

describe("options without effect are refused", () => {
  const refused = (given: Partial<TrainOptions> & { data?: string }) => {
    const { data: other = data, ...options } = given;
    return train(other, { ...common, base, out: at("refused"), ...options } as TrainOptions).then(
      () => "no error",
      (error: EngraftError) => error,
    );
  };

  test("of texts", { tags: ["thorough"] }, async () => {
    expect(await refused({ augment: "strong" })).toMatchObject({
      details: { option: "augment", needs: "images" },
    });
    const { epochs: _epochs, ...solved } = common;
    const probe = train(data, { ...solved, base, out: at("refused"), augment: "typo", strategy: "probe" });
    await expect(probe).rejects.toMatchObject({ details: { option: "augment", strategy: "probe" } });
    expect(await refused({ augment: "typo,typing" as never })).toMatchObject({
      message: 'augment is "typo,typing"',
    });
    expect(await refused({ option: { noise: 0.2 } })).toMatchObject({
      details: { option: "noise", without: "--augment" },
    });
    expect(await refused({ option: { cutmix: 1 } })).toMatchObject({
      details: { option: "cutmix", needs: "images" },
    });
    expect(await refused({ option: { mixup: 0.2 }, batchSize: 1 })).toMatchObject({
      message: "mixup and cutmix need at least two items a step, not 1",
    });
    expect(await refused({ option: { mixup: 0.2 }, strategy: "setfit" })).toMatchObject({
      message: expect.stringMatching(/^strategy "setfit" has no option mixup/),
    });
  });

  test("of a base without a mask", async () => {
    const unmasked = writeTextBase(at("unmasked"));
    writeFileSync(join(unmasked, "vocab.txt"), vocabularyText.replace("[MASK]", "[unused]"));
    expect(await refused({ base: unmasked, augment: "mask" })).toMatchObject({
      message: expect.stringMatching(/^augment "mask": the tokenizer of .* has no mask$/),
    });
  });

  test("of pictures", async () => {
    const pictures = { data: await tinyData(at("pictures")), base: tinyBase(at("tiny")) };
    for (const [option, given] of [
      ["augment", { augment: "typo" }],
      ["noise", { option: { noise: 0.2 } }],
    ] as const)
      expect(await refused({ ...pictures, task: "image-classification", ...given })).toMatchObject({
        details: { option, needs: "texts" },
      });
  });
});
