/** The nine languages of the code samples, in the order of their tabs. Apart from the generator, which browsers never load. */
export const LANGUAGES = [
  { id: "curl", label: "curl" },
  { id: "nodejs", label: "Node.js" },
  { id: "csharp", label: "C#" },
  { id: "php", label: "PHP" },
  { id: "swift", label: "Swift" },
  { id: "dart", label: "Dart" },
  { id: "kotlin", label: "Kotlin" },
  { id: "go", label: "Go" },
  { id: "python", label: "Python" },
] as const;

export type LanguageId = (typeof LANGUAGES)[number]["id"];
export const LANGUAGE_IDS: readonly LanguageId[] = LANGUAGES.map(({ id }) => id);
