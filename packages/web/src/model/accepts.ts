import type { Item } from "@modelyard/contract";

/** Whether the item's `accept` names the file's type, as in HTML. */
export function accepts(item: Item, file: { type: string }): boolean {
  if (!item.accept || item.accept.length === 0) return true;
  return item.accept.some((type) =>
    type.endsWith("/*") ? file.type.startsWith(type.slice(0, -1)) : file.type === type,
  );
}
