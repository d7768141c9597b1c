// Imports and paths of all scripts, without running one.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** Returns the scripts of the repository, as paths from its root. */
export function scriptFiles() {
  return ["bench", "examples", "scripts"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .filter((name) => name.endsWith(".mjs"))
      .map((name) => `${folder}/${name.replaceAll("\\", "/")}`)
      .sort(),
  );
}

/**
 * Bundles scripts in memory.
 *
 * @returns imports without a file, a package or an export of that name; and the programs: scripts that export nothing
 */
export async function linkScripts(files) {
  const { errors, warnings, metafile } = await build({
    ...{ entryPoints: files, absWorkingDir: root, outdir: "bundled", write: false, metafile: true },
    ...{ bundle: true, splitting: true, format: "esm", platform: "node", packages: "external" },
    ...{ logLevel: "silent", logLimit: 0 },
  }).catch((failed) => failed);
  const own = [...errors, ...warnings].filter(({ location }) => !location?.file.startsWith("dist/"));
  const problems = own.map(({ text, location }) => `${location?.file} line ${location?.line}: ${text}`);
  if (!metafile) return { problems, programs: [] };
  const programs = Object.values(metafile.outputs)
    .filter(({ entryPoint, exports }) => entryPoint && exports.length === 0)
    .map(({ entryPoint }) => entryPoint)
    .sort();
  return { problems: [...problems, ...missingPackages(files, metafile)], programs };
}

function missingPackages(files, { inputs }) {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const { name, dependencies, devDependencies, optionalDependencies } = manifest;
  const known = [name, ...Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies })];
  const isKnown = (path) =>
    path.startsWith(".") ||
    path.startsWith("node:") ||
    builtinModules.includes(path) ||
    known.some((one) => path === one || path.startsWith(`${one}/`));
  return files.flatMap((file) =>
    inputs[file].imports
      .filter(({ external, path }) => external && !isKnown(path))
      .map(({ path }) => `${file}: the package ${path} is not in package.json`),
  );
}

/**
 * Returns the files that a script names and that do not exist: `new URL("…", import.meta.url)`, relative paths and Python
 * programs.
 */
export function missingFiles(file) {
  const text = readFileSync(join(root, file), "utf8");
  const urls = [...text.matchAll(/(?<!')new URL\("([^"…]+)", import\.meta\.url\)/g)];
  const paths = [...text.matchAll(/"(\.{1,2}\/[^"\s]*\.(?:mjs|ts|py)|[\w./-]+\.py)"/g)];
  const places = [dirname(join(root, file)), root, join(root, "scripts")];
  return [...urls, ...paths]
    .map(([, path]) => path)
    .filter((path) => !path.includes(".cache/") && !places.some((place) => existsSync(resolve(place, path))))
    .map((path) => `${file}: ${path} does not exist`);
}
