/** What is said of a model: readable in the page as it comes, alive once somebody scrolls there. */
import { type ComponentType, useEffect, useRef, useState } from "react";
import { ServerHtml } from "../ui/server-html.tsx";
import { useNear } from "../ui/use-near.ts";

export interface CommentsProps {
  owner: string;
  model: string;
}

export function CommentsSection(props: CommentsProps) {
  const ref = useRef<HTMLElement>(null);
  const isNear = useNear(ref);
  const [Live, setLive] = useState<ComponentType<CommentsProps>>();
  useEffect(() => {
    if (isNear) void import("../comments/live-comments.tsx").then(({ LiveComments }) => setLive(() => LiveComments));
  }, [isNear]);
  return (
    <section ref={ref} aria-labelledby="comments-title" id="comments" className="mt-14 border-t border-line pt-10">
      <h2 id="comments-title" className="mb-4 text-xl">
        Comments
      </h2>
      {Live ? <Live {...props} /> : <ServerHtml slot="comments" html="" className="min-h-24" />}
    </section>
  );
}
