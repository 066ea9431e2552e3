/** Whisper: hears 30 seconds at a time. */
import { env, pipeline, Tensor, WhisperTextStreamer } from "@huggingface/transformers";
import { SAMPLE_RATE } from "./audio.ts";
import type { Segment, Transcript } from "./formats.ts";

env.allowRemoteModels = false;
env.localModelPath = process.env.WEIGHTS_DIR ?? "weights";

/** Samples that the network takes in at once. */
const WINDOW = 30 * SAMPLE_RATE;

export interface Whisper {
  /** Code of the language that the first 30 seconds are most likely in. */
  detectLanguage(audio: Float32Array): Promise<string>;
  transcribe(options: {
    audio: Float32Array;
    language: string;
    task: "transcribe" | "translate";
    signal: AbortSignal;
    /** Up to where it has listened. */
    onSeconds(seconds: number): void;
  }): Promise<Omit<Transcript, "language">>;
}

export async function loadWhisper(): Promise<Whisper> {
  const transcriber = await pipeline("automatic-speech-recognition", "whisper", {
    dtype: "q8",
    session_options: { logSeverityLevel: 3 },
  });
  const { model, tokenizer, processor } = transcriber;

  return {
    async detectLanguage(audio) {
      const { input_features } = await processor(audio.subarray(0, WINDOW));
      const { decoder_start_token_id: start, lang_to_id: tokens } = model.generation_config;
      // The first word that Whisper says after its start mark is the language.
      const decoder_input_ids = new Tensor("int64", [BigInt(start)], [1, 1]);
      const { logits } = await model({ input_features, decoder_input_ids });
      const [best] = Object.entries<number>(tokens).sort(([, a], [, b]) => logits.data[b] - logits.data[a]);
      return best?.[0].slice(2, -2) ?? "en";
    },

    async transcribe({ audio, language, task, signal, onSeconds }) {
      // Throwing is the one way to stop the network between two tokens.
      const streamer = new WhisperTextStreamer(tokenizer, {
        token_callback_function: () => signal.throwIfAborted(),
        callback_function: () => {},
      });
      const segments: Segment[] = [];
      for (let from = 0; from < audio.length; ) {
        const part = audio.subarray(from, from + WINDOW);
        const { chunks } = await transcriber(part, { language, task, streamer, return_timestamps: true });
        const heard = place(chunks, from / SAMPLE_RATE, part.length / SAMPLE_RATE);
        const last = from + WINDOW >= audio.length;
        // The window's end cuts through its last sentence: the next window begins with that one, whole.
        const kept = last || heard.length < 2 ? heard : heard.slice(0, -1);
        segments.push(...kept.filter((segment) => segment.text));
        from = last || kept === heard ? from + WINDOW : Math.round((kept.at(-1)?.end ?? 0) * SAMPLE_RATE);
        onSeconds(from / SAMPLE_RATE);
      }
      return { text: segments.map((segment) => segment.text).join(" "), segments };
    },
  };
}

/** Whisper's times count from the beginning of its window. The last stretch has no end when the window stops in the middle of it. */
function place(
  chunks: { text: string; timestamp: [number, number | null] }[],
  offset: number,
  length: number,
): Segment[] {
  return chunks.map(({ text, timestamp: [start, end] }) => ({
    start: offset + Math.min(start, length),
    end: offset + Math.min(end ?? length, length),
    text: text.trim(),
  }));
}
