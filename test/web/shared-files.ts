// The toys and models that all tests share, as files that a page fetches.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, extname, join, relative } from "node:path";
import { sharedFolder } from "../support/shared-runs.js";
import { type Site, startSite } from "./site.js";

/** A file that a page fetches. */
export interface SiteFile {
  /** Its path among the files that the page gives to the library. */
  readonly path: string;
  readonly url: string;
}

/** Starts a site that also serves the folder that all tests share. */
export const startSharedSite = (): Promise<Site> => startSite({ more: { shared: sharedFolder() } });

/** Returns a shared file. @param path among the files of the page. Default: its name */
export function siteFile(file: string, path = basename(file)): SiteFile {
  const parts = relative(sharedFolder(), file).split(/[\\/]/);
  return { path: path.replaceAll("\\", "/"), url: `/shared/${parts.map(encodeURIComponent).join("/")}` };
}

/** Returns the files of a shared folder by their path in it. @param top folder that is put before each path */
export const filesIn = (folder: string, top = ""): readonly SiteFile[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => extname(path))
    .sort()
    .map((path) => siteFile(join(folder, path), join(top, path)));

/** Returns the files of shared data: those of a folder, or a list with the pictures that it names. */
export function dataFiles(data: string): readonly SiteFile[] {
  if (statSync(data).isDirectory()) return filesIn(data, basename(data));
  const named = new Set(readFileSync(data, "utf8").match(/[\w/-]+\.png/g));
  return [basename(data), ...named].map((path) => siteFile(join(dirname(data), path), path));
}

/** What {@link addFetching} adds to a page. */
export interface FetchingScope {
  /** Fetches files of the site. */
  filesOf(list: readonly SiteFile[]): Promise<{ path: string; content: File }[]>;
  /** Fetches the files among the inputs of a prediction. */
  inputsOf(inputs: readonly unknown[]): Promise<unknown[]>;
}

/** Runs in the browser: nothing of this file is there. */
export function addFetching(): void {
  const fileOf = async ({ path, url }: SiteFile): Promise<File> => {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${response.status} ${url}`);
    return new File([await response.blob()], path.split("/").at(-1)!);
  };
  const isFile = (input: unknown): input is SiteFile =>
    typeof input === "object" && input !== null && "url" in input;
  const scope: FetchingScope = {
    filesOf: (list) =>
      Promise.all(list.map(async (file) => ({ path: file.path, content: await fileOf(file) }))),
    inputsOf: (inputs) => Promise.all(inputs.map((input) => (isFile(input) ? fileOf(input) : input))),
  };
  Object.assign(globalThis, scope);
}
