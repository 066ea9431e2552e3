/** How Stable Diffusion 1 and 2 read a text: one encoder, whose last layer the network looks at. */
import { join } from "node:path";
import { loadClipTokens } from "./clip-tokens.ts";
import type { Conditioner } from "./diffusion.ts";
import { loadNetwork } from "./onnx-network.ts";

export async function loadConditioner(folder: string): Promise<Conditioner> {
  const tokenize = await loadClipTokens(join(folder, "tokenizer"));
  const encoder = await loadNetwork(join(folder, "text_encoder/model.onnx"), "text_encoder");

  async function read(text: string) {
    const { ids, cut } = tokenize(text);
    const input_ids = { data: ids, dims: [1, ids.length] };
    const { last_hidden_state } = await encoder.run({ input_ids }, ["last_hidden_state"]);
    return { cut, conditioning: { encoder_hidden_states: last_hidden_state } };
  }
  return async ({ prompt, negativePrompt, guided }) => {
    const wanted = await read(prompt);
    const unwanted = guided ? await read(negativePrompt) : undefined;
    return {
      wanted: wanted.conditioning,
      unwanted: unwanted?.conditioning,
      cut: wanted.cut || (unwanted?.cut ?? false),
    };
  };
}
