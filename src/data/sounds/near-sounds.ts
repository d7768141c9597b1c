import { rowsOf } from "../../core/results/rows.js";
import { NearRows } from "../../linalg/near-rows.js";
import { joined } from "../split/groups.js";
import { printSize } from "./measure-sound.js";

/**
 * Largest distance of the prints of two cuts of one recording, 1 − cosine. Of 2,100 clips of four open sets, the most similar ones of
 * two recordings were 0.02 apart, and three of four cuts of one recording of some seconds less than 0.001.
 */
const nearest = 0.01;

/** Positions of the first copy of each clip: of equal samples, and of equal or similar ones. */
export interface SoundCopies {
  readonly exact: Int32Array;
  readonly near: Int32Array;
}

/** Finds clips with equal samples, and clips whose prints are near: other encodings, loudness or cuts of one recording. */
export function findCopies(
  sounds: readonly { readonly sha256: string; readonly print: Int8Array | undefined }[],
): SoundCopies {
  const first = new Map<string, number>();
  const exact = Int32Array.from(sounds, ({ sha256 }, i) => {
    const earlier = first.get(sha256) ?? i;
    first.set(sha256, earlier);
    return earlier;
  });
  const printed = sounds.flatMap(({ print }, i) => (print !== undefined && exact[i] === i ? [i] : []));
  if (printed.length < 2) return { exact, near: exact };
  const values = new Float32Array(printed.length * printSize);
  for (const [k, i] of printed.entries()) {
    const print = sounds[i]!.print!;
    const length = Math.sqrt(print.reduce((sum, v) => sum + v * v, 0));
    values.set(
      Float32Array.from(print, (v) => v / length),
      k * printSize,
    );
  }
  const rows = rowsOf(values, printSize);
  const search = new NearRows(rows);
  let near: Int32Array = exact;
  for (const [k, i] of printed.entries()) {
    const { at, distance } = search.nearest(rows, k, { but: k });
    if (at < 0 || distance > nearest) continue;
    const names = new Array<string | undefined>(sounds.length);
    names[i] = names[printed[at]!] = "pair";
    near = joined(near, names);
  }
  return { exact, near };
}
