/** A value that stands at a line's end. */
export interface EndLabel {
  /** Middle of the letters, in canvas pixels. */
  y: number;
  text: string;
  colour: string;
}

/** Writes the labels one below the other beside `left`, none over another, all between `top` and `bottom`. */
export function drawEndLabels(
  pen: CanvasRenderingContext2D,
  labels: EndLabel[],
  font: string,
  space: number,
  left: number,
  top: number,
  bottom: number,
): void {
  spread(labels, space, top, bottom);
  pen.save();
  pen.font = font;
  pen.textAlign = 'left';
  pen.textBaseline = 'middle';
  for (const { y, text, colour } of labels) {
    pen.fillStyle = colour;
    pen.fillText(text, left, y);
  }
  pen.restore();
}

/** Moves labels apart that would cover one another, keeping their order. */
function spread(labels: { y: number }[], space: number, top: number, bottom: number): void {
  const sorted = [...labels].sort((a, b) => a.y - b.y);
  for (const [index, label] of sorted.entries()) {
    const before = sorted[index - 1];
    if (!before || label.y - before.y >= space) continue;
    const middle = (label.y + before.y) / 2;
    before.y = middle - space / 2;
    label.y = middle + space / 2;
  }
  const over = (sorted.at(-1)?.y ?? bottom) - bottom;
  if (over > 0) for (const label of sorted) label.y -= over;
  const under = top - (sorted[0]?.y ?? top);
  if (under > 0) for (const label of sorted) label.y += under;
}
