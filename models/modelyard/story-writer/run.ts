/**
 * Story Writer: a Modelyard service. It loads the weights once and then answers requests, one JSON object a line:
 * `run` and `cancel` come on stdin; `ready`, `token`, `progress`, `done` and `error` go out on stdout.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setImmediate as otherWork } from "node:timers/promises";
import { Llama, softmax } from "./llama.ts";
import { BEGIN, END, Tokenizer } from "./tokenizer.ts";

/** Of each next token only the likeliest ones, which together have this probability, are considered. */
const TOP_P = 0.9;
const PROGRESS_EVERY = 8;

interface Request {
  id: string;
  inputs: { prompt: string; maxTokens?: number; temperature?: number; seed?: number };
}

const weights = (file: string) => readFileSync(join(process.env.WEIGHTS_DIR ?? "weights", file));
const model = new Llama(weights("stories15M.bin").buffer);
const tokenizer = new Tokenizer(weights("tokenizer.bin"));
const running = new Map<string, AbortController>();

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const request = JSON.parse(line);
    if (request.type === "run") void answer(request);
    if (request.type === "cancel") running.get(request.id)?.abort(new Error("cancelled"));
  })
  .on("close", () => process.exit());
say({ type: "ready" });

function say(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

async function answer({ id, inputs }: Request): Promise<void> {
  const stop = new AbortController();
  running.set(id, stop);
  try {
    await write(id, inputs, stop.signal);
    say({ type: "done", id });
  } catch (error) {
    say({ type: "error", id, message: (error as Error).message });
  } finally {
    running.delete(id);
  }
}

async function write(id: string, inputs: Request["inputs"], signal: AbortSignal): Promise<void> {
  const { prompt, maxTokens = 200, temperature = 0.8, seed = Math.floor(Math.random() * 2 ** 32) } = inputs;
  const beginning = tokenizer.encode(prompt.trim());
  const room = model.context - beginning.length;
  if (room < 1) {
    throw new Error(`The beginning is ${beginning.length} tokens long; this model reads at most ${model.context - 1}.`);
  }
  say({ type: "log", id, text: `seed ${seed}\n` });
  say({ type: "token", id, text: prompt.trim() });

  const random = randomNumbers(seed);
  const memory = model.newMemory();
  const letters = new TextDecoder();
  const total = Math.min(maxTokens, room);
  let started = 0;
  let written = 0;
  let token = BEGIN;
  for (let position = 0; written < total; position++) {
    const likely = model.next(token, position, memory);
    // The loop would otherwise never see a `cancel`.
    await otherWork();
    signal.throwIfAborted();
    const given = beginning[position + 1];
    token = given ?? pick(likely, temperature, random);
    if (given !== undefined) continue;
    started ||= performance.now();
    if (token === BEGIN || token === END) break;
    written += 1;
    const text = letters.decode(tokenizer.bytes(token), { stream: true });
    if (text) say({ type: "token", id, text });
    if (written % PROGRESS_EVERY === 0) reportProgress(id, written, total, (performance.now() - started) / 1000);
  }
}

function reportProgress(id: string, step: number, total: number, elapsed: number): void {
  const speed = step / elapsed;
  const percentage = Math.floor((100 * step) / total);
  const remaining = (total - step) / speed;
  const task = "Writing";
  say({ type: "progress", id, percentage, task, step, total, speed, speedType: "tokens/s", elapsed, remaining });
}

/** Draws one of the likeliest tokens. Temperature 0 takes the likeliest. */
function pick(likely: Float32Array, temperature: number, random: () => number): number {
  if (temperature <= 0) return likely.indexOf(likely.reduce((a, b) => Math.max(a, b)));
  const chances = likely.map((x) => x / temperature);
  softmax(chances);
  // Below this a token cannot be among those that make up TOP_P; leaving it out keeps the sorting short.
  const least = (1 - TOP_P) / (chances.length - 1);
  const candidates: number[] = [];
  for (let i = 0; i < chances.length; i++) if (chances[i]! >= least) candidates.push(i);
  candidates.sort((a, b) => chances[b]! - chances[a]!);

  let sum = 0;
  const kept = candidates.slice(0, 1 + candidates.findIndex((i) => (sum += chances[i]!) > TOP_P));
  let left = random() * sum;
  return kept.find((i) => (left -= chances[i]!) <= 0) ?? kept[0]!;
}

/** A small seeded generator (mulberry32): numbers from 0 up to 1. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}
