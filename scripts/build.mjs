// Transpiles src/ to dist/, file by file, so `dist` has the same tree. Bundles the program to dist/program/, because it
// starts in half the time when Node reads a dozen files instead of three hundred. With `--types` also writes the
// declarations. If anything fails, dist/ stays as it was.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleForBrowsers } from "./browser-bundle.mjs";
import { asBuildError, BuildError, failureText } from "./build/build-error.mjs";
import { startFailure } from "./build/check-program.mjs";
import { compile } from "./build/compile.mjs";
import {
  isFresh,
  lastBuild,
  moveStaged,
  openStage,
  readSources,
  sourcesOf,
  writeStaged,
} from "./build/stage.mjs";
import { bundleStudio, studioFolder } from "./studio-bundle.mjs";

export { BuildError, isFresh };

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const program = join(root, "dist/program");
const browser = join(root, "dist/browser");

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
  "undici",
];

/**
 * Builds dist/; with `types` also the declarations. Builds may run at the same time.
 * @throws BuildError if a source does not compile, has a type error (with `types`), or if the program would not start.
 * dist/ is then as it was.
 */
export async function buildAll({ types = false } = {}) {
  // Before anything is read: a file that is edited meanwhile is built again.
  const sources = readSources();
  const stage = openStage();
  try {
    writeAll(stage, (await transpile()).outputFiles);
    writeFolder(stage, browser, await bundleForBrowsers(stage));
    writeFolder(stage, studioFolder, await bundleStudio(stage));
    writeFolder(stage, program, await bundleProgram());
    if (types) requireTypes(["--outDir", stage]);
    await requireStart(stage);
    moveStaged(stage, sources, { types });
  } catch (error) {
    throw asBuildError(error);
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

/**
 * Builds if a source changed. If the build fails, prints why, and that the last build is used.
 * @returns false if there is no build to run
 */
export async function ensureBuilt() {
  if (isFresh()) return true;
  try {
    await buildAll();
    return true;
  } catch (error) {
    const last = lastBuild();
    process.stderr.write(failureText(error, last, last !== undefined));
    return last !== undefined;
  }
}

const transpile = () =>
  compile({
    entryPoints: sourcesOf(join(root, "src")),
    outdir: join(root, "dist"),
    outbase: join(root, "src"),
    format: "esm",
    platform: "node",
    target: "node20",
  });

/**
 * Bundles dist/program/: main.js, the workers of the runtime, of sounds and of signals, with their shared chunks. The folder is as deep as the
 * original files, so paths relative to `import.meta.url` stay right.
 */
const bundleProgram = (options = {}) =>
  compile({
    metafile: true,
    entryPoints: {
      main: "src/cli/main.ts",
      "ort-node-worker": "src/runtime/ort-node-worker.ts",
      "sound-worker": "src/platform/sounds/sound-worker.ts",
      "signal-watcher": "src/platform/process/signal-watcher.ts",
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
    ...options,
  });

/**
 * Runs TypeScript's compiler.
 * @throws BuildError with each type error
 */
function requireTypes(options) {
  const { status, stdout } = spawnSync(
    process.execPath,
    [
      ...[join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json"],
      ...["--pretty", "false", ...options],
    ],
    { cwd: root, encoding: "utf8", maxBuffer: 2 ** 26 },
  );
  if (status === 0) return;
  const errors = [...stdout.matchAll(/^(.+)\((\d+),(\d+)\): error (.*)$/gm)];
  if (errors.length === 0) throw new BuildError(`tsc failed: ${stdout.trim()}`);
  throw new BuildError(
    "the sources have type errors",
    errors.map(([, file, line, column, text]) => `${file}:${line}:${column}: ${text}`),
  );
}

/** @throws BuildError that names the place in src/, or the type errors, if the program in the stage does not start */
async function requireStart(stage) {
  if (startFailure(stage) === undefined) return;
  // Source maps take as long as a third of the build, so only a failure makes them.
  writeAll(stage, (await bundleProgram({ sourcemap: "inline" })).outputFiles);
  const failure = startFailure(stage);
  if (failure === undefined) return;
  const { message, place } = failure;
  const what = "the program does not start";
  if (place) throw new BuildError(what, [`${place}: ${message}`]);
  try {
    requireTypes(["--noEmit"]);
  } catch (error) {
    throw new BuildError(`${what}: ${message}`, error.places);
  }
  throw new BuildError(`${what}: ${message}`);
}

function writeAll(stage, files) {
  for (const { path, contents } of files) writeStaged(stage, path, contents);
}

/** Writes a bundle with the licences of its packages. */
function writeFolder(stage, folder, { outputFiles, metafile }) {
  const packages = new Set(
    Object.keys(metafile.inputs).flatMap(
      (path) => /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [],
    ),
  );
  writeAll(stage, outputFiles);
  writeStaged(stage, join(folder, "LICENSES.txt"), licensesOf(packages));
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
    process.stderr.write(failureText(error, lastBuild(), false));
    process.exitCode = 1;
  }
}
