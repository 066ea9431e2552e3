/** A chat with a language model that knows this model's description. The page itself asks nobody: these are links. */
import { useEffect, useState } from "react";
import { chatPrompt } from "./chat-prompt.ts";
import { fetchPrompt } from "./prompt-for.ts";

const CHATS = [
  { name: "ChatGPT", address: "https://chatgpt.com/?q=" },
  { name: "Claude", address: "https://claude.ai/new?q=" },
] as const;

export function OpenIn({ path, inputs }: { path: string; inputs: Readonly<Record<string, unknown>> }) {
  const [text, setText] = useState<string | undefined>();
  const [failed, setFailed] = useState(false);
  const kept = JSON.stringify(inputs);
  useEffect(() => {
    let current = true;
    void fetchPrompt(path, JSON.parse(kept) as Record<string, unknown>).then(
      (prompt) => current && setText(chatPrompt(new URL(path, location.href), prompt)),
      () => current && setFailed(true),
    );
    return () => {
      current = false;
    };
  }, [path, kept]);
  return (
    <div className="absolute z-20 mt-2 grid gap-1 rounded-lg border border-line bg-card p-2 shadow-xl max-sm:inset-x-4 sm:right-0 sm:w-72">
      {failed && <p className="px-2 py-1.5 text-bad">The prompt could not be fetched.</p>}
      {!failed && text === undefined && <p className="px-2 py-1.5 text-soft">Writing the prompt …</p>}
      {text !== undefined &&
        CHATS.map(({ name, address }) => (
          <a
            key={name}
            href={address + encodeURIComponent(text)}
            target="_blank"
            rel="noreferrer"
            className="rounded-md px-2 py-1.5 hover:bg-sunk"
          >
            Open in {name}
          </a>
        ))}
      <p className="px-2 py-1 text-sm text-soft">
        The link takes this model's description, or its address, to another company's site.
      </p>
    </div>
  );
}
