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
const aligned = 4;
/**
 * Largest share of flat pixels of a picture with texture. Nineteen in twenty photographs have at most 0.25; icons, masks and digits on a plain background
 * have more. Two drawings whose outlines agree are no copies, so they are not aligned.
 */
const mostFlat = 0.25;

/** Most pictures that are searched for the same scene: they take about two minutes. */
export const mostPictures = 20_000;

/** The textured pictures of a set, and the search for those that are similar. */
export interface Scenes<C extends Candidate = Candidate> {
  /** Positions of the pictures. */
  readonly places: readonly number[];
  /** Pictures, 0 … places.length − 1, whose agreement with others is measured, see {@link leastAgreementOf}. */
  readonly measured: readonly number[];
  /** Returns other pictures that may be copies of picture k, the most similar ones first. */
  candidates(k: number): readonly C[];
  agreement(k: number, candidate: C): number;
}

/** Returns the textured pictures of a set. @param pictures positions of the pictures, without exact copies */
export function scenesOf(thumbnail: (i: number) => Uint8Array, pictures: readonly number[]): Scenes {
  const { places, search } = describedPictures(thumbnail, pictures);
  const shape = (k: number) => shapeOf(thumbnail(places[k]!));
  const step = Math.max(1, places.length / mostMeasured);
  const own = lastOf(shape);
  return {
    places,
    measured: Array.from({ length: Math.min(mostMeasured, places.length) }, (_, m) => Math.floor(m * step)),
    candidates: (k) => candidatesOf(own(k), k, search),
    agreement: (k, { at, turn, view }) => agreementOf(own(k), shape(at), turn, view),
  };
}

/** Returns a function that keeps the shape of the last picture, since several calls in a row ask for the same one. */
export function lastOf(shape: (k: number) => PictureShape): (k: number) => PictureShape {
  let last: { readonly k: number; readonly shape: PictureShape } | undefined;
  return (k) => {
    if (last?.k !== k) last = { k, shape: shape(k) };
    return last.shape;
  };
}

/**
 * Joins the groups of textured pictures that show the same scene. Each one is aligned with the four whose descriptions are nearest to one of its
 * parts and turns, which takes 7 ms a picture.
 *
 * @param near is changed
 * @yields after each comparison
 */
export function* joinSameScenes<C extends Candidate>(
  scenes: Scenes<C>,
  near: Int32Array,
): Generator<void, void> {
  const { places } = scenes;
  // Measured when it is needed: most sets have no pair that agrees as copies do in any set.
  let least: number | undefined;
  for (const [k, i] of places.entries())
    for (const candidate of scenes.candidates(k).slice(0, aligned)) {
      const j = places[candidate.at]!;
      if (root(near, i) === root(near, j)) continue;
      const agreement = scenes.agreement(k, candidate);
      yield;
      if (agreement < leastAgreement) continue;
      least ??= yield* leastAgreementOf(scenes);
      if (agreement >= least) join(near, i, j);
    }
}

/** Describes the textured pictures. */
function describedPictures(thumbnail: (i: number) => Uint8Array, own: readonly number[]) {
  const places: number[] = [];
  const descriptions = new Float32Array(own.length * descriptionSize);
  for (const i of own) {
    const shape = shapeOf(thumbnail(i));
    if (!hasTexture(shape)) continue;
    descriptions.set(describe(shape.core), places.length * descriptionSize);
    places.push(i);
  }
  const used = descriptions.subarray(0, places.length * descriptionSize);
  return { places, search: new NeighbourTrees(used, descriptionSize) };
}

/** True for a picture that can be aligned. */
export const hasTexture = ({ flat, deviation }: PictureShape): boolean =>
  flat <= mostFlat && deviation >= minDeviation;

/** Smallest agreement of copies in any set. Nine in ten crops of 75 % of photographs have 0.8; different photographs have at most 0.52. */
const leastAgreement = 0.8;
/** Pictures of which the agreement with others is measured. */
export const mostMeasured = 64;
/** Ranks of the neighbours that are no copies: larger groups of copies are rare. */
const [firstOther, others] = [8, 8] as const;
/** Candidates of a picture that are looked at. */
export const mostCandidates = firstOther + others;
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
function* leastAgreementOf<C extends Candidate>(scenes: Scenes<C>): Generator<void, number> {
  const found: number[] = [];
  for (const k of scenes.measured) {
    const candidates = scenes.candidates(k);
    const from = Math.min(firstOther, Math.ceil(candidates.length / 2));
    for (const candidate of candidates.slice(from, from + others)) {
      found.push(scenes.agreement(k, candidate));
      yield;
    }
  }
  if (found.length < fewestMeasured) return Number.POSITIVE_INFINITY;
  found.sort((a, b) => a - b);
  const q = Math.atanh(Math.min(Math.max(0, quantile(found, 0.99)), 0.999));
  return Math.max(leastAgreement, Math.tanh(q + margin));
}

/** A picture that may be a copy, with the turn and the part of this picture that resembles it. */
export interface Candidate {
  readonly at: number;
  readonly turn: number;
  readonly view: View;
}

/** Returns the pictures whose descriptions are near to those of a picture's parts, in all turns, the nearest first. @param but the picture itself */
function candidatesOf(shape: PictureShape, but: number, search: NeighbourTrees): readonly Candidate[] {
  const found = new Map<number, Candidate & { square: number }>();
  const point = new Float32Array(descriptionSize);
  for (const view of views) {
    const values = describe(partOf(shape, view));
    for (const turn of turns)
      search.search(turnDescription(values, turn, point), (at, square) => {
        if (at === but || square >= (found.get(at)?.square ?? Number.POSITIVE_INFINITY)) return;
        found.set(at, { at, turn, view, square });
      });
  }
  return [...found.values()].sort((a, b) => a.square - b.square || a.at - b.at);
}

/** Returns the plane that a view of a picture shows. */
export const partOf = ({ whole, core }: PictureShape, view: View): Float32Array =>
  view.scale === 1 ? whole : view === views[1] ? core : sampled(whole, view);
