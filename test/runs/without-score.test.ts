// One recording for each class is everybody's first try: the run learns from all samples, and says why it has no score.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { renderAnyResult } from "../../src/cli/render/render-result.js";
import { inEnglish, message } from "../../src/core/messages/message.js";
import {
  evaluate,
  inspectData,
  load,
  report,
  resume,
  type TrainOptions,
  type TrainResultEvent,
  train,
} from "../../src/index.js";
import { engraft, tinyBase, tinyData } from "../support/fixtures.js";
import { writeSoundBase, writeSounds } from "../support/sound-data.js";

const root = mkdtempSync(join(tmpdir(), "engraft-without-score-"));
const path = (...parts: string[]): string => join(root, ...parts);
beforeAll(async () => {
  process.env.ENGRAFT_CACHE = path("cache");
  tinyBase(path("base"));
  writeSoundBase(path("sound-base"));
  await tinyData(path("data"), { ant: 12, bee: 12 });
  await tinyData(path("other"), { ant: 5, bee: 5 }, 100);
  writeSounds(path("sounds"), 8);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Writes a list with `groups` groups in each class. */
function listOf(
  name: string,
  column: string,
  classes: Readonly<Record<string, readonly string[]>>,
  groups = 1,
): string {
  const rows = Object.entries(classes).flatMap(([label, samples]) =>
    samples.map((sample, i) => `${sample},${label},${label}-${i % groups}`),
  );
  writeFileSync(path(name), `${column},label,group\n${rows.join("\n")}\n`);
  return path(name);
}
const files = (folder: string, end: string, n: number): string[] =>
  Array.from({ length: n }, (_, i) => `${folder}/${i}.${end}`);
const picturesOf = (n = 12, first = "data") => ({
  ant: files(`${first}/ant`, "png", n),
  bee: files(`${first}/bee`, "png", n),
});
const pictures = (groups = 1) => listOf(`pictures-${groups}.csv`, "image", picturesOf(), groups);

const units: Readonly<Record<string, string>> = { pictures: "picture", sounds: "clip", texts: "text" };
const reasonOf = (kind: string): string =>
  inEnglish([message("no-score-groups", { groups: 2, single: true, unit: units[kind]! })]);
const reason = reasonOf("pictures");
const start = { threads: 1 } as const;

/** The noun in each message, the data and the base. */
const kinds = {
  pictures: () => [pictures(), { base: path("base") }],
  sounds: () => [
    listOf("sounds.csv", "audio", {
      fall: files("sounds/fall", "wav", 8),
      rise: files("sounds/rise", "wav", 8),
    }),
    { base: path("sound-base") },
  ],
  texts: () => [
    listOf("texts.csv", "text", {
      good: Array.from({ length: 8 }, (_, i) => `we liked dinner number ${i} a lot`),
      bad: Array.from({ length: 8 }, (_, i) => `service ${i} was awful and slow`),
    }),
    {},
  ],
} as const satisfies Record<string, () => readonly [string, TrainOptions]>;

describe.each(Object.keys(kinds) as (keyof typeof kinds)[])("%s with one group in each class", (kind) => {
  test("train without a score, and say why", { tags: ["thorough"] }, async () => {
    const [data, options] = kinds[kind]();
    const warned: string[] = [];
    const run = (await train(data, {
      ...start,
      ...options,
      out: path(`${kind}-run`),
      onEvent: (event) => event.event === "warning" && warned.push(`${event.code}: ${event.message}`),
    })) as TrainResultEvent;
    expect(warned).toContain(`no_score: ${reasonOf(kind)}`);
    expect(run.no_score).toMatchObject({
      code: "no_score",
      message: reasonOf(kind),
      sentence: { code: "no-score-groups", values: { groups: 2, single: true } },
    });
    expect(run.split).toMatchObject({ train: kind === "pictures" ? 24 : 16, validation: 0, test: 0 });
    expect(run.strategy.name).toBe("probe");
    expect(run.test.n).toBe(0);
    expect(run.test.accuracy).toBeNaN();
    expect(run.test_looks).toBe(0);
    expect(run).not.toHaveProperty("baselines");

    const stored = JSON.parse(readFileSync(path(`${kind}-run`, "run.json"), "utf8"));
    expect(stored.result.test).toMatchObject({ n: 0, accuracy: null });
    expect(JSON.parse(readFileSync(path(`${kind}-run`, "model", "engraft.json"), "utf8"))).not.toHaveProperty(
      "test",
    );
    const card = readFileSync(path(`${kind}-run`, "model", "README.md"), "utf8");
    expect(card).toContain(`## Results\n\nNo score was measured: ${reasonOf(kind)}.\n\n## How to use it`);
    const page = readFileSync(path(`${kind}-run`, "report.html"), "utf8");
    expect(page).toContain(`${reasonOf(kind)}.`);
    expect(page).toContain('<p class="figure">–</p>');
    for (const text of [card, page]) expect(text).not.toMatch(/NaN|undefined|100\.0|100 %|95 % interval/);
    const screen = (await renderAnyResult(run)).join("\n").replace(/\n {11}(?=\S)/g, " ");
    expect(screen).toContain(`score      none: ${reasonOf(kind)}\n`);
    expect(screen).not.toMatch(/accuracy|NaN|–/);
  });
});

test("the model predicts, is scored on other data, and its page has Chinese", {
  tags: ["thorough"],
}, async () => {
  const model = path("pictures-run", "model");
  const loaded = await load(model, start);
  const predict = loaded.predict as (paths: readonly string[]) => Promise<{ label: string }[][]>;
  const [answers] = await predict([path("data/ant/0.png")]);
  await loaded.close();
  expect(answers!.map(({ label }) => label).sort()).toEqual(["ant", "bee"]);
  const scored = await evaluate(model, path("other"), start);
  expect(scored.test).toMatchObject({ n: 10 });
  await expect(evaluate(model, pictures(), start)).rejects.toMatchObject({ details: { learnt: 24 } });
  await report(path("pictures-run"), { lang: "zh" });
  expect(readFileSync(path("pictures-run", "report.html"), "utf8")).toContain(
    "每个类别只有一个组（一次录制），无法测得分数：请换个地方再录一次。",
  );
});

test("a finished run gives its result again, and --json has null for the score", {
  tags: ["thorough"],
}, async () => {
  const again = (await resume(path("pictures-run"), start)) as TrainResultEvent;
  expect(again.no_score?.code).toBe("no_score");
  const { out: stdout, code } = await engraft(["train", "--resume", path("pictures-run"), "--json"]);
  expect(code).toBe(0);
  const last = JSON.parse(stdout.trim().split("\n").at(-1)!);
  expect(last).toMatchObject({
    event: "result",
    no_score: { code: "no_score" },
    test: { n: 0, accuracy: null },
  });
});

test("runs side by side say which has no score", { tags: ["thorough"] }, async () => {
  await train(path("data"), { ...start, base: path("base"), strategy: "probe", out: path("scored") });
  const { out: stdout } = await engraft([
    "report",
    path("scored"),
    path("pictures-run"),
    "--out",
    path("side.html"),
  ]);
  expect(stdout.replace(/\s+/g, " ")).toContain(`not paired pictures-run: ${reason}`);
});

test.each([
  ["one class has two groups: one of them tests, and none is left for validation", 3, ["ant"]],
  ["each class has two groups: one class tests, and the other one validates", 4, ["ant", "bee"]],
])("too few groups for a score are counted: %s", async (_, groups, halved) => {
  const rows = Object.entries(picturesOf()).flatMap(([label, all]) =>
    all.map((one, i) => `${one},${label},${halved.includes(label) ? `${label}-${i % 2}` : label}`),
  );
  writeFileSync(path("few.csv"), `image,label,group\n${rows.join("\n")}\n`);
  const { warnings, splits } = await inspectData(path("few.csv"));
  expect(splits).toMatchObject({ train: 24, validation: 0, test: 0 });
  expect(warnings.filter(({ code }) => code === "no_score").map(({ message }) => message)).toEqual([
    `${groups} groups (recordings) are too few for a training, a validation and a test split, so no score can be measured: record again, in another place`,
  ]);
});

describe("refused", () => {
  const trained = (data: string, options: TrainOptions = {}) =>
    train(data, { ...start, base: path("base"), out: path("refused"), ...options });
  test.each([
    [{ strategy: "finetune" }, "finetune"],
    [{ epochs: 2 }, "finetune"],
    [{ strategy: "probe", baselines: true }, "baselines"],
    [{ strategy: "probe", seeds: 3 }, "seeds"],
  ] as const)("options that need a score: %o", async (options, names) => {
    await expect(trained(pictures(), options)).rejects.toMatchObject({
      kind: "OptionError",
      message: `not possible without a score: ${names}; ${reason}`,
      help: "leave the option out: a linear probe trains on all samples, without a score",
    });
  });

  test("a given test split whose groups leave no validation split", async () => {
    const rows = Object.entries(picturesOf()).flatMap(([label, all]) =>
      all.map((one, i) => `${one},${label},${label},${i < 9 ? "train" : "test"}`),
    );
    writeFileSync(path("given.csv"), `image,label,group,split\n${rows.join("\n")}\n`);
    await expect(trained(path("given.csv"))).rejects.toThrow("nothing is left for the validation part");
  });

  test("commands that compare scores", async () => {
    const { err: stderr, code } = await engraft(["compare", pictures(), "--strategies", "probe,finetune"]);
    expect(code).toBe(2);
    expect(stderr).toContain("its 24 pictures are of 2 groups, and a group is not divided");
  });
});
