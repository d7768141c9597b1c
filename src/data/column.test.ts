import { expect, test } from "vitest";
import { Column } from "./column.js";

test("a column says what its cells are, and in which form its numbers are written", () => {
  const { cells, values, form, example, counts, distinct } = new Column("score", ["3,5", "NA", "12", "-"], {
    separator: ";",
  });
  // "-" is no number, so the commas stay what they are.
  expect({ cells, values, form }).toEqual({
    cells: ["3,5", "NA", "12", "-"],
    values: [undefined, undefined, 12, undefined],
    form: undefined,
  });
  expect({ example, distinct, missing: counts.missing }).toEqual({
    example: undefined,
    distinct: 3,
    missing: 1,
  });
  const clear = new Column("score", ["3,5", "NA", "1.234,25"], {});
  expect(clear).toMatchObject({
    ...{ cells: ["3.5", "NA", "1234.25"], values: [3.5, undefined, 1234.25], form: "commas" },
    ...{ example: { from: "1.234,25", to: "1234.25" }, areNumbers: true, isQuantity: true },
  });
});

test("commas that may separate thousands stay, and the column says so", () => {
  const given = ["1,234", "5,678"];
  expect(new Column("n", given, {})).toMatchObject({ cells: given, form: undefined, unclear: "commas" });
  expect(new Column("n", given, { separator: ";" })).toMatchObject({
    form: "commas",
    values: [1.234, 5.678],
  });
  // Cells whose points are decided are read as they are.
  expect(new Column("n", given)).toMatchObject({ form: undefined, unclear: undefined });
});

test("an input and a target may lack another share of their numbers", () => {
  const cells = (none: number) => Array.from({ length: 100 }, (_, i) => (i < none ? "-" : `${i}.5`));
  const of = (none: number) => {
    const { holdsNumbers, isQuantity, areNumbers } = new Column("x", cells(none));
    return { holdsNumbers, isQuantity, areNumbers };
  };
  expect(of(0)).toEqual({ holdsNumbers: true, isQuantity: true, areNumbers: true });
  expect(of(10)).toEqual({ holdsNumbers: true, isQuantity: true, areNumbers: false });
  expect(of(50)).toEqual({ holdsNumbers: true, isQuantity: false, areNumbers: false });
  expect(of(51)).toEqual({ holdsNumbers: false, isQuantity: false, areNumbers: false });
});
