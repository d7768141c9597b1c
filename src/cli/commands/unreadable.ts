import { EngraftError } from "../../core/errors.js";
import { asEngraftError } from "../failure.js";
import type { Output } from "../output.js";

/** Inputs without a prediction. */
export interface Unreadable {
  /** Warns of an input. @throws the error itself if the input is not its cause */
  add(input: string, thrown: unknown): void;
  /** @param answered number of inputs with a prediction. @throws DataError if any had none */
  refuse(answered: number): void;
}

/** Returns a list of inputs without a prediction: each is a warning, and the command fails at its end. */
export function unreadableInputs(output: Output): Unreadable {
  const unreadable: string[] = [];
  return {
    add(input, thrown) {
      const error = asEngraftError(thrown);
      if (error.kind !== "DataError" && error.kind !== "FileError") throw error;
      unreadable.push(input);
      output.onEvent({ event: "warning", code: "unreadable", message: `${input}: ${error.message}` });
    },
    refuse(answered) {
      if (unreadable.length === 0) return;
      throw new EngraftError(
        "DataError",
        `${unreadable.length} of ${answered + unreadable.length} inputs could not be read`,
        { at: unreadable.slice(0, 3).join(", "), details: { unreadable } },
      );
    },
  };
}
