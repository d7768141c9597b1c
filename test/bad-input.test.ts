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
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { EngraftError } from "../src/core/errors.js";
import { float32, tensor } from "../src/core/tensor.js";
import type { Dataset } from "../src/data/index.js";
import { resume, strategies, type TrainOptions, train } from "../src/index.js";
import { decodeCheckpoint } from "../src/train/checkpoint.js";
import {
  engraft,
  modelBytes,
  opaque,
  type Part,
  type Ran,
  type RunOptions,
  smallNet,
  tinyBase,
  tinyData,
} from "./fixtures.js";

// Many processes, one after the other; each has a limit of its own, see `engraft`.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 100_000 });

const root = mkdtempSync(join(tmpdir(), "engraft-bad-"));
const path = (...parts: string[]) => join(root, ...parts);
const cache = path("cache");
const run = (args: readonly string[], options: Partial<RunOptions> = {}): Promise<Ran> =>
  engraft(
    args.map((word) => word.replaceAll("ROOT", root)),
    { cache, ...options },
  );
/** What a failed command says, without its path. */
const said = ({ err }: Ran) => err.replaceAll(root, "ROOT");

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
  // A few steps at a rate of 100 make numbers whose exponential is beyond float32.
  tinyBase(
    path("wild"),
    smallNet(
      (g, x) => g.exp(g.exp(x)),
      (fan) => 0.6 * Math.sqrt(2 / fan),
    ),
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
  writeFileSync(path("gone.csv"), "image,label\nnothere/1.png,ant\nnothere/2.png,bee\n");
  writeFileSync(path("file"), "a file");
  writeFileSync(path("broken.onnx"), "this is no model");
  mkdirSync(path("full"));
  writeFileSync(path("full", "mine.txt"), "mine");
  const probed = await run([
    "train",
    "ROOT/data",
    "--base",
    "ROOT/base",
    "--strategy",
    "probe",
    "--out",
    "ROOT/run",
  ]);
  expect({ code: probed.code, err: probed.err.includes("Error") }).toEqual({ code: 0, err: false });
  cpSync(path("run"), path("misfit"), { recursive: true });
  const config = JSON.stringify({ id2label: { 0: "a", 1: "b", 2: "c" } });
  writeFileSync(path("misfit", "model", "config.json"), config);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const trainHelp = "  help: see engraft train --help\n";
const pipe = (lines: string) => `${lines.trim().replace(/^ {4}/gm, "")}\n`;

/** A command, and every word that it must say on stderr. */
const refusals: Readonly<Record<string, readonly [args: string, said: string]>> = {
  "data that are not there": [
    "train ROOT/nothere",
    pipe(`
    DataError: there is no data at "ROOT/nothere"
      help: give a folder with one folder of pictures for each class`),
  ],
  "an empty folder": [
    "train ROOT/empty",
    pipe(`
    DataError: no pictures in "ROOT/empty"
      at 0 other files, 0 hidden ones, 0 skipped ones
      help: expected ROOT/empty/<class>/*.{jpg,jpeg,png,webp,gif,bmp,tif,avif}, with one folder a class`),
  ],
  "one class": [
    'train "ROOT/one class"',
    pipe(`
    DataError: only one class in "ROOT/one class": "ant"
      help: telling apart needs at least two classes: one folder each, side by side`),
  ],
  "a class with one example": [
    'train "ROOT/one example"',
    pipe(`
    DataError: a class has only one picture: "bee"
      at ROOT/one example
      help: a class needs at least 2, one to learn from and one to test; add some or remove the class`),
  ],
  "more than a tenth unreadable": [
    "train ROOT/unreadable",
    pipe(`
    DataError: 3 of 27 pictures (11 %) in "ROOT/unreadable" cannot be read; at most 10 % may be
      at "ant/v.png": it is not a picture of a known format; "ant/w.png": it is not a picture of a known format; "ant/x.png": it is not a picture of a known format
      help: repair or remove them; all of them with their reasons are in the error's details`),
  ],
  "a label that only the test part has": [
    "train ROOT/given",
    pipe(`
    DataError: "wasp" has no picture in the train part, but in another one
      at ROOT/given
      help: add training pictures for it, or remove it from the other parts; check the spelling`),
  ],
  "a CSV without an image column": [
    "train ROOT/columns.csv",
    pipe(`
    DataError: "columns.csv" has no column for the image
      help: its columns are "a", "b"; name one of them "image", "file", "filename", or choose it with the option imageColumn`),
  ],
  "a CSV of pictures that are not there": [
    "train ROOT/gone.csv",
    pipe(`
    DataError: 2 of 2 pictures named in "gone.csv" do not exist: "nothere/1.png", "nothere/2.png"
      help: paths are relative to the folder of the list; correct them, or remove those lines`),
  ],
  "a picture in place of a folder": [
    "train ROOT/data/ant/0.png",
    pipe(`
    DataError: "ROOT/data/ant/0.png" is neither a folder nor a list of pictures
      help: give a folder with one folder of pictures a class, or a .csv, .tsv or .jsonl file with image,label`),
  ],
  "a base that there is not": [
    "train ROOT/data --base vision-maxi",
    pipe(`
    OptionError: there is no base called "vision-maxi"
      help: known: vision-mini, resnet-18, resnet-50, vit-base; or give file.onnx, a model folder, or hf:org/name`),
  ],
  "a base file that is not there": [
    "train ROOT/data --base ROOT/nothere.onnx",
    pipe(`
    FileError: there is no file or folder ROOT/nothere.onnx
      at ROOT/nothere.onnx
      help: --base takes a name (\`engraft bases\`), file.onnx, a model folder, or hf:org/name`),
  ],
  "a base that is no model": [
    "train ROOT/data --base ROOT/broken.onnx",
    pipe(`
    ModelError: this is not a readable ONNX file: premature EOF
      help: check that the file is a complete .onnx file: download or export it again`),
  ],
  "an operator without a rule where weights shall move": [
    "train ROOT/data --base ROOT/threshold --epochs 1",
    pipe(`
    OperatorError: this base cannot be fine-tuned as it is: Binarizer has no gradient: "ai.onnx.ml.Binarizer" is not an operator Engraft knows
      at node "the Binarizer", value "binarizer", on the way to the features
      help: use --strategy probe, which trains only a new head and needs no gradient there; or train only what comes behind it: --trainable "after:binarizer"; or cut the base before it: --cut "Relu" (6 features) can be fine-tuned`),
  ],
  "rounding to 8 bits where weights shall move": [
    "train ROOT/data --base ROOT/rounded --epochs 1",
    pipe(`
    OperatorError: this base cannot be fine-tuned as it is: QuantizeLinear has no gradient: its output holds integers
      at node "the QuantizeLinear", value "quantizelinear", on the way to the features
      help: use --strategy probe, which trains only a new head and needs no gradient there; or train only what comes behind it: --trainable "after:quantizelinear"; or cut the base before it: --cut "Relu" (6 features) can be fine-tuned`),
  ],
  "a run from scratch beside the probe of such a base": [
    "train ROOT/data --base ROOT/rounded --strategy probe --baselines",
    pipe(`
    OperatorError: there can be no run from scratch beside it: QuantizeLinear has no gradient: its output holds integers
      at node "the QuantizeLinear", value "quantizelinear"
      help: leave --baselines out`),
  ],
  "a base whose features are not numbers": [
    "train ROOT/data --base ROOT/nan --strategy probe",
    pipe(`
    NumericError: the base gives NaN for "ant/0.png"
      at feature 0 of 8
      help: check the preprocessing (--mean, --std, --rescale); else the weights of the base are broken`),
  ],
  "a size that the base does not take": [
    "train ROOT/data --image-size 64",
    pipe(`
    ModelError: base takes pictures of 32 x 32 pixels only, not 64 x 64
      help: use --image-size 32, or export the model with symbolic height and width`),
  ],
  "a cut that there is not": [
    "train ROOT/data --cut nothing",
    pipe(`
    ModelError: the graph has no value "nothing"
      at graph "residual"
      help: \`engraft inspect\` lists the values of a model`),
  ],
  "a pattern that names no weight": [
    "train ROOT/data --trainable layer4*",
    pipe(`
    OptionError: --trainable "layer4*" names no weight of the base
      help: its 18 weights are called "stem/conv.weight", "stem/norm.scale", "stem/norm.bias", …; * stands for any text, after:VALUE for all weights behind a value`),
  ],
  "an unknown strategy": [
    "train ROOT/data --strategy magic",
    `OptionError: --strategy magic: must be one of ${Object.keys(strategies).join(", ")}\n${trainHelp}`,
  ],
  "no epoch": [
    "train ROOT/data --epochs 0",
    `OptionError: --epochs 0: must be a whole number from 1 to 10000\n${trainHelp}`,
  ],
  "a rate beyond reason": [
    "train ROOT/data --lr 1e6",
    `OptionError: --lr 1e6: must be a number above 0, at most 100\n${trainHelp}`,
  ],
  "a batch beyond reason": [
    "train ROOT/data --batch-size 1e9",
    `OptionError: --batch-size 1e9: must be a whole number from 1 to 4096\n${trainHelp}`,
  ],
  "a file as run folder": [
    "train ROOT/data --out ROOT/file",
    pipe(`
    FileError: "ROOT/file" is a file, a run needs a folder
      help: give another --out`),
  ],
  "a run folder inside a file": [
    "train ROOT/data --out ROOT/file/run",
    pipe(`
    FileError: cannot create the folder "ROOT/file": a part of the path is a file, not a folder
      at the system's code ENOTDIR
      help: check the path`),
  ],
  "a run folder with something else in it": [
    "train ROOT/data --out ROOT/full",
    pipe(`
    RunError: "ROOT/full" is not empty
      help: give another --out, or empty the folder`),
  ],
  "a run folder with another run in it": [
    "train ROOT/data --out ROOT/run",
    pipe(`
    RunError: "ROOT/run" already holds a run
      help: go on with it by \`engraft train --resume ROOT/run\`, or give another --out`),
  ],
  "going on with what is no run": [
    "train --resume ROOT/data",
    pipe(`
    RunError: "ROOT/data" is not a run folder: it has no run.json
      help: give the folder that the run printed (runs/…)`),
  ],
  "classes that the model does not know": [
    "eval ROOT/run ROOT/others",
    pipe(`
    ModelError: the model does not know 1 of the data's 2 classes: "wasp"
      at model "ROOT/run/model", which knows "ant", "bee"; data "ROOT/others"
      help: name the class folders as the model's config.json does`),
  ],
  "a class list that does not fit the model": [
    "eval ROOT/misfit ROOT/data",
    pipe(`
    ModelError: the model gives 2 scores, its config.json names 3 classes
      at ROOT/misfit/model
      help: onnx/model.onnx and config.json are not of the same model`),
  ],
  "a score on what the model was trained on": [
    "eval ROOT/run ROOT/seen",
    pipe(`
    DataError: the model was trained or chosen on all 6 pictures of the data: a score on them would mean nothing
      at ROOT/seen
      help: give pictures that it has not seen`),
  ],
  "a model folder that is not there": [
    "predict ROOT/nothere ROOT/data/ant/0.png",
    pipe(`
    ModelError: there is no model folder ROOT/nothere
      at ROOT/nothere
      help: give the folder that \`engraft train\` printed as its model, or a folder in Hugging Face layout`),
  ],
};

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
  const { items } = JSON.parse(readFileSync(path("run", "model", "engraft.json"), "utf8")) as {
    items: Record<string, string>;
  };
  const state = JSON.parse(readFileSync(path("run", "state", "items.json"), "utf8")) as Record<
    string,
    [string]
  >;
  for (const name of ["ant", "bee"]) {
    mkdirSync(path("seen", name), { recursive: true });
    const trained = Object.entries(state).filter(
      ([id, [sha256]]) => id.startsWith(name) && items[sha256] === "train",
    );
    for (const [id] of trained.slice(0, 3)) cpSync(path("data", id), path("seen", id));
  }
}

test("what the help of an operator's refusal names does work, and so does a probe", async () => {
  for (const [base, words] of [
    ["threshold", ["--epochs", "1", "--cut", "Relu"]],
    ["threshold", ["--epochs", "1", "--trainable", "after:binarizer"]],
    ["rounded", ["--epochs", "1", "--trainable", "after:quantizelinear"]],
    ["rounded", ["--strategy", "probe"]],
    ["rounded", ["--strategy", "auto"]],
  ] as const) {
    const out = `ROOT/works ${base} ${words.at(-1)!.replace(":", " ")}`;
    const ran = await run(["train", "ROOT/data", "--base", `ROOT/${base}`, ...words, "--out", out, "--json"]);
    expect(ran).toMatchObject({ code: 0, err: "" });
    if (words.at(-1) === "auto") expect(ran.events.at(-1)).toMatchObject({ strategy: { name: "probe" } });
  }
});

test("pictures that cannot be read are told one by one, the others answered", async () => {
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
  const all = await run(["eval", "ROOT/run", "ROOT/data", "--json"]);
  expect(all.events.at(-1)).toMatchObject({
    scored:
      "the 4 pictures of the model's own test part; 20 others left out (20 of them the model was trained or chosen on)",
    left_out: 20,
    test: { n: 4 },
  });
  const fresh = await run(["eval", "ROOT/run", "ROOT/fresh", "--json"]);
  expect(fresh.events.at(-1)).toMatchObject({
    scored: "all 6 pictures: the model has seen none of them",
    test: { n: 6 },
  });
});

test("a batch larger than the data is as large as the data", async () => {
  const words = ["--base", "ROOT/base", "--epochs", "1", "--batch-size", "4096", "--baselines"];
  const ran = await run(["train", "ROOT/data", ...words, "--out", "ROOT/large batch", "--json"]);
  expect(ran).toMatchObject({ code: 0, err: "" });
});

test("a loss that is no number stops the run, which keeps what was good before", async () => {
  const words = ["--base", "ROOT/wild", "--lr", "100", "--epochs", "10", "--augment", "none"];
  const ran = await run(["train", "ROOT/data", ...words, "--out", "ROOT/diverged", "--json"]);
  expect(ran.code).toBe(2);
  expect(said(ran)).toMatch(
    /^NumericError: ((the loss|"gradient_norm") became (NaN|Infinity) at step \d+\n {2}at (the first value that is not finite is "[^"]+" of \w+ "[^"]+", in the layer of "[^"]+" \([a-z ]+\)|"[^"]+" was not finite before the step)|the weights diverged in epoch \d+ of 10: the logit of class "\w+" is (NaN|-?Infinity)\n {2}at item "[^"]+")\n {2}help: use a smaller learning rate \(--lr\)[^\n]*\n$/,
  );
  // The state of the epochs before it, with the best weights among them.
  const epochs = ran.events.filter(({ event }) => event === "epoch").length;
  const state = readFileSync(path("diverged", "state", "finetune.safetensors"));
  const { note } = decodeCheckpoint(state, "state");
  expect(note).toMatchObject({ finished: false });
  expect((note as { epochs: unknown[] }).epochs).toHaveLength(epochs);
});

test("two runs on one folder at once: one does its work, the other says who does", async () => {
  const words = ["--base", "ROOT/base", "--strategy", "probe", "--out", "ROOT/both", "--quiet"];
  const both = await Promise.all([
    run(["train", "ROOT/data", ...words]),
    run(["train", "ROOT/data", ...words]),
  ]);
  const [worked, refused] = both[0].code === 0 ? both : [both[1], both[0]];
  expect(worked).toMatchObject({ code: 0, err: "" });
  expect(refused).toMatchObject({ code: 2, out: "" });
  // The second may come when the first has finished.
  expect(said(refused)).toMatch(
    /^RunError: (the run folder "ROOT\/both" is in use by another process|"ROOT\/both" already holds a run)/,
  );
});

test("a cache that cannot be written costs a warning for each thing it kept, and nothing else", async () => {
  for (const folder of ["ROOT/file", "/proc/cache"]) {
    const words = ["--base", "ROOT/base", "--strategy", "probe", "--out", `ROOT/uncached ${folder.length}`];
    const ran = await run(["train", "ROOT/data", ...words, "--quiet"], {
      cache: folder.replace("ROOT", root),
    });
    expect(ran.code).toBe(0);
    expect(said(ran)).toMatch(
      /^warning {4}features are not cached any more in this run, the next one computes them again: cannot create the folder "[^\n]*\nwarning {4}how often this test part was scored before is not known: cannot create the folder "[^\n]*\n$/,
    );
  }
});

test("a disk that is full while the state is saved: told with what to do, and the run goes on later", async () => {
  const options = { base: path("base"), epochs: 2, threads: 1 };
  await train(path("data"), { ...options, out: path("roomy") });
  const words = ["--base", "ROOT/base", "--epochs", "2", "--threads", "1", "--quiet"];
  const checkpoint = path("tight", "state", "finetune.safetensors");
  const stopped = async (): Promise<void> => {
    const stop = new AbortController();
    const onEvent: TrainOptions["onEvent"] = (event) =>
      void (event.event === "progress" && event.phase === "training" && stop.abort());
    const running = train(path("data"), { ...options, out: path("tight"), onEvent, signal: stop.signal });
    await expect(running).rejects.toMatchObject({ kind: "Interrupted" });
  };
  await stopped();
  const saved = readFileSync(checkpoint);
  // In blocks of 512 bytes: enough for everything but a checkpoint.
  const before = `ulimit -f ${Math.floor((saved.length - 1) / 512)}`;
  const full = `
    FileError: cannot write "ROOT/tight/state/finetune.safetensors": the file would be larger than the file system, or the limit of this shell, allows
      at the system's code EFBIG
      help: raise the limit (ulimit -f), or choose a folder on another disk`;
  const kept = "        what was saved before is kept; then go on with: engraft train --resume ROOT/tight";
  const again = await run(["train", "--resume", "ROOT/tight", "--quiet"], { before });
  expect({ code: again.code, err: said(again) }).toEqual({ code: 2, err: `${pipe(full)}${kept}\n` });
  expect(readFileSync(checkpoint).equals(saved)).toBe(true);
  expect(readdirSync(path("tight", "state")).sort()).toEqual(["finetune.safetensors", "items.json"]);
  await resume(path("tight"));
  expect(modelBytes(path("tight")).equals(modelBytes(path("roomy")))).toBe(true);

  // With nothing saved yet there is nothing to go on with, and nothing in the way of the next try.
  const first = await run(["train", "ROOT/data", ...words, "--out", "ROOT/tighter"], { before });
  expect({ code: first.code, err: said(first) }).toEqual({
    code: 2,
    err: pipe(full).replace("tight/", "tighter/"),
  });
  expect(existsSync(path("tighter"))).toBe(false);
});

/** Text of the error that a call of the library ends with. */
const refusal = (options: TrainOptions, data: Dataset | string = path("data")): Promise<string> =>
  train(data, { base: path("base"), out: path("library"), ...options }).then(
    () => "it worked",
    (error: EngraftError) => error.format().replaceAll(root, "ROOT"),
  );

test("the library refuses the options that the command line refuses", async () => {
  for (const [options, text] of [
    [{ epochs: 0 }, "epochs is 0\n  help: give a whole number from 1 to 10000"],
    [{ epochs: 1.5 }, "epochs is 1.5\n  help: give a whole number from 1 to 10000"],
    [{ lr: Number.NaN }, "lr is null\n  help: give a number above 0, at most 100"],
    [{ batchSize: 0 }, "batchSize is 0\n  help: give a whole number from 1 to 4096"],
    [{ strategy: "magic" }, `strategy is "magic"\n  help: give one of ${Object.keys(strategies).join(", ")}`],
    [{ augment: "strong" }, 'augment is "strong"\n  help: give one of none, light, standard'],
    [{ mean: [] }, "mean is []\n  help: give one to three finite numbers"],
  ] as const)
    expect(await refusal(options as unknown as TrainOptions)).toBe(`OptionError: ${text}`);
  expect(await refusal({ epoch: 1 } as TrainOptions)).toContain("OptionError: there is no option epoch\n");
  expect(existsSync(path("library"))).toBe(false);
});

test("a head larger than memory is refused before anything is allocated", async () => {
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

test("a run that is no longer what it was is not gone on with", async () => {
  cpSync(path("run"), path("moved"), { recursive: true });
  const manifest = JSON.parse(readFileSync(path("moved", "run.json"), "utf8")) as object;
  const { result: _, ...rest } = manifest as { result?: unknown };
  writeFileSync(
    path("moved", "run.json"),
    JSON.stringify({ ...rest, status: "running", data: path("gone") }),
  );
  await expect(resume(path("moved"))).rejects.toMatchObject({
    kind: "DataError",
    message: `there is no file or folder "${path("gone")}"`,
  });
  expect(readdirSync(path("moved"))).toContain("model");
});
