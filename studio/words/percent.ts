/** Writes a share in percent, without decimals. */
export const percent = (share: number): string => `${(100 * share).toFixed(0)}\u00a0%`;
