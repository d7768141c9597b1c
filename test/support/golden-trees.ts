// Boosted trees of scikit-learn's HistGradientBoosting, from scripts/golden.
import { readFileSync } from "node:fs";

interface GoldenTrees {
  readonly rounds: number;
  readonly cases: readonly {
    readonly name: string;
    readonly dims: number;
    readonly outputs: number;
    readonly learns: "classes" | "numbers";
    readonly x: readonly number[];
    readonly y: readonly number[];
    readonly scores: readonly number[];
  }[];
}

export const goldenTrees = JSON.parse(
  readFileSync(new URL("../golden/trees.json", import.meta.url), "utf8"),
) as GoldenTrees;
