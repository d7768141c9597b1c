// Transpile src/ to dist/, file by file (the tree stays the same, so `dist` reads like `src`), and with
// `--types` write the declarations too. Without it a build takes a fraction of a second.
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
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleForBrowsers } from "./browser-bundle.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

function sources(directory) {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.ts$/.test(entry.name) && !/\.(test|conformance|d)\.ts$/.test(entry.name) ? [path] : [];
  });
}

/** True when dist/ holds a newer file for each source. */
export function isFresh() {
  const bundle = join(root, "dist/browser/start.js");
  const bundled = existsSync(bundle) ? statSync(bundle).mtimeMs : 0;
  return sources(join(root, "src")).every((source) => {
    if (statSync(source).mtimeMs > bundled) return false;
    const built = source.replace(join(root, "src"), join(root, "dist")).replace(/\.ts$/, ".js");
    return existsSync(built) && statSync(built).mtimeMs >= statSync(source).mtimeMs;
  });
}

/** A file that another process reads now (a test, a second build) is there as a whole, old or new. */
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

const browser = join(root, "dist/browser");

/** What was built from a source that is gone would still be published, and still be imported. */
function removeOrphans(directory = join(root, "dist")) {
  if (directory === browser) return;
  for (const entry of existsSync(directory) ? readdirSync(directory, { withFileTypes: true }) : []) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) removeOrphans(path);
    else if (/\.js$|\.d\.ts$/.test(path)) {
      const source = path.replace(join(root, "dist"), join(root, "src")).replace(/\.js$|\.d\.ts$/, ".ts");
      if (!existsSync(source)) rmSync(path, { force: true });
    }
  }
}

/** Build dist/ anew; with `types` the declarations too. Throws when a source does not compile. */
export async function buildAll({ types = false } = {}) {
  // Loaded only here: who asks whether the build is fresh need not wait for it.
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
  const bundle = await bundleForBrowsers();
  for (const { path, contents } of bundle.outputFiles) writeWhole(path, contents);
  const names = bundle.outputFiles.map(({ path }) => basename(path));
  // Parts are named by their content. Last of all, so that a page that is loading finds the old ones.
  for (const name of readdirSync(browser)) if (!names.includes(name)) rmSync(join(browser, name));
  if (types) {
    execFileSync(
      process.execPath,
      [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json"],
      {
        cwd: root,
        stdio: "inherit",
      },
    );
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await buildAll({ types: process.argv.includes("--types") });
  } catch (error) {
    // The compiler has said what is wrong, and where.
    console.error(error.message);
    process.exitCode = 1;
  }
}
