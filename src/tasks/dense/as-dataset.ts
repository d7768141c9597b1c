import type { Size } from "../../data/boxes/box.js";
import type { Dataset, ImageItem, Samples } from "../../data/index.js";

/** A picture with boxes or a mask. */
export type DenseItem = Omit<ImageItem, "label"> & Size;

/** Pictures with boxes or masks. */
export interface PictureData<Item>
  extends Omit<Dataset, "task" | "items" | "duplicates" | "ignored" | "leaks"> {
  readonly items: readonly Item[];
}

/** Items of a split, in the order of the data. */
export const itemsIn = <Item extends Pick<DenseItem, "part">>(
  { data }: { readonly data: { readonly items: readonly Item[] } },
  part: Item["part"],
): readonly Item[] => data.items.filter((item) => item.part === part);

/** Returns pictures with boxes or masks for steps that do not read the targets. @param labelOf a class of each picture */
export const asSamples = <Item extends DenseItem>(
  data: PictureData<Item>,
  labelOf: (item: Item) => number,
): Samples => ({ ...data, items: data.items.map((item) => ({ ...item, label: labelOf(item) })) });
