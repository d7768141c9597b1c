import type { AnnotatedPicture } from "./annotations.js";

/** A shape without an area, such as a point or a line. */
export interface Mark {
  /** Name of the class; "" for none. */
  readonly name: string;
  /** Kind of the shape: "point". */
  readonly kind: string;
  /** File and line, for messages. */
  readonly at: string;
}

/** An image with its shapes without an area. */
export interface MarkedPicture {
  readonly picture: AnnotatedPicture;
  readonly marks: readonly Mark[];
}

/**
 * Returns the images. A mark is an object that cannot be used if objects of its class have areas elsewhere, or if its image has no other
 * object: the image would pass for one without objects. Other marks, such as landmarks beside objects, are not read.
 */
export function refuseMarks(all: readonly MarkedPicture[]): AnnotatedPicture[] {
  const classes = new Set(all.flatMap(({ picture }) => picture.objects.map(({ name }) => name)));
  return all.map(({ picture, marks }) => {
    const lost = marks.filter(({ name }) => classes.has(name) || picture.objects.length === 0);
    const refused = lost.map(({ kind, at }) => ({ item: at, reason: `its ${kind} has no area` }));
    return { ...picture, refused: [...picture.refused, ...refused] };
  });
}

/** Formats the numbers of marks by kind: "3 point, 1 line". */
export function marksInWords(all: readonly MarkedPicture[]): string {
  const kinds = new Map<string, number>();
  for (const { marks } of all) for (const { kind } of marks) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  return [...kinds].map(([kind, n]) => `${n} ${kind}`).join(", ");
}
