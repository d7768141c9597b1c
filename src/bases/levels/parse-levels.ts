import { EngraftError } from "../../core/errors.js";
import type { Value } from "../../graph/node.js";

/** Levels that the user names: a value for each stride, or what a segmenter's last convolution reads. */
export type NamedLevels = "decoder" | ReadonlyMap<number, Value>;

/**
 * Reads the option `--levels`.
 * @throws OptionError if the text has another form
 * @example parseLevels("8=/layer2/Relu,16=/layer3/Relu"); // Map { 8 => "/layer2/Relu", 16 => "/layer3/Relu" }
 */
export function parseLevels(text: string): NamedLevels {
  if (text.trim() === "decoder") return "decoder";
  const levels = new Map<number, Value>();
  // Names may hold commas: a level begins with its stride.
  for (const part of text.split(/,(?=\s*\d+\s*=)/)) {
    const [, digits = "", value = ""] = /^\s*(\d+)\s*=\s*(.*?)\s*$/.exec(part) ?? [];
    const stride = Number(digits);
    if (value === "") throw wrongLevels(text, `"${part.trim()}" is not STRIDE=VALUE`);
    if (!Number.isInteger(Math.log2(stride))) throw wrongLevels(text, `stride ${digits} is no power of two`);
    if (levels.has(stride)) throw wrongLevels(text, `stride ${digits} has two values`);
    levels.set(stride, value);
  }
  return new Map([...levels].sort(([a], [b]) => a - b));
}

const wrongLevels = (value: string, why: string): EngraftError =>
  new EngraftError("OptionError", `--levels: ${why}`, {
    help: "give 8=VALUE,16=VALUE,32=VALUE, or decoder; `engraft inspect` lists the levels of a model",
    details: { option: "levels", value },
  });
