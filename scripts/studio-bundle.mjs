// Bundles the page of the studio to dist/studio/page/. `node scripts/studio-bundle.mjs` prints the size of the first view, and
// fails above the limit.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { compile } from "./build/compile.mjs";
import { languagesLater } from "./build/languages-later.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const source = join(root, "studio");
export const studioFolder = join(root, "dist/studio/page");

/** First view, minified and gzipped, without runtime and base: 80 KB. */
export const limit = 80_000;

/** Name of the worker of the browser's private storage. */
const fileWorker = "file-worker";
/** Files that are served as they are. */
const plain = ["index.html", "icon.svg"];

/** Returns the files of dist/studio/page/ without writing them. `built` has the library's bundle, in browser/. */
export async function bundleStudio(built = join(root, "dist")) {
  const { outputFiles, metafile } = await compile({
    metafile: true,
    entryPoints: {
      main: join(source, "main.tsx"),
      sw: join(source, "sw.ts"),
      [fileWorker]: join(source, "store/file-worker.ts"),
    },
    outdir: studioFolder,
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
    plugins: [languagesLater(["en", "zh"])],
  });
  for (const name of plain)
    outputFiles.push({ path: join(studioFolder, name), contents: readFileSync(join(source, name)) });
  // For the web page that the page Use packs.
  outputFiles.push({ path: join(studioFolder, "LICENSE"), contents: readFileSync(join(root, "LICENSE")) });
  const library = namesIn(join(built, "browser"));
  const add = (name, value) =>
    outputFiles.push({ path: join(studioFolder, name), contents: Buffer.from(JSON.stringify(value)) });
  add("library.json", library);
  const kinds = await kindsIn(built);
  add("examples.json", Object.fromEntries(kinds.map(({ kind, examples }) => [kind, examplesIn(examples)])));
  add("bases.json", Object.fromEntries(kinds.map(({ base }) => [base, filesOf(base)])));
  const worker = outputFiles.find(({ path }) => basename(path) === "sw.js");
  const own = outputFiles.filter((file) => file !== worker);
  const version = createHash("sha256");
  for (const { path, contents } of own) version.update(basename(path)).update(contents);
  // Names of the library's chunks are hashes of their contents.
  version
    .update(library.join())
    .update(fileOf(join(built, "browser/engraft.js")))
    .update(fileOf(join(root, "package-lock.json")));
  const build = { version: version.digest("hex").slice(0, 16), files: own.map(({ path }) => basename(path)) };
  worker.contents = Buffer.concat([Buffer.from(`const build=${JSON.stringify(build)};`), worker.contents]);
  return { outputFiles, metafile };
}

const namesIn = (folder) => (existsSync(folder) ? readdirSync(folder).sort() : []);
const fileOf = (path) => (existsSync(path) ? readFileSync(path) : "");

/** Addresses of the files of a base. */
const filesOf = (base) =>
  readdirSync(join(root, "assets", base), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .map((path) => `package/${path}`)
    .sort();

/** Kinds of samples with a class, from the table of the library. */
async function kindsIn(built) {
  const { sampleKinds, sampleKindFacts } = await import(
    pathToFileURL(join(built, "studio/project-kinds.js")).href
  );
  return sampleKinds.map((kind) => ({ kind, ...sampleKindFacts(kind) }));
}

/** Most example files of a class. */
const mostExamples = 10;

/** Returns the address of the list in a folder of assets, or of some files of each class: a page cannot list folders. */
function examplesIn(assets) {
  const folder = `assets/${assets}`;
  const names = namesIn(join(root, folder));
  const list = names.find((name) => name.endsWith(".csv"));
  if (list !== undefined) return `package/${folder}/${list}`;
  const some = (name) => namesIn(join(root, folder, name)).slice(0, mostExamples);
  return Object.fromEntries(
    names.map((name) => [name, some(name).map((file) => `package/${folder}/${name}/${file}`)]),
  );
}

/** Gzipped bytes of the first view: page, style, and the scripts that it always loads. */
export async function firstViewSize() {
  const { outputFiles, metafile } = await bundleStudio();
  const packed = new Map(
    outputFiles.map(({ path, contents }) => [basename(path), gzipSync(contents, { level: 9 }).length]),
  );
  const outputs = new Map(Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output]));
  const needed = new Set(["main.css", `${fileWorker}.js`, ...plain]);
  const visit = (name) => {
    if (needed.has(name)) return;
    needed.add(name);
    for (const { kind, path } of outputs.get(name).imports)
      if (kind === "import-statement") visit(basename(path));
  };
  visit("main.js");
  return [...needed].reduce((bytes, name) => bytes + packed.get(name), 0);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const bytes = await firstViewSize();
  const kb = (n) => `${(n / 1000).toFixed(1)} KB`;
  console.log(`first view of the studio, minified and gzipped: ${kb(bytes)} of at most ${kb(limit)}`);
  if (bytes > limit) process.exitCode = 1;
}
