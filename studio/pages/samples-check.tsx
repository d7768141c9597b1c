/** Bar above the class cards with findings about the samples. */
export function SamplesCheck() {
  return null;
}
