import type { ProjectKind, SampleKind } from "../../../src/studio/project-kinds.js";

export const startWords = {
  title: "Teach a model.",
  promise: "Nothing leaves this computer.",
  kinds: {
    pictures: { name: "Pictures", about: "From your camera or from files" },
    sounds: { name: "Sounds", about: "From your microphone or from files" },
    texts: { name: "Texts", about: "Typed, or from a list" },
    table: { name: "Table", about: "Rows of numbers and words, as CSV" },
    files: { name: "Other files", about: "Boxes, masks, several labels and more" },
  } satisfies Readonly<Record<ProjectKind, object>>,
  choose: "What do you want to teach it with?",
  examples: "Try with examples",
  exampleNames: {
    pictures: "Pictures of damaged surfaces",
    sounds: "Sounds of machines",
    texts: "Messages to a shop",
  } satisfies Readonly<Record<SampleKind, string>>,
  loadingExamples: "Loading the examples …",
  noExamples: "The examples could not be loaded.",
  noExamplesHelp: "Check the connection and try again, or use your own files.",
  openProject: "Open a project",
  openHelp:
    "Choose a file that ends in .engraft.zip, or drop it here. The archive of a Teachable Machine project becomes the base of a new project.",
  opening: (done: number, all: number) => `Opening the project: ${done} of ${all}`,
  yours: "Your projects",
  samples: (n: number) => (n === 1 ? "1 sample" : `${n} samples`),
  rename: "Rename",
  renameOf: (name: string) => `Rename ${name}`,
  newName: "Name of the project",
  save: "Save",
  deleteText:
    "Its samples are deleted from this browser. Download the project first if you may need it again.",
  signedIn: {
    title: "Signed-in browsers",
    own: (name: string) => `${name} (this browser)`,
    times: (since: string, used: string) => `Signed in: ${since} · last used: ${used}`,
    end: "Sign out",
    endOf: (name: string) => `Sign out ${name}`,
    endAll: "Sign out all browsers",
    invite: "Sign in another browser",
    invited: "Open this address in the other browser of this computer. It works once.",
  },
  storage: {
    full: "The storage of this browser is full. What you added before is kept.",
    fullHelp:
      "Download this project on the page Use, or delete projects that you do not need. Then add the rest again.",
    missing: "This browser does not have the project, or a part of it.",
    missingHelp: "It may have been deleted in another tab. Open its zip file if you downloaded it.",
    failed: (reason: string) => `The storage of this browser failed: ${reason}`,
    failedHelp: "Reload the page and try again.",
  },
};
