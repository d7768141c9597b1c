import { expect, test } from "vitest";
import type { TableFolder } from "../../bases/model-folder/table-folder.js";
import { cellsOf, type TableRow } from "./table-rows.js";

const columns = [
  { name: "size", kind: "number" },
  { name: "sold (days)", kind: "number" },
  { name: "sold (weekday)", kind: "category" },
  { name: "sold (days since built)", kind: "number" },
] as const;
const folder = { dir: "model", table: { columns } } as unknown as Pick<TableFolder, "table" | "dir">;
const cells = (row: TableRow) => cellsOf(row, 4, folder);

test("a row for prediction needs its dates only", () => {
  expect(cells({ size: 7, sold: "2024-03-31", built: "2024-03-01" })).toEqual(["7", "19813", "7", "30"]);
  expect(cells({ size: 7, sold: "2024-03-31" })).toEqual(["7", "19813", "7", ""]);
  expect(cells({ size: 7 })).toEqual(["7", "", "", ""]);
  // The columns of the model may be given, too.
  expect(cells({ size: 7, "sold (days)": 19_813 })).toEqual(["7", "19813", "", ""]);
});

test("a text for a date, and a row of other columns, are refused with the names of the table", () => {
  expect(() => cells({ size: 7, sold: "soon" })).toThrow('"sold" of row 5 is "soon", no date');
  expect(() => cells({ rooms: 7 })).toThrow(
    expect.objectContaining({
      message: "row 5 has none of the model's columns",
      help: "name them as in training: size, sold, built",
    }),
  );
});
