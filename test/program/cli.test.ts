// The built command line, run as a user runs it.
import { execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, expect, test } from "vitest";
import { draws } from "../../src/core/random.js";
import { float32, zeros } from "../../src/core/tensor.js";
import { Builder, Graph, toOnnx } from "../../src/graph/index.js";
import { type Ran, type RunOptions, engraft as run } from "../support/fixtures.js";

const main = new URL("../../dist/program/main.js", import.meta.url).pathname;
const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
};
const folder = mkdtempSync(join(tmpdir(), "engraft-cli-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const engraft = (args: readonly string[], options: RunOptions = {}): Promise<Ran> =>
  run(args, { cache: join(folder, "cache"), ...options });
const lines = (out: string) =>
  out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

function modelFile(): string {
  const graph = new Graph("tiny");
  const g = new Builder(graph);
  const x = graph.input("image", { dtype: "float32", shape: ["batch", 3, 8, 8] });
  const conv = g.relu(g.conv(x, g.weight("w", zeros("float32", [4, 3, 3, 3]))));
  graph.outputs.push(
    g.matmul(g.flatten(g.globalAveragePool(conv)), g.weight("fc", zeros("float32", [4, 10]))),
  );
  const path = join(folder, "tiny.onnx");
  writeFileSync(path, toOnnx(graph));
  return path;
}

test("help lists every command, and each command lists its options", async () => {
  const { code, out, err } = await engraft(["--help"]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out.replace(version, "VERSION")).toMatchSnapshot();
  for (const command of [
    "train",
    "distill",
    "multi-task",
    "eval",
    "predict",
    "inspect",
    "bases",
    "cache",
    "adapt",
    "compare",
    "report",
    "export",
    "push",
  ])
    expect((await engraft([command, "--help"])).out).toMatchSnapshot();
});

test("help loads nothing heavy: no runtime, decoder, hub or protobuf", async () => {
  // A loader that tells what is loaded.
  const hooks = `import { writeSync } from "node:fs";
    export const load = (url, context, next) => (writeSync(2, url + "\\n"), next(url, context));`;
  const script = `
    import { register } from "node:module";
    register("data:text/javascript," + encodeURIComponent(${JSON.stringify(hooks)}));
    process.argv = [process.argv[0], ${JSON.stringify(main)}, "--help"];
    await import(${JSON.stringify(main)});`;
  const loaded = await new Promise<string>((done) =>
    execFile(process.execPath, ["--input-type=module", "--eval", script], (_error, _out, err) => done(err)),
  );
  for (const heavy of ["onnxruntime", "sharp", "@huggingface", "cli-progress"])
    expect(loaded).not.toContain(`node_modules/${heavy}`);
  // A bundled module is found by a text that no other module has. Help needs the texts of options, and no protobuf.
  const chunks = [...loaded.matchAll(/file:\/\/(\S+\/dist\/program\/\S+)/g)].map(([, path]) =>
    readFileSync(path!, "utf8"),
  );
  expect(chunks.some((text) => text.includes("ModelProto"))).toBe(false);
  expect(chunks.some((text) => text.includes("fine-tune a model on your data"))).toBe(true);
});

test("the version is that of the package", async () => {
  expect((await engraft(["--version"])).out).toBe(`${version}\n`);
});

test("a wrong word ends with 2, says what was meant, and prints nothing on stdout", async () => {
  const { code, out, err } = await engraft(["trian", "data"]);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toBe(
    "OptionError: there is no command trian\n  help: did you mean train? see engraft --help\n",
  );
  expect((await engraft(["train", "data", "--epoch", "3"])).err).toContain("did you mean --epochs?");
});

test("with --json the last line of a failure is an error object, also when the words are not understood", async () => {
  for (const args of [
    ["train", "--nope", "--json"],
    ["inspect", join(folder, "missing.onnx"), "--json"],
    ["bases", "show", "nope", "--json"],
  ]) {
    const { code, out } = await engraft(args);
    expect(code).toBe(2);
    expect(lines(out).at(-1)).toMatchObject({ event: "error", exit: 2 });
  }
});

test("inspect tells what is in a file, for people and for programs", async () => {
  const path = modelFile();
  const people = await engraft(["inspect", path]);
  expect(people.code).toBe(0);
  expect(people.out).toContain("image float32[batch, 3, 8, 8]");
  expect(people.out).toContain("fine-tune  yes: a gradient reaches every weight");
  const programs = await engraft(["inspect", path, "--json"]);
  expect(programs.err).toBe("");
  expect(lines(programs.out)).toMatchObject([
    { event: "result", inputs: ["image float32[batch, 3, 8, 8]"], fineTune: { can: "all" } },
  ]);
});

test("a file that is no model is the user's fault, said in words and without a stack", async () => {
  const path = join(folder, "broken.onnx");
  writeFileSync(path, "this is not a model");
  const { code, err } = await engraft(["inspect", path]);
  expect(code).toBe(2);
  expect(err).toMatch(/^ModelError: /);
  expect(err).not.toContain("    at ");
});

test("bases lists the catalogue with licences, and shows one", async () => {
  const { code, out } = await engraft(["bases"]);
  expect(code).toBe(0);
  expect(out).toContain("vision-mini");
  expect(out).toContain("licence");
  const [result] = lines((await engraft(["bases", "list", "--json"])).out);
  expect(result).toMatchObject({ event: "result" });
  const { bases } = result as unknown as {
    bases: readonly { name: string; kind: string; download?: number }[];
  };
  expect(bases.slice(0, 4)).toMatchObject([
    { name: "vision-open", kind: "bundled" },
    { name: "vision-mini", kind: "bundled" },
    { name: "text-mini", kind: "bundled" },
    { name: "audio-mini", kind: "bundled" },
  ]);
  for (const base of bases.slice(4))
    expect(base).toMatchObject({ kind: "hub", download: expect.any(Number), opened_by_project: false });
  expect(out).toContain("This project has not opened them.\nTheir rows were checked");
  expect(out).toMatch(/^yolox-nano {2,}boxes {2,}416 x 416 {2,}0.91 M {2,}3.7 MB {2,}0.54 {2,}apache-2.0$/m);
  for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  const shown = (await engraft(["bases", "show", "resnet-50"])).out;
  for (const fact of ["arXiv:1512.03385", "102 MB download", "4.1 GMAC for a picture", "microsoft/resnet-50"])
    expect(shown).toContain(fact);
  const detector = (await engraft(["bases", "show", "yolox-nano"])).out;
  for (const line of [
    /^task {7}object-detection$/m,
    /^work {7}0.54 GMAC for a picture$/m,
    /^pixels {5}--rescale 1 --mean 0,0,0 --std 1,1,1 --channels bgr$/m,
    /^where {6}hf:Heliosoph\/yolox-onnx#yolox_nano.onnx$/m,
    /^opened {5}not by this project: the row was checked with a small file of the$/m,
  ])
    expect(detector).toMatch(line);
  const sounds = (await engraft(["bases", "show", "audio-mini"])).out;
  expect(sounds).toContain("0.05 GMAC for a second of sound");
  expect(sounds).not.toContain("opened");
});

test("cache says what is kept, and clear removes it", async () => {
  const cache = join(folder, "small cache");
  const kept = join(cache, "features");
  mkdirSync(kept, { recursive: true });
  writeFileSync(join(kept, "a"), "12345");
  expect((await engraft(["cache"], { cache })).out).toContain("5 B in 1 files");
  expect((await engraft(["cache", "clear"], { cache })).out).toContain("removed    5 B");
  expect(lines((await engraft(["cache", "--json"], { cache })).out)).toMatchObject([
    { event: "result", bytes: 0 },
  ]);
});

/** Pictures of three colours with noise, and a base with random weights that tells them apart. */
async function flowers(): Promise<{ data: string; base: string }> {
  const data = join(folder, "flowers");
  const colors = { rose: [200, 30, 40], lily: [230, 230, 220], iris: [70, 50, 180] } as const;
  for (const [name, color] of Object.entries(colors)) {
    mkdirSync(join(data, name), { recursive: true });
    for (let i = 0; i < 12; i++) {
      const d = draws(i, name);
      const pixels = Uint8Array.from({ length: 20 * 24 * 3 }, (_, k) => color[k % 3]! + d.integer(50) - 25);
      const path = join(data, name, `${i}.png`);
      await sharp(pixels, { raw: { width: 24, height: 20, channels: 3 } })
        .png()
        .toFile(path);
    }
  }
  const graph = new Graph("random");
  const g = new Builder(graph);
  const d = draws(1, "cli test");
  const normal = (dims: readonly number[]) =>
    float32(
      dims,
      Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => d.normal() * 0.3),
    );
  const x = graph.input("image", { dtype: "float32", shape: ["batch", 3, "h", "w"] });
  const conv = g.relu(g.conv(x, g.weight("w", normal([8, 3, 3, 3])), g.weight("b", normal([8]))));
  graph.outputs.push(g.matmul(g.flatten(g.globalAveragePool(conv)), g.weight("fc", normal([8, 10]))));
  const base = join(folder, "random.onnx");
  writeFileSync(base, toOnnx(graph));
  return { data, base };
}
const pixels = ["--mean", "0.5", "--std", "0.5", "--image-size", "16"];

test("train, eval and predict speak JSON lines and nothing else, with the promised fields", async () => {
  const { data, base } = await flowers();
  const out = join(folder, "run");
  const trained = await engraft([
    "train",
    data,
    "--base",
    base,
    ...pixels,
    "--strategy",
    "probe",
    "--out",
    out,
    "--json",
  ]);
  expect(trained).toMatchObject({ code: 0, err: "" });
  const events = lines(trained.out);
  expect(events.filter((e) => e.event === "result")).toHaveLength(1);
  const result = events.at(-1)!;
  expect(result).toMatchObject({
    event: "result",
    task: "image-classification",
    run: out,
    base: { name: "random.onnx", license: "not stated" },
    strategy: { name: "probe" },
    classes: ["iris", "lily", "rose"],
    test: {
      metric: { name: "accuracy", higher_is_better: true },
      accuracy_ci95: [expect.any(Number), expect.any(Number)],
    },
  });
  const evaluated = lines((await engraft(["eval", out, data, "--json"])).out).at(-1);
  const scoreOf = (event: unknown) => (event as { test: { accuracy: number } }).test.accuracy;
  expect(scoreOf(evaluated)).toBe(scoreOf(result));

  const picture = join(data, "rose", "0.png");
  const predicted = await engraft(["predict", out, "-", "--top", "2", "--json"], { input: `${picture}\n` });
  const [prediction, last] = lines(predicted.out);
  expect(prediction).toMatchObject({
    event: "prediction",
    input: picture,
    label: "rose",
    score: expect.any(Number),
  });
  expect(prediction!.top).toHaveLength(2);
  expect(last).toMatchObject({ event: "result", predictions: 1 });
  const missing = await engraft(["predict", out, picture, "nothere.jpg"]);
  expect(missing).toMatchObject({ code: 2, out: expect.stringContaining("0.png\trose\t") as string });
  expect(missing.err).toContain("1 of 2 inputs could not be read");

  const again = await engraft(["train", "--resume", out, "--quiet"]);
  expect(again).toMatchObject({ code: 0, err: "" });
  expect(again.out).toContain(`report     ${out}/report.html`);
});

test("Ctrl-C saves the state, ends with 130, and prints the line that goes on", {
  tags: ["thorough"],
}, async () => {
  const { data, base } = await flowers();
  const out = join(folder, "stopped");
  const env = { ...process.env, ENGRAFT_CACHE: join(folder, "cache") };
  const args = ["train", data, "--base", base, ...pixels, "--epochs", "2000", "--out", out, "--json"];
  const child = spawn(process.execPath, [main, ...args], { env });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => {
    const before = text.includes('"epoch"');
    text += String(chunk);
    if (!before && text.includes('"epoch"')) child.kill("SIGINT");
  });
  const code = await new Promise((done) => child.on("close", done));
  expect(code).toBe(130);
  expect(lines(text).at(-1)).toMatchObject({
    event: "error",
    kind: "Interrupted",
    help: expect.stringMatching(new RegExp(`: engraft train --resume ${out}$`)),
    exit: 130,
  });
});

test("a reader that goes away is no error of ours", async () => {
  const child = spawn(process.execPath, [main, "bases"], { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  let err = "";
  child.stderr.on("data", (text: Buffer) => {
    err += String(text);
  });
  const code = await new Promise((done) => child.on("close", done));
  expect({ code, err }).toEqual({ code: 0, err: "" });
});

test("a mistake of ours ends with 1, asks for a report, and writes the details to a file", async () => {
  const script = `
    process.argv = [process.argv[0], ${JSON.stringify(main)}, "cache", "--json"];
    Object.hasOwn = () => { throw new TypeError("made up"); };
    await import(${JSON.stringify(main)});`;
  const env = { ...process.env, ENGRAFT_CACHE: join(folder, "cache") };
  const { code, out, err } = await new Promise<Pick<Ran, "code" | "out" | "err">>((done) => {
    const child = execFile(process.execPath, ["--input-type=module", "--eval", script], { env }, (_e, o, e) =>
      done({ code: child.exitCode, out: o, err: e }),
    );
  });
  expect(code).toBe(1);
  expect(lines(out)).toMatchObject([{ event: "error", kind: "InternalError", message: "made up", exit: 1 }]);
  expect(err).not.toContain("    at ");
  const [path = ""] = /\S+error-\S+\.txt/.exec(err) ?? [];
  expect(readFileSync(path, "utf8")).toContain("TypeError: made up");
});
