/** Returns a generator of numbers in [0, 1). */
export function drawsOf(seed: number): () => number;
/** Returns a changed file, by the ending of its name. */
export function mutateFile(draw: () => number, name: string, bytes: Uint8Array): Uint8Array;
