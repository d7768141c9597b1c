/** Bytes of the header of a WAV file without other chunks. */
const headerBytes = 44;

/** Returns a WAV file of 16 bits, mono. @param samples −1 to 1; others are clipped */
export function writeWav(samples: Float32Array, rate: number): Uint8Array {
  const bytes = new Uint8Array(headerBytes + 2 * samples.length);
  const view = new DataView(bytes.buffer);
  const name = (at: number, text: string): void => bytes.set(new TextEncoder().encode(text), at);
  name(0, "RIFF");
  view.setUint32(4, bytes.length - 8, true);
  name(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  // PCM, one channel.
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, 2 * rate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  name(36, "data");
  view.setUint32(40, 2 * samples.length, true);
  for (const [i, v] of samples.entries())
    view.setInt16(headerBytes + 2 * i, Math.max(-32_768, Math.min(32_767, Math.round(v * 32_768))), true);
  return bytes;
}
