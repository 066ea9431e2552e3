/**
 * The way through the noise levels of a diffusion network. Euler's method, plain or ancestral: Karras and others, "Elucidating the Design Space of
 * Diffusion-Based Generative Models" (2022), algorithm 1, in the form that k-diffusion and diffusers gave it. Latent consistency: Luo and others
 * (2023), algorithm 3. sigma is the standard deviation of the noise in a latent; a latent at sigma is the clean one plus sigma times normal noise.
 */

/** `scheduler_config.json` of the weights; what else it says is about other methods. */
export interface NoiseConfig {
  _class_name?: string;
  num_train_timesteps?: number;
  beta_start?: number;
  beta_end?: number;
  beta_schedule?: string;
  prediction_type?: string;
  timestep_spacing?: string;
  steps_offset?: number;
  original_inference_steps?: number;
}

export interface Schedule {
  /** What the network is told at each step: 0 to 999, from the noisiest on. */
  timesteps: readonly number[];
  /** Noise at the begin of each step, and 0 at the end. */
  sigmas: readonly number[];
  /** Pure noise of variance 1 times this is what the first step begins with. */
  start: number;
  /** What the network answers: the noise, or the velocity of Salimans and Ho (2022). */
  answers: "epsilon" | "v_prediction";
  /** ancestral: each step takes away too much noise and adds new noise instead. consistency: it takes away all of it. */
  method: "plain" | "ancestral" | "consistency";
}

/** Throws where the weights were made for something that this method cannot do. */
export function planSteps(config: NoiseConfig, steps: number): Schedule {
  const levels = noiseLevels(config);
  const answers = config.prediction_type ?? "epsilon";
  if (answers !== "epsilon" && answers !== "v_prediction")
    throw new Error(`Predictions of type ${answers} are not known.`);
  const method = methodOf(config._class_name ?? "");
  const spacing = config.timestep_spacing ?? "linspace";
  const timesteps =
    method === "consistency"
      ? learnt(levels.length, config.original_inference_steps ?? 50, steps)
      : spread(spacing, levels.length, steps, config.steps_offset ?? 0);
  const sigmas = [...timesteps.map((timestep) => levels[timestep]!), 0];
  const most = sigmas[0]!;
  return {
    timesteps,
    sigmas,
    // With "leading" the first step is not at the noisiest level, and some of the picture is taken to be there already.
    start: spacing === "leading" ? Math.hypot(most, 1) : most,
    answers,
    method,
  };
}

/** What else there is leads to the same pictures as Euler's plain method. */
function methodOf(name: string): Schedule["method"] {
  if (name.includes("LCM")) return "consistency";
  return name.includes("Ancestral") ? "ancestral" : "plain";
}

/** A consistency network learnt `original` timesteps alone: some of these, as far apart as can be. */
function learnt(count: number, original: number, steps: number): number[] {
  if (steps > original) throw new Error(`The network can do at most ${original} steps, not ${steps}.`);
  const apart = Math.floor(count / original);
  return Array.from({ length: steps }, (_, i) => (original - Math.floor((i * original) / steps)) * apart - 1);
}

/** sigma of every timestep that the network was trained on. */
function noiseLevels(config: NoiseConfig): number[] {
  const { num_train_timesteps: count = 1000, beta_start: first = 0.00085, beta_end: last = 0.012 } = config;
  const kind = config.beta_schedule ?? "scaled_linear";
  if (kind !== "scaled_linear" && kind !== "linear") throw new Error(`Noise of kind ${kind} is not known.`);
  let kept = 1;
  return Array.from({ length: count }, (_, i) => {
    const part = i / (count - 1);
    const beta =
      kind === "linear"
        ? first + (last - first) * part
        : (Math.sqrt(first) + (Math.sqrt(last) - Math.sqrt(first)) * part) ** 2;
    kept *= 1 - beta;
    return Math.sqrt((1 - kept) / kept);
  });
}

/** Whole timesteps, so that networks that take integers and those that take fractions see the same. */
function spread(spacing: string, count: number, steps: number, offset: number): number[] {
  const at = (timestep: number) => Math.min(count - 1, Math.max(0, Math.round(timestep)));
  const each = (place: (i: number) => number) => Array.from({ length: steps }, (_, i) => at(place(i)));
  switch (spacing) {
    case "linspace":
      return each((i) => (steps === 1 ? count - 1 : (count - 1) * (1 - i / (steps - 1))));
    case "leading":
      return each((i) => (steps - 1 - i) * Math.floor(count / steps) + offset);
    case "trailing":
      return each((i) => Math.round(count - (i * count) / steps) - 1);
    default:
      throw new Error(`Steps of kind ${spacing} are not known.`);
  }
}

/** The network expects variance 1. */
export function networkInput(latent: Float32Array, sigma: number): Float32Array {
  const scale = 1 / Math.hypot(sigma, 1);
  return latent.map((value) => value * scale);
}

/** The latent after step `i`. `noise` is asked for new noise where the method wants it. */
export function takeStep(options: {
  schedule: Schedule;
  i: number;
  latent: Float32Array;
  answer: Float32Array;
  noise: (count: number) => Float32Array;
}): Float32Array {
  const { schedule, i, latent, answer, noise } = options;
  const [from, to] = [schedule.sigmas[i]!, schedule.sigmas[i + 1]!];
  const velocity = schedule.answers === "v_prediction";
  /** What the network makes of the latent's number at a place: that of the clean picture. */
  const cleanAt = (at: number) =>
    velocity
      ? latent[at]! / (from ** 2 + 1) - (answer[at]! * from) / Math.hypot(from, 1)
      : latent[at]! - from * answer[at]!;
  const again = newNoise(schedule.method, from, to);
  const down = Math.sqrt(to ** 2 - again ** 2);
  // Along the direction of the noise, (latent - clean) / sigma, to where there is less of it.
  const next = latent.map((value, at) => value + ((value - cleanAt(at)) / from) * (down - from));
  if (again === 0) return next;
  const fresh = noise(next.length);
  return next.map((value, at) => value + fresh[at]! * again);
}

/**
 * Standard deviation of the noise that a step adds. (A consistency network's answer and its input are weighed with 1 and 0: the exact weights differ
 * from them by less than 0.00001 at all timesteps that it learnt.)
 */
function newNoise(method: Schedule["method"], from: number, to: number): number {
  switch (method) {
    case "plain":
      return 0;
    case "ancestral":
      return Math.min(to, Math.sqrt((to ** 2 * (from ** 2 - to ** 2)) / from ** 2));
    case "consistency":
      return to;
  }
}
