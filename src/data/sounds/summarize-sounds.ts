/** How many clips have a value. */
export interface ClipCount<T> {
  readonly value: T;
  readonly clips: number;
}

/** What the sounds of a dataset are like, before any is changed. */
export interface SoundSummary {
  readonly clips: number;
  /** Total length. */
  readonly seconds: number;
  readonly shortest: number;
  readonly median: number;
  readonly longest: number;
  /** Samples per second of the files, the most frequent first. */
  readonly rates: readonly ClipCount<number>[];
  readonly formats: readonly ClipCount<string>[];
  readonly channels: readonly ClipCount<number>[];
}

/** What a look at one file found. */
export interface SoundFacts {
  readonly seconds: number;
  readonly rate: number;
  readonly format: string;
  readonly channels: number;
}

/** Summarizes sounds, at least one. */
export function summarizeSounds(sounds: readonly SoundFacts[]): SoundSummary {
  const lengths = sounds.map(({ seconds }) => seconds).sort((a, b) => a - b);
  return {
    clips: sounds.length,
    seconds: lengths.reduce((sum, seconds) => sum + seconds, 0),
    shortest: lengths[0]!,
    median: lengths[Math.floor(lengths.length / 2)]!,
    longest: lengths.at(-1)!,
    rates: countsOf(sounds.map(({ rate }) => rate)),
    formats: countsOf(sounds.map(({ format }) => format)),
    channels: countsOf(sounds.map(({ channels }) => channels)),
  };
}

function countsOf<T>(values: readonly T[]): readonly ClipCount<T>[] {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].map(([value, clips]) => ({ value, clips })).sort((a, b) => b.clips - a.clips);
}
