interface Drawn {
  width: number;
  height: number;
  objects: { label: string; score: number; box: { x: number; y: number; width: number; height: number } }[];
}

/** The boxes with their labels as an SVG of the picture's size. */
export function drawing({ width, height, objects }: Drawn): string {
  const line = Math.max(2, Math.round(Math.max(width, height) / 300));
  const letters = line * 6;
  const boxes = objects.map(({ label, score, box }) => {
    const text = `${label} ${Math.round(score * 100)}%`;
    const top = Math.max(0, box.y - letters * 1.4);
    return (
      `<rect x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" fill="none" stroke="#e11d48" stroke-width="${line}"/>` +
      `<rect x="${box.x}" y="${top}" width="${text.length * letters * 0.62}" height="${letters * 1.4}" fill="#e11d48"/>` +
      `<text x="${box.x + letters * 0.3}" y="${top + letters * 1.05}" font-family="sans-serif" font-size="${letters}" fill="white">${text}</text>`
    );
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${boxes.join("")}</svg>`;
}
