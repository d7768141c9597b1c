// Small enough to train in a second: pictures of 32 × 32 and a base of a few thousand weights, in a folder of the test.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { residualNet } from "../../src/bases/architectures/index.js";
import { exportClassifier } from "../../src/bases/export.js";
import { runCommandLine } from "../../src/cli/command-line.js";
import type { Terminal } from "../../src/cli/output.js";
import { draws } from "../../src/core/random.js";
import { sizeOf, type TensorType } from "../../src/core/shape.js";
import { float32 } from "../../src/core/tensor.js";
import { Builder } from "../../src/graph/builder.js";
import { Graph } from "../../src/graph/graph.js";
import type { Value } from "../../src/graph/node.js";
import { toOnnx } from "../../src/graph/to-onnx.js";
import { freshWeights } from "../../src/train/initialize.js";
import { picture } from "./pictures.js";

/** The built command line. */
export const cli = new URL("../../dist/program/main.js", import.meta.url).pathname;

/** Returns a function that makes something at its first call and returns the same at each further one: tests of a file share it in any order. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** A folder with a folder a class: pictures of one tint each, and no two alike. */
export async function tinyData(
  folder: string,
  classes: Readonly<Record<string, number>> = { ant: 12, bee: 12 },
  from = 0,
): Promise<string> {
  let seed = from;
  for (const [c, [name, count]] of Object.entries(classes).entries()) {
    mkdirSync(join(folder, name), { recursive: true });
    for (let i = 0; i < count; i++) {
      const tint = [0, 1, 2].map((channel) => (channel === c % 3 ? 1 : 0.6));
      const file = join(folder, name, `${i}.png`);
      await picture(seed++).linear(tint, [0, 0, 0]).png().toFile(file);
    }
  }
  return folder;
}

/** A residual network of random weights, which takes pictures of 32 × 32, as a file. */
export function tinyGraph(seed = 1, widths: readonly number[] = [8, 16]): Graph {
  const net = residualNet({ widths, blocks: widths.map(() => 1), classes: 5 });
  for (const [value, fresh] of freshWeights(net, seed)) net.initializers.set(value, fresh);
  return net;
}

/** What a small network may have between its two convolutions, or in place of all: the pixels' value in, a value out. */
export type Part = (g: Builder, x: Value) => Value;

/** A node that Engraft does not know and onnxruntime does: it is passed on as it is. */
export function opaque(
  g: Builder,
  op: string,
  inputs: readonly Value[],
  type: TensorType,
  domain = "",
): Value {
  const output = g.graph.fresh(op.toLowerCase());
  const node = { kind: "opaque", op, domain, name: `the ${op}`, captures: [], attributes: [] } as const;
  g.graph.push({ ...node, inputs: [...inputs], outputs: [output] }, [type]);
  return output;
}

/** conv 3 -> 6 with bias, relu, the part, conv 6 -> 8 with bias, relu, pool, gemm 8 -> 5: as a file. */
export function smallNet(
  part: Part = (_g, x) => x,
  weights = (fan: number) => Math.sqrt(2 / fan),
): Uint8Array {
  const graph = new Graph("small");
  const g = new Builder(graph);
  const draw = draws(3, "small net");
  const weight = (name: string, dims: readonly number[]): Value => {
    const sigma = weights(sizeOf(dims.slice(1)));
    const data = Float32Array.from({ length: sizeOf(dims) }, () => sigma * draw.normal());
    return g.weight(name, float32(dims, data));
  };
  const pads = [1, 1, 1, 1];
  const x = graph.input("image", { dtype: "float32", shape: ["batch", 3, 32, 32] });
  const first = g.relu(g.conv(x, weight("w1", [6, 3, 3, 3]), weight("b1", [6]), { pads, strides: [2, 2] }));
  const second = g.relu(g.conv(part(g, first), weight("w2", [8, 6, 3, 3]), weight("b2", [8]), { pads }));
  const features = g.flatten(g.globalAveragePool(second));
  graph.outputs.push(g.gemm(features, weight("fc", [8, 5]), weight("fcb", [5])));
  return toOnnx(graph);
}

/** A base in a folder of Hugging Face layout. @returns the folder */
export function tinyBase(
  folder: string,
  onnx: Uint8Array = exportClassifier(tinyGraph(), preprocessing),
): string {
  mkdirSync(join(folder, "onnx"), { recursive: true });
  writeFileSync(join(folder, "onnx", "model.onnx"), onnx);
  const id2label = { 0: "a", 1: "b", 2: "c", 3: "d", 4: "e" };
  writeFileSync(join(folder, "config.json"), JSON.stringify({ model_type: "resnet", id2label }));
  writeFileSync(
    join(folder, "preprocessor_config.json"),
    JSON.stringify({
      image_processor_type: "ViTImageProcessor",
      do_resize: true,
      size: { height: 32, width: 32 },
      resample: 1,
      do_rescale: true,
      rescale_factor: 1 / 255,
      do_normalize: true,
      image_mean: preprocessing.mean,
      image_std: preprocessing.std,
    }),
  );
  return folder;
}

export const preprocessing = {
  height: 32,
  width: 32,
  rescale: 1 / 255,
  mean: [0.5, 0.5, 0.5],
  std: [0.25, 0.25, 0.25],
  channels: "rgb",
} as const;

type Event = Readonly<Record<string, unknown>>;

/** Exit and output of a command. */
export interface Ran {
  /** null: a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
  /** The objects of `--json`. */
  readonly events: readonly Event[];
}

export interface RunOptions {
  /** ENGRAFT_CACHE. Default: that of this process. */
  readonly cache?: string;
  readonly cwd?: string;
  /** A shell's words before the program: "ulimit -f 10". */
  readonly before?: string;
  readonly input?: string;
  /** Further variables of the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** A script that is run in place of the command line: it finds the arguments in `process.argv.slice(2)`. */
  readonly script?: string;
  /** Receives every object of `--json`. */
  readonly onLine?: (event: Readonly<Record<string, unknown>>, child: ChildProcess) => void;
  /** Called when the process has started. */
  readonly onStart?: (child: ChildProcess) => void;
  /** True: the built program in a process of its own, also if no other option needs it. */
  readonly ownProcess?: boolean;
  /** A process that has not ended by then hangs: the test fails. Default 90 s. */
  readonly timeout?: number;
}

/**
 * Runs `engraft …` to its end: in this process, or in a process of its own if an option asks for one.
 *
 * @throws Error if a process of its own hangs
 */
export function engraft(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { before, script, input, onLine, onStart, ownProcess = false } = options;
  if (ownProcess || [before, script, input, onLine, onStart].some((one) => one !== undefined))
    return engraftProcess(args, options);
  // One at a time: they change this process's folder and environment.
  const ran = last.then(() => engraftHere(args, options));
  last = ran.catch(() => undefined);
  return ran;
}
let last: Promise<unknown> = Promise.resolve();

/** Runs the command line in this process. */
async function engraftHere(args: readonly string[], { cache, cwd, env = {} }: RunOptions): Promise<Ran> {
  const [folder, environment] = [process.cwd(), { ...process.env }];
  Object.assign(process.env, { ...(cache && { ENGRAFT_CACHE: cache }), NO_COLOR: "1", ...env });
  if (cwd !== undefined) process.chdir(cwd);
  let [out, err] = ["", ""];
  const terminal: Terminal = {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    ...{ moves: false, colors: false, now: () => performance.now() },
  };
  try {
    const code = await runCommandLine(args, () => terminal);
    const events = args.includes("--json") ? out.split("\n").filter((line) => line !== "") : [];
    return { code, signal: null, out, err, events: events.map((line) => JSON.parse(line) as Event) };
  } finally {
    process.chdir(folder);
    for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
    Object.assign(process.env, environment);
  }
}

/** Runs the built program. */
function engraftProcess(args: readonly string[], options: RunOptions): Promise<Ran> {
  const {
    cache,
    cwd,
    before,
    env: more,
    script = cli,
    input = "",
    onLine,
    onStart,
    timeout = 300_000,
  } = options;
  const env = { ...process.env, ...(cache && { ENGRAFT_CACHE: cache }), NO_COLOR: "1", ...more };
  const words = [process.execPath, script, ...args];
  const [command, rest] =
    before === undefined
      ? [words[0]!, words.slice(1)]
      : ["/bin/sh", ["-c", `${before}; exec "$@"`, "sh", ...words]];
  const child = spawn(command, rest, { env, ...(cwd !== undefined && { cwd }) });
  onStart?.(child);
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  let out = "";
  let err = "";
  let unread = "";
  const events: Record<string, unknown>[] = [];
  child.stdout.on("data", (chunk: Buffer) => {
    out += String(chunk);
    if (!args.includes("--json")) return;
    const lines = (unread + String(chunk)).split("\n");
    unread = lines.pop()!;
    for (const line of lines) {
      events.push(JSON.parse(line) as Record<string, unknown>);
      onLine?.(events.at(-1)!, child);
    }
  });
  child.stderr.on("data", (chunk: Buffer) => {
    err += String(chunk);
  });
  return new Promise((done, fail) => {
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      fail(new Error(`engraft ${args.join(" ")} hangs; it said:\n${out}${err}`));
    }, timeout);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      done({ code, signal, out, err, events });
    });
  });
}

/**
 * A script that trains through the library and saves its state after every block of steps, where the command line does
 * so every 20 seconds: `script '{"data": …, "options": …}'`, or `'{"resume": …}'`. It prints what `--json` prints.
 */
export function eagerScript(folder: string): string {
  const file = join(folder, "eager.mjs");
  const library = new URL("../../dist/index.js", import.meta.url).href;
  writeFileSync(
    file,
    `import { writeSync } from "node:fs";
import { resume, train } from ${JSON.stringify(library)};
const { data, options, resume: run, more } = JSON.parse(process.argv[2]);
const onEvent = (event) => writeSync(1, JSON.stringify(event) + "\\n");
if (run) await resume(run, { onEvent, ...(more && { more }) });
else await train(data, { ...(options.strategy !== "probe" && { checkpointSeconds: 0 }), ...options, onEvent });
process.exit(0);
`,
  );
  return file;
}

/** Bytes of the trained model of a run. */
export function modelBytes(run: string): Buffer {
  return readFileSync(join(run, "model", "onnx", "model.onnx"));
}
