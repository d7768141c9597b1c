import { openSimd } from "./open-simd.js";
import { code, double, type WasmFunction } from "./wasm.js";

/** Working memory of `tridiagonal`: the matrix, four vectors, and the pass of one reflection over the matrix. */
export interface PassWork {
  readonly a: Float64Array;
  readonly vectors: readonly [Float64Array, Float64Array, Float64Array, Float64Array];
  /** A := A − vp wpᵀ − wp vpᵀ and w := A v, rows and columns from `first` on, the lower triangle alone. */
  pass(first: number, vp: Float64Array, wp: Float64Array, v: Float64Array, w: Float64Array): void;
}

/** Smaller matrices do not get faster. */
const fewest = 48;

/** Uses SIMD if there is any. @param a float64[n, n], not changed */
export function passWork(a: Float64Array, n: number): PassWork {
  return (n >= fewest ? withLanes(a, n) : undefined) ?? plain(a.slice(), n);
}

function plain(a: Float64Array, n: number): PassWork {
  const vector = (): Float64Array => new Float64Array(n);
  return {
    a,
    vectors: [vector(), vector(), vector(), vector()],
    pass(first, vp, wp, v, w) {
      w.fill(0, first);
      for (let i = first; i < n; i++) {
        const [vi, wi, xi] = [vp[i]!, wp[i]!, v[i]!];
        let s = 0;
        let p = i * n + first;
        for (let j = first; j < i; j++, p++) {
          const x = a[p]! - vi * wp[j]! - wi * vp[j]!;
          a[p] = x;
          s += x * v[j]!;
          w[j]! += x * xi;
        }
        const x = a[p]! - 2 * vi * wi;
        a[p] = x;
        w[i]! += s + x * xi;
      }
    },
  };
}

function withLanes(given: Float64Array, n: number): PassWork | undefined {
  const opened = openSimd(8 * (n * n + 4 * n + 4), [oneRow()]);
  if (!opened) return undefined;
  const row = opened.exports.row!;
  let end = 0;
  const take = (length: number): Float64Array => {
    const view = new Float64Array(opened.memory, end, length);
    end += length * 8;
    return view;
  };
  const a = take(n * n);
  a.set(given.subarray(0, n * n));
  const vectors = [take(n), take(n), take(n), take(n)] as const;
  const numbers = take(4);
  return {
    a,
    vectors,
    pass(first, vp, wp, v, w) {
      w.fill(0, first);
      const offset = first * 8;
      const [x, y, z, u] = [
        wp.byteOffset + offset,
        vp.byteOffset + offset,
        v.byteOffset + offset,
        w.byteOffset + offset,
      ];
      for (let i = first; i < n; i++) {
        const [vi, wi, xi] = [vp[i]!, wp[i]!, v[i]!];
        const begin = i * n + first;
        // Pairs of columns by SIMD; the last column and the diagonal in JavaScript.
        const paired = (i - first) & ~1;
        let s = 0;
        if (paired > 0) {
          numbers[0] = vi;
          numbers[1] = wi;
          numbers[2] = xi;
          row(8 * begin, x, y, z, u, numbers.byteOffset, 8 * paired);
          s = numbers[3]!;
        }
        for (let j = first + paired; j < i; j++) {
          const p = i * n + j;
          const left = a[p]! - vi * wp[j]! - wi * vp[j]!;
          a[p] = left;
          s += left * v[j]!;
          w[j]! += left * xi;
        }
        const left = a[i * n + i]! - 2 * vi * wi;
        a[i * n + i] = left;
        w[i]! += s + left * xi;
      }
    },
  };
}

const { get, set, add, less, constant, repeat, load4, store4, zero4 } = code;
const { lane2, add2, subtract2, multiply2, spread2, storeDouble, addDouble } = double;

/** row(a, wp, vp, v, w, numbers, bytes): x = a − vi wp − wi vp stays in a, w + x xi in w, Σ x v in the fourth number. */
function oneRow(): WasmFunction {
  const [a, wp, vp, v, w, numbers, bytes, t] = Array.from({ length: 8 }, (_, i) => i);
  const [vi, wi, xi, x, sum] = Array.from({ length: 5 }, (_, i) => 8 + i);
  const at = (local: number | undefined) => add(get(local!), get(t!));
  return {
    name: "row",
    parameters: 7,
    integers: 1,
    vectors: 5,
    body: [
      set(vi!, spread2(get(numbers!))),
      set(wi!, spread2(add(get(numbers!), constant(8)))),
      set(xi!, spread2(add(get(numbers!), constant(16)))),
      set(sum!, zero4),
      set(t!, constant(0)),
      repeat(
        [
          set(
            x!,
            subtract2(
              subtract2(load4(at(a)), multiply2(get(vi!), load4(at(wp)))),
              multiply2(get(wi!), load4(at(vp))),
            ),
          ),
          store4(at(a), get(x!)),
          set(sum!, add2(get(sum!), multiply2(get(x!), load4(at(v))))),
          store4(at(w), add2(load4(at(w)), multiply2(get(x!), get(xi!)))),
          set(t!, add(get(t!), constant(16))),
        ],
        less(get(t!), get(bytes!)),
      ),
      storeDouble(add(get(numbers!), constant(24)), addDouble(lane2(get(sum!), 0), lane2(get(sum!), 1))),
    ],
  };
}
