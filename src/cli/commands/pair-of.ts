import { EngraftError } from "../../core/errors.js";

/** Returns two texts as a pair. @throws OptionError if one is missing, or if there is no input at all */
export function pairOf({
  command,
  textA: first,
  textB: second,
  words,
}: {
  readonly command: "predict" | "explain";
  readonly textA: string | undefined;
  readonly textB: string | undefined;
  readonly words: readonly string[];
}): readonly [string, string] | undefined {
  if (first !== undefined && second !== undefined) return [first, second];
  if (first !== undefined || second !== undefined)
    throw new EngraftError("OptionError", `--text-${first === undefined ? "b" : "a"} stands alone`, {
      help: "give both: --text-a TEXT --text-b TEXT",
    });
  if (words.length === 0)
    throw new EngraftError(
      "OptionError",
      `${command} needs something to ${command === "predict" ? "answer" : "explain"}`,
      { help: "give files, a folder, texts, - for lines of stdin, or --text-a and --text-b" },
    );
  return undefined;
}
