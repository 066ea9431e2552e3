/** The prompt for a language model that is to help with calling this model, with the form's values in it. Loaded when it is asked for. */
import { copyText } from "../ui/copy-button.tsx";
import { toast } from "../ui/toast.tsx";

/** Throws where the server does not answer. `path`: the model's page. */
export async function fetchPrompt(path: string, inputs: Readonly<Record<string, unknown>>): Promise<string> {
  const response = await fetch(`${path}/prompt.txt?inputs=${encodeURIComponent(JSON.stringify(inputs))}`);
  if (!response.ok) throw new Error(String(response.status));
  return response.text();
}

export async function copyPrompt(path: string, inputs: Readonly<Record<string, unknown>>): Promise<void> {
  try {
    if (await copyText(await fetchPrompt(path, inputs))) toast("The prompt is in the clipboard");
  } catch {
    toast("The prompt could not be fetched.", "bad");
  }
}
