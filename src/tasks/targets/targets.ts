/** The targets of one kind. Their code is loaded on demand. */
export const targets = {
  numbers: async () => (await import("../numbers/numbers.js")).numbers,
  labels: async () => (await import("../labels/labels.js")).labels,
} as const;
