import type { Extension } from "../train/fit.js";

const kebab = (name: string): string => name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);

/** Returns the command that would start the same run, for manifests and reports. */
export function commandLine(
  data: string,
  options: Readonly<Record<string, unknown>>,
  out: string,
  {
    command = trainingCommand(options),
    target,
  }: { readonly command?: "train" | "distill" | "adapt" | "pretrain"; readonly target?: string } = {},
): string {
  const paths = [data, ...(target === undefined ? [] : [target])].map((path) => JSON.stringify(path));
  return [`engraft ${command}`, ...paths, ...flagsOf(options), "--out", JSON.stringify(out)].join(" ");
}

/** Returns the command of a training with these options. */
export const trainingCommand = ({ teacher }: Readonly<Record<string, unknown>>): "train" | "distill" =>
  teacher === undefined ? "train" : "distill";

/** Returns the command that trains a finished run further. */
export function extensionLine(
  run: string,
  more: Extension,
  options: Readonly<Record<string, unknown>>,
): string {
  const length = "epochs" in more ? more.epochs : `${more.seconds}s`;
  return `engraft ${trainingCommand(options)} --resume ${JSON.stringify(run)} --more ${length}`;
}

/** Returns the flags that give these options. */
export function flagsOf(options: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(options).flatMap(([name, value]) => {
    const flag = `--${kebab(name)}`;
    if (name === "cache") return value === false ? ["--no-cache"] : [];
    // These options have no flag, and change no result.
    if (name === "checkpointSeconds" || name === "reasons" || value === undefined) return [];
    if (name === "explain") return value === false ? ["--no-explain"] : [];
    if (name === "pictures") return value === false ? ["--no-pictures"] : [];
    if (name === "baselines" && value !== true) return value === false ? ["--no-baselines"] : [];
    if (name === "comparison") return value === false ? ["--no-comparison"] : [];
    if (value === false) return [];
    if (name === "option")
      return Object.entries(value as object).flatMap(([key, v]) => [
        flag,
        JSON.stringify(`${kebab(key)}=${v}`),
      ]);
    return value === true ? [flag] : [flag, String(value)];
  });
}

/** Quotes a path for a shell. */
export function shellWord(path: string): string {
  if (/^[\w./:\\-]+$/.test(path)) return path;
  return /["$`]/.test(path) ? `'${path.replaceAll("'", "'\\''")}'` : `"${path}"`;
}
