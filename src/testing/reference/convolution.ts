import { sizeOf } from "../../core/shape.js";
import type { Convolution } from "../../graph/ops.js";
import { given } from "./arrays.js";
import type { ReferenceTable } from "./reference.js";
import { slideDims, windowTable } from "./window.js";

export const convolution: ReferenceTable<Convolution> = {
  // y[n, m, p] = b[m] + Σ_c Σ_k w[m, c, k] x[n, g · C + c, table(p, k)],  g the group of m, C = channels of a group
  Conv(context) {
    const { attributes: a } = context;
    const [x, w, b] = [given(context, 0), given(context, 1), context.inputs[2]];
    const [N, channels, ...spatial] = x.dims as [number, number, ...number[]];
    const [M, C] = w.dims as [number, number];
    const out = slideDims(spatial, a);
    const table = windowTable(spatial, out, a);
    const [S, P, K, perGroup] = [sizeOf(spatial), sizeOf(out), sizeOf(a.kernel_shape), M / a.group];
    const y = new Float64Array(N * M * P);
    for (let n = 0; n < N; n++) {
      for (let m = 0; m < M; m++) {
        const first = n * channels + Math.floor(m / perGroup) * C;
        const bias = b ? b.data[m]! : 0;
        for (let p = 0; p < P; p++) {
          let sum = bias;
          for (let k = 0; k < K; k++) {
            const at = table[p * K + k]!;
            if (at < 0) continue;
            for (let c = 0; c < C; c++) sum += w.data[(m * C + c) * K + k]! * x.data[(first + c) * S + at]!;
          }
          y[(n * M + m) * P + p] = sum;
        }
      }
    }
    return [{ dtype: x.dtype, dims: [N, M, ...out], data: y }];
  },
  // The transpose of Conv: each element of x is added to the elements of y that Conv would read for it.
  // y[n, g · M + m, table(p, k)] += w[c, m, k] x[n, c, p],  g the group of c, M = outputs of a group
  ConvTranspose(context) {
    const { attributes: a } = context;
    const [x, w, b] = [given(context, 0), given(context, 1), context.inputs[2]];
    const [N, C, ...spatial] = x.dims as [number, number, ...number[]];
    const M = w.dims[1]!;
    const rank = spatial.length;
    // o = s (i - 1) + output_padding + d (k - 1) + 1 - pads
    const out = spatial.map(
      (size, i) =>
        a.strides[i]! * (size - 1) +
        a.output_padding[i]! +
        a.dilations[i]! * (a.kernel_shape[i]! - 1) +
        1 -
        a.pads[i]! -
        a.pads[i + rank]!,
    );
    const table = windowTable(out, spatial, a);
    const [S, P, K, perGroup] = [sizeOf(out), sizeOf(spatial), sizeOf(a.kernel_shape), C / a.group];
    const channels = M * a.group;
    const y = new Float64Array(N * channels * S);
    if (b) for (let i = 0; i < y.length; i++) y[i] = b.data[Math.floor(i / S) % channels]!;
    for (let n = 0; n < N; n++) {
      for (let c = 0; c < C; c++) {
        const first = n * channels + Math.floor(c / perGroup) * M;
        for (let p = 0; p < P; p++) {
          const v = x.data[(n * C + c) * P + p]!;
          for (let k = 0; k < K; k++) {
            const at = table[p * K + k]!;
            if (at < 0) continue;
            for (let m = 0; m < M; m++) y[(first + m) * S + at]! += w.data[(c * M + m) * K + k]! * v;
          }
        }
      }
    }
    return [{ dtype: x.dtype, dims: [N, channels, ...out], data: y }];
  },
};
