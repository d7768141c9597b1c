import { EngraftError } from "../core/errors.js";

/** Checks an argument of a call. @param help what to give @throws OptionError if it is of another kind */
export function requireArgument(holds: boolean, call: string, given: unknown, help: string): void {
  if (holds) return;
  const kind = given === "" ? "an empty text" : given ? typeof given : String(given);
  throw new EngraftError("OptionError", `${call} got ${kind}`, { help: `give ${help}` });
}
