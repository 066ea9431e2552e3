import type { Language } from "./language.ts";
import type { LanguageId } from "./language-ids.ts";
import { csharp } from "./languages/csharp.ts";
import { curl } from "./languages/curl.ts";
import { dart } from "./languages/dart.ts";
import { go } from "./languages/go.ts";
import { kotlin } from "./languages/kotlin.ts";
import { nodejs } from "./languages/nodejs.ts";
import { php } from "./languages/php.ts";
import { python } from "./languages/python.ts";
import { swift } from "./languages/swift.ts";

/** A language that is offered and cannot be written does not compile. */
export const WRITERS: Record<LanguageId, Language> = { curl, nodejs, csharp, php, swift, dart, kotlin, go, python };
