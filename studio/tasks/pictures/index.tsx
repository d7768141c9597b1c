import type { SamplesRow } from "../task-row.js";
import { GatherPictures } from "./gather.js";
import { readPictures } from "./read-pictures.js";
import { PictureSource } from "./source.js";
import { PictureTile } from "./tile.js";

export const pictures: SamplesRow = {
  kind: "pictures",
  data: "samples",
  example: "photo.jpg",
  accept: "image/*",
  Gather: GatherPictures,
  Tile: PictureTile,
  Source: PictureSource,
  draftsOf: readPictures,
};
