export function encoder(vocabulary: ReadonlyMap<string, number>): (text: string) => number[];
