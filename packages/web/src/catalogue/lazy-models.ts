/** The catalogue's calls in the browser: the SDK comes with the first one, because a page that was rendered on the server needs none. */
import type { Client, ModelCalls } from "@modelyard/sdk";

/** A client without credentials. */
export async function openClient(): Promise<Client> {
  const { createClient } = await import("@modelyard/sdk");
  return createClient({ url: location.origin });
}

export function lazyModels(): ModelCalls {
  const calls = async () => (await openClient()).models;
  return {
    list: async (query) => (await calls()).list(query),
    detail: async (owner, slug) => (await calls()).detail(owner, slug),
    explore: async () => (await calls()).explore(),
    home: async () => (await calls()).home(),
  };
}
