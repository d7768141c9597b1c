// The imports of the product's files.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const src = fileURLToPath(new URL("../../src/", import.meta.url));
export const files = readdirSync(src, { recursive: true, encoding: "utf8" })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => file.endsWith(".ts"))
  .sort();
export const isTest = (file: string): boolean => /\.(test|conformance)\.ts$/.test(file);
export const product = files.filter((file) => !isTest(file));

export interface Import {
  readonly file: string;
  /** As written. */
  readonly from: string;
  /** `import type`, or a list in which every name is a type: nothing is loaded. */
  readonly typeOnly: boolean;
  /** `await import(…)`. */
  readonly lazy: boolean;
}

/** Every import and re-export of a source text. Comments do not count, strings in the code must not begin a line. */
export function importsOf(file: string, source: string): Import[] {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "");
  const statement = /^(?:import|export)\s+(?:(type\s)?\s*([^;"'`]*?)\s+from\s+)?"([^"]+)"/gm;
  const found = [...code.matchAll(statement)].map(([, type, names = "", from]) => ({
    file,
    from: from!,
    typeOnly: type !== undefined || /^\{(?:\s*type\s[^,}]+,?)+\s*\}$/.test(names),
    lazy: false,
  }));
  const expressions = /\bimport\(\s*"([^"]+)"\s*\)|\bnew URL\("(\.[^"]+\.js)", import\.meta\.url\)/g;
  const lazy = [...code.matchAll(expressions)].map(([, imported, worker]) => ({
    file,
    from: (imported ?? worker)!,
    typeOnly: false,
    lazy: true,
  }));
  return [...found, ...lazy];
}

export const imports = product.flatMap((file) => importsOf(file, readFileSync(join(src, file), "utf8")));
/** The file inside src/ that a relative import means; undefined for packages. */
export function target({ file, from }: Import): string | undefined {
  return from.startsWith(".")
    ? join(dirname(file), from).replaceAll("\\", "/").replace(/\.js$/, ".ts")
    : undefined;
}
/** The folder of src/ that a file lies in. `index.ts`, the table of contents, counts as part of `api`. */
export const folderOf = (file: string): string => {
  const folder = file.split("/")[0]!;
  return folder === "index.ts" ? "api" : folder;
};
