// What code may not hold, and numbers that may only fall: a commit that lowers one lowers it here.
import { expect, test } from "vitest";
import {
  codeOf,
  folderOf,
  handwritten,
  imports,
  linesOf,
  product,
  readSource,
  target,
} from "../test/support/source-imports.js";

/** What a reader must know of a part: the types that its own types lead to, in any number of steps, and in two. */
const partsAndTypes = [
  {
    part: "a task: its data and base, its training, its result sheet",
    types: [
      "tasks/task-run.ts TaskRun",
      "run/trainable-task.ts TrainableTask",
      "report/sheet/sheet.ts Sheet",
    ],
    behind: { all: 456, withinTwoSteps: 114 },
  },
  {
    part: "options of opened data",
    types: ["data/dataset.ts OpenOptions"],
    behind: { all: 13, withinTwoSteps: 4 },
  },
  {
    part: "options of a training, as its run records them",
    types: ["options/options.ts RecipeOptions"],
    behind: { all: 29, withinTwoSteps: 25 },
  },
  {
    part: "how data and base are opened",
    types: ["tasks/task-run.ts OpenHow"],
    behind: { all: 86, withinTwoSteps: 26 },
  },
  {
    part: "how the cells of a list become targets",
    types: ["data/targets.ts TargetSource"],
    behind: { all: 20, withinTwoSteps: 11 },
  },
  {
    part: "how a model of a target predicts and is scored",
    types: ["tasks/targets/target.ts TargetModel"],
    behind: { all: 39, withinTwoSteps: 8 },
  },
  {
    part: "an input and a target",
    types: ["tasks/inputs/input.ts Input", "tasks/targets/target.ts Target"],
    behind: { all: 410, withinTwoSteps: 40 },
  },
];

test.each(partsAndTypes)("the number of types behind $part only falls", ({ part, types, behind }) => {
  // A step leads from a type, interface or class to every one of src/ that its declaration names, through imports and re-exports.
  const own = types.map((type) => type.split(" ") as [file: string, name: string]);
  const steps = new Map(own.map(([file, name]) => [`${file} ${name}`, { file, name, step: 0 }]));
  for (const { file, name, step } of steps.values()) {
    const words =
      typesOf(file)
        .get(name)!
        .match(/\b[A-Z]\w*/g) ?? [];
    for (const type of words.map((word) => findType(file, word))) {
      const key = `${type?.file} ${type?.name}`;
      if (type && !steps.has(key)) steps.set(key, { ...type, step: step + 1 });
    }
  }
  const near = [...steps.values()].filter(({ step }) => step <= 2);
  expect(
    { all: steps.size, withinTwoSteps: near.length },
    `types behind ${part}: if fewer, lower the limit`,
  ).toEqual(behind);
});

const readTypes = new Map<string, ReadonlyMap<string, string>>();
/** Returns the declarations of types of a file by their names. Its statements begin at lines that are not indented. */
function typesOf(file: string): ReadonlyMap<string, string> {
  const read = readTypes.get(file);
  if (read) return read;
  const statements = codeOf(readSource(file))
    .replace(/"[^"\n]*"/g, '""')
    .split(/\n(?=(?:export |abstract )*(?:interface|type|class|async|function|const|let|import)\b)/);
  const types = new Map<string, string>();
  for (const statement of statements) {
    const name = /^(?:export |abstract )*(?:interface|type|class) (\w+)/.exec(statement)?.[1];
    if (name !== undefined) types.set(name, statement);
  }
  readTypes.set(file, types);
  return types;
}

/** Returns the declaration that a name means in a file; undefined if it is no type of src/. */
function findType(file: string, name: string): { readonly file: string; readonly name: string } | undefined {
  if (typesOf(file).has(name)) return { file, name };
  const from = imports.find((i) => i.file === file && i.names.has(name));
  const to = from && target(from);
  return to === undefined || to.startsWith("onnx/generated/")
    ? undefined
    : findType(to, from!.names.get(name)!);
}

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
      const source = readSource(file);
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
  const deciding = tables.filter((file) => reasons.test(readSource(file)));
  expect(deciding).toEqual([]);
});

/** Most lines of all product code: src without tests and generated files, and the page of the studio. */
const mostLines = 208_400;

test("the product has no more lines than the cap", () => {
  const lines = handwritten.reduce((sum, file) => sum + linesOf(file).length, 0);
  expect(
    lines,
    "lines of the product: delete some, or raise the cap and give the reason in the commit message",
  ).toBeLessThanOrEqual(mostLines);
});
