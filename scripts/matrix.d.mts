/** Text of docs/matrix.md. */
export function page(): string;
export function withTasks(readme: string): string;
