// `npm run bench -- clean-sets`: false alarms about copies and leaks on sets without any. The list was written before the sets were checked.
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, extname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { draws } from "../dist/core/random.js";
import { inspectData } from "../dist/index.js";
import { makeSet, png } from "./made-sets.mjs";

const sets = JSON.parse(readFileSync(new URL("clean-sets.json", import.meta.url), "utf8"));

export const bench = {
  about: "warnings about copies, near copies and telling columns on 50 sets that have none",
  takes: "[KIND …]",
  needs: [],
  options: {
    data: {
      type: "string",
      default: "",
      about: "folder of the public sets of the list (default: made sets only)",
    },
  },
  smallest: {},
};

/** Codes of the warnings that speak of near copies, or of columns that tell or count. Exact copies are copies: they are no false alarm. */
const alarms = new Set([
  ...["near_rows", "equal_rows", "equal_inputs", "telling_column", "telling_columns", "counting_column"],
  ...["near_duplicates_across_parts", "near_duplicates_divided"],
]);

/** Near copies of the public sets that were read and are copies: how many. They stay together without a warning. */
const trueCopies = {
  // "My card does not work" and "My card doesn't work." are copies; "How do I use …" and "How do I obtain a disposable virtual card?" are not.
  banking77: 6,
  // "Play some music on Lastfm" and "… from the thirties" twice; "is it going to be hot in …" with two places is none.
  snips: 2,
  // One text of an advertisement: "participate in a special promotion", "in this special promotion".
  "reviews of kitchen": 1,
};

/** Most sets with a false alarm. */
const mostFalse = 1;

export async function main({ data, json = false, smallest = false }, kinds) {
  const rows = [];
  for (const set of sets) {
    if (kinds.length > 0 && !kinds.includes(set.kind)) continue;
    if (set.path !== undefined && data === "") continue;
    if (smallest && !["table", "texts"].includes(set.kind)) continue;
    const folder = mkdtempSync(join(tmpdir(), "engraft-clean-set-"));
    const before = process.cpuUsage().user;
    try {
      const { path, options } = await written(folder, set, data);
      const found = await inspectData(path, { seed: 0, ...options });
      const { exact, near } = found.duplicates;
      const said = found.warnings.filter(({ code }) => alarms.has(code));
      const row = {
        set: set.name,
        kind: set.kind,
        made: set.path === undefined,
        samples: found.splits.train + found.splits.validation + found.splits.test,
        ...{ exact, near, warnings: said.map(({ code }) => code) },
        false_copies: Math.max(0, near - (trueCopies[set.name] ?? 0)),
        alarm: said.length > 0,
        seconds: (process.cpuUsage().user - before) / 1e6,
      };
      rows.push(row);
      if (!json) console.log(line(row));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  const loud = rows.filter(({ alarm }) => alarm);
  if (json) console.log(JSON.stringify({ rows }));
  else {
    const joined = rows.filter((row) => row.false_copies > 0);
    console.log(
      `${loud.length} of ${rows.length} sets with a false warning; ${joined.length} with false copies`,
    );
  }
  if (loud.length > mostFalse) {
    console.error(`false alarms: ${loud.map(({ set }) => set).join("; ")}`);
    process.exitCode = 1;
  }
}

const line = ({ set, kind, samples, exact, near, false_copies: wrong, warnings, alarm, seconds }) =>
  [
    alarm ? "FALSE" : "     ",
    kind.padEnd(11),
    set.padEnd(24),
    `${samples} samples`.padEnd(13),
    `${exact} exact, ${near} near, ${wrong} false`.padEnd(28),
    `${seconds.toFixed(1)} s`,
    warnings.join(", "),
  ].join("  ");

/** Writes a set as the product reads it. @returns its path, and the options that describe it */
async function written(folder, set, data) {
  if (set.path === undefined) return writtenAs[set.kind](folder, await makeSet(folder, set), set);
  return writtenAs[set.kind](folder, await readSet[set.kind](join(data, set.path), set, folder), set);
}

const lineFile = (folder, name, lines) => {
  const path = join(folder, name);
  writeFileSync(path, `${lines.join("\n")}\n`);
  return path;
};
const csv = (folder, name, rows) =>
  lineFile(
    folder,
    name,
    rows.map((cells) => cells.join(",")),
  );

/** Writers of each kind of set. */
const writtenAs = {
  table: (folder, { header, rows }, { target = "target" }) => ({
    path: csv(folder, "table.csv", [header, ...rows]),
    options: { target },
  }),
  texts: (folder, { texts }) => ({
    path: lineFile(
      folder,
      "texts.jsonl",
      texts.map((one) => JSON.stringify(one)),
    ),
    options: {},
  }),
  pairs: (folder, { texts }) => ({
    path: lineFile(
      folder,
      "pairs.jsonl",
      texts.map((one) => JSON.stringify(one)),
    ),
    options: { text: "sentence1,sentence2" },
  }),
  sentences: (folder, { sentences }) => ({
    path: lineFile(folder, "sentences.conll", [sentences.join("\n\n")]),
    options: { task: "entities" },
  }),
  pictures: (folder, found) => listed(folder, "image", found),
  sounds: (folder, found) => listed(folder, "audio", found),
  transcripts: (folder, { files }) => ({
    path: lineFile(
      folder,
      "list.jsonl",
      files.map(({ name, ...columns }) => JSON.stringify({ audio: name, ...columns })),
    ),
    options: { task: "automatic-speech-recognition" },
  }),
};
const listed = (folder, column, { files }) => ({
  path: csv(folder, "list.csv", [
    [column, ...Object.keys(files[0]).filter((name) => name !== "name")],
    ...files.map(({ name, ...columns }) => [name, ...Object.values(columns)]),
  ]),
  options: {},
});

const bytesOf = (path) => (path.endsWith(".gz") ? gunzipSync(readFileSync(path)) : readFileSync(path));
const linesOf = (path) => bytesOf(path).toString("utf8").trim().split(/\r?\n/);
/** Returns as many values as a set takes, at equal distances. */
const some = (all, { count = all.length }) =>
  Array.from(
    { length: Math.min(count, all.length) },
    (_, i) => all[Math.floor((i * all.length) / Math.min(count, all.length))],
  );

/** Rows of a list of tabs, as objects. */
function tabbed(path, set) {
  const [header, ...rows] = linesOf(path).map((text) => text.split("\t"));
  return some(rows, set).map((cells) => Object.fromEntries(header.map((name, i) => [name, cells[i]])));
}
/** Rows of a list of commas whose columns hold none before the last used one, as objects. */
function separated(path, set) {
  const [header, ...rows] = linesOf(path).map((text) => text.split(","));
  const all = rows.map((cells) => Object.fromEntries(header.map((name, i) => [name, cells[i]])));
  const { one_of: column } = set;
  const seen = new Set();
  const single = all.filter(
    (row) => column === undefined || !(seen.has(row[column]) || !seen.add(row[column])),
  );
  return some(single, set);
}

/** Readers of the public sets. */
const readSet = {
  table(path, set) {
    const lines = linesOf(path).map((text) => text.split(/,\s*/));
    const [header, rows] = set.columns ? [set.columns, lines] : [lines[0], lines.slice(1)];
    return { header, rows: some(rows, set) };
  },
  texts: (path, set) => ({ texts: tabbed(path, set).map(({ text, label }) => ({ text, label })) }),
  pairs(path, set) {
    const d = draws(0, "clean set", set.name);
    return {
      texts: tabbed(path, set).map(({ source, target }) => ({
        ...{ sentence1: source, sentence2: target, label: d.chance(0.5) ? "a" : "b" },
      })),
    };
  },
  sentences(path, set) {
    const all = bytesOf(path)
      .toString("utf8")
      .trim()
      .split(/\n\s*\n/);
    return { sentences: some(all, set) };
  },
  pictures: (path, set, folder) =>
    path.endsWith(".gz")
      ? digits(path, set, folder)
      : set.folders
        ? archived(path, set, folder)
        : copied(path, set, folder),
  sounds: (path, set, folder) => ({
    files: separated(path, set).map(({ file_name: file, label, speaker }, i) => ({
      name: placed(join(dirname(path), file), folder, i),
      label,
      ...(speaker !== undefined && { speaker }),
    })),
  }),
  transcripts: (path, set, folder) => ({
    files: separated(path, set).map(({ file_name: file, text, speaker }, i) => ({
      name: placed(join(dirname(path), file), folder, i),
      ...{ text, speaker },
    })),
  }),
};

/** Copies a file into a folder. @returns its new name */
function placed(path, folder, i) {
  const name = `${i}${extname(path)}`;
  copyFileSync(path, join(folder, name));
  return name;
}

/** Pictures in folders of classes; in one folder, classes are drawn. */
function copied(path, set, folder) {
  const all = readdirSync(path, { recursive: true })
    .filter((name) => /\.(jpe?g|png)$/i.test(name))
    .sort();
  const d = draws(0, "clean set", set.name);
  return {
    files: some(all, set).map((name, i) => ({
      name: placed(join(path, name), folder, i),
      label: set.classes ? `class ${d.integer(set.classes)}` : dirname(name),
    })),
  };
}

/** Pictures in IDX files: a header of big-endian sizes, then bytes. */
async function digits(path, set, folder) {
  const bytes = bytesOf(path);
  const labels = bytesOf(path.replace(/images-idx\d/, "labels-idx1")).subarray(8);
  const [count, height, width, channels = 1] = Array.from({ length: bytes[3] }, (_, i) =>
    bytes.readUInt32BE(4 + 4 * i),
  );
  const size = height * width * channels;
  const first = 4 + 4 * bytes[3];
  const files = [];
  for (const i of some([...Array(count).keys()], set)) {
    const data = bytes.subarray(first + i * size, first + (i + 1) * size);
    const name = `${i}.png`;
    writeFileSync(join(folder, name), await png(data, width, { height, channels }));
    files.push({ name, label: `digit ${labels[i]}` });
  }
  return { files };
}

/** Pictures in archives, one for each class: blocks of 512 bytes, a header with name and octal size before each file. */
function archived(path, set, folder) {
  const archives = some(readdirSync(path).sort(), { count: set.folders });
  const files = archives.flatMap((archive, k) => {
    const bytes = gunzipSync(readFileSync(join(path, archive)));
    const found = [];
    for (let at = 0; at + 512 <= bytes.length && bytes[at] !== 0; ) {
      const size = Number.parseInt(bytes.toString("latin1", at + 124, at + 136), 8);
      const name = bytes.toString("latin1", at, at + 100).replace(/\0.*$/s, "");
      if (size > 0)
        found.push({ name: `${k}-${basename(name)}`, label: basename(archive, ".tar.gz"), at, size });
      at += 512 + 512 * Math.ceil(size / 512);
    }
    return found.map(({ at, size, ...one }) => ({
      ...one,
      bytes: bytes.subarray(at + 512, at + 512 + size),
    }));
  });
  mkdirSync(folder, { recursive: true });
  return {
    files: some(files, set).map(({ name, label, bytes }) => {
      writeFileSync(join(folder, name), bytes);
      return { name, label };
    }),
  };
}
