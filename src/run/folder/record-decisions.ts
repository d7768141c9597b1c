import type { RecipeOptions } from "../../options/options.js";
import type { Context } from "../context.js";

/**
 * Records decisions that a run made about its options: a resumed run uses them, and its command shows them. The
 * original options are stored separately ({@link requireSameOptions}), together with the decisions, so that other
 * changes are detected.
 */
export async function recordDecisions({ run, machine }: Context, options: RecipeOptions): Promise<void> {
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
