/** Bytes of the header of a WAV file without other chunks. */
const headerBytes = 44;

/**
 * Returns a WAV file, mono.
 * @param samples −1 to 1; others are clipped in a file of 16 bits
 * @param bits 16, or 32 for a file that holds the samples unchanged. Default 16
 */
export function writeWav(samples: Float32Array, rate: number, bits: 16 | 32 = 16): Uint8Array {
  const width = bits / 8;
  const bytes = new Uint8Array(headerBytes + width * samples.length);
  const view = new DataView(bytes.buffer);
  const name = (at: number, text: string): void => bytes.set(new TextEncoder().encode(text), at);
  name(0, "RIFF");
  view.setUint32(4, bytes.length - 8, true);
  name(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  // PCM or float, one channel.
  view.setUint16(20, bits === 16 ? 1 : 3, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, width * rate, true);
  view.setUint16(32, width, true);
  view.setUint16(34, bits, true);
  name(36, "data");
  view.setUint32(40, width * samples.length, true);
  for (const [i, v] of samples.entries()) {
    const at = headerBytes + width * i;
    if (bits === 32) view.setFloat32(at, v, true);
    else view.setInt16(at, Math.max(-32_768, Math.min(32_767, Math.round(v * 32_768))), true);
  }
  return bytes;
}
