/** 中文：运行记录中的句子，每个代码一句。 */
import type { MessageTable } from "../../../../core/messages/message.js";
import { dataZh } from "./data-zh.js";
import { groupZh } from "./group-zh.js";
import { levelZh } from "./level-zh.js";
import { noteZh } from "./note-zh.js";
import { pairZh } from "./pair-zh.js";
import { recipeZh } from "./recipe-zh.js";
import { runZh } from "./run-zh.js";
import { soundZh } from "./sound-zh.js";
import { splitZh } from "./split-zh.js";
import { strategyZh } from "./strategy-zh.js";
import { warningZh } from "./warning-zh.js";

export const messagesZh: MessageTable = {
  ...dataZh,
  ...groupZh,
  ...levelZh,
  ...noteZh,
  ...pairZh,
  ...recipeZh,
  ...runZh,
  ...soundZh,
  ...splitZh,
  ...strategyZh,
  ...warningZh,
};
