const heicBrands = new Set(["heic", "heix", "heim", "heis", "hevc", "hevx"]);

/** True if the content is HEIC: its first box is `ftyp`, with HEVC among the brands and without AVIF. */
export function isHeic(bytes: Uint8Array): boolean {
  const ascii = (from: number): string => String.fromCharCode(...bytes.subarray(from, from + 4));
  if (bytes.length < 12 || ascii(4) !== "ftyp") return false;
  const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  // The major brand, its version, then the compatible brands.
  const brands = [ascii(8)];
  for (let at = 16; at + 4 <= Math.min(size, bytes.length, 256); at += 4) brands.push(ascii(at));
  return !brands.includes("avif") && brands.some((brand) => heicBrands.has(brand) || brand === "mif1");
}

/** Reason why a HEIC image cannot be used. */
export const heicReason =
  "its content is HEIC, which cannot be read: convert it to JPEG (macOS: sips -s format jpeg)";
