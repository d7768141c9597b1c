import { type Headed, headOfTask, type NamedHead } from "../../bases/task-heads.js";
import { EngraftError } from "../../core/errors.js";
import type { EvaluateOptions } from "../../inference/evaluation.js";

/**
 * Opens the data that score a head: a list has its labels in the column with the name of the task, or in the usual one.
 * @param open opens the data with the labels of a column; undefined: of the usual one
 * @throws OptionError for a head that the model does not have, and if no column says which head the labels are for; errors of `open`
 */
export async function openForHead<Data extends { readonly classes: readonly string[] }>(
  { tasks, dir }: Headed,
  { task, target }: Pick<EvaluateOptions, "task" | "target">,
  open: (column: string | undefined) => Promise<Data>,
): Promise<Data> {
  const names = tasks?.map(({ name }) => name) ?? [];
  if (task === undefined) {
    if (target !== undefined || names.length === 0) return open(target);
    const data = await open(undefined).catch((error: unknown) => {
      if (!hasNoColumn(error)) throw error;
    });
    if (data && data.classes.length > 0) return data;
    throw new EngraftError(
      "OptionError",
      `the model has the tasks ${names.join(", ")}, and the data have no column "label"`,
      {
        at: dir,
        help: `name the task to score: --task ${names[0]}`,
        details: { tasks: names },
      },
    );
  }
  headOfTask({ tasks, dir }, task);
  return open(target ?? task).catch((error: unknown) => {
    // A list for this task alone may name its column "label".
    if (target === undefined && hasNoColumn(error)) return open(undefined);
    throw error;
  });
}

const hasNoColumn = (error: unknown): boolean =>
  error instanceof EngraftError && /has no column/.test(error.message);

/** Returns the head that is scored: the named one, or the first that knows the classes. Undefined if the model has only one. */
export function scoredHead(
  { tasks }: Headed,
  classes: readonly string[],
  task: string | undefined,
): NamedHead | undefined {
  if (task !== undefined) return tasks?.find(({ name }) => name === task);
  return tasks?.find((head) => classes.every((name) => head.classes.includes(name))) ?? tasks?.[0];
}

/** Says which of several heads was scored. */
export const withHeadName = (head: NamedHead | undefined, scored: string): string =>
  head ? `task ${head.name}: ${scored}` : scored;

/** Returns the model with the head that is scored, and a function that names the head in a sentence. */
export function headFor<Scorer>(
  folder: Scorer & Headed & { withHeads(heads: readonly NamedHead[]): Scorer },
  classes: readonly string[],
  task: string | undefined,
) {
  const head = scoredHead(folder, classes, task);
  const scorer: Scorer = head ? folder.withHeads([head]) : folder;
  return { scorer, named: (scored: string) => withHeadName(head, scored) };
}
