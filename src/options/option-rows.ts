import type { Capability } from "../methods/capabilities.js";
import type { FormCheck } from "./option-checks.js";

/** Effect of an option: on the result, only on time and memory, or only on the record and the report. */
export type Effect = "result" | "speed" | "record";

/** Facts on an option. */
export interface OptionRow {
  readonly check: FormCheck;
  /** Line of help. */
  readonly help: string;
  /** The default in words. */
  readonly otherwise?: string;
  /** Capabilities that a task must have for the option, or for a value of it. */
  readonly needs: Needs;
  readonly effect: Effect;
}

type Needs = readonly Capability[] | ((value: unknown) => readonly Capability[]);

type Row = readonly [check: FormCheck, help: string, otherwise?: string];

/** Returns the rows of options with the same needs and the same effect. */
export function rows<K extends string>(
  needs: Needs,
  effect: Effect,
  table: Readonly<Record<K, Row>>,
): Readonly<Record<K, OptionRow>> {
  const complete = Object.entries<Row>(table).map(([name, [check, help, otherwise]]) => [
    name,
    { check, help, needs, effect, ...(otherwise !== undefined && { otherwise }) },
  ]);
  return Object.fromEntries(complete) as Record<K, OptionRow>;
}
