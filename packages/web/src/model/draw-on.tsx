/** For items whose value may be drawn on another item's picture (`draw` in the manifest). The field itself stays the way without a pointer. */
import type { Item } from "@modelyard/contract";
import { lazy, Suspense, useEffect, useState } from "react";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icons.tsx";
import type { FormValue } from "./form-values.ts";

const MaskPainter = lazy(async () => ({ default: (await import("./mask-painter.tsx")).MaskPainter }));
const PointPicker = lazy(async () => ({ default: (await import("./point-picker.tsx")).PointPicker }));

export function DrawOn({
  item,
  picture,
  value,
  onChange,
}: {
  item: Item;
  /** Value of the item that `draw.of` names. */
  picture: FormValue | undefined;
  value: FormValue | undefined;
  onChange: (value: FormValue) => void;
}) {
  const [isOpen, setOpen] = useState(false);
  const source = usePicture(picture);
  if (!item.draw) return null;
  const isMask = item.draw.kind === "mask";
  const close = () => setOpen(false);
  return (
    <div className="grid gap-1.5">
      <Button size="small" className="justify-self-start" disabled={!source} onClick={() => setOpen(true)}>
        <Icon name="image" className="size-4" />
        {isMask ? "Paint it on the picture" : "Pick on the picture"}
      </Button>
      {!source && (
        <p className="text-sm text-soft">
          {Array.isArray(picture) && picture.length > 0
            ? "Pictures at other addresses cannot be drawn on here. Choose the picture as a file."
            : "Choose the picture first."}
        </p>
      )}
      <Suspense fallback={null}>
        {isOpen && source && isMask && (
          <MaskPainter
            source={source}
            onClose={close}
            onMask={(file) => {
              onChange([{ kind: "file", file }]);
              close();
            }}
          />
        )}
        {isOpen && source && !isMask && (
          <PointPicker
            source={source}
            value={typeof value === "string" ? value : ""}
            onClose={close}
            onPoints={(points) => {
              onChange(points);
              close();
            }}
          />
        )}
      </Suspense>
    </div>
  );
}

/** Address of the first picture, if it is a file of this computer or of this server. */
function usePicture(value: FormValue | undefined): string | undefined {
  const entry = Array.isArray(value) ? value[0] : undefined;
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    if (entry?.kind === "file" && entry.file.type.startsWith("image/")) {
      const url = URL.createObjectURL(entry.file);
      setAddress(url);
      return () => URL.revokeObjectURL(url);
    }
    setAddress(entry?.kind === "url" && entry.url.startsWith(`${location.origin}/`) ? entry.url : undefined);
  }, [entry]);
  return address;
}
