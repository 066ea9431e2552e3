import type { Comment } from "@modelyard/contract";
import type { CommentRow } from "./store.ts";

export function presentComment({ id, name, points, body, changed_at }: CommentRow): Comment {
  return { id: String(id), name: name || "A member", points, text: body, time: String(Math.floor(changed_at / 1000)) };
}
