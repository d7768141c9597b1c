import { mean, seedMeans, type Units } from "./samples.js";

/**
 * Mean squares of a crossed design of seeds and units (samples or groups). Both seeds and units are random: another
 * training and other samples.
 */
export interface MeanSquares {
  readonly mean: number;
  readonly seeds: number;
  readonly units: number;
  /** MS_seeds = N · Σₖ (x̄ₖ − x̄)² / (K − 1); 0 of one seed. */
  readonly ofSeeds: number;
  /** MS_units = K · Σᵢ (x̄ᵢ − x̄)² / (N − 1) */
  readonly ofUnits: number;
  /** Residual mean square, over (K − 1)(N − 1). */
  readonly ofBoth: number;
  /** Degrees of freedom of the units: N − 1, fewer for groups of different sizes. */
  readonly freedom: number;
}

/**
 * Computes the mean squares of the scores of units, see {@link byGroup}.
 * @param pseudo added to the squares of the units: one pseudo-disagreement each way, half a sample each (Agresti & Min
 * 2005), without which the interval of two models that never disagree is empty
 */
export function meanSquares({ values, freedom }: Units, pseudo = 0): MeanSquares {
  const seeds = values.length;
  const units = values[0]!.length;
  const bySeed = seedMeans(values);
  const all = mean(bySeed);
  const byUnit = new Float64Array(units);
  let squares = 0;
  for (const row of values)
    for (let i = 0; i < units; i++) {
      byUnit[i]! += row[i]! / seeds;
      squares += (row[i]! - all) ** 2;
    }
  const aroundSeeds = units * bySeed.reduce((sum, v) => sum + (v - all) ** 2, 0);
  const aroundUnits = seeds * byUnit.reduce((sum, v) => sum + (v - all) ** 2, 0);
  const rest = Math.max(0, squares - aroundSeeds - aroundUnits);
  return {
    mean: all,
    seeds,
    units,
    freedom,
    ofSeeds: seeds > 1 ? aroundSeeds / (seeds - 1) : 0,
    ofUnits: units > 1 ? (aroundUnits + seeds * pseudo) / (units - 1) : 0,
    ofBoth: seeds > 1 && units > 1 ? rest / ((seeds - 1) * (units - 1)) : 0,
  };
}
