import { Logo } from "../ui/logo.tsx";
import { FOOTER } from "./navigation.ts";

export function Footer() {
  return (
    <footer className="border-t border-line bg-sunk">
      <div className="mx-auto flex w-full max-w-[100rem] flex-wrap gap-x-20 gap-y-8 px-4 py-10 sm:px-8">
        <div className="max-w-72 grow">
          <p className="flex items-center gap-2 font-semibold">
            <Logo className="size-6" /> Modelyard
          </p>
          <p className="mt-2 text-sm text-soft">
            Models that run on machines you choose, behind one API and one price list.
          </p>
        </div>
        {FOOTER.map(({ title, items }) => (
          <nav key={title} aria-label={title}>
            <h2 className="text-sm font-semibold">{title}</h2>
            <ul className="mt-2 text-sm">
              {items.map(({ href, label }) => (
                <li key={href}>
                  <a href={href} className="inline-block py-1 text-soft hover:text-ink hover:underline">
                    {label}
                  </a>
                </li>
              ))}
            </ul>
          </nav>
        ))}
      </div>
    </footer>
  );
}
