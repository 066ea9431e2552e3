/** All files of a run and the inputs that made them, as one ZIP, packed in the browser. */
import type { OutputFile } from "@modelyard/contract";
import { downloadZip } from "client-zip";

export async function saveArchive(run: {
  files: readonly OutputFile[];
  inputs: Record<string, unknown>;
  name: string;
}): Promise<void> {
  async function* entries() {
    for (const file of run.files) {
      const response = await fetch(file.url);
      if (!response.ok) throw new Error(`${file.name}: ${response.status}`);
      yield { name: file.name, input: response };
    }
    yield { name: "inputs.json", input: `${JSON.stringify(run.inputs, undefined, 2)}\n` };
  }
  const blob = await downloadZip(entries()).blob();
  const url = URL.createObjectURL(blob);
  Object.assign(document.createElement("a"), { href: url, download: run.name }).click();
  // The browser takes the address up when it begins to save.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
