// Bad input through the command line: what is said, exit code 2, no stack trace, no hang, nothing lost.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EngraftError } from "../../src/core/errors.js";
import { float32, tensor } from "../../src/core/tensor.js";
import type { Dataset } from "../../src/data/index.js";
import { resume, strategies, type TrainOptions, train } from "../../src/index.js";
import {
  engraft,
  opaque,
  type Part,
  type Ran,
  type RunOptions,
  smallNet,
  tinyBase,
  tinyData,
} from "../support/fixtures.js";
import { toyRun } from "../support/shared-runs.js";
import { pipe, refusals } from "./refusals.js";

// Many processes, one after the other; each has a limit of its own, see `engraft`.

const root = mkdtempSync(join(tmpdir(), "engraft-bad-"));
const path = (...parts: string[]) => join(root, ...parts);
const cache = path("cache");
const run = (args: readonly string[], options: Partial<RunOptions> = {}): Promise<Ran> =>
  engraft(
    args.map((word) => word.replaceAll("ROOT", root)),
    { cache, ...options },
  );
/** What a failed command says, without its path. */
/** What was printed, with each wrapped text as one line again. */
const said = ({ err }: Ran) => err.replaceAll(root, "ROOT").replace(/\n {11}(?=\S)/g, " ");

/** An operator that onnxruntime knows and Engraft does not. */
const threshold: Part = (g, x) => opaque(g, "Binarizer", [x], g.typeOf(x), "ai.onnx.ml");
/** Rounded to 8 bits and back. */
const rounded: Part = (g, x) => {
  const scale = g.weight("scale", float32([], [0.05]));
  const zero = g.weight("zero", tensor("uint8", [], Uint8Array.of(0)));
  const { shape } = g.typeOf(x);
  const q = opaque(g, "QuantizeLinear", [x, scale, zero], { dtype: "uint8", shape });
  return opaque(g, "DequantizeLinear", [q, scale, zero], g.typeOf(x));
};

beforeAll(async () => {
  process.env.ENGRAFT_CACHE = cache;
  await tinyData(path("data"));
  tinyBase(path("base"));
  tinyBase(path("threshold"), smallNet(threshold));
  tinyBase(path("rounded"), smallNet(rounded));
  tinyBase(
    path("nan"),
    smallNet(undefined, () => Number.NaN),
  );
  mkdirSync(path("empty"));
  await tinyData(path("one class"), { ant: 5 });
  await tinyData(path("one example"), { ant: 5, bee: 1 });
  await tinyData(path("unreadable"));
  for (const name of ["v", "w", "x"]) writeFileSync(path("unreadable", "ant", `${name}.png`), "no picture");
  await tinyData(path("given", "train"));
  await tinyData(path("given", "test"), { ant: 3, wasp: 3 }, 100);
  await tinyData(path("fresh"), { ant: 3, bee: 3 }, 200);
  await tinyData(path("others"), { ant: 3, wasp: 3 }, 300);
  writeFileSync(path("columns.csv"), "a,b\n1,2\n");
  writeFileSync(path("dump.sql"), "-- MySQL dump 10.13\nINSERT INTO t VALUES (1);\n");
  writeFileSync(path("gone.csv"), "image,label\nnothere/1.png,ant\nnothere/2.png,bee\n");
  writeFileSync(path("file"), "a file");
  writeFileSync(path("broken.onnx"), "this is no model");
  mkdirSync(path("full"));
  writeFileSync(path("full", "mine.txt"), "mine");
  const { data, out } = await toyRun("picture-classes");
  cpSync(data, path("learnt"), { recursive: true });
  cpSync(out, path("run"), { recursive: true });
  cpSync(path("run"), path("misfit"), { recursive: true });
  const config = JSON.stringify({ id2label: { 0: "a", 1: "b", 2: "c" } });
  writeFileSync(path("misfit", "model", "config.json"), config);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The words of a line, with quotes for those that hold spaces. */
const wordsOf = (line: string) => [...line.matchAll(/"([^"]*)"|(\S+)/g)].map((m) => m[1] ?? m[2]!);

test.for(Object.entries(refusals))("%s", async ([, [line, text]]) => {
  if (line.includes("ROOT/seen")) seen();
  const [command, ...rest] = wordsOf(line);
  const isTraining = command === "train" && rest[0] !== "--resume";
  const args = [
    command!,
    ...rest,
    ...(isTraining && !rest.includes("--base") ? ["--base", "ROOT/base"] : []),
    ...(isTraining && !rest.includes("--out") ? ["--out", "ROOT/refused"] : []),
    "--quiet",
  ];
  const ran = await run(args);
  expect({ code: ran.code, out: ran.out, err: said(ran) }).toEqual({ code: 2, out: "", err: text });
  // The corrected command finds its folder free.
  expect(existsSync(path("refused"))).toBe(false);
});

/** Six pictures that the model of `run` was trained on. */
function seen(): void {
  const { samples } = JSON.parse(readFileSync(path("run", "samples.json"), "utf8")) as {
    samples: Record<string, string>;
  };
  const state = JSON.parse(readFileSync(path("run", "state", "items.json"), "utf8")) as Record<
    string,
    [string]
  >;
  for (const name of ["ant", "bee"]) {
    mkdirSync(path("seen", name), { recursive: true });
    const trained = Object.entries(state).filter(
      ([id, [sha256]]) => id.startsWith(name) && samples[sha256] === "train",
    );
    for (const [id] of trained.slice(0, 3)) cpSync(path("learnt", id), path("seen", id));
  }
}

test("what the help of an operator's refusal names does work, and so does a probe", {
  tags: ["thorough"],
}, async () => {
  for (const [base, words] of [
    ["threshold", ["--epochs", "1", "--cut", "Relu"]],
    ["threshold", ["--epochs", "1", "--trainable", "after:binarizer"]],
    ["rounded", ["--epochs", "1", "--trainable", "after:quantizelinear"]],
    ["rounded", ["--strategy", "probe"]],
    ["rounded", ["--strategy", "auto"]],
  ] as const) {
    const out = `ROOT/works ${base} ${words.at(-1)!.replace(":", " ")}`;
    const quick = words[1] === "auto" ? [] : ["--no-baselines"];
    const ran = await run([
      "train",
      "ROOT/data",
      "--base",
      `ROOT/${base}`,
      ...words,
      ...quick,
      "--out",
      out,
      "--json",
    ]);
    expect(ran).toMatchObject({ code: 0, err: "" });
    if (words.at(-1) === "auto") expect(ran.events.at(-1)).toMatchObject({ strategy: { name: "probe" } });
  }
});

test("each unreadable picture has a warning, and all others have predictions", async () => {
  writeFileSync(path("broken.jpg"), "no picture");
  writeFileSync(path("nothing.jpg"), "");
  const inputs = ["ROOT/broken.jpg", "ROOT/nothing.jpg", "ROOT/data/bee/0.png", "/dev/zero", "ROOT/none.jpg"];
  const ran = await run(["predict", "ROOT/run", ...inputs]);
  expect({ code: ran.code, err: said(ran) }).toEqual({
    code: 2,
    err: pipe(`
    warning    ROOT/broken.jpg: cannot read "ROOT/broken.jpg": it is not a picture of a known format
    warning    ROOT/nothing.jpg: cannot read "ROOT/nothing.jpg": the file is empty
    warning    /dev/zero: cannot read "/dev/zero": it is a pipe or a device
    warning    ROOT/none.jpg: cannot read "ROOT/none.jpg": there is no such file or folder
    DataError: 4 of 5 inputs could not be read
      at ROOT/broken.jpg, ROOT/nothing.jpg, /dev/zero`),
  });
  expect(ran.out.replaceAll(root, "ROOT")).toMatch(/^ROOT\/data\/bee\/0.png\tbee\t[01]\.\d{4}\n$/);
});

test("eval scores what the model has not seen, and says what it left out", async () => {
  const all = await run(["eval", "ROOT/run", "ROOT/learnt", "--json"]);
  expect(all.events.at(-1)).toMatchObject({
    left_out: 50,
    test: { n: 10 },
  });
  const fresh = await run(["eval", "ROOT/run", "ROOT/fresh", "--json"]);
  expect(fresh.events.at(-1)).toMatchObject({
    left_out: 0,
    test: { n: 6 },
  });
});

test("a batch larger than the data is as large as the data", { tags: ["thorough"] }, async () => {
  const words = [
    "--base",
    "ROOT/base",
    "--epochs",
    "1",
    "--batch-size",
    "4096",
    "--baselines",
    "--scratch-steps",
    "4",
    "--seeds",
    "1",
  ];
  const ran = await run(["train", "ROOT/data", ...words, "--out", "ROOT/large batch", "--json"]);
  expect(ran).toMatchObject({ code: 0, err: "" });
});

test("two runs on one folder at once: one does its work, the other says who does", {
  tags: ["thorough"],
}, async () => {
  const words = ["--base", "ROOT/base", "--strategy", "probe", "--out", "ROOT/both", "--quiet"];
  const both = await Promise.all([
    run(["train", "ROOT/data", ...words], { ownProcess: true }),
    run(["train", "ROOT/data", ...words], { ownProcess: true }),
  ]);
  const [worked, refused] = both[0].code === 0 ? both : [both[1], both[0]];
  expect(worked).toMatchObject({ code: 0, err: "" });
  expect(refused).toMatchObject({ code: 2, out: "" });
  // The second may come when the first has finished.
  expect(said(refused)).toMatch(
    /^RunError: (the run folder "ROOT\/both" is .* another process|"ROOT\/both" already holds a run)/,
  );
});

test("a cache that cannot be written causes only warnings", { tags: ["thorough"] }, async () => {
  for (const folder of ["ROOT/file", "/proc/cache"]) {
    const words = ["--base", "ROOT/base", "--strategy", "probe", "--out", `ROOT/uncached ${folder.length}`];
    const ran = await run(["train", "ROOT/data", ...words, "--quiet"], {
      cache: folder.replace("ROOT", root),
    });
    expect(ran.code).toBe(0);
    expect(said(ran)).toMatch(
      /^warning {4}features [^\n]*: cannot create the folder "[^\n]*\nwarning {4}how often this test part was scored before is not known: cannot create the folder "[^\n]*\n$/,
    );
  }
});

/** Text of the error that a call of the library ends with. */
const refusal = (
  options: Omit<TrainOptions, "task">,
  data: Dataset | string = path("data"),
): Promise<string> =>
  train(data, { base: path("base"), out: path("library"), ...options }).then(
    () => "it worked",
    (error: EngraftError) => error.format().replaceAll(root, "ROOT"),
  );

test("the library refuses the options that the command line refuses", async () => {
  const wholeTo = (most: number): string => `give a whole number from 1 to ${most}`;
  for (const [options, text] of [
    [{ epochs: 0 }, `epochs is 0\n  help: ${wholeTo(10_000)}`],
    [{ epochs: 1.5 }, `epochs is 1.5\n  help: ${wholeTo(10_000)}`],
    [{ lr: Number.NaN }, "lr is null\n  help: give a number above 0, at most 100, or find"],
    [{ batchSize: 0 }, `batchSize is 0\n  help: ${wholeTo(4096)}`],
    [{ strategy: "magic" }, `strategy is "magic"\n  help: give one of ${Object.keys(strategies).join(", ")}`],
    [
      { augment: "mild" },
      'augment is "mild"\n  help: give one of none, light, standard, strong, randaugment, trivialaugment; for texts none, or some of delete, swap, mask, typo with commas between; for sounds none, or some of shift, gain, noise, speed, specaugment with commas between',
    ],
    [{ accumulate: 0 }, `accumulate is 0\n  help: ${wholeTo(1024)}`],
    [{ sam: -1 }, "sam is -1\n  help: give a number above 0, at most 10"],
    [{ average: "mean" }, 'average is "mean"\n  help: give one of none, ema, swa, soup'],
    [{ sampling: "some" }, 'sampling is "some"\n  help: give one of shuffled, balanced'],
    [{ batchNorm: "on" }, 'batchNorm is "on"\n  help: give one of frozen, train, adapt'],
    [{ budget: 0 }, "budget is 0\n  help: give a number from 1 to 2592000"],
    [
      { strategy: "probe", accumulate: 2 },
      'accumulate means nothing for the strategy "probe"\n  help: a probe is solved, not trained: leave it out, or use another strategy',
    ],
    [{ mean: [] }, "mean is []\n  help: give one to three finite numbers"],
  ] as const)
    expect(await refusal(options as unknown as TrainOptions)).toBe(`OptionError: ${text}`);
  await expect(train(path("data"), { epoch: 1 } as TrainOptions)).rejects.toMatchObject({
    details: { unknown: "epoch" },
  });
  expect(existsSync(path("library"))).toBe(false);
});

test("a head larger than memory is refused before anything is allocated", {
  tags: ["thorough"],
}, async () => {
  const items = (["train", "validation", "test"] as const).flatMap((part) =>
    [0, 1].map((label) => ({
      id: `${part}/${label}.png`,
      path: path("data", "ant", "0.png"),
      label,
      part,
      sha256: String(label),
    })),
  );
  // More classes than any machine holds heads for; the list itself is one word, a hundred million times.
  const classes = Object.assign([] as string[], { length: 4e9 });
  const dataset: Dataset = {
    task: "image-classification",
    root: path("data"),
    classes,
    items,
    seed: 0,
    splitWords: "given",
    skipped: [],
    duplicates: { exact: 0, near: 0, acrossParts: 0 },
    warnings: [],
    fingerprint: "many classes",
    testFingerprint: "many classes",
  };
  expect(await refusal({}, dataset)).toMatch(
    /^OptionError: a head of 4000000000 classes × 16 features needs about \d+\.\d GB of memory, there are \d+\.\d GB\n {2}help: use fewer classes, or cut the base where it is narrower \(--cut; `engraft inspect` lists the values\)$/,
  );
});

test("a run that has changed is not resumed", async () => {
  cpSync(path("run"), path("moved"), { recursive: true });
  const manifest = JSON.parse(readFileSync(path("moved", "run.json"), "utf8")) as object;
  const { result: _, ...rest } = manifest as { result?: unknown };
  writeFileSync(
    path("moved", "run.json"),
    JSON.stringify({ ...rest, status: "running", data: path("gone") }),
  );
  await expect(resume(path("moved"))).rejects.toMatchObject({
    kind: "DataError",
    details: { data: path("gone") },
  });
  expect(readdirSync(path("moved"))).toContain("model");
});
