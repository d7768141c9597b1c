import { expect, test } from "vitest";
import type { Box } from "../../data/boxes/box.js";
import { detectionConfusion, pictureErrors } from "./error-kinds.js";
import { type DetectionPicture, matchClass, overlapsOf } from "./match.js";
import { bestPoint, operatingPoints } from "./operating-point.js";

const at = (x: number, w = 10): Box => [x, 0, x + w, 10];
const truth = (label: number, x: number, more = {}) => ({ label, box: at(x), ...more });
const detection = (label: number, x: number, score: number, w = 10) => ({ label, box: at(x, w), score });
const matches = (pictures: readonly DetectionPicture[], classes = 2) =>
  Array.from({ length: classes }, (_, label) => matchClass(overlapsOf(pictures, label), pictures.length));

test("the best threshold is that of the highest F1, with all classes together", () => {
  // By falling score: right, wrong, right, wrong; three truths. F1 = 2·1/(2+0+2), 2/(2+1+2), 4/(4+1+1), 4/(4+2+1).
  const pictures: DetectionPicture[] = [
    {
      truths: [truth(0, 0), truth(1, 50), truth(1, 100)],
      detections: [
        detection(0, 0, 0.9),
        detection(0, 200, 0.8),
        detection(1, 50, 0.7),
        detection(1, 300, 0.6),
      ],
    },
  ];
  expect(operatingPoints(matches(pictures)).map(({ f1 }) => f1)).toEqual([2 / 4, 2 / 5, 4 / 6, 4 / 7]);
  expect(bestPoint(matches(pictures))).toEqual({
    ...{ threshold: 0.7, right: 2, wrong: 1, missed: 1 },
    ...{ precision: 2 / 3, recall: 2 / 3, f1: 4 / 6 },
  });
});

test("detections with one score are kept or dropped together", () => {
  const pictures = [{ truths: [truth(0, 0)], detections: [detection(0, 0, 0.5), detection(0, 90, 0.5)] }];
  expect(operatingPoints(matches(pictures)).map(({ right, wrong }) => [right, wrong])).toEqual([[1, 1]]);
});

test("each error has its kind", () => {
  const picture: DetectionPicture = {
    truths: [
      truth(0, 0),
      truth(0, 100),
      truth(1, 200),
      truth(1, 300),
      truth(0, 400),
      truth(0, 500, { crowd: true }),
    ],
    detections: [
      detection(0, 0, 0.9), // right
      detection(0, 1, 0.8), // found before: IoU 9/11 with the same truth
      detection(0, 106, 0.7), // IoU 4/16 with its own class
      detection(0, 200, 0.6), // the other class, exactly
      detection(0, 306, 0.5), // IoU 4/16 with the other class
      detection(1, 700, 0.4), // nothing near
      detection(0, 502, 0.4, 5), // inside a crowd
      detection(0, 400, 0.1), // below the threshold
    ],
  };
  const errors = pictureErrors(picture, 0.3);
  expect(errors.detections).toEqual([
    "right",
    "double",
    "place",
    "class",
    "both",
    "background",
    "ignored",
    "below threshold",
  ]);
  expect(errors.truths).toEqual(["found", "explained", "explained", "missed", "missed", "ignored"]);
});

test("the confusion matrix has the background as its last row and column", () => {
  const picture: DetectionPicture = {
    truths: [truth(0, 0), truth(0, 100), truth(1, 200)],
    detections: [detection(0, 0, 0.9), detection(1, 100, 0.8), detection(1, 300, 0.7)],
  };
  expect(detectionConfusion([picture], 2, 0.5)).toEqual([
    [1, 1, 0],
    [0, 0, 1],
    [0, 1, 0],
  ]);
});
