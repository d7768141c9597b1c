import { NeighbourTrees } from "../../linalg/neighbour-trees.js";
import { quantile } from "../../linalg/quantile.js";
import { join, root } from "../split/groups.js";
import { agreementOf } from "./align-pictures.js";
import { minDeviation } from "./equal-pictures.js";
import {
  describe,
  descriptionSize,
  type PictureShape,
  sampled,
  shapeOf,
  turnDescription,
  turns,
  type View,
  views,
} from "./picture-shape.js";

/** Pictures that each picture is compared with. A copy's description is the nearest in nine of ten cases. */
const candidates = 4;
/**
 * Largest share of flat pixels of a picture with texture. Nineteen in twenty photographs have at most 0.25; icons, masks and digits on a plain background
 * have more. Two drawings whose outlines agree are no copies, so they are not aligned.
 */
const mostFlat = 0.25;

/** Most pictures that are searched for the same scene: they take about two minutes. */
export const mostPictures = 20_000;

/** The textured pictures of a set, and the search for those that are similar. */
interface Scenes {
  /** Positions of the pictures. */
  readonly places: readonly number[];
  readonly shape: (k: number) => PictureShape;
  readonly search: NeighbourTrees;
}

/**
 * Joins the groups of textured pictures that show the same scene. Each one is aligned with the four whose descriptions are nearest to one of its
 * parts and turns, which takes 7 ms a picture. Of more than 20,000 pictures, none is joined.
 *
 * @param own positions of the pictures, without exact copies
 * @param near is changed
 */
export function joinSameScenes(
  thumbnail: (i: number) => Uint8Array,
  own: readonly number[],
  near: Int32Array,
): void {
  if (own.length > mostPictures) return;
  const scenes = scenesOf(thumbnail, own);
  const { places } = scenes;
  if (places.length < 2) return;
  // Measured when it is needed: most sets have no pair that agrees as copies do in any set.
  let least: number | undefined;
  for (const [k, i] of places.entries()) {
    const shape = scenes.shape(k);
    for (const candidate of candidatesOf(shape, k, scenes.search).slice(0, candidates)) {
      const j = places[candidate.at]!;
      if (root(near, i) === root(near, j)) continue;
      const agreement = agreementOf(shape, scenes.shape(candidate.at), candidate.turn, candidate.view);
      if (agreement < leastAgreement) continue;
      least ??= leastAgreementOf(scenes);
      if (agreement >= least) join(near, i, j);
    }
  }
}

/** Describes the textured pictures. */
export function scenesOf(thumbnail: (i: number) => Uint8Array, own: readonly number[]): Scenes {
  const places: number[] = [];
  const descriptions = new Float32Array(own.length * descriptionSize);
  for (const i of own) {
    const { core, flat, deviation } = shapeOf(thumbnail(i));
    if (flat > mostFlat || deviation < minDeviation) continue;
    descriptions.set(describe(core), places.length * descriptionSize);
    places.push(i);
  }
  const used = descriptions.subarray(0, places.length * descriptionSize);
  return {
    places,
    shape: (k) => shapeOf(thumbnail(places[k]!)),
    search: new NeighbourTrees(used, descriptionSize),
  };
}

/** Smallest agreement of copies in any set. Nine in ten crops of 75 % of photographs have 0.8; different photographs have at most 0.52. */
const leastAgreement = 0.8;
/** Pictures of which the agreement with others is measured. */
const measured = 64;
/** Ranks of the neighbours that are no copies: larger groups of copies are rare. */
const [firstOther, others] = [8, 8] as const;
/** Fewest pairs that say something: eight pictures have them. Of fewer pictures, none is a copy by alignment: two of one pattern would be. */
const fewestMeasured = 24;
/** Distance of a copy's agreement from the one that 1 % of the others exceed, in units of Fisher's z. */
const margin = 0.9;

/**
 * Returns the agreement from which on two pictures of a set are copies. Some sets show one thing in one place, so that different pictures agree. So
 * the agreement with neighbours of rank 8 to 15, which are similar and no copies, is measured:
 *
 *     artanh(least) = max(artanh 0.8, q + 0.9), q the 0.99 quantile of artanh(agreement)
 */
export function leastAgreementOf(scenes: Scenes): number {
  const { places, search } = scenes;
  const from = Math.min(firstOther, Math.ceil((places.length - 1) / 2));
  const found: number[] = [];
  const step = Math.max(1, places.length / measured);
  for (let at = 0; at < places.length; at += step) {
    const k = Math.floor(at);
    const shape = scenes.shape(k);
    for (const other of candidatesOf(shape, k, search).slice(from, from + others))
      found.push(agreementOf(shape, scenes.shape(other.at), other.turn, other.view));
  }
  if (found.length < fewestMeasured) return Number.POSITIVE_INFINITY;
  found.sort((a, b) => a - b);
  const q = Math.atanh(Math.min(Math.max(0, quantile(found, 0.99)), 0.999));
  return Math.max(leastAgreement, Math.tanh(q + margin));
}

/** A picture that may be a copy, with the turn and the part of this picture that resembles it. */
interface Candidate {
  readonly at: number;
  readonly turn: number;
  readonly view: View;
}

/** Returns the pictures whose descriptions are near to those of a picture's parts, in all turns, the nearest first. @param but the picture itself */
export function candidatesOf(shape: PictureShape, but: number, search: NeighbourTrees): readonly Candidate[] {
  const found = new Map<number, Candidate & { square: number }>();
  const point = new Float32Array(descriptionSize);
  for (const view of views) {
    const part = view.scale === 1 ? shape.whole : view === views[1] ? shape.core : sampled(shape.whole, view);
    const values = describe(part);
    for (const turn of turns)
      search.search(turnDescription(values, turn, point), (at, square) => {
        if (at === but || square >= (found.get(at)?.square ?? Number.POSITIVE_INFINITY)) return;
        found.set(at, { at, turn, view, square });
      });
  }
  return [...found.values()].sort((a, b) => a.square - b.square || a.at - b.at);
}
