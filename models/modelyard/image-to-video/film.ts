/** Renders what a moving camera sees of a scene and hands the frames to ffmpeg. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Camera } from "./camera.ts";
import { NEARNESS_SIZE, type Scene } from "./scene.ts";

export const FRAMES_PER_SECOND = 24;
/** Pixels between two points at which the movement is computed; in between it is interpolated. Divisible by 2, for the colours. */
const STEP = 4;

/** A picture in the form videos have: brightness for every pixel, two colour differences for every 2 × 2 pixels. */
interface Planes {
  width: number;
  height: number;
  luma: Uint8Array;
  blue: Uint8Array;
  red: Uint8Array;
}

export interface Film {
  scene: Scene;
  /** Size of the video; even numbers. The scene is larger, so that the camera has room. */
  width: number;
  height: number;
  frames: number;
  /** Lies over all frames and fades in; red, green, blue and alpha bytes in the video's size. */
  caption: Buffer | undefined;
  camera(moment: number): Camera;
  path: string;
  signal: AbortSignal;
  onFrame(done: number): void;
}

export async function render(film: Film): Promise<void> {
  const { width, height, frames, signal } = film;
  const source = toPlanes(film.scene, 3);
  const caption = film.caption && { ...toPlanes({ width, height, pixels: film.caption }, 4), alpha: film.caption };
  const path = Array.from({ length: frames }, (_, i) => film.camera(frames > 1 ? i / (frames - 1) : 0));
  const zoom = zoomThatHidesEdges(path);
  const encoder = startEncoder(film);
  try {
    for (const [i, camera] of path.entries()) {
      // Every frame is memory of its own: ffmpeg may not have read the one before.
      const frame = emptyPlanes(width, height, Buffer.alloc((width * height * 3) / 2));
      const moves = movement(film, camera, zoom);
      warp(source.luma, source, frame.luma, frame, moves, STEP);
      const [half, halfSource] = [halved(frame), halved(source)];
      warp(source.blue, halfSource, frame.blue, half, moves, STEP / 2);
      warp(source.red, halfSource, frame.red, half, moves, STEP / 2);
      if (caption) overlay(frame, caption, fadeIn(i / FRAMES_PER_SECOND));
      await encoder.write(frame.bytes);
      signal.throwIfAborted();
      film.onFrame(i + 1);
    }
    await encoder.finish();
  } finally {
    encoder.stop();
  }
}

/** Fades in during the first second, after a short wait. */
function fadeIn(seconds: number): number {
  return Math.min(1, Math.max(0, (seconds - 0.3) / 0.7));
}

/** How far a part of the scene is shifted, in shares of the frame, and how much larger it is. `near`: 0 = farthest, 1 = nearest. */
const shiftX = (camera: Camera, near: number) => camera.x * (0.4 + near) + camera.turn * (near - 0.5);
const shiftY = (camera: Camera, near: number) => -camera.y * (0.4 + near);
const scale = (camera: Camera, near: number) => 1 + camera.z * (0.3 + near);

function zoomThatHidesEdges(path: Camera[]): number {
  const shifts = path.flatMap((camera) => [0, 1].flatMap((near) => [shiftX(camera, near), shiftY(camera, near)]));
  return 0.5 / (0.5 - Math.min(0.25, Math.max(...shifts.map(Math.abs))));
}

/** For a grid of points of the frame: where in the scene they come from, in shares of its width and height. */
interface Movement {
  columns: number;
  x: Float32Array;
  y: Float32Array;
}

function movement(film: Film, camera: Camera, zoom: number): Movement {
  const columns = Math.ceil(film.width / STEP) + 1;
  const rows = Math.ceil(film.height / STEP) + 1;
  const x = new Float32Array(columns * rows);
  const y = new Float32Array(columns * rows);
  for (let at = 0; at < x.length; at++) {
    const u = ((at % columns) * STEP) / film.width - 0.5;
    const v = (Math.floor(at / columns) * STEP) / film.height - 0.5;
    let fromX = u / zoom;
    let fromY = v / zoom;
    // Which part of the scene is seen depends on how near that part is: approached in a few steps.
    for (let round = 0; round < 4; round++) {
      const near = nearnessAt(film.scene.nearness, fromX + 0.5, fromY + 0.5);
      fromX = u / (zoom * scale(camera, near)) + shiftX(camera, near);
      fromY = v / (zoom * scale(camera, near)) + shiftY(camera, near);
    }
    x[at] = fromX + 0.5;
    y[at] = fromY + 0.5;
  }
  return { columns, x, y };
}

/** Interpolated between the four cells around a point given in shares of width and height; 0 to 1. */
function nearnessAt(nearness: Buffer, x: number, y: number): number {
  const last = NEARNESS_SIZE - 1;
  const px = Math.min(last - 0.001, Math.max(0, x * last));
  const py = Math.min(last - 0.001, Math.max(0, y * last));
  const left = px | 0;
  const top = py | 0;
  const fx = px - left;
  const fy = py - top;
  const at = top * NEARNESS_SIZE + left;
  const upper = nearness[at]! * (1 - fx) + nearness[at + 1]! * fx;
  const lower = nearness[at + NEARNESS_SIZE]! * (1 - fx) + nearness[at + NEARNESS_SIZE + 1]! * fx;
  return (upper * (1 - fy) + lower * fy) / 255;
}

interface Size {
  width: number;
  height: number;
}

/** Fills one plane of the frame from the same plane of the scene. Most of the time is spent here, hence the plain loops. */
function warp(source: Uint8Array, from: Size, target: Uint8Array, to: Size, moves: Movement, step: number): void {
  const [lastX, lastY] = [from.width - 1.001, from.height - 1.001];
  for (let row = 0; row < to.height; row++) {
    const cell = Math.floor(row / step) * moves.columns;
    const down = (row % step) / step;
    for (let column = 0; column < to.width; column += step) {
      const at = cell + column / step;
      const below = at + moves.columns;
      const x0 = (moves.x[at]! * (1 - down) + moves.x[below]! * down) * from.width;
      const y0 = (moves.y[at]! * (1 - down) + moves.y[below]! * down) * from.height;
      const dx = ((moves.x[at + 1]! * (1 - down) + moves.x[below + 1]! * down) * from.width - x0) / step;
      const dy = ((moves.y[at + 1]! * (1 - down) + moves.y[below + 1]! * down) * from.height - y0) / step;
      const end = Math.min(step, to.width - column);
      for (let i = 0; i < end; i++) {
        const x = Math.min(lastX, Math.max(0, x0 + i * dx));
        const y = Math.min(lastY, Math.max(0, y0 + i * dy));
        const left = x | 0;
        const top = y | 0;
        const fx = x - left;
        const fy = y - top;
        const corner = top * from.width + left;
        const upper = source[corner]! * (1 - fx) + source[corner + 1]! * fx;
        const lower = source[corner + from.width]! * (1 - fx) + source[corner + from.width + 1]! * fx;
        target[row * to.width + column + i] = upper * (1 - fy) + lower * fy + 0.5;
      }
    }
  }
}

function overlay(frame: Planes, caption: Planes & { alpha: Buffer }, strength: number): void {
  const { width, height } = frame;
  const mix = (under: Uint8Array, over: Uint8Array, at: number, alpha: number) => {
    under[at] = under[at]! + (over[at]! - under[at]!) * alpha;
  };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const alpha = (caption.alpha[at * 4 + 3]! / 255) * strength;
      if (alpha === 0) continue;
      mix(frame.luma, caption.luma, at, alpha);
      if ((x | y) & 1) continue;
      const colour = (y / 2) * (width / 2) + x / 2;
      mix(frame.blue, caption.blue, colour, alpha);
      mix(frame.red, caption.red, colour, alpha);
    }
  }
}

function halved({ width, height }: Size): Size {
  return { width: width / 2, height: height / 2 };
}

function emptyPlanes(width: number, height: number, bytes: Buffer): Planes & { bytes: Buffer } {
  const area = width * height;
  return {
    width,
    height,
    bytes,
    luma: bytes.subarray(0, area),
    blue: bytes.subarray(area, area * 1.25),
    red: bytes.subarray(area * 1.25),
  };
}

/** Red, green and blue to BT.709 video levels. The colour of a 2 × 2 block is that of its upper left pixel pair, averaged. */
function toPlanes({ width, height, pixels }: Size & { pixels: Buffer }, channels: number): Planes {
  const planes = emptyPlanes(width, height, Buffer.alloc((width * height * 3) / 2));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * channels;
      const r = pixels[at]!;
      const g = pixels[at + 1]!;
      const b = pixels[at + 2]!;
      planes.luma[y * width + x] = 16.5 + 0.1826 * r + 0.6142 * g + 0.062 * b;
      if ((x | y) & 1) continue;
      const next = at + channels;
      const r2 = (r + pixels[next]!) / 2;
      const g2 = (g + pixels[next + 1]!) / 2;
      const b2 = (b + pixels[next + 2]!) / 2;
      const colour = (y / 2) * (width / 2) + x / 2;
      planes.blue[colour] = 128.5 - 0.1006 * r2 - 0.3386 * g2 + 0.4392 * b2;
      planes.red[colour] = 128.5 + 0.4392 * r2 - 0.3989 * g2 - 0.0403 * b2;
    }
  }
  return planes;
}

function startEncoder({ width, height, path, signal }: Film) {
  const input = [
    "-f",
    "rawvideo",
    "-pix_fmt",
    "yuv420p",
    "-video_size",
    `${width}x${height}`,
    "-framerate",
    `${FRAMES_PER_SECOND}`,
    "-i",
    "-",
  ];
  const colours = ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv"];
  const output = [
    "-c:v",
    "libx264",
    "-preset",
    "veryfast",
    "-crf",
    "19",
    "-pix_fmt",
    "yuv420p",
    ...colours,
    "-movflags",
    "+faststart",
    "-y",
    path,
  ];
  const ffmpeg = spawn("ffmpeg", ["-hide_banner", "-loglevel", "error", ...input, ...output], {
    stdio: ["pipe", "ignore", "pipe"],
  });
  let said = "";
  ffmpeg.stderr.on("data", (text) => (said = (said + text).slice(-2000)));
  // The pipe breaks when ffmpeg ends early; `ended` says why it did.
  ffmpeg.stdin.on("error", () => {});
  const ended = Promise.race([once(ffmpeg, "close"), once(ffmpeg, "error").then(([error]) => Promise.reject(error))]);
  ended.catch(() => {});
  return {
    async write(frame: Buffer): Promise<void> {
      if (!ffmpeg.stdin.write(frame)) await Promise.race([once(ffmpeg.stdin, "drain", { signal }), ended]);
      if (ffmpeg.exitCode !== null) throw new Error(`ffmpeg ended early: ${said.trim()}`);
    },
    async finish(): Promise<void> {
      ffmpeg.stdin.end();
      const [code] = await ended;
      if (code !== 0) throw new Error(`ffmpeg failed: ${said.trim()}`);
    },
    stop(): void {
      ffmpeg.kill("SIGKILL");
    },
  };
}
