const begin = new TextEncoder().encode("version https://git-lfs");

/** True for a pointer of Git LFS, which stands for a large file that was not downloaded. */
export const isLfsPointer = (bytes: Uint8Array): boolean => begin.every((byte, i) => bytes[i] === byte);
