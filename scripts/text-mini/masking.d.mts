import type { Draws } from "../../src/core/random.js";
import type { StepFeeds } from "../../src/train/loop.js";

export interface Corpus {
  readonly tokens: Uint16Array;
  readonly lines: Uint32Array;
  readonly documents: Uint32Array;
}
export const pad: number;
export function rowsOfPass(
  corpus: Corpus,
  options: { readonly length: number; readonly seed: number; readonly key: string; readonly pass: number },
): { readonly count: number; row(i: number): Uint16Array };
export function maskRow(
  row: Uint16Array,
  options: {
    readonly count: number;
    readonly kind: (token: number) => "piece" | "chinese" | "other";
    readonly vocabulary: number;
    readonly random: Draws;
  },
): { readonly places: number[]; readonly tokens: number[] };
export function spelledRow(row: Uint16Array, parts: ReadonlyMap<number, readonly number[]>): Uint16Array;
export function kindsOf(
  vocabulary: ReadonlyMap<string, number>,
): (token: number) => "piece" | "chinese" | "other";
export function maskedBatches(
  corpora: readonly Corpus[],
  vocabulary: ReadonlyMap<string, number>,
  options: {
    readonly seed: number;
    readonly masked: {
      readonly rows: number;
      readonly length: number;
      readonly share: number;
      readonly spelled?: number;
    };
    readonly network: { readonly positions: number };
    readonly parts?: ReadonlyMap<number, readonly number[]>;
  },
  from: number,
  to: number,
): AsyncGenerator<StepFeeds>;
