export function isChinese(word: string): boolean;
export function wordsOf(text: string): string[];
export function wordPieces(vocabulary: ReadonlyMap<string, number>): (word: string) => number[];
export function isChineseWord(token: string): boolean;
export function spellings(vocabulary: ReadonlyMap<string, number>): Map<number, number[]>;
