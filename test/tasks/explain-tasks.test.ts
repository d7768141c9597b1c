// Explanations of every task: weights sum up to the prediction, equal Shapley values by definition, and order features better
// than chance by deletion and insertion.
// @module-tag thorough
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { draws } from "../../src/core/random.js";
import {
  type ExplainOptions,
  type Explanation,
  explain,
  load,
  report,
  type TableRow,
  type TextOrPair,
  train,
} from "../../src/index.js";
import { taggedSentences, writeTagged } from "../support/entity-data.js";
import { engraft, tinyBase, tinyData } from "../support/fixtures.js";
import { labelledTexts } from "../support/label-data.js";
import { picture } from "../support/pictures.js";
import { words, writeTextBase } from "../support/text-base.js";

const root = mkdtempSync(join(tmpdir(), "engraft-explain-tasks-"));
const at = (...parts: string[]): string => join(root, ...parts);
const quick = { threads: 1, cache: false } as const;
afterAll(() => rmSync(root, { recursive: true, force: true }));

const rows: TableRow[] = [];
const models: Record<string, string> = {};
const sentences = taggedSentences(200);

/** Writes tables whose class and number depend on two columns and a color. The fourth column is irrelevant. */
function writeTables(): void {
  const { normal, integer } = draws(4, "rows");
  for (let i = 0; i < 400; i++) {
    const [a, b, noise] = [normal(), normal(), normal()].map((v) => Number(v.toFixed(3))) as [
      number,
      number,
      number,
    ];
    const color = ["red", "blue", "blue", "green"][integer(4)]!;
    const kind = 2 * a + b + (color === "red" ? 2 : 0) > 0.7 ? "high" : "low";
    rows.push({ a, b, noise, color, kind, depth: (10 + 3 * a + (color === "red" ? 2 * b : 0)).toFixed(3) });
  }
  for (const target of ["kind", "depth"]) {
    const names = ["a", "b", "noise", "color", target];
    const lines = rows.map((row) => names.map((name) => row[name]).join(","));
    writeFileSync(at(`${target}.csv`), [names.join(","), ...lines].join("\n"));
  }
}

beforeAll(async () => {
  writeTables();
  const [ofKind, ofDepth] = ["kind", "depth"].map((target) => ({ ...quick, target, epochs: 10 }));
  models.classes = (
    await train(at("kind.csv"), { ...ofKind, task: "tabular-classification", out: at("classes") })
  ).model;
  models.numbers = (
    await train(at("depth.csv"), { ...ofDepth, task: "tabular-regression", out: at("numbers") })
  ).model;
  const base = writeTextBase(at("base"));
  const { uniform } = draws(3, "texts");
  const any = (list: readonly string[]) => list[Math.floor(uniform() * list.length)]!;
  const texts = Array.from({ length: 120 }, (_, i) => {
    const mood = any(i % 2 ? words.slice(0, 5) : words.slice(5, 10));
    return `${any(words.slice(10))} ${any(words.slice(10))} ${mood} ${any(words.slice(10))},${i % 2 ? "good" : "bad"}`;
  });
  writeFileSync(at("texts.csv"), `text,label\n${texts.join("\n")}\n`);
  const text = { ...quick, base, epochs: 3 } as const;
  models.texts = (
    await train(at("texts.csv"), { ...text, task: "text-classification", out: at("texts") })
  ).model;
  const labelled = labelledTexts(120).map((one) => JSON.stringify(one));
  writeFileSync(at("labels.jsonl"), `${labelled.join("\n")}\n`);
  models.labels = (
    await train(at("labels.jsonl"), { ...text, task: "multi-label-classification", out: at("labels") })
  ).model;
  const data = writeTagged(at("tagged"), sentences);
  models.tags = (await train(data, { ...text, task: "token-classification", out: at("tags") })).model;
  tinyBase(at("picture-base"));
  const pictures = { ...quick, base: at("picture-base"), epochs: 2 } as const;
  const folder = await tinyData(at("pictures"), { ant: 20, bee: 20 });
  models.pictures = (
    await train(folder, { ...pictures, task: "image-classification", out: at("seen") })
  ).model;
  mkdirSync(at("tints"));
  const lines = ["file,red"];
  for (let i = 0; i < 40; i++) {
    const red = 0.3 + (0.7 * ((i * 17) % 40)) / 40;
    await picture(i)
      .linear([red, 1, 1], [0, 0, 0])
      .png()
      .toFile(at("tints", `${i}.png`));
    lines.push(`tints/${i}.png,${(100 * red).toFixed(1)}`);
  }
  const marks = lines.slice(1).map((line) => {
    const [file, red] = line.split(",");
    return JSON.stringify({ file, labels: Number(red) > 60 ? ["red", "any"] : ["any"] });
  });
  writeFileSync(at("marks.jsonl"), marks.join("\n"));
  models.marks = (
    await train(at("marks.jsonl"), { ...pictures, task: "multi-label-classification", out: at("marked") })
  ).model;
  writeFileSync(at("tints.csv"), lines.join("\n"));
  models.tints = (
    await train(at("tints.csv"), { ...pictures, task: "image-regression", out: at("red") })
  ).model;
});

async function explained(
  model: string,
  item: TextOrPair | TableRow,
  options: ExplainOptions = {},
): Promise<Explanation> {
  for await (const one of explain(models[model]!, [item], { threads: 1, ...options })) return one;
  throw new Error("nothing was explained");
}
const weightsOf = ({ columns, words: all, map }: Explanation): number[] =>
  columns?.map(({ weight }) => weight) ??
  all?.flatMap(({ weight }) => (weight === undefined ? [] : [weight])) ?? [...map!.values];
const sum = (values: readonly number[]): number => values.reduce((all, v) => all + v, 0);

/** Returns the row of all tests: red, of the second class. */
const row = (): TableRow => {
  const {
    kind: _kind,
    depth: _depth,
    ...inputs
  } = rows.find(({ color, kind }) => color === "red" && kind === "high")!;
  return inputs;
};

test.each(["classes", "numbers"])(
  "Shapley values of a table's columns (%s) are those of the definition, from the model's own predictions",
  async (which) => {
    const model = await load(models[which]!, { threads: 1 });
    const { encoding } = JSON.parse(readFileSync(join(models[which]!, "table.json"), "utf8")) as {
      encoding: {
        numbers: { name: string; mean: number }[];
        categories: { name: string; values: string[]; mode: number }[];
      };
    };
    const usual = Object.fromEntries([
      ...encoding.numbers.map(({ name, mean }) => [name, mean]),
      ...encoding.categories.map(({ name, values, mode }) => [name, values[mode - 1]!]),
    ]) as Record<string, string | number>;
    const item = row();
    const found = await explained(which, item);
    expect(found.shap).toEqual({ exact: true, evaluations: 16, converged: true });
    const value = async (shown: readonly string[]): Promise<number> => {
      const mixed = { ...usual, ...Object.fromEntries(shown.map((name) => [name, item[name]!])) };
      if (model.task === "tabular-regression") return (await model.predict([mixed]))[0]![0]!.value;
      if (model.task !== "tabular-classification") throw new Error(model.task);
      return (await model.predict([mixed]))[0]!.find(({ label }) => label === found.class)!.score;
    };
    const names = ["a", "b", "noise", "color"];
    const orders = names.flatMap((p) =>
      names.flatMap((q) => names.flatMap((r) => names.map((s) => [p, q, r, s]))),
    );
    const all = orders.filter((order) => new Set(order).size === 4);
    const phi = new Map(names.map((name) => [name, 0]));
    for (const order of all)
      for (const [i, name] of order.entries()) {
        const gain = (await value(order.slice(0, i + 1))) - (await value(order.slice(0, i)));
        phi.set(name, phi.get(name)! + gain / all.length);
      }
    await model.close();
    expect(found.columns!.map(({ name }) => name).sort()).toEqual([...names].sort());
    for (const { name, weight } of found.columns!) expect(weight).toBeCloseTo(phi.get(name)!, 4);
    expect(found.base_value! + sum(weightsOf(found))).toBeCloseTo(found.class_score, 9);
    const size = (name: string): number => Math.abs(phi.get(name)!);
    expect(size("color")).toBeGreaterThan(size("noise"));
  },
);

test.each([
  ["classes", "shap"],
  ["numbers", "ig"],
  ["classes", "ig"],
  ["texts", "shap"],
  ["texts", "ig"],
  ["labels", "shap"],
  ["labels", "ig"],
  ["tags", "shap"],
  ["tags", "ig"],
  ["pictures", "shap"],
  ["pictures", "ig"],
  ["marks", "shap"],
  ["marks", "ig"],
  ["tints", "shap"],
  ["tints", "ig"],
] as const)(
  "weights of %s by %s sum up to the prediction, and order features better than chance",
  async (which, method) => {
    const item: TextOrPair | TableRow = {
      classes: row(),
      numbers: row(),
      texts: "the book lovely phone",
      labels: "the good film was slow",
      tags: "all the film phone was very good",
      pictures: at("pictures", "ant", "0.png"),
      marks: at("tints", "9.png"),
      tints: at("tints", "9.png"),
    }[which];
    const found = await explained(which, item, {
      method,
      check: true,
      ...(method === "shap" && { samples: 600 }),
    });
    expect(found).toMatchObject({
      method,
      unit: which === "numbers" || which === "tints" ? "value" : "probability",
    });
    const gain = found.class_score - found.base_value!;
    const gap = Math.abs(sum(weightsOf(found)) - gain);
    if (method === "shap") expect(gap).toBeLessThan(1e-6 * Math.max(1, Math.abs(found.class_score)));
    else {
      expect(found.ig!.error).toBeLessThanOrEqual(0.01);
      expect(gap).toBeLessThan(0.011 * Math.max(Math.abs(gain), Math.abs(found.class_score)));
    }
    const { deletion, insertion, random_deletion, random_insertion } = found.check!;
    expect(insertion - deletion).toBeGreaterThan(random_insertion - random_deletion);
  },
);

test("a word that decides the class has the largest weight by every method", async () => {
  for (const method of ["shap", "lime", "ig", "occlusion"] as const) {
    const found = await explained("texts", "the book lovely phone", { method });
    const best = found.words!.reduce((a, b) => (Math.abs(b.weight ?? 0) > Math.abs(a.weight ?? 0) ? b : a));
    expect([method, best.text]).toEqual([method, "lovely"]);
    expect(found.words!.map(({ text }) => text).join("")).toBe("the book lovely phone");
  }
});

test("the tag of any word is explained by the words around it", async () => {
  const text = "all the film was very good";
  const found = await explained("tags", text, { method: "shap" });
  expect(found.words!.map((word) => word.text).join("")).toBe(text);
  const forWord = await explained("tags", text, { method: "shap", word: "film", class: "B-THING" });
  expect(forWord).toMatchObject({
    label: "B-THING",
    class: "B-THING",
    word: { text: "film", start: 8, end: 12 },
  });
  await expect(explained("tags", text, { word: "phone" })).rejects.toMatchObject({
    message: 'the text has no word "phone"',
    help: 'its words are "all", "the", "film", "was", "very", "good"',
  });
});

test("background rows replace hidden columns: the base value is their mean prediction", async () => {
  const background = rows.slice(0, 20).map(({ kind: _kind, depth: _depth, ...inputs }) => inputs);
  const found = await explained("numbers", row(), { background });
  const model = await load(models.numbers!, { threads: 1 });
  if (model.task !== "tabular-regression") throw new Error(model.task);
  const mean = sum((await model.predict(background)).map(([one]) => one!.value / 20));
  await model.close();
  expect(found.base_value).toBeCloseTo(mean, 4);
  expect(found.base_value! + sum(weightsOf(found))).toBeCloseTo(found.class_score, 5);
});

test("the path of Integrated Gradients can start at the blurred picture", async () => {
  const item = at("pictures", "ant", "1.png");
  const mean = await explained("pictures", item, { method: "ig", class: "ant" });
  const blur = await explained("pictures", item, { method: "ig", class: "ant", baseline: "blur" });
  expect([mean.map!.rows, mean.map!.columns]).toEqual([16, 16]);
  expect(blur.class_score).toBeCloseTo(mean.class_score, 5);
  expect(blur.base_value).not.toBeCloseTo(mean.base_value!, 3);
});

test("sampled values of pictures have intervals; the same seed gives the same values", async () => {
  const item = at("pictures", "ant", "2.png");
  const found = await explained("pictures", item, { method: "shap", samples: 400 });
  expect(found.shap!.exact).toBe(false);
  expect(found.map!.half_widths).toHaveLength(64);
  expect(await explained("pictures", item, { method: "shap", samples: 400 })).toEqual(found);
});

test("options that do not apply are refused, with both names", async () => {
  const refused = (which: string, options: ExplainOptions, item: TextOrPair | TableRow = "a text") =>
    explained(which, item, options).then(
      () => "nothing",
      ({ message }: Error) => message,
    );
  expect(await refused("texts", { method: "gradcam" })).toBe(
    "Grad-CAM looks at pictures, the model answers texts",
  );
  expect(await refused("classes", { method: "grad-cam" }, row())).toBe(
    "Grad-CAM looks at pictures, the model answers rows",
  );
  expect(await refused("texts", { word: "the" })).toBe(
    "word is for models of token classification, and this model is of text-classification",
  );
  await expect(explained("texts", "a text", { background: [row()] })).rejects.toMatchObject({
    details: { option: "background", task: "text-classification" },
  });
  expect(await refused("classes", { method: "ig", background: [row()] }, row())).toBe(
    "Integrated Gradients begin at the mean row, not at a background",
  );
  expect(await refused("pictures", { method: "shap", baseline: "blur" })).toBe(
    "baseline is for Integrated Gradients on pictures",
  );
  expect(await refused("texts", { samples: 100 })).toBe("samples is for --method shap");
  expect(await refused("numbers", { class: "height" }, row())).toBe('the model has no number "height"');
  expect(await refused("labels", { class: "height" })).toBe('the model has no label "height"');
  expect(await refused("classes", {})).toBe('"a text" is no row of a table');
  await expect(explained("classes", { weight: 3 }, {})).rejects.toMatchObject({
    details: { row: 1, columns: ["weight"] },
  });
});

test("the command line explains rows of a table, and prints the method", async () => {
  writeFileSync(at("new.csv"), "a,b,noise,color\n1,1,0,red\n-1,0,0,blue\n");
  const how = { cache: at("cache") };
  const shown = await engraft(["explain", models.classes!, at("new.csv"), "--check", "--threads", "1"], how);
  expect(shown.out).toMatch(
    /new\.csv, row 1\thigh\t\d\.\d{4} {2}\[shap, exact\]\n {2}base value \d\.\d{3}\n/,
  );
  expect(shown.out).toMatch(/\n {2}[+−]\d\.\d{3} {2}color = red\n/);
  expect(shown.out).toMatch(/\n {2}deletion \d\.\d{3} \(random order \d\.\d{3}\) {2}insertion /);
  const json = await engraft(
    ["explain", models.numbers!, at("new.csv"), "--method", "ig", "--threads", "1", "--json"],
    how,
  );
  expect(json.events[1]).toMatchObject({
    event: "explanation",
    input: expect.stringMatching(/new\.csv, row 2$/),
    label: "depth",
    unit: "value",
    method: "ig",
    columns: [{ name: "a" }, { name: "b" }, { name: "noise" }, { name: "color", value: "blue" }],
  });
  const other = await engraft(["explain", models.classes!, at("new.csv"), "--task", "kind"], how);
  expect(other.err).toContain(
    "task is for models with several heads, and this model is of tabular-classification",
  );
  const wrong = await engraft(["explain", models.classes!, "a text", "--threads", "1"], how);
  expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('"a text" is no table')]);
});

test("--out writes a page with a waterfall for each row; methods without additive weights are refused", async () => {
  writeFileSync(at("more.csv"), "a,b,noise,color\n1,1,0,red\n-1,0,0,blue\n0,2,1,green\n");
  const how = { cache: at("cache") };
  const common = [models.numbers!, at("more.csv"), "--out", at("page.html"), "--threads", "1"];
  const shown = await engraft(["explain", ...common, "--lang", "zh"], how);
  expect(shown.out).toMatch(/page {7}.*page\.html\n$/);
  const page = readFileSync(at("page.html"), "utf8");
  expect(page.match(/<svg class="waterfall"/g)).toHaveLength(3);
  expect(page.match(/<svg class="beeswarm"/g)).toHaveLength(1);
  expect(page).toContain("基准值");
  expect(page).not.toContain(root);
  const refused = await engraft(["explain", ...common, "--method", "lime"], how);
  expect(refused.err).toContain("--out draws weights that sum up to a prediction: not those of lime");
});

test("the report of a run on a table ranks its columns, and can leave values out", async () => {
  const run = await train(at("kind.csv"), {
    target: "kind",
    ...quick,
    epochs: 5,
    task: "tabular-classification",
    explain: true,
    out: at("explained"),
  });
  const { samples: explained } = JSON.parse(readFileSync(join(run.run, "explanations.json"), "utf8")) as {
    samples: Explanation[];
  };
  expect(explained.length).toBe(Math.min(100, run.split.test));
  expect(new Set(explained.map((one) => one.class)).size).toBe(1);
  const page = readFileSync(join(run.run, "report.html"), "utf8");
  expect(page).toContain("Which columns the predictions depend on");
  expect(page.match(/<svg class="waterfall"/g)).toHaveLength(6);
  await report(run.run, { pictures: false, out: at("private.html"), lang: "zh" });
  const hidden = readFileSync(at("private.html"), "utf8");
  expect(hidden).toContain("预测取决于哪些列");
  expect(hidden).not.toMatch(/color = /);
});

test.each([
  ["multi-label-classification", () => at("labels.jsonl")],
  ["token-classification", () => at("tagged")],
] as const)(
  "the report of a run of %s explains six test texts, and none if texts are left out",
  async (task, data) => {
    const run = await train(data(), {
      ...quick,
      base: at("base"),
      epochs: 2,
      task,
      explain: true,
      out: at(`explained-${task}`),
    });
    const page = readFileSync(join(run.run, "report.html"), "utf8");
    expect(page.match(/<svg class="waterfall"/g)).toHaveLength(6);
    await report(run.run, { pictures: false, out: at("private.html") });
    expect(readFileSync(at("private.html"), "utf8")).not.toContain('<svg class="waterfall"');
  },
);
