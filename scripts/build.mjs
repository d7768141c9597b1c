// Transpiles src/ to dist/, file by file, so `dist` has the same tree. Bundles the program to dist/program/, because it
// starts in half the time when Node reads a dozen files instead of three hundred. With `--types` also writes the
// declarations; without, a build takes a fraction of a second.
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleForBrowsers } from "./browser-bundle.mjs";
import { bundleStudio, studioFolder } from "./studio-bundle.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const program = join(root, "dist/program");
const browser = join(root, "dist/browser");
/**
 * Folder where `npm pack` writes in a checkout (`.npmrc`). It exists only after a build with types; without it `npm
 * pack` fails.
 */
const packFolder = join(root, "dist/made-by-npm-run-build");

/** Packages with native code or parts under the LGPL, or used by few commands: they are not bundled. */
const apart = [
  "@audio/decode-flac",
  "@audio/decode-mp3",
  "@audio/decode-opus",
  "@audio/decode-vorbis",
  "@huggingface/hub",
  "bullmq",
  "cli-progress",
  "ioredis",
  "onnxruntime-node",
  "onnxruntime-web",
  "proper-lockfile",
  "sharp",
];

function sources(directory, kind = /\.ts$/) {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return sources(path, kind);
    return kind.test(entry.name) && !/\.(test|conformance|d)\.ts$/.test(entry.name) ? [path] : [];
  });
}

/** True if dist/ has a newer file for each source, and a program newer than all of them. */
export function isFresh() {
  const isNewer = (built, source) => existsSync(built) && statSync(built).mtimeMs >= statSync(source).mtimeMs;
  const page = sources(join(root, "studio"), /\.(tsx?|css|html|svg)$/);
  if (!page.every((source) => isNewer(join(studioFolder, "main.js"), source))) return false;
  return sources(join(root, "src")).every((source) => {
    const built = source.replace(join(root, "src"), join(root, "dist")).replace(/\.ts$/, ".js");
    return [built, join(program, "main.js"), join(browser, "start.js")].every((file) =>
      isNewer(file, source),
    );
  });
}

/** Writes a file atomically, because another process (a test, a second build) may read it. */
function writeWhole(path, contents) {
  if (existsSync(path) && readFileSync(path).equals(contents)) {
    const now = new Date();
    utimesSync(path, now, now);
    return;
  }
  mkdirSync(dirname(path), { recursive: true });
  const half = `${path}.${process.pid}.tmp`;
  writeFileSync(half, contents);
  renameSync(half, path);
}

/** Removes outputs of deleted sources, which would still be published and imported. */
function removeOrphans(directory = join(root, "dist")) {
  for (const entry of existsSync(directory) ? readdirSync(directory, { withFileTypes: true }) : []) {
    const path = join(directory, entry.name);
    if (path === program || path === browser || path === studioFolder) continue;
    if (entry.isDirectory()) removeOrphans(path);
    else if (/\.js$|\.d\.ts$/.test(path)) {
      const source = path.replace(join(root, "dist"), join(root, "src")).replace(/\.js$|\.d\.ts$/, ".ts");
      if (!existsSync(source)) rmSync(path, { force: true });
    }
  }
}

/** Builds dist/; with `types` also the declarations. Throws if a source does not compile. */
export async function buildAll({ types = false } = {}) {
  // Loaded only here: checking whether the build is fresh does not need it.
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    write: false,
    entryPoints: sources(join(root, "src")),
    outdir: join(root, "dist"),
    outbase: join(root, "src"),
    format: "esm",
    platform: "node",
    target: "node20",
    logLevel: "warning",
  });
  for (const { path, contents } of outputFiles) writeWhole(path, contents);
  removeOrphans();
  await writeFolder(browser, await bundleForBrowsers());
  await writeFolder(studioFolder, await bundleStudio());
  await bundleProgram(build);
  if (types) {
    execFileSync(
      process.execPath,
      [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json"],
      {
        cwd: root,
        stdio: "inherit",
      },
    );
    mkdirSync(packFolder, { recursive: true });
  }
}

/** Writes a bundle with the licences of its packages, and removes the parts of an earlier build. */
async function writeFolder(folder, { outputFiles, metafile }) {
  const packages = new Set(
    Object.keys(metafile.inputs).flatMap(
      (path) => /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [],
    ),
  );
  const files = new Map(outputFiles.map(({ path, contents }) => [path, contents]));
  files.set(join(folder, "LICENSES.txt"), Buffer.from(licensesOf(packages)));
  for (const [path, contents] of files) writeWhole(path, contents);
  // Parts are named by their content. Old ones are removed last, for pages that are loading.
  for (const name of readdirSync(folder))
    if (!files.has(join(folder, name)) && !name.endsWith(".tmp")) rmSync(join(folder, name));
}

/**
 * Builds dist/program/: main.js, the runtime's worker and that of sounds, with their shared chunks. The folder is as deep as the
 * original files, so paths relative to `import.meta.url` stay right.
 */
async function bundleProgram(build) {
  const { outputFiles, metafile } = await build({
    write: false,
    metafile: true,
    absWorkingDir: root,
    entryPoints: {
      main: "src/cli/main.ts",
      "ort-node-worker": "src/runtime/ort-node-worker.ts",
      "sound-worker": "src/platform/sounds/sound-worker.ts",
    },
    outdir: program,
    bundle: true,
    splitting: true,
    external: apart,
    // The package's CommonJS form for Node has 50 files and cannot be bundled as a module; this one has the same code.
    alias: { yaml: join(root, "node_modules/yaml/browser/index.js") },
    format: "esm",
    platform: "node",
    target: "node20",
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: "warning",
  });
  const packages = new Set(
    Object.keys(metafile.inputs).flatMap(
      (path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [],
    ),
  );
  const files = new Map(outputFiles.map(({ path, contents }) => [path, contents]));
  files.set(join(program, "LICENSES.txt"), Buffer.from(licensesOf(packages)));
  for (const [path, contents] of files) writeWhole(path, contents);
  for (const name of readdirSync(program)) {
    // A process that started before this build still reads its own chunks.
    const path = join(program, name);
    if (!files.has(path) && Date.now() - statSync(path).mtimeMs > 60_000) rmSync(path, { force: true });
  }
}

/** Licences of the bundled packages, as their terms require. Decoders of sounds contain the code of what they depend on. */
function licensesOf(packages) {
  const all = new Set(packages);
  for (const name of all)
    if (/^@audio\//.test(name) || !packages.has(name))
      for (const inner of Object.keys(manifestOf(name).dependencies ?? {})) all.add(inner);
  return [...all].sort().map(licenseOf).join("\n");
}

const manifestOf = (name) =>
  JSON.parse(readFileSync(join(root, "node_modules", name, "package.json"), "utf8"));

/** Native libraries in the WebAssembly of a package, with their terms. */
const compiled = {
  "mpg123-decoder": "It contains libmpg123 (LGPL-2.1-only), https://mpg123.org",
  "@wasm-audio-decoders/flac": "It contains libFLAC (BSD-3-Clause), https://xiph.org/flac",
  "@wasm-audio-decoders/ogg-vorbis":
    "It contains libvorbis and libogg (BSD-3-Clause), https://xiph.org/vorbis",
};

/** Returns the licence of a package. */
function licenseOf(name) {
  const folder = join(root, "node_modules", name);
  const { version, license } = manifestOf(name);
  const files = readdirSync(folder).filter((entry) => /^licen[cs]e/i.test(entry));
  const texts = files.map((file) => `\n${readFileSync(join(folder, file), "utf8").trim()}\n`);
  const note = compiled[name] === undefined ? "" : `${compiled[name]}\n`;
  return `${name} ${version} (${license})\n${note}${texts.join("")}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await buildAll({ types: process.argv.includes("--types") });
  } catch (error) {
    // The compiler has already printed the error.
    console.error(error.message);
    process.exitCode = 1;
  }
}
