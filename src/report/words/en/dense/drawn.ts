/** English sentences about drawn pictures: boxes or masks with what became of them. */
export const drawnEn = {
  found: "found",
  false: "false",
  missed: "missed",
  outcomes: "Lines",
  colours: "Colours",
  noPictures: "The pictures are left out, as requested.",
  notThere: (n: number): string =>
    n === 1
      ? "One picture cannot be shown: it is no longer where the run read it."
      : `${n} pictures cannot be shown: they are no longer where the run read them.`,
  picture: "picture",
};
