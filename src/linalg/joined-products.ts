import { doubleProducts } from "./kernels.js";
import { simdProducts } from "./simd/simd-products.js";
import type { ProductRows } from "./sparse-products.js";

/**
 * Returns rows of a sparse and a dense block, x = [ s ; h ].
 *
 * Z = S Wₛᵀ + H Wₕᵀ and G = [ Rᵀ S ; Rᵀ H ]. With WebAssembly SIMD the products of H are in float32, several times as
 * fast as sparse columns.
 * @param behind H, float32[count, width], row-major
 * @example const rows = joinedRows(wordRows, features, 320);
 */
export function joinedRows(front: ProductRows, behind: Float32Array, width: number): ProductRows {
  const { count, width: before } = front;
  const all = before + width;
  const products = (c: number): ReturnType<ProductRows["products"]> => {
    const simd = simdProducts(behind, count, width, c);
    const [s, h] = [front.products(c), simd ?? doubleProducts(behind, count, width, c)];
    const [ws, wh] = [new Float64Array(c * before), new Float64Array(c * width)];
    const zh = new Float64Array(count * c);
    return {
      single: simd !== undefined,
      multiply(w, z) {
        for (let k = 0; k < c; k++) {
          ws.set(w.subarray(k * all, k * all + before), k * before);
          wh.set(w.subarray(k * all + before, (k + 1) * all), k * width);
        }
        s.multiply(ws, z);
        h.multiply(wh, zh);
        for (let i = 0; i < zh.length; i++) z[i]! += zh[i]!;
      },
      multiplyTransposed(r, g) {
        s.multiplyTransposed(r, ws);
        h.multiplyTransposed(r, wh);
        for (let k = 0; k < c; k++) {
          g.set(ws.subarray(k * before, (k + 1) * before), k * all);
          g.set(wh.subarray(k * width, (k + 1) * width), k * all + before);
        }
      },
    };
  };
  return { count, width: all, products };
}
