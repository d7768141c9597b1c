import type { TaskRow } from "../task-row.js";

export const sounds: TaskRow = {
  kind: "sounds",
  data: "samples",
  base: "audio-mini",
  accept: "audio/*",
  Gather: () => null,
  Tile: ({ sample }) => <span>{sample.name}</span>,
  Source: () => null,
  draftsOf: async (files) => files.map((file) => ({ content: file, name: file.name })),
};
