export function chineseWords(
  texts: () => Iterable<string>,
  options: {
    readonly size: number;
    readonly rare: number;
    readonly cohesion: number;
    readonly company: number;
  },
): string[];
export function splitWords(words: readonly string[]): (text: string) => [string, boolean][];
