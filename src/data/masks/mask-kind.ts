import { EngraftError } from "../../core/errors.js";
import { type Message, message, warningText } from "../../core/messages/message.js";
import { count, quoted, type Warning } from "../split/found.js";
import { ignoredLabel } from "./label-map.js";
import type { MaskFacts } from "./mask-facts.js";

/** What the values of a dataset's masks mean. */
export type MaskKind =
  /** Background and one class: every value from `least` on. Default of `least`: 1. */
  | {
      readonly kind: "binary";
      readonly high: number;
      readonly least?: number;
      /** The channel that holds the values. Default: the first one. */
      readonly channel?: "alpha";
    }
  /** Class numbers, as grey levels or as indices of a palette. 255 is a pixel that no score counts. */
  | { readonly kind: "classes"; readonly highest: number; readonly channel?: "alpha" }
  /** A number for each object; 0 is the background. */
  | { readonly kind: "instances" }
  /** A colour for each class. */
  | { readonly kind: "colours" }
  /** No files: masks are drawn from the outlines of annotations. */
  | { readonly kind: "outlines" };

/** A mask with its name, for messages. */
export interface NamedFacts {
  readonly name: string;
  readonly facts: MaskFacts;
}

interface Decided {
  readonly kind: MaskKind;
  readonly warnings: readonly Warning[];
}

/** More different values than these are objects or grey levels, unless they number classes without gaps. */
const mostClasses = 64;
/** 255 is no class if it covers at most this many times the pixels of all classes but the background. A border of 5 pixels around an object covers less. */
const mostIgnored = 4;
/** Objects have one region each, or two if something lies before them. */
const regionsOfObject = 1.5;
/** Soft edges: more different grey levels than these, on a smaller share of the pixels, each with a smaller share of the class's. */
const edge = { levels: 8, share: 0.15, each: 0.1 } as const;

/**
 * Decides what the values of masks mean, over all masks together: one class, class numbers without gaps, a number for each object, or
 * colours. 255 beside class numbers is a pixel that no score counts.
 *
 * @param names number of names in a list of classes, which allows gaps. Default 0
 * @throws DataError with values and shares if they can mean several things or none
 */
export function decideMaskKind(masks: readonly NamedFacts[], names = 0): Decided {
  const alpha = readsAlpha(masks);
  if (alpha) {
    const { kind, warnings } = decideGrey(masks.map(asAlpha), names);
    return { kind: { ...kind, channel: "alpha" } as MaskKind, warnings };
  }
  const inColour = masks.filter(({ facts }) => facts.colour === "rgb" || facts.colour === "rgba");
  const first = inColour[0];
  if (first === undefined) return decideGrey(masks, names);
  const deep = inColour.find(({ facts }) => facts.depth === 16);
  if (deep)
    throw new EngraftError("DataError", `the mask ${quoted([deep.name])} has colours of 16 bits a channel`, {
      help: "save masks in colour with 8 bits a channel",
    });
  // A mask that is all background is grey, even between masks in colour.
  const other = masks.find(({ facts }) => facts.colour === "palette" || facts.depth === 16);
  if (other !== undefined)
    throw new EngraftError(
      "DataError",
      `some masks are in colour, others are not: ${quoted([first.name, other.name])}`,
      { help: "save all masks in one form" },
    );
  return { kind: { kind: "colours" }, warnings: [] };
}

const unionOf = (all: readonly ReadonlyMap<number, number>[]): Map<number, number> => {
  const sum = new Map<number, number>();
  for (const one of all) for (const [value, n] of one) sum.set(value, (sum.get(value) ?? 0) + n);
  return sum;
};

/** True if the masks are in the alpha channel: their colours are constant, and alpha is not. @throws DataError if both say something */
function readsAlpha(masks: readonly NamedFacts[]): boolean {
  const own = masks.filter(({ facts }) => facts.alphas !== undefined);
  if (unionOf(own.map(({ facts }) => facts.alphas!)).size < 2) return false;
  const plain = masks.find(({ facts }) => facts.alphas === undefined);
  const isConstant = unionOf(own.map(({ facts }) => facts.values)).size < 2;
  if (isConstant && plain === undefined) return true;
  const telling = own.find(({ facts }) => facts.alphaTells);
  if (telling === undefined && !isConstant) return false;
  throw new EngraftError(
    "DataError",
    plain
      ? `some masks are in the alpha channel, others have none: ${quoted([own[0]!.name, plain.name])}`
      : `colour and alpha of the mask ${quoted([telling!.name])} say different things: one colour has several alphas`,
    { help: "save masks without an alpha channel" },
  );
}

const asAlpha = ({ name, facts }: NamedFacts): NamedFacts => ({
  name,
  facts: { colour: "grey", depth: facts.depth, values: facts.alphas!, regions: 0 },
});

function decideGrey(masks: readonly NamedFacts[], names: number): Decided {
  refusePalettes(masks);
  const pixels = unionOf(masks.map(({ facts }) => facts.values));
  const isDeep = masks.some(({ facts }) => facts.depth === 16);
  const values = [...pixels.keys()].filter((value) => value !== 0).sort((a, b) => a - b);
  const [only] = values;
  if (values.length < 2) {
    if (only !== undefined && !pixels.has(0)) throw constantValue(only, masks.length);
    const isNamed = only !== undefined && only > 1 && only < names && only !== ignoredLabel;
    return isNamed ? classesUpTo(only) : { kind: { kind: "binary", high: only ?? 1 }, warnings: [] };
  }
  if (!isDeep) refuseConventions(masks);
  const numbers = isDeep ? values : values.filter((value) => value !== ignoredLabel);
  const highest = numbers.at(-1) ?? 0;
  if (highest < names && highest < ignoredLabel) return classesUpTo(highest);
  const hasGaps = numbers.length < highest;
  const isMany = numbers.length > mostClasses;
  const soft = hasGaps || isMany ? softEdges(pixels, highest) : undefined;
  if (soft) return soft;
  const objects = areObjects(masks, numbers, hasGaps);
  if ((isDeep || isMany) && objects) return { kind: { kind: "instances" }, warnings: [] };
  const isPalette = masks.every(({ facts }) => facts.colour === "palette") && hasColours(masks);
  if (highest >= ignoredLabel || ((hasGaps || isMany) && !isPalette)) throw unknownValues(pixels, isDeep);
  refuseIgnored(pixels, numbers);
  const warnings: Message[] = [];
  if (isDeep) warnings.push(message("masks-deep-classes", { values: valueWords(pixels) }));
  else if (objects && numbers.length > 2 && masks.length > 1) warnings.push(message("masks-maybe-objects"));
  if (hasGaps) warnings.push(message("masks-missing-numbers", { values: valueWords(pixels) }));
  return {
    ...classesUpTo(highest),
    warnings: warnings.map((one) => warningText("mask_values", one)),
  };
}

const classesUpTo = (highest: number): Decided => ({ kind: { kind: "classes", highest }, warnings: [] });

/** True for a palette with a colour that is no grey. */
const hasColours = (masks: readonly NamedFacts[]): boolean =>
  masks.some(({ facts }) =>
    [...(facts.palette?.values() ?? [])].some((c) => c >> 16 !== (c & 255) || ((c >> 8) & 255) !== (c & 255)),
  );

/**
 * True if values number objects: each has one region, and the masks differ in their numbers. Object numbers begin at 1 in every mask, or
 * are those of other objects in every mask.
 */
function areObjects(masks: readonly NamedFacts[], numbers: readonly number[], hasGaps: boolean): boolean {
  const own = masks
    .map(({ facts }) => ({
      regions: facts.regions,
      values: numbers.filter((value) => facts.values.has(value)),
    }))
    .filter(({ values }) => values.length > 0);
  const pairs = own.reduce((sum, { values }) => sum + values.length, 0);
  if (own.reduce((sum, { regions }) => sum + regions, 0) > regionsOfObject * pairs) return false;
  if (own.length < 2 || numbers.length > mostClasses) return true;
  const counts = own.map(({ values }) => values.length);
  if (hasGaps) return numbers.length > Math.max(...counts);
  return own.every(({ values }) => Math.max(...values) === values.length) && new Set(counts).size > 1;
}

/** Returns one class for masks with soft edges: 0 and the highest value, with few pixels of many levels between; else undefined. */
function softEdges(pixels: ReadonlyMap<number, number>, highest: number): Decided | undefined {
  const high = pixels.has(ignoredLabel) ? Math.max(highest, ignoredLabel) : highest;
  const between = [...pixels].filter(([value]) => value !== 0 && value !== high).map(([, n]) => n);
  const all = [...pixels.values()].reduce((sum, n) => sum + n, 0);
  const inBetween = between.reduce((sum, n) => sum + n, 0);
  const isEdge =
    between.length >= edge.levels &&
    inBetween <= edge.share * all &&
    Math.max(...between) <= edge.each * pixels.get(high)!;
  if (!isEdge) return undefined;
  const least = Math.ceil((high + 1) / 2);
  const words = { levels: between.length, percent: percentOf(inBetween, all), least };
  return {
    kind: { kind: "binary", high, least },
    warnings: [warningText("mask_values", message("masks-soft-edges", words))],
  };
}

const percentOf = (n: number, all: number): string =>
  n > 0 && 1000 * n < all ? "< 0.1" : String(Math.round((1000 * n) / all) / 10);

/** Formats values with their shares: "0 (88.5 %), 127 (6.1 %), 255 (5.4 %)". */
function valueWords(pixels: ReadonlyMap<number, number>, most = 6): string {
  const all = [...pixels.values()].reduce((sum, n) => sum + n, 0);
  const largest = [...pixels].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, most);
  const shown = largest
    .sort((a, b) => a[0] - b[0])
    .map(([value, n]) => `${value} (${percentOf(n, all)} %)`)
    .join(", ");
  return pixels.size > most ? `${shown} and ${count(pixels.size - most, "other value")}` : shown;
}

function unknownValues(pixels: ReadonlyMap<number, number>, isDeep: boolean): EngraftError {
  const what = isDeep
    ? "neither class numbers without gaps nor numbers of objects"
    : "no class numbers without gaps";
  return new EngraftError("DataError", `the values of the masks are ${what}: ${valueWords(pixels)}`, {
    help: "use 0 and 255 for one class; number several classes 0, 1, 2, … or name every number from 0 on in classes.txt, a name a line; save numbers of objects with 16 bits",
    details: { values: Object.fromEntries(pixels) },
  });
}

const constantValue = (value: number, masks: number): EngraftError =>
  new EngraftError("DataError", `every pixel of ${count(masks, "mask")} has the value ${value}`, {
    help: "masks are 0 where there is no object; were they saved in the alpha channel, or as pictures?",
  });

/** Refuses 255 as a value that is not counted if it covers much more than all classes. */
function refuseIgnored(pixels: ReadonlyMap<number, number>, numbers: readonly number[]): void {
  const counted = numbers.reduce((sum, value) => sum + pixels.get(value)!, 0);
  if ((pixels.get(ignoredLabel) ?? 0) <= mostIgnored * counted) return;
  throw new EngraftError(
    "DataError",
    `255 covers more pixels of the masks than all classes, so it can be an object or a value that is not counted: ${valueWords(pixels)}`,
    {
      help: "use 0 and 255 for one class; or name the numbers from 0 on in classes.txt, a name a line, and 255 is not counted",
    },
  );
}

/** Refuses sets in which some masks use 255, others class numbers, and none both. */
function refuseConventions(masks: readonly NamedFacts[]): void {
  const has255 = ({ facts }: NamedFacts) => facts.values.has(ignoredLabel);
  const hasNumber = ({ facts }: NamedFacts) =>
    [...facts.values.keys()].some((value) => value !== 0 && value !== ignoredLabel);
  if (masks.some((one) => has255(one) && hasNumber(one))) return;
  const [high, low] = [masks.find(has255), masks.find(hasNumber)];
  if (high === undefined || low === undefined) return;
  const wordsOf = ({ name, facts }: NamedFacts) => `${quoted([name])} has ${valueWords(facts.values)}`;
  throw new EngraftError(
    "DataError",
    `the masks have two conventions: ${wordsOf(low)}, but ${wordsOf(high)}`,
    { help: "use the same values for the same classes in all masks" },
  );
}

/** Refuses palettes in which one index has different colours in two masks. */
function refusePalettes(masks: readonly NamedFacts[]): void {
  const known = new Map<number, { readonly colour: number; readonly name: string }>();
  for (const { name, facts } of masks)
    for (const [index, colour] of facts.palette ?? []) {
      const other = known.get(index);
      if (other === undefined) known.set(index, { colour, name });
      else if (other.colour !== colour)
        throw new EngraftError(
          "DataError",
          `the index ${index} has the colour ${rgbWords(other.colour)} in ${quoted([other.name])} and ${rgbWords(colour)} in ${quoted([name])}`,
          { help: "save all masks with one palette, or in RGB with a colour map classes.csv" },
        );
    }
}

/** Formats a colour 0xRRGGBB: "200,10,10". */
export const rgbWords = (colour: number): string =>
  [colour >> 16, (colour >> 8) & 255, colour & 255].join(",");
