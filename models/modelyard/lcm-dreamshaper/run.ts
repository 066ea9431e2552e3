/** LCM Dreamshaper: a Modelyard service; drawing-service.ts says how it talks. */
import { loadDiffusion } from "./diffusion.ts";
import { serveDrawings } from "./drawing-service.ts";
import { loadConditioner } from "./one-encoder.ts";

/** `scaling_factor` of the autoencoder of Stable Diffusion 1 and 2 (its config.json). */
const LATENT_SCALE = 0.18215;

const folder = process.env.WEIGHTS_DIR ?? "weights";
await serveDrawings(async () => {
  const condition = await loadConditioner(folder);
  return {
    // The network takes the guidance as an input: no second look at what is not wanted.
    condition: (texts) => condition({ ...texts, guided: false }),
    draw: await loadDiffusion(folder, LATENT_SCALE),
    defaults: { steps: 4, scale: 8, strength: 0.5, size: 512 },
  };
});
