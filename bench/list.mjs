// The benchmarks: files of this folder that export `bench`, what they need and their options, and `main`.
import { readdirSync } from "node:fs";
import { basename } from "node:path";

const json = { type: "boolean", about: "print JSON" };

/** Returns a file's benchmark; undefined for a file without one. */
async function openFile(name) {
  const { bench, main } = await import(`./${name}.mjs`);
  return bench && { name, main, declaration: { ...bench, options: { ...bench.options, json } } };
}

/** Returns the names of the modules of this folder. */
const modules = () =>
  readdirSync(new URL(".", import.meta.url))
    .filter((file) => file.endsWith(".mjs") && file !== "main.mjs")
    .map((file) => basename(file, ".mjs"));

/** Returns the benchmark of this name; undefined if there is none. */
export async function openBench(name) {
  return modules().includes(name) ? openFile(name) : undefined;
}

/** Returns all benchmarks by name. */
export async function listBenches() {
  const all = await Promise.all(modules().map(openFile));
  return all.filter((one) => one !== undefined);
}
