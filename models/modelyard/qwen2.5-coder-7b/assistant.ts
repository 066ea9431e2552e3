/**
 * The language model, one conversation at a time in its memory. The same code lies in each of the chat models' folders, because a model
 * carries everything that it needs; a test of `chat` keeps the copies equal.
 */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { getLlama, LlamaChatSession, LlamaLogLevel } from "node-llama-cpp";
import type { Turn } from "./conversations.ts";

/** Tokens that the model can look back on at most, and never more than it was trained on: each costs memory. */
const MOST_CONTEXT = 4096;
/**
 * Half of what the machine calls its cores. With all of them, on two busy ones, every layer waits for the slower one (measured: 17 s instead
 * of 1.6 s for a sentence).
 */
const THREADS = Math.max(1, Math.floor(availableParallelism() / 2));

export interface Answer {
  text: string;
  history: Turn[];
  /** Tokens read and written. */
  tokens: number;
}

export type Ask = (options: {
  history: Turn[];
  prompt: string;
  maxTokens: number;
  temperature: number;
  topP: number;
  seed: number | undefined;
  signal: AbortSignal;
  onText(text: string): void;
}) => Promise<Answer>;

export async function loadAssistant(folder: string): Promise<Ask> {
  const llama = await getLlama({ gpu: false, build: "never", skipDownload: true, logLevel: LlamaLogLevel.error });
  const model = await llama.loadModel({ modelPath: join(folder, "model.gguf") });
  const context = await model.createContext({
    contextSize: Math.min(model.trainContextSize, MOST_CONTEXT),
    threads: THREADS,
  });
  const sequence = context.getSequence();

  return async ({ history, prompt, maxTokens, temperature, topP, seed, signal, onText }) => {
    const session = new LlamaChatSession({ contextSequence: sequence, autoDisposeSequence: false });
    session.setChatHistory(history);
    const before = sequence.tokenMeter.getState();
    try {
      const text = await session.prompt(prompt, {
        maxTokens,
        temperature,
        topP,
        ...(seed !== undefined && { seed }),
        // 2-bit weights like to go round in circles.
        repeatPenalty: { penalty: 1.15, lastTokens: 128 },
        signal,
        stopOnAbortSignal: false,
        onTextChunk: onText,
      });
      const used = sequence.tokenMeter.diff(before);
      return { text, history: session.getChatHistory(), tokens: used.usedInputTokens + used.usedOutputTokens };
    } finally {
      session.dispose();
    }
  };
}
