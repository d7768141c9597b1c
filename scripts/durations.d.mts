/** Worker-seconds of a test file. */
export interface FileSeconds {
  readonly untagged: number;
  readonly thorough: number;
}
export const mostUntagged: number;
export function testFiles(): readonly string[];
export function readDurations(): Readonly<Record<string, FileSeconds>>;
export function faultsOfDurations(
  rows: Readonly<Record<string, FileSeconds>>,
  files: readonly string[],
): readonly string[];
