// `--safe` of labels and entities: a frozen, random encoder is worse than a network that is trained from scratch.
// @module-tag thorough
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { evaluate, report, train } from "../../src/index.js";
import { taggedSentences, writeTagged } from "../support/entity-data.js";
import { orderedTexts } from "../support/label-data.js";
import { writeTextBase } from "../support/text-base.js";

const folder = mkdtempSync(join(tmpdir(), "engraft-safe-by-task-"));
const at = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const lists = { labels: at("labels.csv"), entities: at("entities") } as const;
const unit = { labels: "texts", entities: "sentences" } as const;
beforeAll(() => {
  writeTextBase(at("base"));
  const rows = orderedTexts(400).map((t) => `${t.text},${t.labels.join("|")}\n`);
  writeFileSync(lists.labels, `text,labels\n${rows.join("")}`);
  writeTagged(lists.entities, taggedSentences(200));
});

test.each(["labels", "entities"] as const)(
  "safe keeps the model from scratch of %s if it is better on validation",
  async (name) => {
    const data = lists[name];
    const run = await train(data, {
      ...{ base: at("base"), strategy: "probe", safe: true, scratchSteps: 400, out: at(`${name}-run`) },
      // The first token of a random encoder says less of a text than the mean.
      ...{ cache: false, threads: 1, ...(name === "labels" && { pooling: "cls" }) },
    });
    if (run.task !== "multi-label-classification" && run.task !== "token-classification")
      throw new Error(run.task);
    const { safe, validation, verdict } = run;
    expect(safe).toMatchObject({ kept: "scratch", metric: "f1" });
    expect(safe!.validation.scratch).toBeGreaterThan(safe!.validation.transfer);
    expect(validation.f1).toBe(safe!.validation.scratch);
    const { difference } = safe!;
    expect(difference!.n).toBe(validation.n);
    expect(difference!.gain).toBeCloseTo(safe!.validation.transfer - safe!.validation.scratch, 6);
    // The scores are those of the saved model. The verdict is of the transfer.
    expect(run.test.metric).toEqual(run.baselines.scratch!.test.metric);
    expect(verdict!.gain).toBeCloseTo(safe!.other - run.test.metric.value, 12);
    const again = await evaluate(run.model, data, { threads: 1 });
    expect(again.test.metric).toEqual(run.test.metric);

    const words = `Kept: from scratch, \\d+\\.\\d points of F1 better on \\d+ validation ${unit[name]}`;
    expect(safe!.words).toMatch(new RegExp(`^${words} \\(F1 \\d+\\.\\d % against F1 \\d+\\.\\d %`));
    expect(readFileSync(join(run.model, "README.md"), "utf8")).toMatch(new RegExp(words));
    expect(readFileSync(join(run.run, "report.html"), "utf8")).toMatch(new RegExp(words));
    await report(run.run, { lang: "zh", out: at(`${name}-zh.html`) });
    expect(readFileSync(at(`${name}-zh.html`), "utf8")).toMatch(
      /保留：从头训练的模型，在 \d+ 个验证样本上高 /,
    );
  },
);
