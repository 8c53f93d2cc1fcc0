/// <reference lib="dom" />
import type { Page } from 'playwright-core';

/** What can be seen of the pictures on the page, read from their canvases. */

/**
 * Height of the training curve at shares 0..1 of the chart's width, in CSS pixels from the chart's top: the middle of
 * the pixels that have the training colour. Null where there are none.
 * @param within selector of what the chart is in
 */
export async function curveHeights(page: Page, shares: number[], within = '.loss'): Promise<(number | null)[]> {
  return page.evaluate(
    ({ wanted, within }) => {
      const canvas = document.querySelector<HTMLCanvasElement>(`${within} .uplot canvas`);
      const over = document.querySelector<HTMLElement>(`${within} .u-over`);
      if (!canvas || !over) return wanted.map(() => null);
      const copy = document.createElement('canvas'); // so that the page's own canvas stays as it is made for drawing
      copy.width = canvas.width;
      copy.height = canvas.height;
      const pen = copy.getContext('2d', { willReadFrequently: true });
      if (!pen) return wanted.map(() => null);
      pen.drawImage(canvas, 0, 0);
      const probe = document.createElement('span');
      document.body.append(probe);
      probe.style.color = 'var(--vscode-charts-blue)';
      const [red = 0, green = 0, blue = 0] = getComputedStyle(probe).color.match(/\d+/g)?.map(Number) ?? [];
      probe.remove();
      const ratio = canvas.width / canvas.clientWidth;
      const left = over.offsetLeft * ratio;
      const width = over.clientWidth * ratio;
      return wanted.map((share) => {
        // The validation curve may cover one column, never nine.
        const x = Math.max(0, Math.min(canvas.width - 9, Math.round(left + share * (width - 2 * ratio)) - 4));
        const { data } = pen.getImageData(x, 0, 9, canvas.height);
        let sum = 0;
        let count = 0;
        for (let i = 0; i < data.length / 4; i++) {
          const distance =
            Math.abs((data[i * 4] ?? 0) - red) +
            Math.abs((data[i * 4 + 1] ?? 0) - green) +
            Math.abs((data[i * 4 + 2] ?? 0) - blue);
          if (distance > 40) continue;
          sum += Math.floor(i / 9);
          count += 1;
        }
        return count === 0 ? null : sum / count / ratio;
      });
    },
    { wanted: shares, within },
  );
}

/**
 * Whether a vertical line is drawn at shares 0..1 of the chart's width: in a column there, a fifth of all pixels or more
 * are not those of the background.
 */
export async function verticalLines(page: Page, shares: number[]): Promise<boolean[]> {
  return page.evaluate((wanted) => {
    const canvas = document.querySelector<HTMLCanvasElement>('.uplot canvas');
    const over = document.querySelector<HTMLElement>('.u-over');
    if (!canvas || !over) return wanted.map(() => false);
    const copy = document.createElement('canvas');
    copy.width = canvas.width;
    copy.height = canvas.height;
    const pen = copy.getContext('2d', { willReadFrequently: true });
    if (!pen) return wanted.map(() => false);
    pen.drawImage(canvas, 0, 0);
    const ratio = canvas.width / canvas.clientWidth;
    const height = over.clientHeight * ratio;
    return wanted.map((share) => {
      const x = Math.round((over.offsetLeft + share * over.clientWidth) * ratio);
      return [-2, -1, 0, 1, 2].some((aside) => {
        const { data } = pen.getImageData(x + aside, over.offsetTop * ratio, 1, height);
        let inked = 0;
        for (let i = 3; i < data.length; i += 4) if ((data[i] ?? 0) > 64) inked += 1;
        return inked > height / 5;
      });
    });
  }, shares);
}

/** Mean grey of what a row shows, 0..255, and how far it is from another row's pixels. */
export async function rowDistance(page: Page, row: string, other: string): Promise<number> {
  return page.evaluate(
    ([first, second]) => {
      const pixels = (name: string): Uint8ClampedArray => {
        const canvas = document.querySelector<HTMLCanvasElement>(`canvas[data-row="${name}"]`);
        const copy = document.createElement('canvas');
        copy.width = canvas?.width ?? 1;
        copy.height = canvas?.height ?? 1;
        const pen = copy.getContext('2d', { willReadFrequently: true });
        if (canvas) pen?.drawImage(canvas, 0, 0);
        const data = pen?.getImageData(0, 0, copy.width, copy.height).data;
        if (!data) throw new Error(`There is no row ${name}`);
        return data;
      };
      const a = pixels(first);
      const b = pixels(second);
      let sum = 0;
      for (let i = 0; i < a.length; i += 4) sum += Math.abs((a[i] ?? 0) - (b[i] ?? 0));
      return sum / (a.length / 4);
    },
    [row, other] as const,
  );
}

/** Step that a row of pictures shows. */
export async function rowStep(page: Page, row: string): Promise<number> {
  return Number(await page.locator(`canvas[data-row="${row}"]`).getAttribute('data-step'));
}

/** Position of a chart's vertical line as a share of the width, or null while it is hidden. */
export async function markerShare(page: Page, within = '.loss'): Promise<number | null> {
  return page.evaluate((within) => {
    const marker = document.querySelector<HTMLElement>(`${within} .chart-marker`);
    const over = document.querySelector<HTMLElement>(`${within} .u-over`);
    if (!marker?.checkVisibility() || !over) return null;
    return new DOMMatrix(getComputedStyle(marker).transform).m41 / over.clientWidth;
  }, within);
}
