/** Stable Diffusion 1.5: a Modelyard service; drawing-service.ts says how it talks. */

import { loadDiffusion } from "./diffusion.ts";
import { serveDrawings } from "./drawing-service.ts";
import { loadConditioner } from "./one-encoder.ts";

/** `scaling_factor` of the autoencoder of Stable Diffusion 1 and 2 (its config.json). */
const LATENT_SCALE = 0.18215;

const folder = process.env.WEIGHTS_DIR ?? "weights";
await serveDrawings(async () => ({
  condition: await loadConditioner(folder),
  draw: await loadDiffusion(folder, LATENT_SCALE),
  defaults: { steps: 25, scale: 7.5, strength: 0.75, size: 512 },
}));
