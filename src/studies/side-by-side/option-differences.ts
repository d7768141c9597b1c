import type { RunsReport } from "../../core/results/side-by-side.js";
import type { ReadSideRun } from "./read-side-run.js";

/** Options with a row of their own on the page, or without effect on the result. */
const leftOut: ReadonlySet<string> = new Set([
  ...["out", "seed", "base", "strategy"],
  ...["explain", "tensorboard", "cache"],
]);

/** Returns options, versions and numbers of threads that are not the same in all runs. */
export function optionDifferences(runs: readonly ReadSideRun[]): RunsReport["differing"] {
  const given = runs.map(({ manifest }): Readonly<Record<string, string>> => {
    const { options, threads, versions } = manifest;
    return {
      ...Object.fromEntries(
        Object.entries(options).flatMap(([name, value]) =>
          value === undefined || leftOut.has(name) ? [] : [[asOption(name), written(value)]],
        ),
      ),
      threads: String(threads),
      ...Object.fromEntries(Object.entries(versions).map(([what, v]) => [`${what} (version)`, String(v)])),
    };
  });
  const names = [...new Set(given.flatMap((one) => Object.keys(one)))];
  return names
    .map((option) => ({ option, values: given.map((one) => one[option] ?? null) }))
    .filter(({ values }) => values.some((value) => value !== values[0]));
}

/** Returns the flag of an option on the command line. */
const asOption = (name: string): string => `--${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`;

function written(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return JSON.stringify(value);
  return Object.entries(value)
    .map(([name, v]) => `${name}=${typeof v === "string" ? v : JSON.stringify(v)}`)
    .join(", ");
}
