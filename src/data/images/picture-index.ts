import { multiply } from "../../linalg/products.js";
import { join, joined, lowest } from "../split/groups.js";
import { agreementOf } from "./align-pictures.js";
import { coarse } from "./duplicate-groups.js";
import { joinEqualPictures } from "./equal-pictures.js";
import {
  describe,
  descriptionSize,
  shapeOf,
  turnDescription,
  turns,
  type View,
  views,
} from "./picture-shape.js";
import {
  type Candidate,
  hasTexture,
  joinSameScenes,
  lastOf,
  mostCandidates,
  mostMeasured,
  partOf,
  type Scenes,
} from "./same-scenes.js";

/** A picture that is compared with others. */
export interface ComparedPicture {
  /** uint8[32, 32, 3]. The same object belongs to the same picture. */
  readonly thumbnail: Uint8Array;
  /** Its recording. Pictures of one recording are one group, so they are not compared with each other. */
  readonly group?: string | undefined;
}

/** Pictures of which all turns are compared. Those of all others differ more in the sums that turns do not change. */
const compared = 128;

/** Another picture, as a picture sees it. */
class Neighbour implements Candidate {
  /** Smallest squared distance of descriptions, in `turn` and `view`. Missing: it is not known. */
  square: number | undefined;
  turn = 0;
  view: View = views[0]!;
  /** Missing: it is not known. */
  agreement: number | undefined;

  constructor(
    readonly picture: Indexed,
    /** Smallest squared distance of sums over turns. It is never larger than `square`. */
    readonly bound: number,
  ) {}

  get at(): number {
    return this.picture.at;
  }
}

/** A picture of an index. */
interface Indexed extends ComparedPicture {
  /** Position among the textured pictures. */
  at: number;
  /** It gives pictures an order, in whatever order they came. */
  readonly key: number;
  readonly coarse: Uint8Array;
  /** float32[9, 128]: descriptions of its views. Missing without texture. */
  readonly seen?: Float32Array;
  /** Sums of each description over turns. */
  readonly sums: readonly Float32Array[];
  /** The nearest by `bound`, sorted. */
  neighbours: Neighbour[];
  /** The nearest of them by `square`, sorted. Missing: it is not known. */
  candidates: readonly Neighbour[] | undefined;
}

/**
 * Groups near copies among pictures that come and go, by the rules of `groupDuplicates`. A new picture is described once, and aligned with the most
 * similar ones only. So one more picture among thousands takes milliseconds.
 */
export class PictureIndex {
  readonly #known = new Map<Uint8Array, Indexed>();

  /**
   * Finds the near copies of pictures, in whatever order they come.
   * @returns the lowest position of each picture's near copies and recording
   * @yields between comparisons. A call must end before the next one begins
   */
  *group(pictures: readonly ComparedPicture[]): Generator<void, Int32Array> {
    yield* this.#follow(pictures);
    const all = pictures.map(({ thumbnail }) => this.#known.get(thumbnail)!);
    const places = new Map<Indexed, number>();
    const near = joined(
      Int32Array.from(all, (_, i) => i),
      pictures.map(({ group }) => group),
    );
    for (const [i, picture] of all.entries()) {
      const same = places.get(picture);
      if (same === undefined) places.set(picture, i);
      else join(near, same, i);
    }
    joinEqualPictures((i) => all[i]!.coarse, all.length, [...places.values()], near);
    yield;
    yield* joinSameScenes(scenesOf(places), near);
    return lowest(near);
  }

  /** Removes and adds pictures until the index has the given ones. */
  *#follow(pictures: readonly ComparedPicture[]): Generator<void, void> {
    const given = new Map(pictures.map((one) => [one.thumbnail, one]));
    const gone = new Set<Indexed>();
    for (const [thumbnail, one] of this.#known) {
      const its = given.get(thumbnail);
      if (its && its.group === one.group) continue;
      this.#known.delete(thumbnail);
      gone.add(one);
    }
    for (const one of gone.size > 0 ? this.#known.values() : []) {
      const left = one.neighbours.filter(({ picture }) => !gone.has(picture));
      if (left.length === one.neighbours.length) continue;
      const isLeft = new Set(left.map(({ picture }) => picture));
      one.neighbours = left;
      for (const other of this.#known.values()) if (!isLeft.has(other)) addNeighbour(one, other);
      one.candidates = undefined;
      yield;
    }
    for (const [thumbnail, { group }] of given) {
      if (this.#known.has(thumbnail)) continue;
      const one = indexed({ thumbnail, group });
      for (const other of this.#known.values()) {
        addNeighbour(one, other);
        addNeighbour(other, one);
      }
      this.#known.set(thumbnail, one);
      yield;
    }
  }
}

/** Describes a picture. */
function indexed(picture: ComparedPicture): Indexed {
  const { thumbnail } = picture;
  const shape = shapeOf(thumbnail);
  const descriptions = hasTexture(shape) ? views.map((view) => describe(partOf(shape, view))) : [];
  const seen = new Float32Array(descriptions.length * descriptionSize);
  for (const [v, description] of descriptions.entries()) seen.set(description, v * descriptionSize);
  // FNV-1a.
  const key = thumbnail.reduce((hash, value) => Math.imul(hash ^ value, 0x01000193), 0x811c9dc5);
  return {
    ...{ ...picture, key, coarse: coarse(thumbnail), at: -1, neighbours: [], candidates: undefined },
    ...(seen.length > 0 && { seen }),
    sums: descriptions.map(sumsOverTurns),
  };
}

/** The view that shows the middle of a picture, without the corners that a rotation leaves empty. */
const core = 1;

/** Adds another picture to the neighbours of a picture if it is one of the nearest. */
function addNeighbour(one: Indexed, other: Indexed): void {
  const isApart = one === other || (one.group !== undefined && one.group === other.group);
  if (isApart || !one.seen || !other.seen) return;
  const { neighbours } = one;
  let bound = Number.POSITIVE_INFINITY;
  for (const sums of one.sums) bound = Math.min(bound, squaredDistance(sums, other.sums[core]!));
  const own = new Neighbour(other, bound);
  const isFull = neighbours.length === compared;
  if (isFull && isBefore(neighbours[compared - 1]!, own)) return;
  if (isFull) neighbours.pop();
  let at = neighbours.length;
  while (at > 0 && isBefore(own, neighbours[at - 1]!)) at--;
  neighbours.splice(at, 0, own);
  one.candidates = undefined;
}

const isBefore = (a: Neighbour, b: Neighbour): boolean =>
  a.bound < b.bound || (a.bound === b.bound && a.picture.key < b.picture.key);

const squaredDistance = (a: Float32Array, b: Float32Array): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum;
};

/** Returns the nearest neighbours by their descriptions, at most one of each recording. */
function candidatesOf(one: Indexed): readonly Neighbour[] {
  if (one.candidates) return one.candidates;
  compareNeighbours(one);
  const groups = new Set<string>();
  one.candidates = one.neighbours
    .toSorted((a, b) => a.square! - b.square! || a.picture.key - b.picture.key)
    .filter(({ picture: { group } }) => group === undefined || groups.size < groups.add(group).size)
    .slice(0, mostCandidates);
  return one.candidates;
}

/** The turn that undoes each turn. A mirror image with a turn undoes itself. */
const undoing = turns.map((turn) => (turn < 4 ? (4 - turn) % 4 : turn));

/** Finds the view and the turn in which a picture resembles each of its neighbours most. Descriptions have length 1: |a − b|² = 2 − 2 a · b. */
function compareNeighbours({ seen, neighbours }: Indexed): void {
  const turned = new Float32Array(descriptionSize);
  const inTurns = new Float64Array(turns.length * descriptionSize);
  const products = new Float64Array(views.length * turns.length);
  for (const neighbour of neighbours) {
    if (neighbour.square !== undefined) continue;
    const other = neighbour.picture.seen!.subarray(core * descriptionSize, (core + 1) * descriptionSize);
    for (const turn of turns)
      inTurns.set(turnDescription(other, undoing[turn]!, turned), turn * descriptionSize);
    multiply(seen!, views.length, descriptionSize, inTurns, turns.length, products);
    let best = 0;
    for (let p = 1; p < products.length; p++) if (products[p]! > products[best]!) best = p;
    neighbour.square = 2 - 2 * products[best]!;
    neighbour.turn = best % turns.length;
    neighbour.view = views[Math.floor(best / turns.length)]!;
  }
}

/** Returns the textured pictures of an index. @param places positions of the pictures */
function scenesOf(places: ReadonlyMap<Indexed, number>): Scenes<Neighbour> {
  const textured = [...places.keys()].filter(({ seen }) => seen);
  for (const [k, picture] of textured.entries()) picture.at = k;
  const byKey = [...textured.keys()].sort((a, b) => textured[a]!.key - textured[b]!.key);
  const shape = (k: number) => shapeOf(textured[k]!.thumbnail);
  const own = lastOf(shape);
  return {
    places: textured.map((picture) => places.get(picture)!),
    measured: byKey.slice(0, mostMeasured),
    candidates: (k) => candidatesOf(textured[k]!),
    agreement(k, neighbour) {
      const { at, turn, view } = neighbour;
      neighbour.agreement ??= agreementOf(own(k), shape(at), turn, view);
      return neighbour.agreement;
    },
  };
}

/** Returns for each value of a description its orbit, a number for all values that turns lead to, and the size of each orbit. */
function orbitsOfTurns() {
  const numbers = Float32Array.from({ length: descriptionSize }, (_, i) => i);
  const images = turns.map((turn) => turnDescription(numbers, turn, new Float32Array(descriptionSize)));
  const orbits = new Int32Array(descriptionSize).fill(-1);
  const sizes: number[] = [];
  for (let i = 0; i < descriptionSize; i++) {
    if (orbits[i]! >= 0) continue;
    const orbit = new Set(images.map((image) => image[i]!));
    for (const value of orbit) orbits[value] = sizes.length;
    sizes.push(orbit.size);
  }
  return { orbits, sizes };
}

const { orbits, sizes } = orbitsOfTurns();

/**
 * Returns the sums of a description over the orbits of its values, each divided by √n of its n values. A description and its turned ones have the same
 * sums, so two pictures differ no less in all turns than in their sums.
 */
function sumsOverTurns(values: Float32Array): Float32Array {
  const sums = new Float32Array(sizes.length);
  for (const [i, value] of values.entries()) sums[orbits[i]!]! += value;
  return sums.map((sum, orbit) => sum / Math.sqrt(sizes[orbit]!));
}
