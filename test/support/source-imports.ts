// The files of the product and their imports. Files of src/ are named from there, those of the page of the studio from "../studio/".
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const src = fileURLToPath(new URL("../../src/", import.meta.url));
/** Returns the TypeScript files below a folder, which is named from src/. */
export const filesOf = (folder: string): string[] =>
  readdirSync(join(src, folder), { recursive: true, encoding: "utf8" })
    .map((file) => join(folder, file).replaceAll("\\", "/"))
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith(".d.ts"))
    .sort();
export const isTest = (file: string): boolean => /\.(test|conformance)\.ts$/.test(file);
export const files = filesOf("");
/** Product files of src/. */
export const product = files.filter((file) => !isTest(file));
/** Files of the page of the studio. */
export const page = filesOf("../studio");
export const isPage = (file: string): boolean => file.startsWith("../");
/** All product files that are written by hand. */
export const handwritten = [...product, ...page].filter((file) => !file.startsWith("onnx/generated/"));

export const readSource = (file: string): string => readFileSync(join(src, file), "utf8");
/** Returns the lines of a file. */
export const linesOf = (file: string): string[] => readSource(file).replace(/\n$/, "").split("\n");
/** Returns a source text without its comments. */
export const codeOf = (source: string): string =>
  source.replace(/(?<![^\s({])\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "");

export interface Import {
  readonly file: string;
  /** As written. */
  readonly from: string;
  /** `import type`, or a list in which every name is a type: nothing is loaded. */
  readonly typeOnly: boolean;
  /** `await import(…)`. */
  readonly lazy: boolean;
  /** Names of a list in braces: the name in the other file by the name in this one. */
  readonly names: ReadonlyMap<string, string>;
}

/** Every import and re-export of a source text. Comments do not count, strings in the code must not begin a line. */
export function importsOf(file: string, source: string): Import[] {
  const code = codeOf(source);
  const statement = /^(?:import|export)\s+(?:(type\s)?\s*([^;"'`]*?)\s+from\s+)?"([^"]+)"/gm;
  const found = [...code.matchAll(statement)].map(([, type, names = "", from]) => ({
    file,
    from: from!,
    typeOnly: type !== undefined || /^\{(?:\s*type\s[^,}]+,?)+\s*\}$/.test(names),
    lazy: false,
    names: namesIn(names),
  }));
  const expressions = /\bimport\(\s*"([^"]+)"\s*\)|\bnew URL\("(\.[^"]+\.js)", import\.meta\.url\)/g;
  const lazy = [...code.matchAll(expressions)].map(([, imported, worker]) => ({
    file,
    from: (imported ?? worker)!,
    typeOnly: false,
    lazy: true,
    names: new Map(),
  }));
  return [...found, ...lazy];
}

function namesIn(list: string): ReadonlyMap<string, string> {
  const names = /\{([^}]*)\}/.exec(list)?.[1]?.matchAll(/(?:type\s+)?(\w+)(?:\s+as\s+(\w+))?\s*(?:,|$)/g);
  return new Map([...(names ?? [])].map(([, name, as]) => [as ?? name!, name!]));
}

/** Imports of all product files. Styles do not count. */
export const imports = [...product, ...page]
  .flatMap((file) => importsOf(file, readSource(file)))
  .filter(({ from }) => !from.endsWith(".css"));

/** The file that a relative import means; undefined for packages. */
export function target({ file, from }: Import): string | undefined {
  if (!from.startsWith(".")) return undefined;
  const path = relative(src, join(src, dirname(file), from)).replaceAll("\\", "/");
  const [ts, tsx] = [path.replace(/\.js$/, ".ts"), path.replace(/\.js$/, ".tsx")];
  return page.includes(tsx) ? tsx : ts;
}
/**
 * The folder that a file lies in: of src/, or of the page as `studio/app`. `index.ts`, the table of contents, counts as part of `api`. A file
 * of the page that lies in no folder counts as one.
 */
export function folderOf(file: string): string {
  if (isPage(file)) return file.split("/").slice(1, 3).join("/");
  const folder = file.split("/")[0]!;
  return folder === "index.ts" ? "api" : folder;
}
