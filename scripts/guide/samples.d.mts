/** Commands of a page, and what it says that they print. */
export interface Sample {
  readonly page: string;
  readonly line: number;
  readonly slow: boolean;
  readonly show: readonly string[] | undefined;
  readonly commands: readonly string[];
  readonly output: string;
}
export const root: string;
export const pages: readonly string[];
export function samplesOf(page: string, text: string): Sample[];
export function withOutputs(text: string, outputs: readonly (string | undefined)[]): string;
export function run(sample: Sample, folder: string, samples: readonly Sample[]): string[];
export function checked(sample: Sample, lines: string[]): string[];
export function masked(lines: readonly string[]): string;
