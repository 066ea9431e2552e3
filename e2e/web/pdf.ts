/** PDFs for the tests of the pages, written out by hand. */

/** An A4 page for each text. `extra`: entries of the catalogue; `trailer`: entries of the trailer. */
export function pdf(texts: readonly string[], { extra = "", trailer = "" } = {}): Buffer {
  const first = 4;
  const objects = [
    `<</Type/Catalog/Pages 2 0 R${extra}>>`,
    `<</Type/Pages/Kids[${texts.map((_, index) => `${first + 2 * index} 0 R`).join(" ")}]/Count ${texts.length}>>`,
    "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ...texts.flatMap((text, index) => {
      const drawn = `BT /F 28 Tf 60 740 Td (${text}) Tj ET 0.73 0.23 0.05 rg 60 560 475 120 re f`;
      return [
        `<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents ${first + 2 * index + 1} 0 R/Resources<</Font<</F 3 0 R>>>>>>`,
        `<</Length ${drawn.length}>>stream\n${drawn}\nendstream`,
      ];
    }),
  ];
  let body = "%PDF-1.7\n";
  const offsets = objects.map((object, index) => {
    const offset = body.length;
    body += `${index + 1} 0 obj${object}endobj\n`;
    return offset;
  });
  const start = body.length;
  body += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("")}`;
  body += `trailer<</Size ${objects.length + 1}/Root 1 0 R${trailer}>>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(body, "latin1");
}

/** Locked: no password fits what is written here. */
export const lockedPdf = () =>
  pdf(["nobody reads this"], {
    trailer: `/ID[<${"0a".repeat(16)}><${"0a".repeat(16)}>]/Encrypt<</Filter/Standard/V 2/R 3/Length 128/P -44/O<${"1b".repeat(32)}>/U<${"2c".repeat(32)}>>>`,
  });
