// Several inputs of one row: sentences that say what is true, and cures that work when typed.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "../../src/cli/options/parse.js";
import { renderEvent } from "../../src/cli/render/render.js";
import type { TableResultEvent } from "../../src/core/events/events.js";
import { inEnglish, message } from "../../src/core/messages/message.js";
import { extend, inspectData, inspectModel, load, type TrainOptions, train } from "../../src/index.js";
import { explanationParts } from "../../src/report/pages/explanations.js";
import { sheetOf } from "../../src/tasks/sheets.js";
import { toysIn } from "../characterisation/toys.js";
import { once } from "../support/fixtures.js";

const root = mkdtempSync(join(tmpdir(), "engraft-several-words-"));
const path = (...parts: string[]): string => join(root, ...parts);
const toy = toysIn(path("toys"));
beforeAll(() => {
  process.env.ENGRAFT_CACHE = path("cache");
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The list of the toys with one more column. */
async function listWith(name: string, cell: (i: number) => string): Promise<string> {
  const [header, ...lines] = readFileSync(await toy("several-classes"), "utf8")
    .trim()
    .split("\n");
  const file = join(await toy("several-classes"), "..", `with-${name}.csv`);
  const rows = lines.map((line, i) => `${cell(i)},${line}`);
  writeFileSync(file, `${[`${name},${header}`, ...rows].join("\n")}\n`);
  return file;
}

const ofFewGroups = once(async () => {
  const data = await listWith("who", (i) => `person ${i % 8}`);
  const base = await toy("several-bases");
  const options = { inputs: "image,text,rooms", groupFrom: "who", base, out: path("few-groups") };
  return (await train(data, options)) as TableResultEvent;
});

type Gain = Parameters<typeof message<"input-gain">>[1];
const said = (values: Partial<Gain>): string =>
  inEnglish([
    message("input-gain", { inputs: ["text"], best: "image", metric: "accuracy", gain: 0, ...values }),
  ]);

test("a proven loss says so, and a gain without an interval claims none", () => {
  expect(said({ gain: -22.2, low: -31.4, high: -12.9 })).toBe(
    "text takes 22.2 points from image alone (-31.4 to -12.9): leave it out",
  );
  expect(said({ inputs: ["text", "columns"], metric: "r2", gain: -0.2, low: -0.3, high: -0.1 })).toBe(
    "text and columns take 0.200 of R² from image alone (-0.300 to -0.100): leave them out",
  );
  expect(said({ inputs: ["columns"] })).toBe("columns add 0.0 points to image alone (no interval)");
  expect(said({ gain: -3.3 })).toBe("text takes 3.3 points from image alone (no interval)");
  expect(said({ inputs: ["columns"], gain: 16.7, low: -2.4, high: 35.2 })).toBe(
    "columns add nothing to image alone that the interval shows: +16.7 points (-2.4 to +35.2)",
  );
});

test("too few groups for an interval have none for each input alone either", {
  tags: ["thorough"],
}, async () => {
  const { test: scores, joined } = await ofFewGroups();
  expect(scores.few_groups).toBe(true);
  for (const { ci95 } of [...joined!.parts, joined!.together]) expect(ci95).toBeNull();
  expect(joined!.words).toMatch(/\(no interval\)$/);
});

test("the page names the task, and says what a hidden input is", { tags: ["thorough"] }, async () => {
  const { run } = await ofFewGroups();
  const page = readFileSync(join(run, "report.html"), "utf8");
  expect(page).toContain("Engraft report · multimodal classification");
  const { kind } = await sheetOf("multimodal-regression");
  expect(kind({ task: "multimodal-regression" })).toEqual({ en: "multimodal regression", zh: "多模态回归" });
  const { explanations } = explanationParts([
    {
      ...{ input: "row 1", task: "multimodal-classification", label: "a", class: "a", method: "shap" },
      ...{ score: 0.7, class_score: 0.7, base_value: 0.5, unit: "probability" },
      shap: { exact: true, evaluations: 4, converged: true },
      columns: [{ name: "image", value: "1.png", weight: 0.2 }],
    },
  ]);
  expect(explanations!.text).toContain("A hidden input counts as missing");
  expect(explanations!.text).not.toContain("mean of the training rows");
});

/** A long text that is another one in each row. */
const note = (i: number): string => `order ${i} came late and the box was open`;

test("the warning of a list of pictures names inputs that the list has", async () => {
  const data = (await listWith("note", note)).replace("with-note", "note-alone");
  const rows = readFileSync(await listWith("note", note), "utf8")
    .trim()
    .split("\n");
  // Without the column "text".
  writeFileSync(data, `${rows.map((row) => row.split(",").toSpliced(2, 1).join(",")).join("\n")}\n`);
  const { warnings } = await inspectData(data);
  const cure = warnings.find(({ code }) => code === "columns_beside_pictures")!.message;
  const inputs = /--inputs (\S+) learns from them too$/.exec(cure)![1]!;
  expect(inputs).toBe("image,note,columns");
  const { columns } = await inspectData(data, { inputs });
  expect(columns!.map(({ name, use }) => `${name}: ${use}`)).toEqual([
    "note: text",
    "image: picture",
    "rooms: number",
    "label: target",
  ]);
});

test("a column of texts that is no input has a cure that works", async () => {
  const data = await listWith("note", note);
  const reasonOf = async (inputs: string): Promise<string> => {
    const { warnings } = await inspectData(data, { inputs });
    return warnings.find(({ code }) => code === "columns_left_out")!.message;
  };
  const cure = "texts of about 9 words: --inputs image,columns,note learns from them too";
  expect(await reasonOf("image,columns")).toContain(`"note" (${cure})`);
  const { columns } = await inspectData(data, { inputs: "image,rooms,note" });
  expect(columns!.find(({ name }) => name === "note")!.use).toBe("text");
  expect(await reasonOf("image,text,columns")).toContain("one text is an input already");
});

test.each(["rank", "distill", "adapt", "diagnose", "multi-task", "sums", "pretrain"])(
  "%s says which commands take several inputs",
  (command) => {
    expect(() => parse([command, "list.csv", "--inputs", "image,text"])).toThrow(
      expect.objectContaining({
        details: expect.objectContaining({ option: "inputs" }),
        help: expect.stringMatching(/^--inputs is an option of train, .*; see engraft [a-z-]+ --help$/),
      }),
    );
  },
);

test.each<[string, TrainOptions, string]>([
  ["maxLength", { maxLength: 64 }, "the option maxLength is for texts alone, and this is multimodal-"],
  ["imageSize", { imageSize: 96 }, "the option imageSize is for pictures alone, and this is multimodal-"],
])("%s: the refusal does not deny an input of the list", async (_, option, why) => {
  const options = { inputs: "image,text,columns", base: await toy("several-bases"), out: path("refused") };
  const error = await train(await toy("several-classes"), { ...options, ...option }).catch((e: unknown) => e);
  expect(error).toMatchObject({ message: expect.stringContaining(why) });
});

test("bases in the wrong order: the error says the order", { tags: ["thorough"] }, async () => {
  const base = `${await toy("text-base")}+${await toy("picture-base")}`;
  const options = { inputs: "image,text,columns", base, out: path("refused") };
  const error = await train(await toy("several-classes"), options).catch((e: unknown) => e);
  const order =
    'the order is --base PICTUREBASE+TEXTBASE: a picture model for "image", a text model for "text"';
  expect(error).toMatchObject({ kind: "ModelError", help: expect.stringContaining(order) });
});

test("a model of several inputs is no base, and its card says the order of its inputs", {
  tags: ["thorough"],
}, async () => {
  const { model } = await ofFewGroups();
  const { fineTune, levels } = await inspectModel(model);
  expect(levels).toBeUndefined();
  expect(fineTune).toMatchObject({ can: "none", help: expect.stringContaining("engraft extend") });
  expect(fineTune.words).toMatch(/is a model of several inputs, and no base of one input$/);
  const card = readFileSync(join(model, "README.md"), "utf8");
  expect(card).toContain(
    "`missing` float32[batch, 3] (1 for an input that a row lacks, in the order picture, text, columns)",
  );
});

test.each([
  [["price"], ["side"], "1 column of numbers and 1 of categories"],
  [[], ["side", "wood"], "2 columns of categories"],
  [["price"], [], "1 column of numbers"],
])("columns are counted in words: %j and %j", (numbers, categories, words) => {
  const table = { target: ["label"], numbers, categories, unused: [], pictures: ["image"], texts: [] };
  const event = { event: "data", task: "multimodal-classification", classes: ["a", "b"], targets: ["label"] };
  const split = { train: 8, validation: 2, test: 2 };
  const counts = { split, split_words: "70 / 15 / 15", skipped: [] };
  const duplicates = { exact: 0, near: 0, across_parts: 0 };
  const lines = renderEvent({ ...event, ...counts, duplicates, table } as never);
  expect(lines.join(" ").replace(/\s+/g, " ")).toContain(`label from image (picture), ${words} 8 train`);
});

const givePath = "the path of a picture file";
test.each<[string, unknown, string, string]>([
  ["bytes", { image: new Uint8Array(2) }, '"image" of row 1 is an object', givePath],
  ["an address", { image: "https://a.org/b.png" }, '"image" of row 1 is a URL', givePath],
  ["a number", { image: 7 }, '"image" of row 1 is a number', givePath],
  ["a list of texts", { text: ["good"] }, '"text" of row 1 is a list', "give a text"],
  [
    "a path",
    "pictures/ant/1.png",
    '"pictures/ant/1.png" is no row of a table',
    "objects with the model's columns",
  ],
])("prediction for %s: refused with what to give", { tags: ["thorough"] }, async (_, row, message, help) => {
  const { model: folder } = await ofFewGroups();
  const model = await load(folder, { threads: 1 });
  if (model.task !== "multimodal-classification") throw new Error(model.task);
  await expect(model.predict([row] as never)).rejects.toMatchObject({
    ...{ kind: "DataError", message: expect.stringContaining(message) },
    help: expect.stringContaining(help),
  });
  await model.close();
});

test("an extended model reads the columns of the first list, and takes a row of two lists once", {
  tags: ["thorough"],
}, async () => {
  const base = await toy("several-bases");
  const data = await toy("several-classes");
  const options = { inputs: "image,text,columns", base, out: path("first") };
  const { run } = await train(data, options);
  // The same rows with one more column in front.
  const again = await listWith("shop", (i) => `shop ${i % 3}`);
  const refused = await extend([run, again], { out: path("again") }).catch((e: unknown) => e);
  expect(refused).toMatchObject({ kind: "DataError", details: { sources: expect.any(Array) } });
  const [header, ...lines] = readFileSync(again, "utf8").trim().split("\n");
  const more = again.replace("with-shop", "more");
  const fresh = lines.slice(0, 20).map((line) => line.replace(/,([\d.]+),/, ",1$1,"));
  writeFileSync(more, `${[header, ...lines.slice(0, 30), ...fresh].join("\n")}\n`);
  const warnings: string[] = [];
  const result = await extend([run, more], {
    out: path("more"),
    onEvent: (event) => event.event === "warning" && warnings.push(event.code),
  });
  expect(warnings).toContain("repeated_samples");
  expect((result as TableResultEvent).test.n).toBeLessThan(20);
});

test("sums of columns are extended only by rows that are scaled alike", { tags: ["thorough"] }, async () => {
  const base = await toy("several-bases");
  const { run } = await train(await toy("several-classes"), {
    inputs: "image,text,columns",
    strategy: "sums",
    base,
    out: path("scaled"),
  });
  const other = await listWith("amount", (i) => `${i}`);
  const text = readFileSync(other, "utf8").trim().split("\n");
  writeFileSync(
    other,
    `${[text[0], ...text.slice(1, 40).map((line, i) => line.replace(/,([\d.]+),/, `,${i}00$1,`))].join("\n")}\n`,
  );
  await expect(extend([run, other], { out: path("scaled-more") })).rejects.toMatchObject({
    message: expect.stringMatching(/^the sums of ".*" scale columns by the rows of their own run/),
    help: expect.stringContaining("--strategy probe"),
  });
});
