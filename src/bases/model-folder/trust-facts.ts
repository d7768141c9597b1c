import { EngraftError } from "../../core/errors.js";
import type { FittedTrust, TrustFacts } from "../../core/results/trust.js";

const number = (v: unknown): boolean => typeof v === "number" && Number.isFinite(v);
const orNull = (v: unknown): boolean => v === null || number(v);

function isFitted(given: unknown): boolean {
  const { sets, abstain, energies } = (given ?? {}) as Partial<FittedTrust>;
  return (
    number(sets?.coverage) &&
    orNull(sets!.lac) &&
    orNull(sets!.aps) &&
    number(abstain?.accuracy) &&
    orNull(abstain!.threshold) &&
    Array.isArray(energies) &&
    energies.every(number)
  );
}

/**
 * Validates a folder's facts about probabilities: the file may come from anywhere.
 * @returns undefined if there are none
 * @throws ModelError if they are damaged
 */
export function readTrust(trust: unknown, dir: string): TrustFacts | undefined {
  if (trust === undefined) return undefined;
  const { n, temperature, divided } = (trust ?? {}) as Partial<TrustFacts>;
  const whole =
    number(n) &&
    number(temperature?.value) &&
    temperature!.value > 0 &&
    typeof temperature!.written === "boolean" &&
    isFitted(trust) &&
    (divided === undefined || isFitted(divided));
  if (!whole)
    throw new EngraftError("ModelError", 'engraft.json: "trust" is not what Engraft writes', {
      at: dir,
      help: "the model folder is damaged: take it from its run again; predict without --sets and --abstain still works",
    });
  return trust as TrustFacts;
}
