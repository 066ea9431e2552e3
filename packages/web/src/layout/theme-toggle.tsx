import { Icon } from "../ui/icons.tsx";
import { chooseTheme, currentTheme } from "./theme.ts";

/** Which of the two signs is seen is left to styles: the server does not know the theme. */
export function ThemeToggle() {
  return (
    <button
      type="button"
      className="grid size-10 place-items-center rounded-md text-soft hover:bg-sunk hover:text-ink @max-2xs:size-8"
      aria-label="Switch between light and dark"
      onClick={() => chooseTheme(currentTheme() === "dark" ? "light" : "dark")}
    >
      <Icon name="moon" className="size-5 light-only" />
      <Icon name="sun" className="size-5 dark-only" />
    </button>
  );
}
