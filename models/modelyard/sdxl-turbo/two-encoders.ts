/** How Stable Diffusion XL reads a text: two encoders side by side, a summary from the second, and the size of the picture (Podell and others, 2023). */
import { join } from "node:path";
import { loadClipTokens } from "./clip-tokens.ts";
import type { Conditioner, Conditioning, Size } from "./diffusion.ts";
import { loadNetwork, type Network, type Numbers } from "./onnx-network.ts";

export async function loadConditioner(folder: string): Promise<Conditioner> {
  const first = await loadReader(folder, "tokenizer", "text_encoder");
  const second = await loadReader(folder, "tokenizer_2", "text_encoder_2");

  async function read(text: string) {
    const [left, right] = [await first(text, []), await second(text, ["text_embeds"])];
    const conditioning = {
      encoder_hidden_states: besides(left.states, right.states),
      text_embeds: right.others.text_embeds!,
    };
    return { cut: left.cut || right.cut, conditioning };
  }
  return async ({ prompt, negativePrompt, size, guided }) => {
    const time_ids = sizes(size);
    const wanted = await read(prompt);
    const condition = { wanted: { ...wanted.conditioning, time_ids }, unwanted: undefined, cut: wanted.cut };
    if (!guided) return condition;
    // It was trained with zeros in the place of no text (force_zeros_for_empty_prompt of its pipeline).
    if (negativePrompt.trim() === "") return { ...condition, unwanted: { ...zeros(wanted.conditioning), time_ids } };
    const unwanted = await read(negativePrompt);
    return {
      ...condition,
      unwanted: { ...unwanted.conditioning, time_ids },
      cut: wanted.cut || unwanted.cut,
    };
  };
}

async function loadReader(folder: string, tokens: string, name: string) {
  const tokenize = await loadClipTokens(join(folder, tokens));
  const encoder = await loadNetwork(join(folder, name, "model.onnx"), name);
  const layer = lastButOne(encoder, name);
  return async (text: string, others: readonly string[]) => {
    const { ids, cut } = tokenize(text);
    const results = await encoder.run({ input_ids: { data: ids, dims: [1, ids.length] } }, [layer, ...others]);
    return { states: results[layer]!, others: results, cut };
  };
}

/** The network looks at the layer before the last of both encoders. */
function lastButOne({ outputs }: Network, name: string): string {
  const layers = outputs.flatMap((output) => /^hidden_states\.(\d+)$/.exec(output)?.[1] ?? []).map(Number);
  if (layers.length < 2) throw new Error(`The network ${name} does not give its layers (hidden_states).`);
  return `hidden_states.${Math.max(...layers) - 1}`;
}

/** Each token's features of both encoders, one behind the other. */
function besides(left: Numbers, right: Numbers): Numbers {
  const [rows, before, after] = [left.dims[1]!, left.dims[2]!, right.dims[2]!];
  const data = new Float32Array(rows * (before + after));
  for (let row = 0; row < rows; row++) {
    data.set(left.data.subarray(row * before, (row + 1) * before), row * (before + after));
    data.set(right.data.subarray(row * after, (row + 1) * after), row * (before + after) + before);
  }
  return { data, dims: [1, rows, before + after] };
}

/** Height and width of the picture it is to think of, where it was cut, and height and width that are wanted. */
function sizes({ width, height }: Size): Numbers {
  return { data: Float32Array.of(height, width, 0, 0, height, width), dims: [1, 6] };
}

function zeros(conditioning: Conditioning): Conditioning {
  return Object.fromEntries(
    Object.entries(conditioning).map(([name, { data, dims }]) => [name, { data: new Float32Array(data.length), dims }]),
  );
}
