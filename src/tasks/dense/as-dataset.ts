import type { Size } from "../../data/boxes/box.js";
import type { Dataset, Sample } from "../../data/index.js";

/** A picture with boxes or a mask. */
export type DenseItem = Sample & Size;

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
