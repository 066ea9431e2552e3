/** RNNoise: hears ten milliseconds at a time and turns down, in 22 bands, what does not sound like speech. */

/** Samples in ten milliseconds at 48 kHz: what the network takes and gives. */
export const FRAME = 480;
export const SAMPLE_RATE = 48_000;
/** Frames by which what comes out is behind what went in (measured: the best fit of speech in and out is at 960 samples). */
export const LAG = 2;
/** RNNoise works on numbers as large as those of 16-bit sound. */
const FULL_SCALE = 32_768;

export interface Denoiser {
  /** Cleans one frame of interleaved channels, in place; `strength`: 0 = as it was, 1 = all that the network takes away. */
  clean(frame: Float32Array, strength: number): void;
  free(): void;
}

/** Loads the network once; the returned function makes denoisers, which remember what they heard, one for each recording. */
export async function loadNetwork(): Promise<(channels: number) => Denoiser> {
  // The package is built for browsers and looks for one of their globals.
  Object.assign(globalThis, { WorkerGlobalScope: class {} });
  const { Rnnoise } = await import("@shiguredo/rnnoise-wasm");
  const network = await Rnnoise.load();

  return (channels) => {
    const states = Array.from({ length: channels }, () => network.createDenoiseState());
    // The untouched part of the mix waits as long as the network does.
    const waiting = states.map(() => Array.from({ length: LAG }, () => new Float32Array(FRAME)));
    const voice = new Float32Array(FRAME);
    return {
      clean(frame, strength) {
        for (const [channel, state] of states.entries()) {
          for (let i = 0; i < FRAME; i++) voice[i] = frame[i * channels + channel]! * FULL_SCALE;
          waiting[channel]!.push(Float32Array.from(voice));
          const dry = waiting[channel]!.shift()!;
          state.processFrame(voice);
          for (let i = 0; i < FRAME; i++)
            frame[i * channels + channel] = (voice[i]! * strength + dry[i]! * (1 - strength)) / FULL_SCALE;
        }
      },
      free() {
        for (const state of states) state.destroy();
      },
    };
  };
}
