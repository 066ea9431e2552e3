/** CLIP's tokens: what the text encoders of Stable Diffusion read. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Tokenizer } from "@huggingface/tokenizers";

/** Tokens that an encoder reads at a time, begin and end included. */
export const LENGTH = 77;

export interface Tokens {
  /** `LENGTH` numbers. */
  ids: Float32Array;
  /** The end of the text was left out, because it is too long. */
  cut: boolean;
}
export type Tokenize = (text: string) => Tokens;

/** A token by its text, or with how it is found in texts beside it. */
type Token = string | { content: string };

/**
 * `folder` has vocab.json, merges.txt, special_tokens_map.json and tokenizer_config.json, as the hub's repositories of Stable Diffusion do. Texts are
 * split as OpenAI's CLIP does it: lower case, words, single digits and runs of other signs, then byte pairs with `</w>` at a word's end.
 */
export async function loadClipTokens(folder: string): Promise<Tokenize> {
  const read = async (name: string) => readFile(join(folder, name), "utf8");
  const vocabulary = JSON.parse(await read("vocab.json")) as Record<string, number>;
  // The first line names the format's version. Some repositories have the line ends of Windows.
  const merges = (await read("merges.txt"))
    .split(/\r?\n/)
    .filter((line) => line !== "" && !line.startsWith("#version"));
  const special = JSON.parse(await read("special_tokens_map.json")) as Record<string, Token>;
  const config = JSON.parse(await read("tokenizer_config.json")) as Record<string, unknown>;
  const idOf = (token: Token | undefined, fallback: string) => {
    const text = typeof token === "object" ? token.content : (token ?? fallback);
    const id = vocabulary[text];
    if (id === undefined) throw new Error(`The vocabulary in ${folder} has no token ${text}.`);
    return id;
  };
  const begin = idOf(special.bos_token, "<|startoftext|>");
  const end = idOf(special.eos_token, "<|endoftext|>");
  const fill = idOf(special.pad_token, "<|endoftext|>");
  const tokenizer = new Tokenizer(
    {
      added_tokens: [],
      normalizer: {
        type: "Sequence",
        normalizers: [
          { type: "NFC" },
          { type: "Replace", pattern: { Regex: "\\s+" }, content: " " },
          { type: "Lowercase" },
        ],
      },
      pre_tokenizer: {
        type: "Sequence",
        pretokenizers: [
          {
            type: "Split",
            pattern: { Regex: "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+" },
            behavior: "Removed",
            invert: true,
          },
          { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false },
        ],
      },
      post_processor: null,
      decoder: null,
      model: {
        type: "BPE",
        unk_token: "<|endoftext|>",
        continuing_subword_prefix: "",
        end_of_word_suffix: "</w>",
        vocab: vocabulary,
        merges,
      },
    },
    config,
  );

  return (text) => {
    const words: number[] = tokenizer.encode(text, { add_special_tokens: false }).ids;
    const kept = words.slice(0, LENGTH - 2);
    const ids = new Float32Array(LENGTH).fill(fill);
    ids.set([begin, ...kept, end]);
    return { ids, cut: words.length > kept.length };
  };
}
