import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { BuildError } from "./build-error.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

/**
 * Runs esbuild in memory.
 * @throws BuildError with each place that does not compile
 */
export async function compile(options) {
  // Loaded only here: checking whether the build is fresh does not need it.
  const { build } = await import("esbuild").catch((error) => {
    throw new BuildError(`esbuild cannot be loaded: ${error.message}`, [], "run npm ci");
  });
  try {
    const result = await build({ ...options, write: false, absWorkingDir: root, logLevel: "silent" });
    for (const warning of result.warnings) console.warn(`warning: ${placeOf(warning)}`);
    return result;
  } catch (error) {
    if (!Array.isArray(error.errors)) throw error;
    throw new BuildError("the sources do not compile", error.errors.map(placeOf));
  }
}

/** Returns "src/file.ts:12:5: message". Columns of esbuild begin at 0, those of editors at 1. */
function placeOf({ text, location }) {
  if (!location) return text;
  // A file that a plugin loads has the plugin's namespace before its whole path.
  const file = location.file.replace(/^[\w-]+:(?=\/)/, "").replace(`${root}/`, "");
  return `${file}:${location.line}:${location.column + 1}: ${text}`;
}
