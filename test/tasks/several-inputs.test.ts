// A picture, a text and columns in one row: equal features, what each input gives alone, missing cells, the saved file, and refusals.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import * as ort from "onnxruntime-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EngraftEvent, TableResultEvent } from "../../src/core/events/events.js";
import { draws } from "../../src/core/random.js";
import type { Explanation } from "../../src/core/results/explanation.js";
import { wholeOf } from "../../src/core/results/rows.js";
import { pictureInputs } from "../../src/data/index.js";
import { encodeRows, oneHotRows } from "../../src/data/tables/table-encoding.js";
import { fromOnnx } from "../../src/graph/from-onnx.js";
import { evaluate, explain, extend, inspectData, load, type TrainOptions, train } from "../../src/index.js";
import { nodePlatform } from "../../src/platform/node.js";
import { type OpenedBase, openBody, openTrunk } from "../../src/run/setup.js";
import { nodeRuntime } from "../../src/runtime/ort-node.js";
import { openSeveral } from "../../src/tasks/multimodal/open-several.js";
import { rowTensors } from "../../src/tasks/multimodal/row-tensors.js";
import { openRows } from "../../src/tasks/tables/open-rows.js";
import { rowsOf } from "../../src/tasks/tables/table-rows.js";
import { openTextBody, tokensOf } from "../../src/tasks/texts/open-texts.js";
import { toysIn } from "../characterisation/toys.js";
import { errorWith } from "../support/failure.js";
import { once } from "../support/fixtures.js";

const root = mkdtempSync(join(tmpdir(), "engraft-several-inputs-"));
const path = (...parts: string[]): string => join(root, ...parts);
const toy = toysIn(path("toys"));
const inputs = "image,text,columns";
const how = { platform: nodePlatform, seed: 0, onEvent: () => undefined };

beforeAll(() => {
  process.env.ENGRAFT_CACHE = path("cache");
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

let runs = 0;
const ofPrice = { target: "price" };
const trained = async (data: string, options: TrainOptions = {}) =>
  train(data, { inputs, base: await toy("several-bases"), out: path(`run-${runs++}`), ...options });
const ofClasses = once(async () => (await trained(await toy("several-classes"))) as TableResultEvent);
const ofNumbers = once(async () => trained(await toy("several-numbers"), ofPrice));

/** Shapes with captions. The picture tells disc or square, the caption red or blue, and only both tell the class. */
const shapes = once(async () => {
  const { default: sharp } = await import("sharp");
  const draw = draws(11, "shapes with captions");
  mkdirSync(path("shapes"));
  const lines = ["picture,caption,class"];
  for (let i = 0; i < 200; i++) {
    const [disc, red] = [i % 2 === 0, i % 4 < 2];
    const [side, grey] = [20 + 28 * draw.uniform(), 60 + draw.integer(120)];
    const [x, y] = [8 + draw.uniform() * (80 - side), 8 + draw.uniform() * (80 - side)];
    const fill = `fill="rgb(${grey},${grey},${grey})"`;
    const shape = disc
      ? `<circle cx="${x + side / 2}" cy="${y + side / 2}" r="${side / 2}" ${fill}/>`
      : `<rect x="${x}" y="${y}" width="${side}" height="${side}" ${fill}/>`;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96"><rect width="96" height="96" fill="#eee"/>${shape}</svg>`;
    await sharp(Buffer.from(svg))
      .png()
      .toFile(path("shapes", `${i}.png`));
    const colour = red ? "red" : "blue";
    const caption = [
      `it should be painted ${colour}`,
      `please paint this one ${colour} all over`,
      `${colour} is the colour that we want here`,
      `we ordered the ${colour} one last week`,
    ][draw.integer(4)];
    lines.push(`${i}.png,${caption},${colour} ${disc ? "disc" : "square"}`);
  }
  writeFileSync(path("shapes", "list.csv"), `${lines.join("\n")}\n`);
  return path("shapes", "list.csv");
});

test("both inputs together know what each one alone cannot know", { tags: ["thorough"] }, async () => {
  const result = (await train(await shapes(), {
    inputs: "picture,caption",
    out: path("shapes-run"),
  })) as TableResultEvent;
  expect(result.task).toBe("multimodal-classification");
  expect(result.test.accuracy).toBeGreaterThan(0.9);
  const { parts, together, best, words } = result.joined!;
  expect(parts.map(({ name }) => name)).toEqual(["picture", "caption"]);
  // Each alone knows one of two equal bits.
  for (const { test: alone } of parts) expect(alone).toBeLessThan(0.75);
  expect(together.test).toBeGreaterThan(0.9);
  const other = best === "picture" ? "caption" : "picture";
  expect(words).toMatch(new RegExp(`^${other} adds [0-9.]+ points to ${best} alone \\(\\+.* to \\+.*\\)$`));
  const page = readFileSync(join(result.run, "report.html"), "utf8");
  const card = readFileSync(join(result.model, "README.md"), "utf8");
  for (const text of [page, card]) expect(text).toContain(words);
  expect(card).toContain("Pipelines of Transformers.js have one input and do not open this model");
  expect(card).toContain("`pixel_values` float32[batch, 3, H, W], `input_ids` and `attention_mask`");
});

test("joined features are those of the bases, in rows of one length, and those of the standardised columns", async () => {
  const data = await openRows(await toy("several-classes"), { inputs }, "multimodal-classification", how);
  const [picture, text] = [await toy("picture-base"), await toy("text-base")];
  const options = { base: `${picture}+${text}`, cache: false } as const;
  const opening = { ...how, options, signal: undefined, run: "", whole: false };
  const { opened, reader } = await openSeveral(data, opening);
  const runtime = await nodeRuntime({ threads: 1 });
  const items = data.items.filter(({ cells }) => cells.every((cell) => cell !== "")).slice(0, 12);
  expect(items.length).toBe(12);
  const featuresOf = async (base: OpenedBase, ...given: readonly [never, never]) => {
    const trunk = await openTrunk(base, runtime, nodePlatform, { cache: false }, given[1]);
    const rows = wholeOf(await trunk.features(given[0], {}));
    await trunk.close();
    return rows;
  };
  const rows = await rowTensors(items, reader, { platform: nodePlatform });
  const all = await featuresOf(opened, items as never, rows as never);
  const pictures = await openBody(picture, {}, nodePlatform);
  const texts = await openTextBody(text, {}, how);
  const pixels = pictureInputs(nodePlatform, pictures.base.preprocessing, 0);
  const paths = items.map((item) => ({ ...item, path: item.cells[0]! }));
  const captions = items.map((item) => ({ ...item, text: item.cells[1]! }));
  const tokens = tokensOf({ items: captions } as never, texts, undefined);
  const own = [
    await featuresOf(pictures, paths as never, pixels as never),
    await featuresOf(texts, captions as never, tokens as never),
  ];
  await runtime.close();
  const widths = [pictures.body.width, texts.body.width];
  const names = data.columns.map(({ name }) => name);
  const cells = items.map((item) => item.cells);
  const columns = oneHotRows(reader.encoding, encodeRows(reader.encoding, names, cells));
  // √D, with D the mean width of the bases.
  const length = Math.sqrt((widths[0]! + widths[1]!) / 2);
  const width = widths[0]! + widths[1]! + columns.width + 3;
  expect(opened.body.width).toBe(width);
  for (const i of items.keys()) {
    const units = own.flatMap((features, k) => {
      const row = [...features.subarray(i * widths[k]!, (i + 1) * widths[k]!)];
      const norm = Math.hypot(...row);
      return [...row.map((v) => (length * v) / norm), 0];
    });
    const last = [...columns.rows.subarray(i * columns.width, (i + 1) * columns.width)].map(
      (v) => (v * length) / Math.sqrt(columns.width),
    );
    for (const [k, expected] of [...units, ...last, 0].entries())
      expect(all[i * width + k]! / length, `row ${i}, feature ${k}`).toBeCloseTo(expected / length, 6);
  }
});

test("a missing input has zeros and its mark", async () => {
  const data = await openRows(await toy("several-classes"), { inputs }, "multimodal-classification", how);
  const base = await toy("several-bases");
  const opening = { ...how, options: { base }, signal: undefined, run: "", whole: false };
  const { opened, reader } = await openSeveral(data, opening);
  const runtime = await nodeRuntime({ threads: 1 });
  const trunk = await openTrunk(
    opened,
    runtime,
    nodePlatform,
    { cache: false },
    await rowTensors([{ sha256: "none", cells: ["", "", ""] }], reader, { platform: nodePlatform }),
  );
  const rows = wholeOf(await trunk.features([{ sha256: "none", id: "none" } as never], {}));
  await trunk.close();
  await runtime.close();
  expect([...rows].filter((v) => v !== 0)).toEqual([1, 1, 1]);
});

test("onnxruntime opens the saved file with named inputs, and gives what predict gives", {
  tags: ["thorough"],
}, async () => {
  const { model: folder, classes } = await ofClasses();
  const session = await ort.InferenceSession.create(join(folder, "onnx/model.onnx"));
  expect([...session.inputNames].sort()).toEqual([
    "attention_mask",
    "columns",
    "input_ids",
    "missing",
    "pixel_values",
  ]);
  const side = JSON.parse(readFileSync(join(folder, "preprocessor_config.json"), "utf8")).size.height;
  const { logits } = await session.run({
    pixel_values: new ort.Tensor("float32", new Float32Array(3 * side * side), [1, 3, side, side]),
    input_ids: new ort.Tensor("int64", [0n, 0n], [1, 2]),
    attention_mask: new ort.Tensor("int64", [1n, 1n], [1, 2]),
    columns: new ort.Tensor("float32", [0], [1, 1]),
    missing: new ort.Tensor("float32", [1, 1, 1], [1, 3]),
  });
  const scores = [...(logits!.data as Float32Array)].map(Math.exp);
  const sum = scores.reduce((a, b) => a + b);
  const model = await load(folder, { threads: 1 });
  if (model.task !== "multimodal-classification") throw new Error(model.task);
  const [answers] = await model.predict([{ image: "", text: "", rooms: "" }]);
  await model.close();
  for (const { label, score } of answers!)
    expect(score).toBeCloseTo(scores[classes.indexOf(label)]! / sum, 5);
});

test("Shapley values of the inputs are exact", { tags: ["thorough"] }, async () => {
  const { model: folder } = await ofClasses();
  const data = await openRows(await toy("several-classes"), { inputs }, "multimodal-classification", how);
  const [image, text, rooms] = data.items.find(({ cells }) => cells.every((cell) => cell !== ""))!.cells;
  const model = await load(folder, { threads: 1 });
  if (model.task !== "multimodal-classification") throw new Error(model.task);
  const row = { image, text, rooms };
  const explained: Explanation[] = [];
  for await (const one of explain(folder, [row], { threads: 1 })) explained.push(one);
  const [found] = explained;
  const value = async (...shown: (keyof typeof row)[]): Promise<number> => {
    const cells = Object.fromEntries(Object.entries(row).filter(([name]) => shown.includes(name as "image")));
    const [answers] = await model.predict([{ image: "", ...cells }]);
    return answers!.find(({ label }) => label === found!.class)!.score;
  };
  const [v0, v1, v2, v3] = [await value(), await value("image"), await value("text"), await value("rooms")];
  const [v12, v13, v23] = [
    await value("image", "text"),
    await value("image", "rooms"),
    await value("text", "rooms"),
  ];
  const all = await value("image", "text", "rooms");
  await model.close();
  const [first] = found!.columns!;
  expect(found!.shap).toMatchObject({ exact: true });
  expect(found!.columns!.map(({ name }) => name)).toEqual(["image", "text", "columns"]);
  // φ₁ = (v₁ − v₀) / 3 + (v₁₂ − v₂ + v₁₃ − v₃) / 6 + (v₁₂₃ − v₂₃) / 3
  const share = (v1 - v0) / 3 + (v12 - v2 + v13 - v3) / 6 + (all - v23) / 3;
  expect(first!.weight).toBeCloseTo(share, 5);
  expect(found!.base_value).toBeCloseTo(v0, 5);
});

test("numbers of several inputs: evaluate gives the run's score, and columns count beside features", {
  tags: ["thorough"],
}, async () => {
  const result = await ofNumbers();
  if (result.task !== "multimodal-regression") throw new Error(result.task);
  expect(result.test.r2).toBeGreaterThan(0.7);
  expect(result.joined!.metric).toBe("r2");
  expect(result.table).toMatchObject({ pictures: ["image"], texts: ["text"], numbers: ["rooms"] });
  const scored = await evaluate(result.model, await toy("several-numbers"), { threads: 1 });
  expect(scored.test.metric.value).toBeCloseTo(result.test.r2, 5);
});

test("feature sums learn the same kind of model", { tags: ["thorough"] }, async () => {
  const result = await trained(await toy("several-numbers"), { ...ofPrice, strategy: "sums" });
  if (result.task !== "multimodal-regression") throw new Error(result.task);
  expect(result.strategy.name).toBe("sums");
  expect(result.test.r2).toBeGreaterThan(0.7);
  expect(result.joined).toBeUndefined();
  // The lines of each input alone are those of a probe.
  const classes = (await trained(await toy("several-classes"), { strategy: "sums" })) as TableResultEvent;
  expect(classes.strategy.name).toBe("sums");
  expect(classes.joined).toBeUndefined();
});

test("training changes the base of the first input, and no other one", { tags: ["thorough"] }, async () => {
  const weightsOf = (model: string) =>
    fromOnnx(readFileSync(join(model, "onnx/model.onnx"))).graph.initializers;
  const notes: string[] = [];
  const result = await trained(await toy("several-numbers"), {
    ...{ ...ofPrice, strategy: "finetune", epochs: 2, lr: 0.01, option: { keep: "last" } },
    onEvent: (event) => event.event === "base" && notes.push(...(event.notes ?? [])),
  });
  expect(notes).toContain('training changes the base of "image", and no other one');
  const [frozen, tuned] = [weightsOf((await ofNumbers()).model), weightsOf(result.model)];
  const changed = [...frozen].filter(
    ([name, { data }]) => data.length > 1 && !isDeepStrictEqual(data, tuned.get(name)!.data),
  );
  const names = changed.map(([name]) => name);
  expect(names.filter((name) => name.startsWith("base1.")).length).toBeGreaterThan(3);
  expect(names.filter((name) => !name.startsWith("base1."))).toEqual(["engraft/head/weight"]);
});

test("predictions without an input that every training row had get a warning", {
  tags: ["thorough"],
}, async () => {
  const file = await toy("several-numbers");
  const lines = readFileSync(file, "utf8").trim().split("\n");
  const gaps = lines.filter((line) => line.startsWith(","));
  const whole = join(file, "../whole.csv");
  writeFileSync(whole, lines.filter((line) => !line.startsWith(",")).join("\n"));
  const { model: folder } = await trained(whole, { ...ofPrice, inputs: "image,text" });
  const model = await load(folder, { threads: 1 });
  // Some training rows lack the text.
  if (!("complete" in model)) throw new Error(model.task);
  expect(model.complete).toEqual(["image"]);
  const told: string[] = [];
  const onEvent = (event: EngraftEvent) => event.event === "warning" && told.push(event.message);
  await rowsOf(nodePlatform, file, { complete: model.complete, onEvent });
  await model.close();
  await evaluate(folder, file, { threads: 1, onEvent });
  const meaning = `zeros take its place. Every training row had it, so the model has not learnt from such rows`;
  const expected = `${gaps.length} of ${lines.length - 1} rows of ${JSON.stringify(file)} have no "image": ${meaning}`;
  expect(told.filter((one) => one.includes("zeros"))).toEqual([expected, expected]);
  // A run whose rows lack it has nothing to warn of.
  const other = await load((await ofNumbers()).model, { threads: 1 });
  expect("complete" in other && other.complete).toEqual([]);
  await other.close();
});

test("a fine-tuned run cannot be extended, and the help is not to extend it", {
  tags: ["thorough"],
}, async () => {
  const { run } = await trained(await toy("several-numbers"), {
    ...{ ...ofPrice, strategy: "finetune", epochs: 1 },
  });
  await expect(extend([run, await toy("several-classes")])).rejects.toMatchObject({
    message: `the run "${run}" is fine-tuned on several inputs, and cannot be extended`,
    help: expect.stringContaining("engraft train DATA"),
  });
});

test("a text and columns need no picture, and columns may be named", { tags: ["thorough"] }, async () => {
  const result = await trained(await toy("several-numbers"), {
    inputs: "text,rooms",
    base: await toy("text-base"),
  });
  if (result.task !== "multimodal-regression") throw new Error(result.task);
  expect(result.joined!.parts.map(({ name }) => name)).toEqual(["text", "columns"]);
  expect(result.table).toMatchObject({ pictures: [], texts: ["text"] });
});

test("a column of pictures may have any name, and empty cells", async () => {
  const data = readFileSync(await toy("several-classes"), "utf8");
  const file = join(await toy("several-classes"), "../photos.csv");
  writeFileSync(file, data.replace("image,text", "photo,words"));
  const { columns } = await inspectData(file, { inputs: "photo,words" });
  expect(columns!.map(({ use }) => use)).toEqual(["picture", "text", "left out", "target"]);
});

test("inspection names the use of each column", async () => {
  const { columns, task } = await inspectData(await toy("several-classes"), { inputs });
  expect(task).toBe("multimodal-classification");
  expect(columns!.map(({ name, use }) => `${name}: ${use}`)).toEqual([
    "image: picture",
    "text: text",
    "rooms: number",
    "label: target",
  ]);
});

test("without the option, the warning of a list of pictures says what to type", async () => {
  const { warnings } = await inspectData(await toy("several-classes"));
  expect(warnings.find(({ code }) => code === "columns_beside_pictures")?.message).toMatch(
    /: "text", "rooms"\. --inputs image,text,columns /,
  );
});

const rows = ["image,text,title,price,label", ...Array.from({ length: 40 }, (_, i) => line(i, ""))];
function line(i: number, image: string): string {
  return `${image},a text about ${i},a title with the number ${i},${i + 0.5},${i % 2 ? "yes" : "no"}`;
}

const refused: readonly (readonly [string, TrainOptions, Parameters<typeof errorWith>[0]])[] = [
  [
    "an input without a value",
    { inputs: "image,text" },
    '"list.csv" has no value of the input "image" in any row',
  ],
  ["a name that the list does not have", { inputs: "text,sound" }, '"list.csv" has no input "sound"'],
  ["the target", { inputs: "text,label" }, 'the input "label" is the target'],
  ["two texts", { inputs: "text,title" }, '2 columns of texts are inputs: "text", "title"'],
  ["inputs of one kind", { inputs: "price" }, 'the inputs are of one kind: "price"'],
  [
    "a strategy for one base",
    { inputs: "text,price", strategy: "lora" },
    { option: "strategy", needs: "adapters" },
  ],
  [
    "too many bases",
    { inputs: "text,price", base: "vision-open+text-mini" },
    '--base names 2 models, and the inputs need 1: a text model for "text"',
  ],
  [
    "the option for a task of one input",
    { inputs: "text,price", task: "text-classification" },
    { option: "inputs", needs: "several inputs" },
  ],
];

test.each(refused)("%s: refused", async (_, options, expected) => {
  writeFileSync(path("list.csv"), `${rows.join("\n")}\n`);
  const error = await train(path("list.csv"), { ...options, out: path("refused") }).catch((e: unknown) => e);
  expect(error).toEqual(errorWith(expected));
  expect(error).toMatchObject({ help: expect.stringMatching(/./) });
});

test("a row whose picture is no file is left out, with the reason", async () => {
  const data = readFileSync(await toy("several-classes"), "utf8");
  const file = join(await toy("several-classes"), "../lost.csv");
  writeFileSync(file, `${data}pictures/none.png,the book was good,2,ant good\n`);
  const { skipped } = await inspectData(file, { inputs });
  expect(skipped).toEqual([{ item: "line 62", reason: 'there is no picture "none.png"' }]);
});
