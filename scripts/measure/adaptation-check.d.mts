export interface Expected {
  readonly shift: string;
  readonly method: string;
  readonly seeds: number;
  readonly quantity: "source_only" | "accuracy" | "gain";
  readonly expected: number;
  readonly tolerance: number;
}
export interface MeasuredRun {
  readonly shift: string;
  readonly method: string;
  readonly source_only: number;
  readonly accuracy: number;
}
export function expectedOf(text: string): Expected[];
export function compared(
  expected: readonly Expected[],
  runs: readonly MeasuredRun[],
): (Expected & {
  readonly runs: number;
  readonly measured: number | undefined;
  readonly holds: boolean | undefined;
})[];
