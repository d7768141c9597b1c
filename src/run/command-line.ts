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
  const paths = [data, ...(target === undefined ? [] : [target])].map(quotedWord);
  return [`engraft ${command}`, ...paths, ...flagsOf(options), "--out", quotedWord(out)].join(" ");
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
  return `engraft ${trainingCommand(options)} --resume ${quotedWord(run)} --more ${length}`;
}

/** Returns the flags that give these options, as words for a shell. */
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
      return Object.entries(value as object).flatMap(([key, v]) => [flag, quotedWord(`${kebab(key)}=${v}`)]);
    return value === true ? [flag] : [flag, shellWord(String(value))];
  });
}

/** Returns a path or value as one word for a shell: as it is, or in quotes if it needs them. */
export const shellWord = (text: string): string => (/^[\w./:,@+\\-]+$/.test(text) ? text : quotedWord(text));

/**
 * Returns a text in quotes for a shell. The shells of Windows know double quotes alone, so single quotes stand only around characters
 * that a POSIX shell reads inside double quotes.
 */
export const quotedWord = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a line break would end a recorded command.
  /["$`!\u0000-\u001f]|.\\\\|\\$/.test(text) ? `'${text.replaceAll("'", "'\\''")}'` : `"${text}"`;
