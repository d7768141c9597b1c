import type { TrainOptions } from "../../options/options.js";
import type { Context } from "../context.js";

/**
 * Write down what a run decided of its options itself: from here on it goes on with those after a stop, and its command says
 * them. What they were is kept apart ({@link requireSameOptions}); beside them stands what was decided, so that a change by
 * somebody else is found all the same.
 */
export async function recordDecisions({ run, machine }: Context, options: TrainOptions): Promise<void> {
  const { data, options: before, decided: earlier } = run.manifest;
  const [was, is] = [before, options].map((o) => o as Readonly<Record<string, unknown>>);
  const names = new Set([...Object.keys(was!), ...Object.keys(is!)]);
  const changed = [...names].filter((name) => was![name] !== is![name]);
  await run.update({
    options,
    decided: { ...earlier, ...Object.fromEntries(changed.map((name) => [name, is![name] ?? null])) },
    command: machine.command(data, options, run.path),
  });
}
