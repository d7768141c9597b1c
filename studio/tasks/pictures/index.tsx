import type { TaskRow } from "../task-row.js";
import { GatherPictures } from "./gather.js";
import { readPictures } from "./read-pictures.js";
import { PictureSource } from "./source.js";
import { PictureTile } from "./tile.js";

export const pictures: TaskRow = {
  kind: "pictures",
  data: "samples",
  base: "vision-open",
  accept: "image/*",
  Gather: GatherPictures,
  Tile: PictureTile,
  Source: PictureSource,
  draftsOf: readPictures,
};
