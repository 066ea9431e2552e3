import type { ReactNode } from "react";
import { Button } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { Loading } from "./signed-in.tsx";
import type { UseAnswer } from "./use-answer.ts";

/** An answer once it is there; before that a quiet block, and where it failed the reason and a way to try again. */
export function Answered<Data>({ of, children }: { of: UseAnswer<Data>; children: (data: Data) => ReactNode }) {
  const { answer, reload } = of;
  if (answer.state === "asking") return <Loading />;
  if (answer.state === "failed")
    return (
      <div role="alert">
        <EmptyState sentence={answer.problem} action={<Button onClick={reload}>Try again</Button>} />
      </div>
    );
  return children(answer.data);
}
