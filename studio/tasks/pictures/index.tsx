import type { TaskRow } from "../task-row.js";
import { PictureSource } from "./source.js";

export const pictures: TaskRow = {
  kind: "pictures",
  data: "samples",
  base: "vision-open",
  accept: "image/*",
  Gather: () => null,
  Tile: ({ sample }) => <span>{sample.name}</span>,
  Source: PictureSource,
  draftsOf: async (files) => files.map((file) => ({ content: file, name: file.name })),
};
