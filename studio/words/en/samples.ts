import { sampleWords } from "../../../src/studio/project-kinds.js";

const many = (n: number, one: string, more: string): string =>
  `${n.toLocaleString("en")} ${n === 1 ? one : more}`;

/** Returns the noun for a number of samples. @param kind of a project */
export const noun = (kind: string, n: number): string =>
  `${sampleWords(kind)?.content ?? "sample"}${n === 1 ? "" : "s"}`;

export const samplesWords = {
  newClass: (n: number) => `Class ${n}`,
  className: (n: number) => `Name of class ${n}`,
  samplesOf: (name: string) => `Samples of ${name}`,
  count: (kind: string, n: number) => `${n.toLocaleString("en")} ${noun(kind, n)}`,
  recordings: (n: number, byTime: boolean) =>
    `${many(n, "recording", "recordings")}${byTime ? ", by time" : ""}`,
  oneRecording: "One recording",
  noRecording: "No recording",
  allApart: "No recordings",
  mayBeOne: (names: readonly string[]) =>
    `The pictures of ${names.join(", ")} may be one recording${names.length > 1 ? " each" : ""}. If so, select them and press “One recording”. The accuracy then counts them once.`,
  tile: (n: number, name: string | undefined) => name ?? `Sample ${n}`,
  addClass: "Add a class",
  addFiles: "Add files",
  addFolder: "Add a folder of class folders",
  empty: "No samples yet. You can also drop or paste files here.",
  showAll: (n: number) => `Show all ${n.toLocaleString("en")}`,
  showFewer: "Show fewer",
  moreOf: (name: string) => `Merge or remove ${name}`,
  mergeInto: "Merge into …",
  removeClass: "Remove class",
  merged: (name: string) => `${name} was merged. Undo brings it back.`,
  removed: (name: string) => `${name} was removed with its samples. Undo brings them back.`,
  listName: (name: string) => `The name ${name} would be read as a list of labels.`,
  listNameHelp: "Give the class a name without brackets around it.",
  sameName: (name: string) => `There is already a class ${name}. To unite two classes, merge them.`,
  notAllAdded: (n: number) =>
    `Some of these ${n.toLocaleString("en")} files were not added. Add them again. The page finds the copies.`,
  noFolder: "These files belong to no class. Drop them on a class, or drop one folder for each class.",
  selected: (n: number) => `${n.toLocaleString("en")} selected`,
  moveTo: "Move to …",
  selectNone: "Deselect",
  adding: (done: number, total: number) =>
    `Adding files: ${done.toLocaleString("en")} of ${total.toLocaleString("en")}`,
  skipped: (n: number) => `${many(n, "file was", "files were")} not added`,
  moreSkipped: (n: number) => `and ${n.toLocaleString("en")} more`,
  pictures: {
    record: "Hold to record",
    recording: "Recording …",
    camera: "What the camera sees",
    opening: "The browser asks whether this page may use the camera.",
    close: "Close the camera",
    bad: {
      empty: "The file is empty.",
      large: "The file is larger than 2 GB.",
      pixels: (megapixels: number) =>
        `The picture has ${megapixels} megapixels. At most 50 are possible. Save it in a smaller size.`,
      heic: "This browser cannot read HEIC. Save the picture as JPEG.",
      tiff: "Browsers cannot read TIFF. Save the picture as JPEG or PNG.",
      unreadable: "It is not a picture, or it is damaged. Save it again as JPEG or PNG.",
    },
  },
};
