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
  /** Command that lists the values. */
  readonly list?: string;
  /** Capabilities that a task must have for the option, or for a value of it. */
  readonly needs: Needs;
  readonly effect: Effect;
}

type Needs = readonly Capability[] | ((value: unknown) => readonly Capability[]);

type Row = readonly [check: FormCheck, help: string, otherwise?: string, list?: string];

/** Returns the help of an option on the command line. */
export const helpOf = ({ help, list }: OptionRow): string =>
  list === undefined ? help : `${help}; list: ${list}`;

/** Returns the rows of options with the same needs and the same effect. */
export function rows<K extends string>(
  needs: Needs,
  effect: Effect,
  table: Readonly<Record<K, Row>>,
): Readonly<Record<K, OptionRow>> {
  const complete = Object.entries<Row>(table).map(([name, [check, help, otherwise, list]]) => [
    name,
    {
      ...{ check, help, needs, effect },
      ...(otherwise !== undefined && { otherwise }),
      ...(list !== undefined && { list }),
    },
  ]);
  return Object.fromEntries(complete) as Record<K, OptionRow>;
}
