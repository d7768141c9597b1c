export const useWords = {
  model: "Model",
  modelAbout: "A folder with the ONNX file, the names of the classes and a README with a program.",
  which: "Which model",
  quick: (samples: number) => `Quick model, ${samples === 1 ? "1 sample" : `${samples} samples`}`,
  noModel: "There is no model yet. Give two classes five samples each, or train a run.",
  noModelFiles: "There is no model yet. Train a run.",
  toSamples: "Add samples",
  toTrain: "Train",
  project: "Project",
  projectAbout: "All samples and settings. Open it again on the start page, here or on another computer.",
  data: "Data",
  dataAbout:
    "The samples as engraft train reads them: a folder for each class with a list, or a CSV file of texts.",
  pageTitle: "Web page",
  pageAbout:
    "A page that runs the model without a connection. Unzip it and serve the folder. About 20 MB more than the model.",
  download: (what: string) => `Download ${what.toLowerCase()}`,
  packing: "Packing …",
  packed: (name: string, size: string) => `${name}, ${size}`,
  code: "In a program",
  codeAbout: "Unzip the model first. Each program reads the folder model.",
  copy: "Copy",
  copied: "Copied",
  page: {
    serve:
      "This page needs a web server. In this folder, run: npx serve (Node), or: python3 -m http.server (Python). Then open the address that it prints.",
    loading: "Loading the model …",
    ready: "Nothing leaves this computer.",
    inputs: {
      pictures: "Choose a picture",
      sounds: "Choose a sound",
      texts: "Type a text",
      table: 'Type a row as JSON, such as {"width": 3}',
      files: "Choose a file",
    },
  },
};
