/** A model's form as a tool for an agent in the browser: its inputs as JSON Schema, and what an agent gives as the form's values. Pure. */
import { type Item, isConditional, isFileItem, items, type ToolFacts } from "@modelyard/contract";
import { type FormValues, formValues, problemOf, problems } from "./form-values.ts";

type Form = Pick<ToolFacts, "inputs">;
type Schema = Record<string, unknown>;

/** JSON Schema 2020-12 of an object with a property for each input. */
export function inputsSchema(form: Form): Schema {
  const needed = items(form).filter(
    (item) => item.required && item.default === undefined && !isConditional(form, item.id),
  );
  return {
    type: "object",
    properties: Object.fromEntries(items(form).map((item) => [item.id, schemaOf(item)])),
    required: needed.map(({ id }) => id),
    additionalProperties: false,
  };
}

function schemaOf(item: Item): Schema {
  const words = [item.description, item.note].filter(Boolean).join(" ");
  return { title: item.label, description: words || item.label, ...typeOf(item), ...given("default", item.default) };
}

function typeOf(item: Item): Schema {
  const address = { type: "string", format: "uri" };
  switch (item.type) {
    case "checkbox":
      return { type: "boolean" };
    case "number":
    case "range":
      return { type: "number", ...given("minimum", item.min), ...given("maximum", item.max) };
    case "select":
    case "selectwithcover":
      return {
        type: "string",
        oneOf: item.options?.map(({ value, label }) => ({ const: value, title: label ?? value })) ?? [],
      };
    case "fileinput":
      return address;
    case "multifileinput":
    case "combinefileinput":
      return { type: "array", items: address, maxItems: item.maxFiles ?? 20 };
    default:
      return { type: "string", ...given("maxLength", item.maxLength) };
  }
}

const given = (name: string, value: unknown): Schema => (value === undefined ? {} : { [name]: value });

/** The form with what an agent gave in it, or what is wrong with that, a sentence each: nothing is left out without a word. */
export function readAgentInputs(form: Form, input: unknown): { values: FormValues } | { problems: string[] } {
  const fields = typeof input === "object" && input !== null ? (input as Record<string, unknown>) : {};
  const known = new Map(items(form).map((item) => [item.id, item]));
  const found = new Map<string, string>();
  for (const [id, value] of Object.entries(fields)) {
    const item = known.get(id);
    if (!item) found.set(id, "There is no such input.");
    else if (!isFileItem(item) && item.type !== "checkbox") {
      const problem = typeof value === "object" ? "This value cannot be used." : problemOf(item, String(value));
      if (problem !== undefined) found.set(id, problem);
    }
  }
  const values = formValues(form, fields);
  for (const [id, problem] of problems(form, values)) if (!found.has(id)) found.set(id, problem);
  if (found.size === 0) return { values };
  return { problems: [...found].map(([id, problem]) => `${id}: ${problem}`) };
}
