import type { OutputText } from "@modelyard/contract";
import { Button } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { Icon } from "../ui/icons.tsx";
import { isOver, type RunState } from "./run.ts";
import { saveText, textKind } from "./save-text.ts";

/** The text a model writes, as it comes; what it thought is folded away once it answers. */
export function StreamedText({ run, name }: { run: RunState /** Of the saved file. */; name: string }) {
  const final = run.outputs.find((output): output is OutputText => "content" in output);
  const answer = final?.content.message || run.answer;
  const thinking = final?.content.thinking.join("\n") || run.thinking;
  if (answer === "" && thinking === "") return null;
  return (
    <div className="grid gap-3">
      {thinking !== "" && (
        <details className="rounded-md border border-line" open={run.isThinking || undefined}>
          <summary className="px-4 py-2 text-sm text-soft">{run.isThinking ? "Thinking …" : "What it thought"}</summary>
          <p className="border-t border-line px-4 py-3 text-sm whitespace-pre-wrap text-soft wrap-anywhere">
            {thinking}
          </p>
        </details>
      )}
      {answer !== "" && (
        <div className="relative rounded-md bg-sunk p-5 pr-14">
          <p className="max-w-prose leading-relaxed whitespace-pre-wrap wrap-anywhere" data-testid="answer">
            {answer}
            {!isOver(run) && <span className="ml-0.5 inline-block h-4 w-2 animate-pulse bg-signal align-text-bottom" />}
          </p>
          <span className="absolute top-2 right-2">
            <CopyButton text={() => answer} label="Copy the text" />
          </span>
        </div>
      )}
      {answer !== "" && isOver(run) && (
        <Button
          size="small"
          className="justify-self-start"
          onClick={() => saveText(answer, `${name}.${textKind(answer)}`)}
        >
          <Icon name="download" className="size-4" />
          Save as file
        </Button>
      )}
    </div>
  );
}
