/** English sentences that the reports of object detection and image segmentation share. */
export const denseEn = {
  footer: (seeds: string): string =>
    `The 95 % confidence intervals are over the test pictures, or over their groups; ${seeds}.`,
  ways: { probe: "probe: only a small head is trained", scratch: "from scratch" },
  items: "pictures",
  input: "Input",
  inputWords: (width: number, height: number): string =>
    `pictures are stretched to ${width} × ${height} pixels`,
  worst: "Worst test pictures",
  className: "class",
  ci95: "95 % interval",
};
