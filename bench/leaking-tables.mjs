// Tables with a leak, and without one, whose class is drawn at random. Each returns a header and rows; the class is the last column.
import { draws, permutation } from "../dist/core/random.js";

const classes = ["well", "ill"];
const rounded = (value, digits = 3) => Number(value.toFixed(digits));

/**
 * Returns n labels. Each is drawn by itself: if exactly half were of each class, the test split would have more of the class that the
 * training split has less of, and a model would score below chance.
 */
export function randomLabels(n, seed) {
  const d = draws(seed, "random labels");
  return Array.from({ length: n }, () => classes[d.integer(2)]);
}

/** Returns measurements of a thing, as if it was measured again. */
const again = (values, d, deviation) => values.map((value) => rounded(value + deviation * d.normal(), 5));
const normals = (d, count) => Array.from({ length: count }, () => d.normal());

/** Rows that do not tell the class, with one column that does. */
const withColumn = (name, cellOf) => (d, n, draw) => ({
  header: ["a", "b", "c", name, "status"],
  rows: randomLabels(n, draw).map((label) => [
    ...normals(d, 2).map((value) => rounded(value)),
    "uvw"[d.integer(3)],
    cellOf(label === "ill", d),
    label,
  ]),
});

/** Rows of each patient. */
const visits = 10;
/** Rows of patients who have one class each, with small differences. @param name the column that names the patient. Missing: no column does */
const patients = (name) => (d, n, draw) => {
  const rows = randomLabels(Math.floor(n / visits), draw).flatMap((label, patient) => {
    const own = normals(d, 4);
    const named = name ? [`P${String(patient).padStart(3, "0")}`] : [];
    return Array.from({ length: visits }, () => [...named, ...again(own, d, 0.02), label]);
  });
  return { header: [...(name ? [name] : []), "a", "b", "c", "d", "status"], rows: shuffled(rows, draw) };
};

const shuffled = (rows, draw) => permutation(rows.length, draw, "order").map((i) => rows[i]);

/** Each of n / 2 things twice. */
const twice = (measure) => (d, n, draw) => ({
  header: ["a", "b", "c", "d", "status"],
  rows: shuffled(
    randomLabels(Math.floor(n / 2), draw).flatMap((label) => {
      const own = normals(d, 4).map((value) => rounded(value, 5));
      return [
        [...own, label],
        [...measure(own, d), label],
      ];
    }),
    draw,
  ),
});

/** Labels that stay the same for about 30 rows: those of neighbouring days or runs. */
function inSpells(d, n) {
  let at = d.integer(2);
  return Array.from({ length: n }, () => {
    if (d.chance(0.03)) at = 1 - at;
    return classes[at];
  });
}
const inOrder = (name, cellOf, isShuffled) => (d, n, draw) => {
  const rows = inSpells(d, n).map((label, i) => [
    cellOf(i),
    ...normals(d, 2).map((value) => rounded(value)),
    label,
  ]);
  return { header: [name, "a", "b", "status"], rows: isShuffled ? shuffled(rows, draw) : rows };
};
const dayOf = (i) => new Date(Date.UTC(2024, 0, 1 + i)).toISOString().slice(0, 10);

/** Returns the rows of a table sorted by class, after a column that counts them. */
function counted({ header, rows }, name, first) {
  const sorted = [...rows].sort((a, b) => (a.at(-1) < b.at(-1) ? -1 : 1));
  return { header: [name, ...header], rows: sorted.map((row, i) => [first + i, ...row]) };
}

const independent = (d, n, draw) => ({
  header: ["a", "b", "c", "d", "status"],
  rows: randomLabels(n, draw).map((label) => [...normals(d, 4).map((value) => rounded(value)), label]),
});

/**
 * The tables. `named`: the code of the warning that says that the column tells the class. Missing: the table is scored, since its copies stay
 * together, or the column is left out.
 */
export const leakingTables = {
  "no leak": { make: independent },
  "a row number, sorted by class": { make: (...given) => counted(independent(...given), "id", 1000) },
  "a column patient": { make: patients("patient") },
  "a column subject_id": { make: patients("subject_id") },
  "a column case_no": { make: patients("case_no"), named: "telling_column" },
  "patients without a column": { make: patients() },
  "half of the rows are exact copies": { make: twice((own) => own), named: "equal_rows" },
  "rows measured twice": { make: twice((own, d) => again(own, d, 0.001)) },
  "names of 250 cities": {
    make: (d, n, draw) => ({
      header: ["city", "a", "status"],
      rows: randomLabels(n, draw).map((label) => [`c${d.integer(250)}`, rounded(d.normal()), label]),
    }),
  },
  "a copy of the class": {
    make: withColumn("code", (isIll) => (isIll ? "K2" : "K1")),
    named: "telling_column",
  },
  "a number that follows from the class": {
    make: withColumn("claim_sum", (isIll, d) =>
      rounded(isIll ? 100 + 20 * d.normal() : 3 + Math.abs(d.normal())),
    ),
    named: "telling_column",
  },
  "a number in another unit": {
    make: (d, n) => ({
      header: ["a", "b", "price_eur", "status"],
      rows: Array.from({ length: n }, () => {
        const price = rounded(100 + 800 * d.uniform(), 2);
        return [rounded(d.normal()), rounded(d.normal()), rounded(1.0837 * price, 2), price];
      }),
    }),
    named: "telling_column",
  },
  "a number for one class only": {
    make: withColumn("days_after", (isIll, d) => (isIll ? 5 + d.integer(85) : "")),
    named: "telling_column",
  },
  "a remark for one class only": {
    make: withColumn("remark", (isIll, d) =>
      isIll && d.chance(0.97) ? ["ok", "fine", "note"][d.integer(3)] : "",
    ),
    named: "telling_column",
  },
  "a column that counts, classes in spells": { make: inOrder("run_no", (i) => i), named: "counting_column" },
  "dates, classes in spells": { make: inOrder("day", dayOf), named: "random_split" },
  "dates in any order, classes in spells": { make: inOrder("day", dayOf, true), named: "random_split" },
};

/** Two tables: one has nearly the rows of the other, with their classes, and as many others. */
export function tableMeasuredAgain(d, n, draw) {
  const target = independent(d, n, draw);
  const copies = target.rows.map((row) => [...again(row.slice(0, -1), d, 0.001), row.at(-1)]);
  return { ...target, others: shuffled([...copies, ...independent(d, n, draw + 1000).rows], draw) };
}
