import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect, test } from "vitest";
import {
  files,
  folderOf,
  handwritten,
  type Import,
  imports,
  importsOf,
  isPage,
  isTest,
  linesOf,
  page,
  product,
  readSource,
  src,
  target,
} from "../test/support/source-imports.js";

// The table of ARCHITECTURE.md, read against the imports that are really there.

/** Layer of each folder of src/ and of the page of the studio. Imports point to lower numbers only. */
const layers: Readonly<Record<string, number>> = {
  core: 0,
  onnx: 1,
  platform: 1,
  linalg: 1,
  graph: 2,
  autodiff: 3,
  runtime: 3,
  statistics: 2,
  losses: 4,
  optim: 4,
  data: 4,
  bases: 5,
  train: 6,
  evaluate: 6,
  methods: 7,
  // It solves probes, and evidence may ask it.
  transferability: 8,
  evidence: 8,
  explain: 8,
  report: 8,
  testing: 8,
  options: 9,
  run: 10,
  inference: 11,
  push: 11,
  tasks: 12,
  regimes: 13,
  session: 14,
  studies: 14,
  api: 15,
  web: 16,
  studio: 16,
  cli: 17,
  "studio/words": 17,
  "studio/store": 18,
  "studio/engine": 19,
  "studio/tasks": 20,
  "studio/pages": 21,
  "studio/app": 22,
  "studio/main.tsx": 23,
  "studio/sw.ts": 23,
};

/** Type-only imports between folders of one layer, each with its reason; none so far. */
const siblings: Readonly<Record<string, string>> = {};

/** Where Node's own modules may be used. */
const nodeAllowed = /^(platform|cli|server)\/|^runtime\/ort-node[\w-]*\.ts$|-node\.ts$/;

/** Packages, and the only places that may import them; what is not named here may not be imported at all. */
const packages: Readonly<Record<string, RegExp>> = {
  "@audio/decode-flac": /^platform\/sounds\/decode-codec\.ts$/,
  "@audio/decode-mp3": /^platform\/sounds\/decode-codec\.ts$/,
  "@audio/decode-opus": /^platform\/sounds\/decode-codec\.ts$/,
  "@audio/decode-vorbis": /^platform\/sounds\/decode-codec\.ts$/,
  "@bufbuild/protobuf": /^(onnx|graph)\//,
  "@hono/node-server": /^studio\/server-node\.ts$/,
  "@huggingface/hub": /^bases\/hub/,
  bullmq: /^studies\/queue\//,
  "cli-progress": /^cli\//,
  "@huggingface/jinja": /^data\/chats\/jinja\.ts$/,
  "@huggingface/tokenizers": /^data\/texts\/tokenizer\.ts$/,
  "env-paths": /^platform\/node/,
  hono: /^studio\/(app|guards|static)-node\.ts$/,
  hyparquet: /^data\/lists\/parquet\.ts$/,
  "hyparquet-compressors": /^data\/lists\/parquet\.ts$/,
  "onnxruntime-common": /^runtime\//,
  // One place: it starts only after the usage reports of the native library are turned off.
  "onnxruntime-node": /^runtime\/ort-node-worker\.ts$/,
  "onnxruntime-web": /^runtime\/ort-node/,
  "proper-lockfile": /^platform\/node/,
  re2js: /^data\/split\/named-groups\.ts$/,
  yaml: /^(report\/cards\/front-matter|cli\/report-prepared|data\/lists\/dataset-card|data\/boxes\/read-ultralytics)\.ts$/,
  zod: /^studio\//,
  undici: /^bases\/hub\/proxy\.ts$/,
  "umap-js": /^explain\/planar\.ts$/,
  sharp: /^platform\/node|-node\.ts$/,
};

/** Loaded when they are needed, never with a program's start. */
const heavy = [
  "@audio/decode-flac",
  "@audio/decode-mp3",
  "@audio/decode-opus",
  "@audio/decode-vorbis",
  "@huggingface/hub",
  "onnxruntime-node",
  "onnxruntime-web",
  "sharp",
  "@huggingface/jinja",
  "@huggingface/tokenizers",
  "hyparquet",
  "hyparquet-compressors",
  "proper-lockfile",
  "bullmq",
  "cli-progress",
  "re2js",
  "umap-js",
  "undici",
];

const packageOf = (from: string): string =>
  from
    .split("/")
    .slice(0, from.startsWith("@") ? 2 : 1)
    .join("/");
/** True for imports of packages in src/. The packages of the page are bundled. */
const isPackageImport = (i: Import): boolean =>
  !isPage(i.file) && target(i) === undefined && !i.from.startsWith("node:");
const arrow = (i: Import): string => `${i.file} -> ${target(i) ?? i.from}`;

test("the reader of imports sees every form of them", () => {
  const source = `
    // import "./comment.js";
    /** @example import { x } from "./docs.js"; */
import { a, type B } from "./values.js";
import {
  type C,
  type D,
} from "./types.js";
import type { E } from "./whole.js";
import "./effect.js";
export * from "./again.js";
export { type F, g } from "./named.js";
const h = await import("sharp");
const w = new URL("./thread.js", import.meta.url);`;
  const seen = importsOf("x.ts", source).map(({ from, typeOnly, lazy }) =>
    [from, typeOnly ? "type" : "", lazy ? "lazy" : ""].join(" ").trim(),
  );
  expect(seen).toEqual([
    "./values.js",
    "./types.js type",
    "./whole.js type",
    "./effect.js",
    "./again.js",
    "./named.js",
    "sharp  lazy",
    "./thread.js  lazy",
  ]);
});

test("every folder of src and of the page has a layer, and every layer a folder", () => {
  const folders = new Set([...product, ...page].map(folderOf));
  expect([...folders].filter((folder) => layers[folder] === undefined)).toEqual([]);
  expect(Object.keys(layers).filter((folder) => !folders.has(folder))).toEqual([]);
});

test("the table of ARCHITECTURE.md says the same", () => {
  const lines = readSource("../ARCHITECTURE.md").split("\n");
  for (const [name, layer] of Object.entries(layers)) {
    const row = lines.find((line) => new RegExp(`^ *${layer} {2}\\S`).test(line));
    expect(row ?? `no row ${layer}`, name).toMatch(new RegExp(`(^|\\s)${name.replace(".", "\\.")}(\\s|$)`));
  }
});

test("imports point down, and folders of one layer do not see each other", () => {
  const wrong = imports.filter((i) => {
    const to = target(i);
    if (to === undefined) return false;
    const [here, there] = [folderOf(i.file), folderOf(to)];
    if (here === there || layers[there]! < layers[here]!) return false;
    const allowed = i.typeOnly && layers[there] === layers[here] && siblings[arrow(i)];
    return !allowed;
  });
  expect(wrong.map(arrow)).toEqual([]);
  const listed = new Set(imports.map(arrow));
  expect(Object.keys(siblings).filter((row) => !listed.has(row))).toEqual([]);
});

test("every relative import leads to a file, with its real ending", () => {
  const missing = imports.filter((i) => {
    const to = target(i);
    return to !== undefined && !(i.from.endsWith(".js") && existsSync(join(src, to)));
  });
  expect(missing.map(arrow)).toEqual([]);
});

test("no circle between files, type-only imports included", () => {
  expect(findCircles()).toEqual([]);
});

/**
 * Returns the strongly connected components of several files: each file reaches all others through imports.
 * @see Tarjan, Depth-first search and linear graph algorithms (1972), section 4
 */
function findCircles(): string[][] {
  const to = new Map<string, string[]>();
  for (const i of imports) {
    const file = target(i);
    if (file !== undefined) to.set(i.file, [...(to.get(i.file) ?? []), file]);
  }
  const numbers = new Map<string, number>();
  const open: string[] = [];
  const circles: string[][] = [];
  /** Returns the lowest number of an open file that a file reaches. */
  const visit = (file: string): number => {
    const own = numbers.size;
    numbers.set(file, own);
    open.push(file);
    const reached = (to.get(file) ?? []).map((next) => {
      if (!numbers.has(next)) return visit(next);
      return open.includes(next) ? numbers.get(next)! : own;
    });
    const lowest = Math.min(own, ...reached);
    if (lowest === own) {
      const component = open.splice(open.indexOf(file));
      if (component.length > 1) circles.push(component);
    }
    return lowest;
  };
  for (const file of [...product, ...page]) if (!numbers.has(file)) visit(file);
  return circles;
}

test("Node's own modules are used only where the platform is", () => {
  const wrong = imports.filter((i) => i.from.startsWith("node:") && !nodeAllowed.test(i.file));
  expect(wrong.map(arrow)).toEqual([]);
});

test("each package is imported in its one place, and heavy ones only when they are needed", () => {
  const outside = imports.filter(isPackageImport);
  const wrong = outside.filter((i) => !packages[packageOf(i.from)]?.test(i.file));
  expect(wrong.map(arrow)).toEqual([]);
  const early = outside.filter((i) => heavy.includes(packageOf(i.from)) && !i.typeOnly && !i.lazy);
  expect(early.map(arrow)).toEqual([]);
  const used = new Set(outside.map((i) => packageOf(i.from)));
  expect(Object.keys(packages).filter((name) => !used.has(name))).toEqual([]);
});

test("every package that is imported is a dependency, and every dependency is used", () => {
  const { dependencies, optionalDependencies, peerDependencies } = JSON.parse(
    readFileSync(join(src, "../package.json"), "utf8"),
  );
  const used = new Set(imports.filter(isPackageImport).map((i) => packageOf(i.from)));
  // The report takes uplot's files as they are, into its page.
  used.add("uplot");
  // bullmq loads one of them.
  used.add("ioredis");
  used.add("pg");
  expect(Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }).sort()).toEqual(
    [...used].sort(),
  );
});

test("only the way from and to ONNX knows the file format's messages", () => {
  const wrong = imports.filter((i) => {
    const to = target(i);
    if (to === undefined) return false;
    if (to.startsWith("onnx/generated/")) return folderOf(i.file) !== "onnx";
    return (
      to.startsWith("onnx/") &&
      folderOf(i.file) !== "onnx" &&
      !/^graph\/((from|to)-onnx|import\/)/.test(i.file)
    );
  });
  expect(wrong.map(arrow)).toEqual([]);
});

test("product code does not use the tests", () => {
  expect(imports.filter((i) => isTest(target(i) ?? "")).map(arrow)).toEqual([]);
});

test("product code does not use what is made for tests", () => {
  const wrong = imports.filter(
    (i) => folderOf(target(i) ?? "") === "testing" && folderOf(i.file) !== "testing",
  );
  expect(wrong.map(arrow)).toEqual([]);
});

test("a graph reaches a runtime through runtime/open.ts only, which brings it into the form that runs right there", () => {
  const straight = files
    .filter((file) => !isTest(file) && !file.startsWith("runtime/"))
    .filter((file) => /\.(session|evaluator)\(\s*toOnnx\(/.test(readSource(file)));
  expect(straight).toEqual([]);
});

test("no file is longer than 600 lines", () => {
  const long = handwritten.map((file) => [file, linesOf(file).length] as const);
  expect(long.filter(([, lines]) => lines > 600)).toEqual([]);
});

/** Functions that are longer than 80 lines today. The list may only become shorter. */
const longFunctions: Readonly<Record<string, readonly string[]>> = {
  "../studio/tasks/files/files-page.tsx": ["FileList"],
};

test("no function is longer than 80 lines", () => {
  const long: Record<string, string[]> = {};
  for (const file of handwritten) {
    const lines = linesOf(file);
    lines.forEach((line, first) => {
      const name = /^(?:export )?(?:default )?(?:async )?function\*? (\w+)/.exec(line)?.[1];
      const last =
        name === undefined ? -1 : lines.findIndex((l, i) => i > first && /^}/.test(l) && !/[{(]$/.test(l));
      if (name !== undefined && last - first + 1 > 80) long[file] = [...(long[file] ?? []), name];
    });
  }
  expect(long).toEqual(longFunctions);
});

test("a test of several files is in a folder that says what it tests", () => {
  const files = readdirSync(join(src, "../test"), { withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.map(({ name }) => name)).toEqual(["global-setup.ts"]);
});

test("no folder holds more than 40 product files", () => {
  const count = new Map<string, number>();
  for (const file of [...product, ...page]) count.set(dirname(file), (count.get(dirname(file)) ?? 0) + 1);
  expect([...count].filter(([, files]) => files > 40)).toEqual([]);
});

test("every folder has a table of contents, or is part of one that has", () => {
  // Imported file by file, exported by src/index.ts.
  const inside = [
    "core",
    "linalg",
    ...Object.keys(layers).filter((folder) => layers[folder]! >= layers.options!),
  ];
  const without = readdirSync(src)
    .filter((name) => statSync(join(src, name)).isDirectory())
    .filter((name) => !inside.includes(name) && !existsSync(join(src, name, "index.ts")));
  expect(without).toEqual([]);
});

test("files are named in kebab case, and for what they hold", () => {
  expect(
    files.filter(
      (file) =>
        !/^[a-z0-9-]+(\.(test|conformance))?\.ts$/.test(basename(file)) && !file.includes("generated/"),
    ),
  ).toEqual([]);
  expect(files.filter((file) => /(^|\/)(utils?|helpers?|common|misc|shared)(\/|\.ts$)/.test(file))).toEqual(
    [],
  );
});
