import { matrixText } from "./matrix.ts";

process.stdout.write(matrixText());
