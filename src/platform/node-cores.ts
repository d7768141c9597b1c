import { availableParallelism } from "node:os";
import { EngraftError } from "../core/errors.js";

/**
 * Returns the number of cores to use: the environment variable ENGRAFT_THREADS, or all that are available to this process.
 *
 * @throws OptionError if ENGRAFT_THREADS is not a whole number above 0
 */
export function coresToUse(): number {
  const given = process.env.ENGRAFT_THREADS ?? "";
  if (given === "") return availableParallelism();
  const cores = Number(given);
  if (Number.isInteger(cores) && cores > 0) return cores;
  throw new EngraftError("OptionError", `ENGRAFT_THREADS is "${given}"`, {
    help: "set it to a whole number, at least 1, or unset it",
  });
}
