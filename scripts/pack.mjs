// Makes the tarball for npm: a fresh build with types and the tracked files, so that a clean clone and a used one give
// the same. `node scripts/pack.mjs FOLDER` writes it to FOLDER.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { BuildError, buildAll } from "./build.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** Files without which an installed package cannot run, be type-checked, or be used in a page. */
const required = [
  "LICENSE",
  "README.md",
  "assets/vision-open/onnx/model.onnx",
  "bin/engraft.mjs",
  "bin/require.cjs",
  "dist/browser/engraft.js",
  "dist/browser/start.js",
  "dist/index.d.ts",
  "dist/index.js",
  "dist/platform/child-process.js",
  "dist/program/main.js",
  "dist/platform/sounds/sound-worker.js",
  "dist/program/ort-node-worker.js",
  "dist/program/signal-watcher.js",
  "dist/program/sound-worker.js",
  "dist/runtime/ort-node-worker.js",
];

/** Runs npm without a shell on any system, and without the settings of a surrounding npm. */
export function npm(args, options = {}, cli = npmCli()) {
  const env = Object.fromEntries(
    Object.entries(options.env ?? process.env).filter(
      ([name]) =>
        !/^npm_(config_(ignore_scripts|local_prefix|global_prefix|fund)|package_|lifecycle_|command)/i.test(
          name,
        ),
    ),
  );
  return execFileSync(process.execPath, [cli, ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 2 ** 26,
    ...options,
    env,
  });
}

function npmCli() {
  const bin = dirname(process.execPath);
  const places = [
    join(bin, "../lib/node_modules/npm/bin/npm-cli.js"),
    join(bin, "node_modules/npm/bin/npm-cli.js"),
    process.env.npm_execpath ?? "",
  ];
  const found = places.find((place) => place.endsWith("npm-cli.js") && existsSync(place));
  if (!found) throw new Error(`npm was not found: looked for ${places.join(", ")}`);
  return found;
}

/**
 * Builds, and packs into `folder`.
 * @throws Error if the tarball lacks a required file
 */
export async function packTarball(folder) {
  await buildFresh();
  const stage = mkdtempSync(join(tmpdir(), "engraft-pack-"));
  try {
    const {
      files,
      private: _private,
      scripts: _scripts,
      devDependencies: _dev,
      allowScripts: _allow,
      ...manifest
    } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    for (const file of tracked(files.filter((name) => name !== "dist"))) copy(file, stage);
    const built = (path) => !/\.tmp$|made-by-npm-run-build|[\\/]dist[\\/]sources\.json$/.test(path);
    cpSync(join(root, "dist"), join(stage, "dist"), { recursive: true, filter: built });
    writeFileSync(join(stage, "package.json"), `${JSON.stringify({ ...manifest, files }, undefined, 2)}\n`);
    mkdirSync(folder, { recursive: true });
    const out = npm(["pack", "--json", "--pack-destination", resolve(folder)], { cwd: stage });
    const [{ filename }] = JSON.parse(out);
    const path = join(resolve(folder), filename);
    const contents = readTarball(path);
    requireContents(contents, manifest);
    const sha256 = createHash("sha256").update(readFileSync(path)).digest("hex");
    return { path, sha256, bytes: statSync(path).size, files: [...contents.keys()] };
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

/**
 * Builds with types, and removes files from dist/ that this build did not write: chunks and declarations of earlier
 * builds.
 */
async function buildFresh() {
  // File times may be whole seconds.
  const begin = Math.floor(Date.now() / 1000) * 1000;
  await buildAll({ types: true });
  for (const entry of readdirSync(join(root, "dist"), { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath ?? entry.path, entry.name);
    if (entry.isFile() && statSync(path).mtimeMs < begin) rmSync(path);
  }
}

/** Files of these names and folders that git tracks, so that stray files in assets/ are not published. */
function tracked(names) {
  const list = execFileSync("git", ["ls-files", "-z", "--", ...names], { cwd: root, encoding: "utf8" });
  return list.split("\0").filter((file) => file !== "" && existsSync(join(root, file)));
}

function copy(file, stage) {
  mkdirSync(dirname(join(stage, file)), { recursive: true });
  cpSync(join(root, file), join(stage, file));
}

/** Returns the files of a tarball by path. The format has 512-byte blocks: a header, then the padded contents. */
export function readTarball(path) {
  const bytes = gunzipSync(readFileSync(path));
  const files = new Map();
  const field = (at, length) => bytes.toString("utf8", at, at + length).split("\0")[0];
  for (let at = 0; at + 512 <= bytes.length && bytes[at] !== 0; ) {
    const size = Number.parseInt(field(at + 124, 12), 8);
    const prefix = field(at + 345, 155);
    const name = `${prefix === "" ? "" : `${prefix}/`}${field(at, 100)}`;
    // "0" is a file; "x" and "g" are attributes of the next ones.
    if (field(at + 156, 1) === "0")
      files.set(name.replace(/^package\//, ""), bytes.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}

/** @throws Error that names every missing file: required ones, and those that package.json points to */
export function requireContents(files, { exports }) {
  const targets = (value) => (typeof value === "string" ? [value] : Object.values(value).flatMap(targets));
  const pointed = targets(exports)
    .map((path) => path.replace(/^\.\//, ""))
    .filter((path) => !path.includes("*"));
  const missing = [...new Set([...required, ...pointed])].filter((file) => !files.has(file)).sort();
  if (missing.length > 0) throw new Error(`the tarball lacks ${missing.join(", ")}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const { path, bytes, files, sha256 } = await packTarball(process.argv[2] ?? "dist/made-by-npm-run-build");
    console.log(`${path}: ${files.length} files, ${(bytes / 1e6).toFixed(1)} MB, sha256 ${sha256}`);
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    console.error(`not packed: ${error.message}`);
    process.exitCode = 1;
  }
}
