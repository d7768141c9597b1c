/** Returns ‖x_i − y_j‖² of all pairs, float64[n, m]. @param x float32[n, D] @param y float32[m, D]; if it is x itself, each pair is computed once */
export function squaredDistances(x: Float32Array, y: Float32Array, width: number): Float64Array {
  const n = x.length / width;
  const m = y.length / width;
  const same = x === y;
  const out = new Float64Array(n * m);
  for (let i = 0; i < n; i++)
    for (let j = same ? i + 1 : 0; j < m; j++) {
      let sum = 0;
      for (let d = 0, p = i * width, q = j * width; d < width; d++, p++, q++) {
        const away = x[p]! - y[q]!;
        sum += away * away;
      }
      out[i * m + j] = sum;
      if (same) out[j * m + i] = sum;
    }
  return out;
}
