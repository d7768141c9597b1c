/** 中文：样本的名称。“a.csv, line 3”写作“a.csv 第 3 行”。 */
export const itemZh = (item: string): string => item.replace(/(?:, |^)line (\d+)$/, " 第 $1 行").trim();
