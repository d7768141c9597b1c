import { quantile } from "../../linalg/quantile.js";
import { join, lowest, root } from "../split/groups.js";
import { SoundAligner } from "./align-sounds.js";
import { SimilarSounds } from "./similar-sounds.js";
import { printRate } from "./sound-print.js";

/** Most clips that are compared: the time grows with their number, and of more it would be minutes. */
const mostSounds = 20_000;
/** Values of the shortest print that is compared: 0.1 s. */
const shortest = 0.1 * printRate;
/** Clips that each clip is compared with. */
const candidates = 4;
/** Largest squared distance of the descriptions of copies. */
const farthest = 0.06;

/** Smallest agreement of copies in any set. */
const leastAgreement = 0.94;
/** Clips of which the agreement with others is measured. */
const measured = 64;
/** Ranks of the neighbours that are no copies: larger groups of copies are rare. */
const [firstOther, others] = [8, 8] as const;
/** Fewest pairs that say something: eight clips have them. Below, the agreement of copies that are cut, louder or at another rate. */
const [fewestMeasured, strict] = [24, 0.98] as const;
/** Distance of a copy's agreement from the one that 1 % of the others exceed, in units of Fisher's z. */
const margin = 0.7;

/** Clips, and the search for those that are similar. */
interface Clips {
  readonly count: number;
  readonly aligner: SoundAligner;
  readonly similar: SimilarSounds;
}

/**
 * Groups clips with their near copies: louder, quieter, with faint noise, recompressed, at another rate, with the opposite polarity, cut at the
 * ends, or with silence before. Each clip is aligned with the four whose spectra are nearest. Of more than 20,000 clips, none
 * is compared.
 *
 * @param prints of `soundPrint`
 * @returns the lowest position of each clip's group
 * @example const groups = groupNearSounds(clips.map((samples) => soundPrint(samples, 16_000)));
 */
export function groupNearSounds(prints: readonly (Int8Array | undefined)[]): Int32Array {
  const near = Int32Array.from(prints, (_, i) => i);
  const own = [...near].filter((i) => (prints[i]?.length ?? 0) >= shortest);
  if (own.length > mostSounds) return near;
  const compared = own.map((i) => prints[i]!);
  const clips: Clips = {
    count: own.length,
    aligner: new SoundAligner(compared),
    similar: new SimilarSounds(compared),
  };
  // Measured when it is needed: most sets have no pair that agrees as copies do in any set.
  let least: number | undefined;
  for (const [k, i] of own.entries())
    for (const { at, square } of clips.similar.of(k).slice(0, candidates)) {
      const j = own[at]!;
      if (square > farthest || root(near, i) === root(near, j)) continue;
      const agreement = clips.aligner.agreement(k, at);
      if (agreement < leastAgreement) continue;
      least ??= leastAgreementOf(clips);
      if (agreement >= least) join(near, i, j);
    }
  return lowest(near);
}

/**
 * Returns the agreement from which on two clips of a set are copies. Hums of equal machines agree, and so do made sounds. So the agreement
 * with neighbours of rank 8 to 15, which are similar and no copies, is measured:
 *
 *     artanh(least) = max(artanh 0.94, q + 0.7), q the 0.99 quantile of artanh(agreement); 0.98 for fewer than eight clips
 */
function leastAgreementOf({ count, aligner, similar }: Clips): number {
  const from = Math.min(firstOther, Math.ceil((count - 1) / 2));
  const found: number[] = [];
  const step = Math.max(1, count / measured);
  for (let at = 0; at < count; at += step) {
    const k = Math.floor(at);
    for (const other of similar.of(k).slice(from, from + others)) found.push(aligner.agreement(k, other.at));
  }
  if (found.length < fewestMeasured) return strict;
  found.sort((a, b) => a - b);
  const q = Math.atanh(Math.min(quantile(found, 0.99), 0.9999));
  return Math.max(leastAgreement, Math.tanh(q + margin));
}
