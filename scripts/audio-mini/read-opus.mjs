import decode from "@audio/decode-opus";
import { readFileSync } from "node:fs";

const half = 48;
const taps = Float64Array.from({ length: 2 * half + 1 }, (_, i) => {
  const x = (i - half) / 3;
  const sinc = x === 0 ? 1 : Math.sin(Math.PI * x * 0.92) / (Math.PI * x * 0.92);
  return sinc * (0.5 + 0.5 * Math.cos((Math.PI * (i - half)) / (half + 1)));
});
const total = taps.reduce((s, v) => s + v, 0);
export async function readOpus(path) {
  const { channelData, sampleRate } = await decode(new Uint8Array(readFileSync(path)));
  if (sampleRate !== 48000) throw new Error(`${path}: ${sampleRate}`);
  const x = channelData[0];
  return Float32Array.from({ length: Math.ceil(x.length / 3) }, (_, i) => {
    let sum = 0;
    for (let k = -half; k <= half; k++) sum += (x[3 * i + k] ?? 0) * taps[k + half];
    return sum / total;
  });
}
