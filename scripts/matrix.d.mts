/** Columns of the tables: a task, with its inputs if it has several kinds. */
export const columns: readonly { readonly title: string; readonly task: string; readonly input?: string }[];
/** Text of docs/matrix.md. */
export function page(): string;
export function withTasks(readme: string): string;
