import { Icon } from "../ui/icons.tsx";

/** In place of what a broken file would have shown; its download stands below. */
export function Unreadable({ why }: { why: string }) {
  return (
    <p role="status" className="flex items-start gap-2 rounded-md bg-wait-wash px-4 py-2.5 text-wait">
      <Icon name="alert" className="mt-0.5 size-5" />
      <span>{why} The download below has the whole file.</span>
    </p>
  );
}
