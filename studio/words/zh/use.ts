import type { Words } from "../en/index.js";

const inFolders = "engraft train 可读取的样本：每个类别一个文件夹，并附列表。";
const asAdded = "您添加的原始文件，engraft train 可以读取。";

export const useWords: Words["use"] = {
  model: "模型",
  modelAbout: "一个文件夹，包含 ONNX 文件、其设置，以及带有示例程序的 README。",
  which: "选择模型",
  quick: (samples) => `快速模型，${samples} 个样本`,
  noModel: "还没有模型。请为两个类别各提供五个样本，或进行一次训练。",
  noModelFiles: "还没有模型。请进行一次训练。",
  toSamples: "添加样本",
  toTrain: "训练",
  project: "项目",
  projectAbout: "全部样本和设置。可在开始页重新打开，也可在另一台电脑上打开。",
  data: "数据",
  dataAbout: {
    pictures: inFolders,
    sounds: inFolders,
    texts: "文本及其类别的 CSV 文件，engraft train 可以读取。",
    table: asAdded,
    files: asAdded,
  },
  pageTitle: "网页",
  pageAbout:
    "无需联网即可运行模型的网页。解压后在该文件夹中打开终端，运行 npx serve（需要 Node）或 python3 -m http.server（需要 Python），再打开它显示的地址。网页比模型大约大 20 MB。",
  download: (what) => `下载${what}`,
  packing: "正在打包……",
  packed: (name, size) => `${name}，${size}`,
  code: "在程序中使用",
  codeAbout: "请先解压模型。每个程序都读取 model 文件夹。",
  absolutePath: "请填写文件夹的绝对路径。",
  wholeProgram: "完整的程序见 model/README.md。",
  copy: "复制",
  copied: "已复制",
  page: {
    serve:
      "浏览器不能直接从文件运行此页面。请在此文件夹中打开终端，运行 npx serve（需要 Node）或 python3 -m http.server（需要 Python），再打开它显示的地址。",
    loading: "正在加载模型……",
    ready: "数据不会离开这台电脑。",
    inputs: {
      pictures: "选择一张图片",
      sounds: "选择一段声音",
      texts: "输入文本",
      table: '以 JSON 格式输入一行，例如 {"width": 3}',
      files: "选择一个文件",
    },
  },
};
