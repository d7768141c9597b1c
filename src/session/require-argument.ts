import { EngraftError } from "../core/errors.js";

/**
 * Checks an argument of a call.
 * @param takes what the call takes, in words
 * @throws OptionError if it is of another kind
 */
export function requireArgument(
  holds: boolean,
  given: unknown,
  { call, takes, help }: { readonly call: string; readonly takes: string; readonly help: string },
): void {
  if (holds) return;
  const kind = given === "" ? "an empty text" : given === null ? "null" : typeof given;
  throw new EngraftError("OptionError", `${call} takes ${takes}, and got ${kind}`, { help });
}
