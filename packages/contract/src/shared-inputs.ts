/** What two models' forms have in common, without the schemas: a browser carries values over by it. Pure. */
import type { Item } from "./manifest.ts";
import { type Form, isFileItem, items } from "./manifest-items.ts";

/** What kind of value an item takes, however its control looks. */
function kindOfValue(item: Item): "files" | "number" | "choice" | "switch" | "text" {
  if (isFileItem(item)) return "files";
  switch (item.type) {
    case "number":
    case "range":
      return "number";
    case "select":
    case "selectwithcover":
      return "choice";
    case "checkbox":
      return "switch";
    default:
      return "text";
  }
}

/** Items of the second form that the first has too: the same id, and the same kind of value. In the second's order. */
export function sharedItems(from: Form, to: Form): Item[] {
  const known = new Map(items(from).map((item) => [item.id, item]));
  return items(to).filter((item) => {
    const same = known.get(item.id);
    return same !== undefined && kindOfValue(same) === kindOfValue(item);
  });
}
