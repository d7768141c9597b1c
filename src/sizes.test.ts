// Numbers of the code that may only fall.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { folderOf, imports, product, src, target } from "../test/support/source-imports.js";

// Each limit is today's value: a commit that lowers the value lowers the limit.

/**
 * Folder of each task: its ids, its kind of head, and the paths of files about it in {@link carriers}. A word of many meanings counts as
 * a head only after `head:`.
 */
const taskFolders: Readonly<
  Record<string, { readonly ids: readonly string[]; readonly head: RegExp; readonly path: RegExp }>
> = {
  boxes: { ids: ["object-detection"], head: /"boxes"/, path: /box|detection/ },
  classes: {
    ids: ["image-classification", "text-classification", "audio-classification"],
    head: /\bhead: "classes"/,
    path: /class-|classification|\/classes/,
  },
  entities: { ids: ["token-classification"], head: /"tags"/, path: /entit/ },
  labels: { ids: ["multi-label-classification"], head: /\bhead: "labels"/, path: /labels/ },
  masks: { ids: ["image-segmentation"], head: /"masks"/, path: /mask|segmentation/ },
  numbers: {
    ids: ["image-regression", "audio-regression"],
    head: /\bhead: "numbers"/,
    path: /\/numbers[/-]|-numbers\.ts|regression/,
  },
  tables: {
    ids: ["tabular-classification", "tabular-regression"],
    head: /\binput: "table"/,
    path: /tabular/,
  },
  transcripts: {
    ids: ["automatic-speech-recognition"],
    head: /"transcript"/,
    path: /transcript|speech|recognise/,
  },
};
/** Folders that carry results of any task. A file there about one task counts; the mathematics of a task, in other folders, does not. */
const carriers = ["core", "report", "options", "run", "inference", "studies", "api", "web", "cli"];
/** Tables of all tasks, which name each one. */
const taskTables = ["core/results/task.ts", "tasks/task-table.ts", "tasks/sheets.ts"];

test("few files outside the folder of a task name it, are about it, or import what is", () => {
  const limits = {
    boxes: 30,
    classes: 36,
    entities: 24,
    labels: 17,
    masks: 19,
    numbers: 19,
    tables: 17,
    transcripts: 15,
  };
  const naming = Object.entries(taskFolders).map(([folder, { ids, head, path }]) => {
    const inside = `tasks/${folder}/`;
    const isAbout = (file: string): boolean =>
      file.startsWith(inside) || (carriers.includes(folderOf(file)) && path.test(file));
    const importing = new Set(imports.filter((i) => isAbout(target(i) ?? "")).map(({ file }) => file));
    const names = product
      .filter((file) => !file.startsWith(inside) && !taskTables.includes(file))
      .filter((file) => {
        const source = readFileSync(join(src, file), "utf8");
        const names = head.test(source) || ids.some((id) => source.includes(`"${id}"`));
        return names || isAbout(file) || importing.has(file);
      });
    return [folder, names.length] as const;
  });
  expect(Object.fromEntries(naming)).toEqual(limits);
});

test("few files have exactly one importer", () => {
  const importers = new Map<string, Set<string>>();
  for (const i of imports) {
    const to = target(i);
    if (to !== undefined) importers.set(to, (importers.get(to) ?? new Set()).add(i.file));
  }
  const { exports: published } = JSON.parse(readFileSync(join(src, "../package.json"), "utf8")) as {
    readonly exports: Readonly<Record<string, unknown>>;
  };
  const entries = JSON.stringify(published);
  const isEntry = (file: string): boolean => entries.includes(`"./dist/${file.replace(/\.ts$/, ".js")}"`);
  const single = product.filter((file) => importers.get(file)?.size === 1 && !isEntry(file));
  expect(single.length).toBe(482);
});

/** Files that write a verdict or a study by the codes of its sentences. */
const sentenceTables =
  /^report\/words\/(en\/verdict|zh\/(verdict|comparison|curve|diagnosis|side-by-side))\.ts$/;
/** Facts that a sentence is chosen by. */
const reasons = /\b(switch|why|scratch_ended|scratch_learnt)\b|\.(kind|finding)\b/;

/** Facts of a verdict from which a function could decide what to say. */
const verdictFacts = ["ci95", "gain", "effort", "kind"] as const;

test("no function outside evidence decides by the facts of a verdict", () => {
  const deciding = product
    .filter((file) => folderOf(file) !== "evidence" && !sentenceTables.test(file))
    .flatMap((file) => {
      const source = readFileSync(join(src, file), "utf8");
      // Declarations of the file, each from its first line, which is not indented.
      const declared = source.split(/\n(?=(?:export )?(?:async )?(?:function|const|class) )/);
      return declared
        .filter(
          (text) => /^(?:export )?(?:async )?(?:function|const|class) /.test(text) && /verdict/i.test(text),
        )
        .filter((text) => verdictFacts.filter((fact) => new RegExp(`\\b${fact}\\b`).test(text)).length >= 2)
        .map((text) => `${file}: ${/(?:function\*?|const|class) (\w+)/.exec(text)?.[1]}`);
    });
  expect(deciding).toEqual([]);
});

test("tables of sentences on a verdict or a study have a row for each code, and no reasons of their own", () => {
  const tables = product.filter((file) => sentenceTables.test(file));
  expect(tables.length).toBe(6);
  const deciding = tables.filter((file) => reasons.test(readFileSync(join(src, file), "utf8")));
  expect(deciding).toEqual([]);
});
/** Most lines of product code by folder. A commit may raise one by at most 2 %, with the reason in its message. */
const mostLines: Readonly<Record<string, number>> = {
  api: 1556,
  autodiff: 2698,
  bases: 11945,
  cli: 6060,
  core: 6490,
  data: 25183,
  evaluate: 4640,
  evidence: 2461,
  explain: 1124,
  graph: 12642,
  inference: 1275,
  linalg: 2664,
  losses: 1095,
  methods: 10181,
  onnx: 629,
  optim: 448,
  options: 2016,
  platform: 2929,
  push: 302,
  regimes: 5557,
  report: 11957,
  run: 9635,
  runtime: 3028,
  session: 767,
  statistics: 1351,
  studies: 5399,
  tasks: 25231,
  studio: 2224,
  testing: 3615,
  train: 6196,
  transferability: 1267,
  web: 2581,
};

test("no folder grows", () => {
  const lines: Record<string, number> = {};
  for (const file of product) {
    if (file.startsWith("onnx/generated/")) continue;
    const folder = folderOf(file);
    lines[folder] = (lines[folder] ?? 0) + readFileSync(join(src, file), "utf8").split("\n").length - 1;
  }
  const grown = Object.entries(lines).filter(([folder, count]) => count > (mostLines[folder] ?? 0));
  expect(grown).toEqual([]);
  expect(Object.keys(mostLines).filter((folder) => lines[folder] === undefined)).toEqual([]);
});
