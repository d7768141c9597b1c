/** The canvas of the pictures of surfaces. */
import { canvas } from "./canvas.js";

export { between, type Field, pick, smoothstep } from "./canvas.js";

/** Side of a rendered image, pixels. */
export const SIZE = 128;

export const { field, valueNoise, fractal, blur } = canvas(SIZE, SIZE);
