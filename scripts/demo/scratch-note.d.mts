/** Returns the note on a training from scratch that a demo leaves out, as lines; empty if it leaves none out. */
export function scratchNote(name: string): string;
