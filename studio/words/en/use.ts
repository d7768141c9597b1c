import type { ProjectKind } from "../../../src/studio/project-kinds.js";

const inFolders = "The samples in a form that engraft train reads: a folder for each class, with a list.";
const asAdded = "The files as you added them, which engraft train reads.";

export const useWords = {
  model: "Model",
  modelAbout: "A folder with the ONNX file, its settings and a README with an example program.",
  which: "Which model",
  quick: (samples: number) => `Quick model, ${samples === 1 ? "1 sample" : `${samples} samples`}`,
  noModel: "There is no model yet. Add five samples to each of two classes, or train.",
  noModelFiles: "There is no model yet. Train one first.",
  toSamples: "Add samples",
  toTrain: "Train",
  project: "Project",
  projectAbout: "All samples and settings. Open it again on the start page, here or on another computer.",
  data: "Data",
  dataAbout: {
    pictures: inFolders,
    sounds: inFolders,
    texts: "The texts and their classes as a CSV file, which engraft train reads.",
    table: asAdded,
    files: asAdded,
  } satisfies Readonly<Record<ProjectKind, string>>,
  pageTitle: "Web page",
  pageAbout:
    "A page that runs the model without a connection. Unzip it, open a terminal in its folder, and run npx serve (with Node) or python3 -m http.server (with Python). Then open the address that it shows. The page is about 20 MB larger than the model.",
  download: (what: string) => `Download ${what.toLowerCase()}`,
  packing: "Packing …",
  packed: (name: string, size: string) => `${name}, ${size}`,
  code: "In a program",
  codeAbout: "Unzip the model first. Each program reads the folder “model”.",
  absolutePath: "Use the absolute path of the folder.",
  wholeProgram: "model/README.md has a complete program.",
  copy: "Copy",
  copied: "Copied",
  page: {
    serve:
      "A browser cannot run this page from a file. Open a terminal in its folder, and run npx serve (with Node) or python3 -m http.server (with Python). Then open the address that it shows.",
    loading: "Loading the model …",
    ready: "Nothing leaves this computer.",
    inputs: {
      pictures: "Choose a picture",
      sounds: "Choose a sound",
      texts: "Type a text",
      table: 'Type a row as JSON, such as {"width": 3}',
      files: "Choose a file",
    } satisfies Readonly<Record<ProjectKind, string>>,
  },
};
