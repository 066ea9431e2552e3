/** The language model, one conversation at a time in its memory. */
import { join } from "node:path";
import { getLlama, LlamaChatSession, LlamaLogLevel } from "node-llama-cpp";
import type { Turn } from "./conversations.ts";

/** Tokens that the model can look back on; it was trained on as many. */
const CONTEXT = 2048;

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
  const model = await llama.loadModel({ modelPath: join(folder, "tinyllama.gguf") });
  // One thread: on two busy cores a second one is waited for at every layer (measured: 17 s instead of 1.6 s for a sentence).
  const context = await model.createContext({ contextSize: CONTEXT, threads: 1 });
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
