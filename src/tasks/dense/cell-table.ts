import { type DenseHeadShape, normEpsilon } from "../../bases/dense/dense-head.js";
import { concatenatedRows } from "../../core/results/rows.js";

/** Sampled cells of a level of one picture. */
export interface SampledCells {
  readonly cells: readonly number[];
  /** Number of cells that each stands for. */
  readonly weights: readonly number[];
  /** Rows of targets of the sampled cells, by name. */
  readonly targets: Readonly<Record<string, Float32Array>>;
}

/** Features and targets of sampled cells of a level. */
export interface CellTable {
  readonly count: number;
  /** Features of a row: those of all maps that the level reads. */
  readonly width: number;
  /** float32[count, width]: (x − mean) / √(variance + ε) of each channel of its map. */
  readonly features: Float32Array;
  /** float32[count] */
  readonly weights: Float32Array;
  readonly targets: Readonly<Record<string, Float32Array>>;
}

/** Mean and variance of each channel of a map over all cells. */
export interface MapStatistics {
  readonly mean: Float32Array;
  readonly variance: Float32Array;
}

/** Smallest variance of a channel: one that never changes says nothing. */
const leastVariance = 1e-8;

/** Collects features of sampled cells, picture by picture. */
export class CellCollector {
  readonly #shape: Pick<DenseHeadShape, "maps" | "levels" | "enlarge">;
  readonly #sums: { readonly sum: Float64Array; readonly square: Float64Array; count: number }[];
  readonly #rows: { readonly features: Float32Array[]; readonly sampled: SampledCells[] }[];

  constructor(shape: Pick<DenseHeadShape, "maps" | "levels" | "enlarge">) {
    this.#shape = shape;
    this.#sums = shape.maps.map(({ channels }) => ({
      sum: new Float64Array(channels),
      square: new Float64Array(channels),
      count: 0,
    }));
    this.#rows = shape.levels.map(() => ({ features: [], sampled: [] }));
  }

  /**
   * Adds a picture.
   * @param maps float32[C, h, w] of each map
   * @param samples of each level
   */
  add(maps: readonly Float32Array[], samples: readonly SampledCells[]): void {
    for (const [m, data] of maps.entries()) this.#count(data, m);
    samples.forEach((sampled, l) => {
      this.#rows[l]!.sampled.push(sampled);
      this.#rows[l]!.features.push(this.#featuresOf(maps, sampled.cells, l));
    });
  }

  #count(data: Float32Array, m: number): void {
    const { sum, square } = this.#sums[m]!;
    const cells = data.length / sum.length;
    for (let c = 0; c < sum.length; c++)
      for (let i = c * cells; i < (c + 1) * cells; i++) {
        sum[c]! += data[i]!;
        square[c]! += data[i]! ** 2;
      }
    this.#sums[m]!.count += cells;
  }

  #featuresOf(maps: readonly Float32Array[], cells: readonly number[], l: number): Float32Array {
    const level = this.#shape.levels[l]!;
    const width = this.widthOf(l);
    const rows = new Float32Array(cells.length * width);
    let first = 0;
    for (const m of level.reads) {
      const { channels, height, width: columns } = this.#shape.maps[m]!;
      const plane = height * columns;
      cells.forEach((cell, r) => {
        const [i, j] = [Math.floor(cell / level.width), cell % level.width];
        for (const { at, weight } of readsAt(this.#shape.enlarge, [i, j], level, { height, width: columns }))
          for (let c = 0; c < channels; c++)
            rows[r * width + first + c]! += weight * maps[m]![c * plane + at]!;
      });
      first += channels;
    }
    return rows;
  }

  /** Number of features of a level's rows. */
  widthOf(level: number): number {
    return this.#shape.levels[level]!.reads.reduce((sum, m) => sum + this.#shape.maps[m]!.channels, 0);
  }

  /** Returns the statistics of each map. */
  statistics(): MapStatistics[] {
    return this.#sums.map(({ sum, square, count }) => {
      const mean = Float32Array.from(sum, (s) => s / count);
      const variance = Float32Array.from(square, (s, c) =>
        Math.max(s / count - mean[c]! ** 2, leastVariance),
      );
      return { mean, variance };
    });
  }

  /** Returns the rows of a level, and forgets them: they may be as large as the memory allows. */
  takeTable(level: number): CellTable {
    const { features, sampled } = this.#rows[level]!;
    const names = Object.keys(sampled[0]?.targets ?? {});
    const table = {
      count: sampled.reduce((sum, { cells }) => sum + cells.length, 0),
      width: this.widthOf(level),
      features: concatenatedRows(features),
      weights: Float32Array.from(sampled.flatMap(({ weights }) => weights)),
      targets: Object.fromEntries(
        names.map((name) => [name, concatenatedRows(sampled.map(({ targets }) => targets[name]!))]),
      ),
    };
    features.length = 0;
    this.#normalise(table.features, level);
    return table;
  }

  /** Normalises the rows of a level in place. */
  #normalise(rows: Float32Array, level: number): void {
    const statistics = this.statistics();
    const own = this.#shape.levels[level]!.reads.map((m) => statistics[m]!);
    const mean = own.flatMap((one) => Array.from(one.mean));
    const scale = own.flatMap((one) => Array.from(one.variance, (v) => 1 / Math.sqrt(v + normEpsilon)));
    const width = mean.length;
    for (let i = 0; i < rows.length; i++) rows[i] = (rows[i]! - mean[i % width]!) * scale[i % width]!;
  }
}

interface Grid {
  readonly height: number;
  readonly width: number;
}

/** Returns the cells of a map, with weights, that a cell of a finer grid reads when the map is enlarged: as ONNX's Resize. */
function readsAt(
  mode: DenseHeadShape["enlarge"],
  [i, j]: readonly [number, number],
  to: Grid,
  from: Grid,
): { readonly at: number; readonly weight: number }[] {
  const rows = taps(mode, i, to.height, from.height);
  const columns = taps(mode, j, to.width, from.width);
  return rows.flatMap(([y, wy]) => columns.map(([x, wx]) => ({ at: y * from.width + x, weight: wy * wx })));
}

function taps(
  mode: DenseHeadShape["enlarge"],
  i: number,
  to: number,
  from: number,
): [index: number, weight: number][] {
  if (to === from) return [[i, 1]];
  if (mode === "nearest") return [[Math.floor((i * from) / to), 1]];
  const x = Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5));
  const low = Math.floor(x);
  const share = x - low;
  return share === 0
    ? [[low, 1]]
    : [
        [low, 1 - share],
        [low + 1, share],
      ];
}
