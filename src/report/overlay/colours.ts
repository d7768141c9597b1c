/** Colours that people with any colour vision can tell apart. @see Okabe and Ito 2008, Color universal design; without black */
const okabeIto = ["#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7"] as const;

/** Angle in degrees that keeps all hues apart, however many there are: 360 · (2 − golden ratio). */
const goldenAngle = 137.508;

/** Returns the colour of a class, `#rrggbb`: seven fixed ones, then steps of hue. */
export function classColour(label: number): string {
  const fixed = okabeIto[label];
  if (fixed !== undefined) return fixed;
  const step = label - okabeIto.length;
  return fromHsl((step * goldenAngle) % 360, 0.65, step % 2 === 0 ? 0.4 : 0.65);
}

/** Returns black or white, whichever is easier to read on a colour. @see WCAG 2.2, contrast ratio */
export function textColour(background: string): "#000000" | "#ffffff" {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const c = Number.parseInt(background.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  const luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  // Contrast to black is (L + 0.05) / 0.05, to white 1.05 / (L + 0.05).
  return (luminance + 0.05) ** 2 > 1.05 * 0.05 ? "#000000" : "#ffffff";
}

/** @see CSS Color Module Level 4, section 7.1 */
function fromHsl(hue: number, saturation: number, lightness: number): string {
  const a = saturation * Math.min(lightness, 1 - lightness);
  const channel = (n: number): string => {
    const k = (n + hue / 30) % 12;
    const value = lightness - a * Math.max(-1, Math.min(k - 3, 9 - k, 1));
    return Math.round(255 * value)
      .toString(16)
      .padStart(2, "0");
  };
  return `#${channel(0)}${channel(8)}${channel(4)}`;
}
