/** A list that the API gives in pages with a cursor: the first one when shown, further ones on demand. */
import type { Client } from "@modelyard/sdk";
import { useState } from "react";
import { useAction } from "./use-action.ts";
import { type UseAnswer, useAnswer } from "./use-answer.ts";

interface ListPage<Row> {
  rows: readonly Row[];
  /** "" = this was the last. */
  next: string;
}

export interface UsePages<Row> {
  found: UseAnswer<ListPage<Row>>;
  /** All pages so far. */
  rows: (first: ListPage<Row>) => readonly Row[];
  /** Undefined where nothing more is there. */
  more: ((first: ListPage<Row>) => void) | undefined;
  isBusy: boolean;
  problem: string | undefined;
}

export function usePages<Row>(
  key: string,
  ask: (client: Client, cursor: string | undefined) => Promise<ListPage<Row>>,
): UsePages<Row> {
  const found = useAnswer(key, (client) => ask(client, undefined));
  const first = found.answer.state === "there" ? found.answer.data : undefined;
  const [further, setFurther] = useState<{ after: ListPage<Row>; rows: readonly Row[]; next: string }>();
  const { isBusy, problem, act } = useAction();
  const current = further !== undefined && further.after === first ? further : undefined;
  const next = current ? current.next : (first?.next ?? "");
  return {
    found,
    rows: (start) => (current ? [...start.rows, ...current.rows] : start.rows),
    more:
      next === ""
        ? undefined
        : (start) =>
            void act(async (client) => {
              const page = await ask(client, next);
              setFurther({ after: start, rows: [...(current?.rows ?? []), ...page.rows], next: page.next });
            }),
    isBusy,
    problem,
  };
}
