// `npm run bench -- random-labels`: do copies raise the test score? Labels are drawn at random, so no score may lie above chance.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { withPixels } from "../dist/bases/pixels.js";
import { draws } from "../dist/core/random.js";
import { rowsOf, wholeOf } from "../dist/core/results/rows.js";
import { groupDuplicates, thumbnailSide } from "../dist/data/images/duplicate-groups.js";
import { pictureInputs } from "../dist/data/index.js";
import { divide } from "../dist/data/split/divide.js";
import { groupsOfFolds } from "../dist/data/split/groups.js";
import { openTable } from "../dist/data/tables/open-table.js";
import { encodeRows, fitEncoding, oneHotRows } from "../dist/data/tables/table-encoding.js";
import { groupNearTexts } from "../dist/data/texts/near-texts.js";
import { applyHead, factsOf, scoresOf } from "../dist/evaluate/class-predictions.js";
import { shownScore } from "../dist/evaluate/shown-score.js";
import { toOnnx } from "../dist/graph/to-onnx.js";
import { inspectData } from "../dist/index.js";
import { solveProbe } from "../dist/methods/probe/index.js";
import { fitSparse, sparseScores } from "../dist/methods/probe/sparse-logistic.js";
import { nodePlatform } from "../dist/platform/node.js";
import { sharpPictures } from "../dist/platform/node-pictures.js";
import { nodeRuntime } from "../dist/runtime/ort-node.js";
import { openSource } from "../dist/tasks/tables/source/source-rows.js";
import { wordRows } from "../dist/tasks/texts/tf-idf-baseline.js";
import { extractFeatures } from "../dist/train/features.js";
import { leakingTables, randomLabels, tableMeasuredAgain } from "./leaking-tables.mjs";
import { demo, messagesIn, pictureChanges, picturesIn, spread, textChanges } from "./near-copies.mjs";
import { openPictureBase } from "./picture-base.mjs";

export const bench = {
  about: "test scores of labels drawn at random, with copies and leaks of each kind: no score above chance",
  takes: "[tables] [texts] [pictures]",
  needs: [],
  options: {
    draws: { type: "number", default: 20, about: "draws of labels for each case" },
    rows: { type: "number", default: 1600, about: "rows of a table" },
    count: { type: "number", default: 200, about: "originals of texts and pictures" },
    data: { type: "string", default: "", about: "folder of pictures (default: the demo's pictures)" },
    base: { type: "string", default: "vision-mini", about: "base for pictures: name, folder or ONNX file" },
  },
  smallest: { draws: 1, rows: 120, count: 12 },
};

/** Share of the test split. The usual 0.15 leaves so few groups that a mean of 20 draws is known to 2 points. */
const testFraction = 0.4;
const seconds = () => process.cpuUsage().user / 1e6;

export async function main({ draws: repeats, rows, count, data, base, json = false }, words) {
  const kinds = {
    tables: (folder) => ofTables(folder, rows),
    texts: () => ofTexts(count),
    pictures: (folder) => ofPictures(folder, data || demo("demo/train"), count, base),
  };
  const folder = mkdtempSync(join(tmpdir(), "engraft-random-labels-"));
  const found = [];
  try {
    for (const [of, open] of Object.entries(kinds)) {
      if (words.length > 0 && !words.includes(of)) continue;
      for await (const { name, named, joined, runDraw } of open(folder)) {
        const begin = seconds();
        const runs = [];
        for (let draw = 0; draw < repeats; draw++) runs.push(await runDraw(draw));
        const row = { of, case: name, ...(joined !== undefined && { joined }), ...summary(runs, named) };
        found.push({ ...row, seconds: seconds() - begin });
        if (!json) console.log(line(found.at(-1)));
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (json) console.log(JSON.stringify({ rows: found }));
  const failed = repeats < fewestDraws ? [] : found.filter(({ holds }) => !holds);
  if (failed.length > 0) {
    console.error(`above chance, and not named: ${failed.map((row) => row.case).join("; ")}`);
    process.exitCode = 1;
  }
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Largest distance of the mean from chance, and most intervals of 20 that may lie above it. */
const [mostAway, mostAbove] = [0.03, 2];
/** Fewer draws show nothing. */
const fewestDraws = 20;

/** @param named a warning that has to name the leak, in place of a score at chance */
function summary(runs, named) {
  const says = named === undefined ? {} : { named: runs.filter(({ codes }) => codes.includes(named)).length };
  const scores = runs.flatMap(({ score }) => score ?? []);
  if (scores.length === 0) return { ...says, draws: runs.length, holds: says.named === runs.length };
  const away = scores.map(({ value, chance }) => value - chance);
  const average = mean(away);
  const above = scores.filter(({ ci95, chance }) => ci95 && ci95[0] > chance).length;
  const isAtChance = Math.abs(average) <= mostAway && above <= Math.ceil((mostAbove * scores.length) / 20);
  return {
    ...says,
    draws: runs.length,
    mean: mean(scores.map(({ value }) => value)),
    chance: mean(scores.map(({ chance }) => chance)),
    away: average,
    error: Math.sqrt(mean(away.map((one) => (one - average) ** 2)) / Math.max(1, scores.length - 1)),
    above,
    intervals: scores.filter(({ ci95 }) => ci95).length,
    test: mean(scores.map(({ n }) => n)),
    groups: mean(scores.map(({ groups }) => groups)),
    holds: isAtChance || says.named === runs.length,
  };
}

const percent = (share) => `${(100 * share).toFixed(1)} %`;
const line = ({ of, holds, seconds: spent, ...row }) =>
  [
    holds ? "holds" : "FAILS",
    of.padEnd(8),
    row.case.padEnd(40),
    ...(row.joined === undefined ? [] : [`joined ${percent(row.joined)}`]),
    ...(row.mean === undefined
      ? []
      : [
          `${percent(row.mean)}, chance ${percent(row.chance)}: ${(100 * row.away).toFixed(1)} ± ${(100 * row.error).toFixed(1)}`,
          `above ${row.above} of ${row.intervals}`,
          `test ${row.test.toFixed(0)} in ${row.groups.toFixed(0)} groups`,
        ]),
    ...(row.named === undefined ? [] : [`named ${row.named} of ${row.draws}`]),
    `${spent.toFixed(1)} s`,
  ].join("  ");

/**
 * Returns the shown score of test samples, with the interval of a run, which counts near copies as a group. `chance`: the accuracy if predictions and labels had these shares and
 * nothing to do with one another, Σ p_k q_k (Cohen 1960). Labels that are drawn are not exactly half of each class.
 */
function scoreOf(classes, test, logits) {
  const facts = { logits, ...factsOf(test) };
  const scores = scoresOf(classes, facts);
  const { ci95, n } = shownScore(scores);
  const chance = scores.confusion.reduce(
    (sum, row, k) =>
      sum + (row.reduce((a, b) => a + b) * scores.confusion.reduce((a, other) => a + other[k], 0)) / n ** 2,
    0,
  );
  return { value: scores.accuracy, chance, ci95, n, groups: facts.groups ? new Set(facts.groups).size : n };
}

const inSplit = (items, ...parts) => items.filter(({ part }) => parts.includes(part));

async function* ofTables(folder, rows) {
  const write = (name, lines) => {
    const path = join(folder, name);
    writeFileSync(path, `${lines.map((cells) => cells.join(",")).join("\n")}\n`);
    return path;
  };
  for (const [name, { make, named }] of Object.entries(leakingTables))
    yield {
      name,
      named,
      async runDraw(draw) {
        const made = make(draws(draw, "leaking table", name), rows, draw);
        const path = write("table.csv", [made.header, ...made.rows]);
        const { warnings } = named ? await inspectData(path, { target: "status", seed: draw }) : {};
        const codes = (warnings ?? []).map(({ code }) => code);
        const isScored = named === undefined || named === "equal_rows";
        if (!isScored) return { codes };
        const data = await openTable(path, { targets: ["status"], seed: draw, testFraction });
        return { codes, score: scoreNearest(data) };
      },
    };
  yield {
    name: "--with a table of the same things",
    async runDraw(draw) {
      const made = tableMeasuredAgain(draws(draw, "leaking table", "with"), Math.floor(rows / 2), draw);
      const data = await openTable(write("target.csv", [made.header, ...made.rows]), {
        ...{ targets: ["status"], seed: draw, testFraction },
      });
      const others = write("source.csv", [made.header, ...made.others]);
      const { items } = await openSource(others, data, {
        ...{ platform: nodePlatform, options: { target: "status" }, onEvent: () => {} },
      });
      return { codes: [], score: scoreNearest(data, items) };
    },
  };
}

/**
 * Scores the nearest row of the training split, and of further rows, on the test split. It remembers every copy; trees, whose leaves have 20
 * rows at least, would hide those of pairs.
 */
function scoreNearest({ columns, classes, items }, further = []) {
  const train = [...inSplit(items, "train"), ...further];
  const test = inSplit(items, "test");
  const cells = (some) => some.map((row) => row.cells);
  const encoding = fitEncoding(cells(train), columns);
  const names = columns.map(({ name }) => name);
  const encoded = (some) => oneHotRows(encoding, encodeRows(encoding, names, cells(some)));
  const [{ rows: known, width }, { rows: asked }] = [encoded(train), encoded(test)];
  const logits = new Float32Array(test.length * classes.length);
  for (const i of test.keys()) {
    let [nearest, least] = [0, Number.POSITIVE_INFINITY];
    for (const j of train.keys()) {
      let square = 0;
      for (let k = 0; k < width && square < least; k++)
        square += (asked[i * width + k] - known[j * width + k]) ** 2;
      if (square < least) [nearest, least] = [j, square];
    }
    logits[i * classes.length + train[nearest].label] = 1;
  }
  return scoreOf(classes, test, logits);
}

const classes = ["well", "ill"];

/**
 * Gives originals and their copies one label each, and divides them as a run does.
 * @param all the originals, then their copies in the same order @param nearOf returns the groups of near copies
 */
function divided(all, unit, draw, nearOf) {
  const drawn = randomLabels(all.length / 2, draw).map((label) => classes.indexOf(label));
  const labels = [...drawn, ...drawn];
  const near = nearOf(labels);
  const { kept, parts, copyOf } = divide(
    all.map(({ id, sha256 }) => ({ id, sha256, given: undefined })),
    { bin: labels, bins: classes.length },
    { exact: all.map((_, i) => i), near },
    { unit, seed: draw, testFraction, root: unit },
    [],
    [],
  );
  return kept.map((i, k) => ({
    ...all[i],
    ...{ at: i, label: labels[i], part: parts[k] },
    ...(copyOf[k] !== undefined && { copyOf: copyOf[k] }),
  }));
}

const joinedShare = (near) => {
  const n = near.length / 2;
  return near.slice(0, n).filter((root, i) => root === near[i + n]).length / n;
};

async function* ofTexts(count) {
  const originals = spread(messagesIn(demo("demo-texts/messages.csv")), count);
  const none = (_, i) => `${i}`;
  for (const [name, copyOf] of Object.entries({ "no copies": none, ...textChanges, ...moreTextChanges })) {
    const isPlain = copyOf === none;
    const texts = [...originals, ...(isPlain ? originals.map(madeUp) : originals.map(copyOf))];
    const all = texts.map((text, i) => ({ id: `text ${i}`, sha256: `${name} ${i}`, text }));
    const nearOf = (labels) => groupNearTexts(texts.length, (i) => texts[i], { labels });
    yield {
      name,
      ...(!isPlain && { joined: joinedShare(nearOf(texts.map((_, i) => i % originals.length))) }),
      async runDraw(draw) {
        const items = divided(all, "text", draw, nearOf);
        const train = inSplit(items, "train");
        const words = wordRows("tf_idf", { dataset: { items }, onEvent: () => undefined }, 1);
        const labelled = (some) => ({ rows: words.rowsOf(some), labels: factsOf(some).labels });
        const fit = await fitSparse(labelled(train), labelled(inSplit(items, "validation")), classes.length);
        const test = inSplit(items, "test");
        return { codes: [], score: scoreOf(classes, test, sparseScores(fit, words.rowsOf(test))) };
      },
    };
  }
}

/** Returns another text of the same words of the language: no copy of any. */
const madeUp = (text, i, all) =>
  text
    .split(" ")
    .map((_, k) => all[(31 * i + 17 * k + 7) % all.length].split(" ")[k] ?? "and")
    .join(" ");

const moreTextChanges = {
  "one other word": (text, i) => {
    const words = text.split(" ");
    words[(7 * i) % words.length] = ["really", "this", "always", "some"][i % 4];
    return words.join(" ");
  },
  "sentences exchanged": (text) => {
    const sentences = text.split(/(?<=[.?!])\s/);
    return sentences.length > 1 ? sentences.reverse().join(" ") : text.replaceAll(" ", "  ");
  },
  "a typing error": (text) =>
    text.slice(0, Math.floor(text.length / 2)) + text.slice(Math.floor(text.length / 2) + 1),
};

async function* ofPictures(folder, data, count, baseName) {
  const files = spread(picturesIn(data), count);
  const originals = await written(join(folder, "originals"), files, (file) =>
    sharp(file).removeAlpha().png(),
  );
  const { body, preprocessing } = await openPictureBase({ base: baseName });
  const runtime = await nodeRuntime({});
  const session = await runtime.session(toOnnx(withPixels(body.graph, preprocessing)));
  const featuresOf = async (items) => {
    const inputs = pictureInputs(nodePlatform, preprocessing, 0);
    const { rows } = await extractFeatures(items, {
      session: async () => session,
      width: body.width,
      inputs,
    });
    return wholeOf(rows);
  };
  const own = await featuresOf(originals);
  for (const [name, copyOf] of Object.entries({ ...pictureChanges, ...morePictureChanges })) {
    const to = join(folder, "copies");
    const copies = await written(to, files, async (file) => (await copyOf(file)).jpeg({ quality: 85 }));
    const features = Float32Array.from([...own, ...(await featuresOf(copies))]);
    rmSync(to, { recursive: true });
    const all = [...originals, ...copies];
    const { near } = groupDuplicates(all);
    yield {
      name,
      joined: joinedShare(near),
      async runDraw(draw) {
        const items = divided(all, "picture", draw, () => near);
        const learnt = inSplit(items, "train", "validation");
        const rows = (some) =>
          rowsOf(
            Float32Array.from(
              some.flatMap(({ at }) => [...features.subarray(at * body.width, (at + 1) * body.width)]),
            ),
            body.width,
          );
        const samples = {
          rows: rows(learnt),
          labels: factsOf(learnt).labels,
          groups: groupsOfFolds(learnt),
          classes: classes.length,
        };
        const head = await solveProbe(samples, [...learnt.keys()]);
        const test = inSplit(items, "test");
        return { codes: [], score: scoreOf(classes, test, applyHead(head, rows(test))) };
      },
    };
  }
  await runtime.close();
}

/** Writes pictures into a folder. @returns samples with what shows their copies */
async function written(folder, files, pictureOf) {
  mkdirSync(folder, { recursive: true });
  const items = [];
  for (const [i, file] of files.entries()) {
    const bytes = await (await pictureOf(file)).toBuffer();
    const path = join(folder, `${i}`);
    writeFileSync(path, bytes);
    const sha256 = await nodePlatform.sha256(bytes);
    const thumbnail = (await sharpPictures.thumbnail(bytes, thumbnailSide)).data;
    items.push({ id: path, path, sha256, thumbnail });
  }
  return items;
}

const morePictureChanges = {
  "half the size": async (file) => {
    const { width } = await sharp(file).metadata();
    return sharp(file)
      .removeAlpha()
      .resize(Math.round(width / 2));
  },
};
