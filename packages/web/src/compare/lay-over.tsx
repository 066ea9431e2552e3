/** Two of the pictures that the runs made, over each other. */
import type { OutputFile, Task } from "@modelyard/contract";
import { useState } from "react";
import { Compare as PictureSlider } from "../run/picture-output.tsx";
import { Labelled } from "../ui/labelled.tsx";

interface Picture {
  name: string;
  file: OutputFile;
}

/** Every picture of these runs, with words that tell it from the others. */
export function picturesOf(tasks: readonly Task[]): Picture[] {
  return tasks.flatMap(({ id, outputs }) => {
    const files = outputs.filter(
      (output): output is OutputFile =>
        "url" in output && /^image\/(png|jpeg|webp|gif|avif|bmp)$/.test(output.contenttype),
    );
    return files.map((file) => ({ name: files.length > 1 ? `Run ${id}: ${file.name}` : `Run ${id}`, file }));
  });
}

/** Nothing where the runs made fewer than two pictures. */
export function LayOver({ tasks }: { tasks: readonly Task[] }) {
  const pictures = picturesOf(tasks);
  const [chosen, setChosen] = useState<readonly (string | undefined)[]>([]);
  const at = (place: 0 | 1) => pictures.find(({ file }) => file.id === chosen[place]) ?? pictures[place];
  const [left, right] = [at(0), at(1)];
  if (!left || !right) return null;
  const choice = (label: string, shown: Picture, choose: (id: string) => void) => (
    <Labelled label={label}>
      <select
        className="field w-auto max-w-full"
        value={shown.file.id}
        onChange={(event) => choose(event.target.value)}
      >
        {pictures.map(({ name, file }) => (
          <option key={file.id} value={file.id}>
            {name}
          </option>
        ))}
      </select>
    </Labelled>
  );
  return (
    <details className="rounded-lg border border-line bg-card">
      <summary className="px-5 py-3 text-lg font-semibold">Lay two pictures over each other</summary>
      <div className="grid gap-4 border-t border-line p-5">
        <div className="flex flex-wrap gap-x-6 gap-y-3">
          {choice("Left", left, (id) => setChosen([id, right.file.id]))}
          {choice("Right", right, (id) => setChosen([left.file.id, id]))}
        </div>
        <PictureSlider
          before={left.file.url}
          after={right.file.url}
          words={{
            before: `Left: ${left.name}`,
            after: `Right: ${right.name}`,
            slider: "Share of the left picture that is shown, in percent",
          }}
        />
      </div>
    </details>
  );
}
