/** Text of docs/matrix.md. */
export function page(): string;
