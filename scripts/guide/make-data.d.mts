/** Writes the data of the guide's examples into a folder. */
export function makeData(folder: string): Promise<void>;
