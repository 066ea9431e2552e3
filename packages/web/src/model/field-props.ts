import type { Item } from "@modelyard/contract";
import type { FormValue } from "./form-values.ts";

export interface FieldProps {
  item: Item;
  value: FormValue | undefined;
  problem: string | undefined;
  /** Value of the item that this one may be drawn on (`draw.of`). */
  picture: FormValue | undefined;
  onChange: (value: FormValue) => void;
  onLeave: () => void;
}

/** What every control is told so that it and its texts belong together. */
export interface ControlProps extends FieldProps {
  id: string;
  describedBy: string | undefined;
}
