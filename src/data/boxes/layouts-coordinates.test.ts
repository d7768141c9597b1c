// Coordinates of another meaning than the layout's are refused in every layout that could have them.
import { expect, test } from "vitest";
import { coco, image, openTree, voc, vocObject, yaml } from "../../../test/support/box-layouts.js";

type Corners = readonly [x1: number, y1: number, x2: number, y2: number];
/** Boxes in four pictures of 100 × 80 pixels. */
const corners: readonly Corners[] = [
  [5, 10, 40, 50],
  [50, 40, 95, 75],
  [20, 45, 60, 70],
  [60, 5, 90, 40],
];
const shares = corners.map(([x1, y1, x2, y2]): Corners => [x1 / 100, y1 / 80, x2 / 100, y2 / 80]);
const sized = ([x1, y1, x2, y2]: Corners): Corners => [x1, y1, x2 - x1, y2 - y1];
const names = corners.map((_, i) => `${i}.jpg`);
const pictures = Object.fromEntries(names.map((name) => [name, image]));
type Files = Parameters<typeof openTree>[0];

const cocoOf = (boxes: readonly Corners[]): Files => ({
  "labels.json": coco({
    images: names.map((file_name, id) => ({ id, file_name, width: 100, height: 80 })),
    annotations: boxes.map((bbox, i) => ({ id: i, image_id: i, category_id: 3, bbox })),
  }),
});
const vocOf = (boxes: readonly Corners[]): Files =>
  Object.fromEntries(boxes.map((box, i) => [`${i}.xml`, voc(vocObject(box), names[i]!)]));
const cvatOf = (boxes: readonly Corners[]): Files => {
  const own = boxes.map(
    ([x1, y1, x2, y2], i) =>
      `<image id="${i}" name="${names[i]}" width="100" height="80"><box label="cat" xtl="${x1}" ytl="${y1}" xbr="${x2}" ybr="${y2}"/></image>`,
  );
  return { "annotations.xml": `<annotations>${own.join("\n")}</annotations>` };
};
const labelmeOf = (boxes: readonly Corners[]): Files =>
  Object.fromEntries(
    boxes.map(([x1, y1, x2, y2], i) => {
      const points = [
        [x1, y1],
        [x2, y1],
        [x2, y2],
      ];
      const shapes = [{ label: "cat", shape_type: "polygon", points }];
      return [`${i}.json`, JSON.stringify({ imagePath: names[i], imageWidth: 100, imageHeight: 80, shapes })];
    }),
  );
const tableOf = (head: string, boxes: readonly Corners[]): Files => ({
  "labels.csv": `filename,class,${head}\n${boxes.map((box, i) => `${names[i]},cat,${box.join(",")}`).join("\n")}\n`,
});
const ultralyticsOf = (boxes: readonly Corners[]): Files => ({
  "data.yaml": yaml.replace("images/train", "images").replace("images/val", "images"),
  ...Object.fromEntries(names.map((name) => [`images/${name}`, image])),
  ...Object.fromEntries(boxes.map((box, i) => [`labels/${i}.txt`, `0 ${box.join(" ")}`])),
});

const areShares = "they are shares of the sides, not pixels";
const areCorners = "as x, y, width, height; as x1, y1, x2, y2, all of them fit";
test.each<[string, Files, string]>([
  ["COCO: shares", cocoOf(shares.map(sized)), "4 of 4 boxes lie within the first pixel"],
  ["COCO: corners", cocoOf(corners), areCorners],
  ["VOC: shares", vocOf(shares), areShares],
  ["VOC: width and height", vocOf(corners.map(sized)), "as x1, y1, x2, y2; as x, y, width, height, all"],
  ["CVAT: shares", cvatOf(shares), areShares],
  ["LabelMe: shares", labelmeOf(shares), areShares],
  ["table: shares", tableOf("xmin,ymin,xmax,ymax", shares), areShares],
  ["table: corners", tableOf("x,y,w,h", corners), areCorners],
  [
    "Ultralytics: corners",
    ultralyticsOf(shares),
    "as centre x, centre y, width, height; as x1, y1, x2, y2, all",
  ],
])("%s", async (_, files, words) => {
  await expect(openTree({ ...pictures, ...files })).rejects.toThrow(words);
});

test("the same boxes as the layouts have them are read", async () => {
  for (const files of [cocoOf(corners.map(sized)), vocOf(corners), tableOf("x,y,w,h", corners.map(sized))]) {
    const { items } = await openTree({ ...pictures, ...files });
    expect(items.map(({ objects }) => objects[0]!.box)).toEqual(corners);
  }
});
