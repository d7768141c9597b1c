/** The text of docs/operators.md as the tables and records are now. */
export function page(): string;
