import type { CheckFacts, Explanation } from "../../core/results/explanation.js";
import type { ColumnWeight, HeatMap, WordWeight } from "../../core/results/insights.js";

/** From none to full; each is printed twice: characters are twice as high as wide. */
const shades = [" ", "░", "▒", "▓", "█"];
/** Most words or columns that are printed. */
const mostPrinted = 12;

function drawn({ rows, columns, values, inside }: HeatMap): string[] {
  const largest = values.reduce((max, v) => Math.max(max, Math.abs(v)), 0);
  const cell = (v: number): string => {
    const share = largest > 0 ? Math.abs(v) / largest : 0;
    if (v < 0) return share < 0.25 ? "  " : "--";
    const shade = shades[Math.round(share * (shades.length - 1))]!;
    return shade + shade;
  };
  const line = (r: number): string =>
    values
      .slice(r * columns, (r + 1) * columns)
      .map(cell)
      .join("");
  const against = values.some((v) => v < -0.25 * largest);
  return [
    ...Array.from({ length: rows }, (_, r) => `  |${line(r)}|`),
    ...(against ? ["  -- speaks against it"] : []),
    ...(inside ? ["  the centre of the picture: the model sees no more"] : []),
  ];
}

interface Weighed {
  readonly text: string;
  readonly weight: number;
  readonly half_width?: number;
}

/** Returns lines of the largest weights, of either sign. */
function strongest(all: readonly Weighed[], written: (v: number) => string): string[] {
  const sorted = [...all].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)).slice(0, mostPrinted);
  return sorted.map(({ text, weight, half_width: half }) => {
    const interval = half === undefined ? "" : ` ± ${written(half)}`;
    return `  ${weight < 0 ? "\u2212" : "+"}${written(Math.abs(weight))}${interval}  ${text}`;
  });
}

const ofWords = (words: readonly WordWeight[]): Weighed[] =>
  words.flatMap(({ weight, ...word }) => (weight === undefined ? [] : [{ ...word, weight }]));

const ofColumns = (columns: readonly ColumnWeight[]): Weighed[] =>
  columns.map(({ name, value, ...column }) => ({
    text: `${name} = ${value === "" ? "(missing)" : value}`,
    ...column,
  }));

/** Returns facts of the method in brackets. */
function factsOf({ method, shap, ig }: Explanation): string {
  if (shap) {
    const how = shap.exact
      ? "exact"
      : `${shap.evaluations} predictions${shap.converged ? "" : ", budget spent"}`;
    return `[${method}, ${how}]`;
  }
  return ig
    ? `[${method}, ${ig.steps} steps, completeness error ${(100 * ig.error).toFixed(1)} %]`
    : `[${method}]`;
}

const checkLine = (check: CheckFacts, written: (v: number) => string): string =>
  `  deletion ${written(check.deletion)} (random order ${written(check.random_deletion)})  insertion ${written(check.insertion)} (random order ${written(check.random_insertion)})`;

/** Returns an explanation for people: the cells of its first line, and the lines below. */
export function renderExplanation(explanation: Explanation): {
  readonly cells: readonly string[];
  readonly lines: readonly string[];
} {
  const probability = explanation.unit === "probability";
  const scored = (v: number): string => (probability ? v.toFixed(4) : String(Number(v.toPrecision(5))));
  const written = (v: number): string => (probability ? v.toFixed(3) : String(Number(v.toPrecision(4))));
  const contrast =
    explanation.class === explanation.label
      ? ""
      : `; why not ${explanation.class} (${scored(explanation.class_score)})`;
  const input = explanation.input.replace(/\s+/g, " ");
  const task = explanation.head === undefined ? [] : [`task ${explanation.head}`];
  const word = explanation.word ? [`"${explanation.word.text}"`] : [];
  const score = `${scored(explanation.score)}${contrast}  ${factsOf(explanation)}`;
  const base =
    explanation.base_value === undefined ? [] : [`  base value ${written(explanation.base_value)}`];
  const check = explanation.check ? [checkLine(explanation.check, written)] : [];
  return {
    cells: [input, ...task, ...word, explanation.label, score],
    lines: [...base, ...weightsOf(explanation, written), ...check],
  };
}

function weightsOf(
  { map, columns, words = [], second }: Explanation,
  written: (v: number) => string,
): string[] {
  if (map) return drawn(map);
  if (columns) return strongest(ofColumns(columns), written);
  return second
    ? [
        "  first text",
        ...strongest(ofWords(words), written),
        "  second text",
        ...strongest(ofWords(second), written),
      ]
    : strongest(ofWords(words), written);
}
